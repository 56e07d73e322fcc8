"""Reports whose numbers agree with each other, with last year's and with their prose."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from parsers.divisions import Area
from parsers.form_model import Form, load_forms
from parsers.result import Section

YEARS = range(2019, 2026)
COLUMNS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org")
RESULTS = ("granted", "partially_granted", "denied_third_party", "denied_process_info", "unavailable_not_held",
           "unavailable_unclear", "rejected_repeat")  # fmt: skip
ITEMS = ("administrative_licensing", "other_external_services", "administrative_penalty", "administrative_coercion",
         "administrative_fees")  # fmt: skip
WORDS = (
    "政务", "公开", "群众", "平台", "目录", "专栏", "培训", "考核", "制度", "流程", "窗口", "基层", "标准", "解读",
    "互动", "台账", "保密", "审查", "回应", "热点", "民生", "项目", "资金", "教育", "卫生", "就业", "环保", "安全",
    "农业", "乡村", "交通", "住房", "市场", "监管", "执法", "预算", "决算", "采购", "招标", "土地",
)  # fmt: skip
VERBS = (
    "持续推进", "切实加强", "不断完善", "全面梳理", "及时更新", "认真落实", "统筹安排", "定期检查", "重点抓好",
    "逐步规范",
)  # fmt: skip


@dataclass
class Part:
    """The report of one organ of the place, whose numbers are part of the whole's."""

    organ: str
    kind: str
    scope: str
    cells: dict[str, float]


@dataclass
class Made:
    """One generated report: its cells, what its prose says, and what was planted."""

    place: Area
    year: int
    cells: dict[str, float]
    rng: random.Random
    lines: list[str] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    grid: str = "exact"
    weak: tuple[str, ...] = ()
    second: dict[str, float] | None = None
    text_of: Made | None = None
    edited: bool = False  # … lightly
    fee: str = "本年度未收取政府信息公开信息处理费。"
    period: int = 0
    published_on: str = ""
    planted: str = ""
    side: str = "source"
    expected: frozenset[str] = frozenset()
    present: bool = True
    spoken: dict[str, float] = field(default_factory=dict)  # numbers the prose gets wrong
    years: dict[str, int] = field(default_factory=dict)  # title, preamble, opening: a year named there instead
    said_right: bool = True  # the prose may say how many were answered
    preamble: str = ""  # added to it
    parts: list[Part] = field(default_factory=list)  # reports of the place's office and bureaus

    @property
    def form(self) -> Form:
        return load_forms()["2019" if self.year < 2021 else "2021"]

    @property
    def other(self) -> str:
        """The row of table 3 that holds other handling."""
        return "other_handling" if self.year < 2021 else "other_misc"

    def total(self, row: str) -> int:
        """The total of a row of table 3."""
        return int(self.cells[f"table3.{row}.total"])

    def total_of(self, row: str) -> int:
        """The total of a row of table 4."""
        return int(self.cells[f"table4.{row}.total"])


def consistent(place: Area, year: int, last: Made | None, rng: random.Random) -> Made:
    """Numbers that satisfy every rule, last year's report included."""
    form = load_forms()["2019" if year < 2021 else "2021"].as_printed(())
    cells: dict[str, float] = {f.key: 0 for f in form.fields()}
    for column in COLUMNS:
        busy = {"natural_person": 30, "business": 6}.get(column, 2)
        handled = 0
        for row in (*RESULTS, "other_handling" if year < 2021 else "other_misc"):
            cells[f"table3.{row}.{column}"] = n = rng.randrange(busy) if rng.random() < 0.7 else 0
            handled += n
        carried_in = int(last.cells[f"table3.carried_out.{column}"]) if last else rng.randrange(2)
        if handled < carried_in:
            cells[f"table3.granted.{column}"] += carried_in - handled
            handled = carried_in
        carried_out = rng.randrange(3) if column in COLUMNS[:2] else 0
        cells[f"table3.total_handled.{column}"] = handled
        cells[f"table3.carried_in.{column}"], cells[f"table3.carried_out.{column}"] = carried_in, carried_out
        cells[f"table3.new_requests.{column}"] = handled + carried_out - carried_in
    for row in {k.split(".")[1] for k in cells if k.startswith("table3.")}:
        cells[f"table3.{row}.total"] = sum(cells[f"table3.{row}.{c}"] for c in COLUMNS)
    before = last.cells if last else {}
    for row in ("review", "suit_direct", "suit_after_review"):
        quiet = rng.random() < 0.3
        parts = {c: 0 if quiet else rng.randrange(3) for c in ("upheld", "corrected", "other_result", "pending")}
        parts["upheld"] += int(before.get(f"table4.{row}.pending", 0))
        if row == "suit_after_review" and not cells["table4.review.total"] + before.get("table4.review.total", 0):
            # Nobody sues after a review that never was.
            kept = before.get("table4.suit_after_review.pending", 0)
            parts = dict.fromkeys(parts, 0) | {"upheld": kept}
            cells["table4.review.upheld"] = cells["table4.review.total"] = 1 if kept else 0
        cells |= {f"table4.{row}.{c}": n for c, n in parts.items()}
        cells[f"table4.{row}.total"] = sum(parts.values())
    for row in ("licensing", "penalty", "coercion"):
        key = f"table2.administrative_{row}.decisions"
        cells[key] = max(60, int(before.get(key, rng.randrange(200, 9000)) * rng.uniform(0.9, 1.1)))
    if year < 2021:
        cells |= _of_2019(before, rng)
    else:
        issued = rng.randrange(1, 6)
        stock = int(before.get("table2.normative_documents.in_force", rng.randrange(20, 90)))
        repealed = rng.randrange(0, min(4, stock))
        cells |= {"table2.normative_documents.issued": issued, "table2.normative_documents.repealed": repealed,
                  "table2.normative_documents.in_force": stock + issued - repealed}  # fmt: skip
        fee = "table2.administrative_fees.amount_wan_yuan"
        cells[fee] = round(before.get(fee, rng.uniform(50, 5000)) * rng.uniform(0.9, 1.1), 2)
    made = Made(place, year, cells, rng, period=year)
    made.published_on = f"{year + 1}-{rng.randrange(1, 3):02}-{rng.randrange(1, 29):02}"
    made.grid = rng.choice(("exact", "exact", "ruled", "aligned", "text"))
    if year == YEARS[-1] and rng.random() < 0.3:
        made.parts = [
            part_of(made, f"{place.name}人民政府办公室", "government_office", "government_and_office", 0.3),
            part_of(made, f"{place.name}教育局", "department", "single_organ", 0.4),
        ]
    return made


def _of_2019(before: dict[str, float], rng: random.Random) -> dict[str, float]:
    made = rng.randrange(1, 6)
    cells: dict[str, float] = {
        "table2.normative_documents.made_this_year": made, "table2.normative_documents.newly_disclosed": made,
        "table2.normative_documents.total_disclosed": made + rng.randrange(50),
        "table2.central_procurement.project_count": rng.randrange(9),
        "table2.central_procurement.total_amount": rng.randrange(100_000, 9_000_000),
    }  # fmt: skip
    for row in ITEMS:
        old, change = (before.get(f"table2.{row}.{c}") for c in ("items_last_year", "items_change"))
        cells[f"table2.{row}.items_last_year"] = (old + change) if old is not None and change is not None else 40
        cells[f"table2.{row}.items_change"] = rng.randrange(-2, 5)
    return cells


# ---- prose ----


def prose(made: Made) -> list[Section]:
    """Sentences that state the tables' numbers, among others that nobody else writes."""
    if made.text_of is not None:
        return [Section(s.number, s.title, _taken(s.text, made)) for s in prose(made.text_of)]
    said = {k: int(made.spoken.get(k, made.cells.get(k, 0))) for k in (*made.cells, *made.spoken)}
    rng = random.Random(f"{made.place.code}{made.year}")
    idle = [_idle(rng) for _ in range(14)]
    t = "table3.{}.total".format
    denied = said[t("denied_third_party")] + said[t("denied_process_info")]
    lost = said[t("unavailable_not_held")] + said[t("unavailable_unclear")]
    other = said[t(made.other)]
    counts = [
        ("受理政府信息公开申请", said[t("new_requests")]), ("办结政府信息公开申请", said[t("total_handled")]),
        ("其中予以公开", said[t("granted")]), ("部分公开", said[t("partially_granted")]),
        ("不予公开", said.get("denied", denied)), ("无法提供", said.get("unavailable", lost)),
        ("不予处理", said[t("rejected_repeat")]), ("其他处理", said.get("other", other)),
        ("结转下年度继续办理", said[t("carried_out")]),
    ]  # fmt: skip
    facts = ["全年共" + "，".join(f"{name}{n}件" for name, n in counts) + "。"]
    if made.year >= 2021:
        facts.append(f"制发行政规范性文件{said['table2.normative_documents.issued']}件，现行有效的行政规范性文件共计"
                     f"{said['table2.normative_documents.in_force']}件。")  # fmt: skip
    suits = said["table4.suit_direct.total"] + said["table4.suit_after_review.total"]
    facts.append(f"因政府信息公开引起的行政复议{said['table4.review.total']}件、行政诉讼{said.get('suits', suits)}件。")
    facts += _true_things(made, rng)
    facts.append(f"本报告数据统计期限为{made.period}年1月1日至12月31日。")
    opening = f"{made.years.get('opening', made.year)}年，{made.place.name}人民政府{''.join(rng.sample(WORDS, 5))}。"
    text = "\n".join([opening, *facts, *made.lines, *idle])
    return [Section(1, "一、总体情况", text), Section(6, "六、其他需要报告的事项", made.fee)]


def _true_things(made: Made, rng: random.Random) -> list[str]:
    """Sentences as reports have them, all true: none of them may become a finding."""
    new, done = made.total("new_requests"), made.total("total_handled")
    online, letters = new // 2, new // 3
    said = [
        f"在收到的政府信息公开申请中，网络申请{online}件，信函申请{letters}件，当面申请{new - online - letters}件。",
        f"较上年收到的政府信息公开申请{new + 3}件有所变化。",
        "12345热线转办事项均已按期办结。",
        f"全年举办培训{rng.randrange(2, 9)}场次，约{rng.randrange(20, 90)}0余人次参加。",
        "没有因政府信息公开工作被追究责任的情形。",
    ]  # fmt: skip
    if new > 10:
        part = rng.randrange(1, new)
        said.append(f"征地拆迁类申请{part}件，{rng.choice(('占', '占比', '约占'))}{100 * part / new:.1f}%。")
    if not made.total("carried_out"):
        said.append("收到的政府信息公开申请均已按期办结。")
    outcomes = [made.cells[f"table4.review.{c}"] for c in ("corrected", "other_result", "pending")]
    if made.total_of("review") and not any(outcomes):
        said.append("上述信息公开行政复议案件均获维持。")
    if not made.total("denied_third_party") + made.total("denied_process_info"):
        said.append("没有不予公开的情形。")
    if done and made.said_right:
        said.append(f"全年答复政府信息公开申请{done}件。")
    return rng.sample(said, min(5, len(said)))


def _idle(rng: random.Random) -> str:
    pairs = ((rng.choice((rng.choice(VERBS), rng.choice(WORDS), "和", "的")), rng.choice(WORDS)) for _ in range(5))
    first = "".join(a + b for a, b in pairs)
    return f"{first}，{rng.choice(VERBS)}{''.join(rng.sample(WORDS, 3))}工作。"


def _taken(text: str, made: Made) -> str:
    """Another report's text with this place and year put in, perhaps lightly edited; numbers are left as they are."""
    other = made.text_of
    assert other is not None
    text = text.replace(other.place.name, made.place.name).replace(f"{other.year}年", f"{made.year}年")
    if not made.edited:
        return text
    after = dict(zip(VERBS, (*VERBS[1:], VERBS[0]), strict=True))
    text = re.sub("(?<=，)(?:" + "|".join(VERBS) + ")", lambda m: after[m[0]], text)
    return text.replace("工作。", "各项工作。")


def part_of(made: Made, organ: str, kind: str, scope: str, share: float) -> Part:
    """A part of a report: as many of its granted requests and licences, and nothing else."""
    cells = dict.fromkeys(made.cells, 0.0)
    n = min(made.cells[f"table3.{row}.natural_person"] for row in ("granted", "new_requests", "total_handled"))
    for row in ("granted", "new_requests", "total_handled"):
        cells |= {f"table3.{row}.{column}": n * share // 1 for column in ("natural_person", "total")}
    key = "table2.administrative_licensing.decisions"
    cells[key] = made.cells[key] * share // 1
    return Part(organ, kind, scope, cells)
