"""Faults between a report and last year's."""

from __future__ import annotations

import random

from panelkit.made import COLUMNS, ITEMS, Made
from panelkit.plant import add, source


@source
def procurement_in_another_unit(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    key = "table2.central_procurement.total_amount"
    if m.year != 2020 or last is None or not last.present:
        return None
    m.cells[key] = round(last.cells[key] / 10_000, 2)
    return {"T2_PROC_JUMP"}


@source
def carry(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present:
        return None
    add(m, "carried_in", "business", 2)
    add(m, "new_requests", "business", -2)
    return None if m.cells["table3.new_requests.business"] < 0 else {"X_CARRY.business", "X_CARRY.total"}


@source
def carry_in_any_column(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Columns differ from last year's, the total does not."""
    if last is None or not last.present:
        return None
    one, two = rng.sample(COLUMNS, 2)
    if not m.cells[f"table3.carried_in.{one}"] or not m.cells[f"table3.new_requests.{two}"]:
        return None
    for column, n in ((one, -1), (two, 1)):
        m.cells[f"table3.carried_in.{column}"] += n
        m.cells[f"table3.new_requests.{column}"] -= n
    return {f"X_CARRY.{one}", f"X_CARRY.{two}"}


@source
def carry_in_other_columns(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Last year's numbers, each one column further on."""
    carried = [m.cells[f"table3.carried_in.{c}"] for c in COLUMNS]
    if last is None or not last.present or sum(map(bool, carried)) != 1 or carried[-1]:
        return None
    for column, n in zip(COLUMNS, (carried[-1], *carried[:-1]), strict=True):
        m.cells[f"table3.new_requests.{column}"] += m.cells[f"table3.carried_in.{column}"] - n
        m.cells[f"table3.carried_in.{column}"] = n
    if min(m.cells[f"table3.new_requests.{c}"] for c in COLUMNS) < 0:
        return None
    at = next(i for i, n in enumerate(carried) if n)
    m.jumps |= {("shifted", f"table3.carried_in.{COLUMNS[at + 1]}")}
    return {f"X_CARRY.{COLUMNS[at]}", f"X_CARRY.{COLUMNS[at + 1]}"}


@source
def stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.normative_documents.in_force"] += 3
    return {"X_NORMATIVE"}


@source
def items(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year != 2020 or last is None or not last.present:
        return None
    row = rng.choice(ITEMS)
    m.cells[f"table2.{row}.items_last_year"] += 7
    return {f"X_ITEMS.{row}"}


@source
def suits_after_no_review(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.total_of("review") or last.cells["table4.review.pending"]:
        return None
    m.cells |= {f"table4.review.{c}": 0 for c in ("upheld", "corrected", "other_result", "pending", "total")}
    m.cells["table4.suit_after_review.upheld"] += 2
    m.cells["table4.suit_after_review.total"] += 2
    return {"T4_AFTER_WITHOUT_REVIEW"}


@source
def copied_stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None:
        return None
    stock_before = last.cells["table2.normative_documents.in_force"]
    if stock_before < 2 or stock_before % 2:
        return None
    half = stock_before / 2
    m.cells |= {"table2.normative_documents.issued": 0, "table2.normative_documents.repealed": half,
                "table2.normative_documents.in_force": half}  # fmt: skip
    return {"T2_REPEAT"}


@source
def more_repealed_than_there(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.normative_documents.repealed"] = 5000
    return {"T2_REPEALED_LE_STOCK.normative_documents"}


@source
def rules_stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.regulations.in_force"] = 2
    return {"X_RULES", "T2_RULES_AT_COUNTY"} if m.level == "county" else {"X_RULES"}


@source
def pending_forgotten(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or not last.cells["table4.suit_direct.pending"]:
        return None
    m.cells |= {f"table4.suit_direct.{c}": 0 for c in ("upheld", "corrected", "other_result", "pending", "total")}
    return {"T4_PENDING_RESOLVED.suit_direct"}


@source
def pending_reviews_forgotten(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or not last.cells["table4.review.pending"]:
        return None
    m.cells |= {f"table4.review.{c}": 0 for c in ("upheld", "corrected", "other_result", "pending", "total")}
    return {"T4_PENDING_RESOLVED.review"}


@source
def same_numbers(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.form.id != m.form.id or last.planted:
        return None
    m.cells = dict(last.cells)
    return {"X_SAME_NUMBERS"}


@source
def same_numbers_beside_blanks(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Last year's numbers, its noughts left blank or as dashes."""
    if same_numbers(m, last, rng) is None:
        return None
    noughts = {k for k, n in m.cells.items() if not n and k.startswith("table3.")}
    m.lost, m.dashed = rng.choice(((noughts, set()), (set(), noughts)))
    return {"X_SAME_NUMBERS"}
