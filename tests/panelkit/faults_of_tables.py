"""Faults inside one table: sums, columns, impossible numbers, units."""

from __future__ import annotations

import random

from panelkit.made import COLUMNS, RESULTS, Made
from panelkit.plant import add, source


@source
def balance(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    column = rng.choice(COLUMNS[:2])
    add(m, "new_requests", column, 3)
    return {f"T3_BALANCE.{column}", "T3_BALANCE.total"}


@source
def balance_of_any_column(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    column = rng.choice(COLUMNS)
    add(m, "total_handled", column, 2)
    return {f"T3_BALANCE.{column}", "T3_BALANCE.total", f"T3_RESULT_SUM.{column}", "T3_RESULT_SUM.total"}


@source
def balance_of_the_total_only(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cells["table3.new_requests.total"] += rng.choice((1, 10))
    return {"T3_BALANCE.total", "T3_ROW_SUM.new_requests"}


@source
def balance_of_columns_only(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cells["table3.new_requests.natural_person"] += 1
    m.cells["table3.new_requests.other_org"] -= 1
    if m.cells["table3.new_requests.other_org"] < 0:
        return None
    return {"T3_BALANCE.natural_person", "T3_BALANCE.other_org"}


@source
def results(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    column = rng.choice(COLUMNS)
    add(m, rng.choice(RESULTS), column, rng.randrange(1, 9))
    return {f"T3_RESULT_SUM.{column}", "T3_RESULT_SUM.total"}


@source
def row_total(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    row = rng.choice(RESULTS)
    m.cells[f"table3.{row}.total"] += rng.choice((-1, 1, 10)) if m.cells[f"table3.{row}.total"] else 1
    return {f"T3_ROW_SUM.{row}", "T3_RESULT_SUM.total"}


@source
def row_total_of_any_row(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Rows that are nearly always zero, too."""
    rows = sorted({k.split(".")[1] for k in m.cells if k.startswith("table3.")})
    row = rng.choice(rows)
    m.cells[f"table3.{row}.total"] += 1
    return {f"T3_ROW_SUM.{row}"}


@source
def wrong_column(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Filled in one column too far, in a table whose own mark-up says so."""
    if not m.cells["table3.granted.natural_person"] or m.cells["table3.granted.business"]:
        return None
    m.grid = "exact"
    m.cells["table3.granted.business"] = m.cells["table3.granted.natural_person"]
    m.cells["table3.granted.natural_person"] = 0
    return {"T3_RESULT_SUM.natural_person", "T3_RESULT_SUM.business"}


@source
def table4(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    row = rng.choice(("review", "suit_direct"))
    m.cells[f"table4.{row}.total"] += 1
    return {f"T4_SUM.{row}"}


@source
def table4_after_review(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    column = rng.choice(("corrected", "other_result", "pending"))
    m.cells[f"table4.suit_after_review.{column}"] += 2
    return {"T4_SUM.suit_after_review"}


@source
def decimal(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cells["table2.administrative_penalty.decisions"] += 0.5
    return {"T2_INT"}


@source
def negative(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cells[f"table2.administrative_{rng.choice(('coercion', 'penalty', 'licensing'))}.decisions"] *= -1
    return {"T2_INT"}


@source
def rules_of_a_county(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2021 or m.level != "county":
        return None
    m.cells |= {"table2.regulations.issued": 1, "table2.regulations.repealed": 1}
    return {"T2_RULES_AT_COUNTY"}


@source
def rules_of_a_county_in_the_older_form(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year >= 2021 or m.level != "county":
        return None
    m.cells["table2.regulations.total_disclosed"] = rng.randrange(1, 30)
    return {"T2_RULES_AT_COUNTY"}


@source
def disclosed(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year >= 2021:
        return None
    key = "table2.normative_documents.{}".format
    m.cells[key("newly_disclosed")] = m.cells[key("total_disclosed")] + 2
    return {"T2_DISCLOSED_LE_TOTAL.normative_documents"}


@source
def procurement_without_unit(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    key = "table2.central_procurement.total_amount"
    if m.year >= 2021:
        return None
    m.raw[key] = f"{m.cells[key]:g}"
    return {"T2_PROC_UNIT"}


@source
def fee_in_yuan(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2021 or m.level != "county":
        return None
    m.cells["table2.administrative_fees.amount_wan_yuan"] *= 10_000
    m.jumps |= {("unit", "fees")}
    return {"T2_FEE_UNIT"} if m.cells["table2.administrative_fees.amount_wan_yuan"] > 500_000 else set()


@source
def parts_exceed_a_total_beside_blanks(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Blanks are unknown, but what is printed is already too much."""
    m.grid = "exact"
    m.lost |= {f"table3.granted.{c}" for c in COLUMNS[2:]}
    m.cells["table3.granted.total"] = 1
    return {"T3_ROW_SUM.granted"} if sum(m.cells[f"table3.granted.{c}"] for c in COLUMNS[:2]) > 1 else None
