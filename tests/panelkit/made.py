"""Reports whose numbers agree with each other, with last year's and with their prose."""

from __future__ import annotations

import random
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
    fee: str = "本年度未收取政府信息公开信息处理费。"
    period: int = 0
    published_on: str = ""
    planted: str = ""
    side: str = "source"
    expected: frozenset[str] = frozenset()
    present: bool = True
    spoken: dict[str, float] = field(default_factory=dict)  # numbers the prose gets wrong

    @property
    def form(self) -> Form:
        return load_forms()["2019" if self.year < 2021 else "2021"]

    def total(self, row: str) -> int:
        return int(self.cells[f"table3.{row}.total"])


def consistent(place: Area, year: int, last: Made | None, rng: random.Random) -> Made:
    """Numbers that satisfy every rule, last year's report included."""
    form = load_forms()["2019" if year < 2021 else "2021"].as_printed(())
    cells: dict[str, float] = {f.key: 0 for f in form.fields()}
    for column in COLUMNS:
        busy = {"natural_person": 30, "business": 6}.get(column, 2)
        handled = 0
        for row in RESULTS:
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
        parts = {c: rng.randrange(3) for c in ("upheld", "corrected", "other_result", "pending")}
        parts["upheld"] += int(before.get(f"table4.{row}.pending", 0)) + (1 if row == "review" else 0)
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
    counts = [
        ("受理政府信息公开申请", said[t("new_requests")]), ("办结政府信息公开申请", said[t("total_handled")]),
        ("其中予以公开", said[t("granted")]), ("部分公开", said[t("partially_granted")]),
        ("不予公开", said.get("denied", denied)), ("无法提供", said.get("unavailable", lost)),
        ("不予处理", said[t("rejected_repeat")]), ("结转下年度继续办理", said[t("carried_out")]),
    ]  # fmt: skip
    facts = ["全年共" + "，".join(f"{name}{n}件" for name, n in counts) + "。"]
    if made.year >= 2021:
        facts.append(f"制发行政规范性文件{said['table2.normative_documents.issued']}件，现行有效的行政规范性文件共计"
                     f"{said['table2.normative_documents.in_force']}件。")  # fmt: skip
    suits = said["table4.suit_direct.total"] + said["table4.suit_after_review.total"]
    facts.append(f"因政府信息公开引起的行政复议{said['table4.review.total']}件、行政诉讼{said.get('suits', suits)}件。")
    facts.append(f"本报告数据统计期限为{made.period}年1月1日至12月31日。")
    text = "\n".join([*facts, *made.lines, *idle])
    return [Section(1, "一、总体情况", text), Section(6, "六、其他需要报告的事项", made.fee)]


def _idle(rng: random.Random) -> str:
    pairs = ((rng.choice((rng.choice(VERBS), rng.choice(WORDS), "和", "的")), rng.choice(WORDS)) for _ in range(5))
    first = "".join(a + b for a, b in pairs)
    return f"{first}，{rng.choice(VERBS)}{''.join(rng.sample(WORDS, 3))}工作。"


def _taken(text: str, made: Made) -> str:
    """Another report's text with this place and year put in; numbers are left as they are."""
    other = made.text_of
    assert other is not None
    return text.replace(other.place.name, made.place.name).replace(f"{other.year}年", f"{made.year}年")
