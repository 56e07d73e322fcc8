"""Reports whose numbers agree with each other and with last year's."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from parsers.divisions import Area
from parsers.form_model import Form, load_forms

COLUMNS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org")
RESULTS = ("granted", "partially_granted", "denied_third_party", "denied_process_info", "unavailable_not_held",
           "unavailable_unclear", "rejected_repeat")  # fmt: skip
ITEMS = ("administrative_licensing", "other_external_services", "administrative_penalty", "administrative_coercion",
         "administrative_fees")  # fmt: skip

@dataclass
class Part:
    """The report of one organ of the place, whose numbers are part of the whole's."""

    organ: str
    kind: str
    scope: str
    cells: dict[str, float]
    published_on: str
    level: str


@dataclass
class Made:
    """One generated report: its cells, what its prose says, and what was planted."""

    place: Area
    year: int
    cells: dict[str, float]
    rng: random.Random
    lines: list[str] = field(default_factory=list)
    before: Made | None = field(default=None, repr=False)  # last year's, where the place goes on
    raw: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # printed as a blank
    dashed: set[str] = field(default_factory=set)  # … as a dash
    gone: set[str] = field(default_factory=set)  # in a table that is not there
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
    cases_said: bool = True  # the prose tells how many reviews and lawsuits; else that there were none
    parts: list[Part] = field(default_factory=list)  # reports of the place's office, a bureau, a township
    jumps: set[tuple[str, str]] = field(default_factory=set)  # what must be told of as unusual: kind, indicator

    @property
    def form(self) -> Form:
        return load_forms()["2019" if self.year < 2021 else "2021"]

    @property
    def other(self) -> str:
        """The row of table 3 that holds other handling."""
        return "other_handling" if self.year < 2021 else "other_misc"

    @property
    def site(self) -> str:
        """The place's site, known under the code that it had first."""
        return self.before.site if self.before else self.place.code

    @property
    def level(self) -> str:
        """The level of its government."""
        return "prefecture" if self.place.level == "prefecture" else "county"

    def copy(self) -> Made:
        """The same report to plant a fault in."""
        parts = [replace(p, cells=dict(p.cells)) for p in self.parts]
        return replace(self, cells=dict(self.cells), lines=[], raw={}, lost=set(), dashed=set(), gone=set(), spoken={},
                       years={}, jumps=set(), parts=parts)  # fmt: skip

    def status(self, key: str) -> str:
        """How a cell is printed."""
        for keys, status in ((self.lost, "blank"), (self.dashed, "mark"), (self.gone, "absent")):
            if key in keys:
                return status
        return "printed"

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
    if place.level == "prefecture":
        _rules_of_a_city(cells, before, year, rng)
    made = Made(place, year, cells, rng, period=year, before=last)
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


def _rules_of_a_city(cells: dict[str, float], before: dict[str, float], year: int, rng: random.Random) -> None:
    """Prefectures make rules of government."""
    key = "table2.regulations.{}".format
    if year < 2021:
        cells |= {key("made_this_year"): 1, key("newly_disclosed"): 1, key("total_disclosed"): 9 + rng.randrange(9)}
    else:
        stock = int(before.get(key("in_force"), rng.randrange(9, 30)))
        cells |= {key("issued"): 2, key("repealed"): 1, key("in_force"): stock + 1}


def parts(made: Made, rng: random.Random) -> list[Part]:
    """Reports of the place's office, a bureau and a township, each in its own time; bureaus may be late."""

    def day(last_month: int) -> str:
        return f"{made.year + 1}-{rng.randrange(1, last_month + 1):02}-{rng.randrange(1, 29):02}"

    name = made.place.name
    return [
        part_of(made, f"{name}人民政府办公室", "government_office", "government_and_office", 0.3, day(3)),
        part_of(made, f"{name}教育局", "department", "single_organ", 0.4, day(2)),
        replace(part_of(made, f"{name}城关镇人民政府", "township", "single_organ", 0.2, day(6)), level="township"),
    ]


def part_of(made: Made, organ: str, kind: str, scope: str, share: float, published_on: str) -> Part:
    """A part of a report: as many of its granted requests and licences, and nothing else."""
    cells = dict.fromkeys(made.cells, 0.0)
    n = min(made.cells[f"table3.{row}.natural_person"] for row in ("granted", "new_requests", "total_handled"))
    for row in ("granted", "new_requests", "total_handled"):
        cells |= {f"table3.{row}.{column}": n * share // 1 for column in ("natural_person", "total")}
    key = "table2.administrative_licensing.decisions"
    cells[key] = made.cells[key] * share // 1
    return Part(organ, kind, scope, cells, published_on, made.level)
