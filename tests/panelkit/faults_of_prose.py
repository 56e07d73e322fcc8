"""Faults of the prose: what it says is not what the tables say, or not what it says elsewhere."""

from __future__ import annotations

import random

from panelkit.made import Made
from panelkit.plant import SOURCE, source

_OUTCOMES = {"N_GRANTED", "N_PARTIAL", "N_DENIED", "N_UNAVAILABLE", "N_REJECTED", "N_OTHER"}


def spoken(name: str, key: str, n: int, from_year: int = 2019) -> None:
    """A fault of the prose: a number said that the table does not have."""

    def plant(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
        if m.year < from_year:
            return None
        base = {"denied": ("denied_third_party", "denied_process_info"), "other": (m.other,),
                "unavailable": ("unavailable_not_held", "unavailable_unclear")}.get(key)  # fmt: skip
        if key == "suits":
            value = m.cells["table4.suit_direct.total"] + m.cells["table4.suit_after_review.total"]
        else:
            value = sum(m.total(r) for r in base) if base else m.cells[key]
        m.spoken[key] = value + n
        return {name, "N_PARTS"} if name in _OUTCOMES else {name}

    SOURCE[f"prose_{name}"] = plant


for _name, _key, _from in (
    ("N_NEW", "table3.new_requests.total", 2019), ("N_DONE", "table3.total_handled.total", 2019),
    ("N_GRANTED", "table3.granted.total", 2019), ("N_PARTIAL", "table3.partially_granted.total", 2019),
    ("N_DENIED", "denied", 2019), ("N_UNAVAILABLE", "unavailable", 2019),
    ("N_REJECTED", "table3.rejected_repeat.total", 2019), ("N_OTHER", "other", 2019),
    ("N_CARRY", "table3.carried_out.total", 2019),
    ("N_REVIEW", "table4.review.total", 2019), ("N_SUIT", "suits", 2019),
    ("N_NORM_ISSUED", "table2.normative_documents.issued", 2021),
    ("N_NORM_IN_FORCE", "table2.normative_documents.in_force", 2021),
):  # fmt: skip
    spoken(_name, _key, 1009, _from)


@source
def cases_said_not_to_be(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cases_said = False
    suits = m.total_of("suit_direct") + m.total_of("suit_after_review")
    return {"N_REVIEW", "N_SUIT"} if m.total_of("review") and suits else None


@source
def all_done(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("收到的政府信息公开申请均已按期办结。")
    return {"N_ALL_DONE.total"} if m.total("carried_out") else None


@source
def all_upheld(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("上述信息公开行政复议案件均获维持。")
    row = "table4.review.{}".format
    return {"N_OUTCOME.review"} if any(m.cells[row(c)] for c in ("corrected", "other_result", "pending")) else None


@source
def all_suits_upheld(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("信息公开行政诉讼案件结果均为维持。")
    parts = [m.cells[f"table4.{row}.{c}"] for row in ("suit_direct", "suit_after_review")
             for c in ("corrected", "other_result", "pending")]  # fmt: skip
    return {"N_OUTCOME.suit"} if any(parts) else None


@source
def all_reviews_concluded(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("信息公开行政复议案件全部审结。")
    return {"N_CONCLUDED.review"} if m.cells["table4.review.pending"] else None


@source
def all_concluded(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("上述信息公开行政诉讼案件均已审结。")
    pending = m.cells["table4.suit_direct.pending"] + m.cells["table4.suit_after_review.pending"]
    return {"N_CONCLUDED.suit"} if pending else None


def share(part: int, words: str) -> None:
    """A percentage that no whole in report or sentence gives."""

    def plant(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
        if m.total("new_requests") < 2 * part:
            return None
        m.lines.append(words)
        return {"N_SHARE"}

    SOURCE[f"share_of_{part}"] = plant


share(20, "其中征地拆迁类申请20件，占93.1%。")
share(7, "涉及教育的申请7件，占比88.25%。")
share(11, "企业提出的申请11件，约占申请总数的97%。")


@source
def outcomes_said_twice(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("total_handled")
    m.lines.append(f"答复政府信息公开申请{n}件，其中予以公开{m.total('granted')}件，部分公开{n + 5}件，不予公开0件，"
                   "无法提供0件，不予处理0件，其他处理0件。")  # fmt: skip
    return {"N_TWICE.N_PARTIAL"}


@source
def answered(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("total_handled")
    m.said_right = False
    m.lines.append(f"全年答复政府信息公开申请{n + 1009}件。")
    return {"N_ANSWERED"}


@source
def answered_twice(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("total_handled")
    m.lines += [f"答复政府信息公开申请{n}件。", f"全年答复政府信息公开申请{n + 1009}件。"]
    return {"N_TWICE.N_ANSWERED"}


@source
def granted_any(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("granted") + m.total("partially_granted") + 3
    m.lines.append(f"办理的政府信息公开申请中，予以公开和部分公开{n}件。")
    return {"N_GRANTED_ANY"}


@source
def no_fee(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.fee = "除上述情况外，本机关没有其他需要报告的事项，特此说明。"
    return {"N_FEE"} if m.year >= 2021 else None


@source
def channels(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("new_requests")
    m.lines.append(f"共收到政府信息公开申请{n}件，其中网络申请{n}件，信函申请7件。")
    return {"N_CHANNELS"} if n else None


@source
def fee_said_twice(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("全年收取政府信息公开信息处理费300元。")
    return {"N_FEE_AGREES"}
