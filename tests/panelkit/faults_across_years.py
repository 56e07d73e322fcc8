"""Faults between a report and last year's."""

from __future__ import annotations

import random

from panelkit.made import Made
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
def stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.normative_documents.in_force"] += 3
    return {"X_NORMATIVE"}


@source
def items(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year != 2020 or last is None or not last.present:
        return None
    m.cells["table2.administrative_licensing.items_last_year"] += 7
    return {"X_ITEMS.administrative_licensing"}


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
    return {"X_RULES", "T2_RULES_AT_COUNTY"}


@source
def pending_forgotten(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or not last.cells["table4.suit_direct.pending"]:
        return None
    m.cells |= {f"table4.suit_direct.{c}": 0 for c in ("upheld", "corrected", "other_result", "pending", "total")}
    return {"T4_PENDING_RESOLVED.suit_direct"}


@source
def same_numbers(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.form.id != m.form.id or last.planted:
        return None
    m.cells = dict(last.cells)
    return {"X_SAME_NUMBERS"}
