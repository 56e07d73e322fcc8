"""By when a report had to be published.

Source: 政府信息公开条例 (State Council order 711), art. 49, in force since 15 May 2019: departments by 31 January,
governments by 31 March. Before it (order 492, art. 31) all organs by 31 March. Townships are not named in it.
"""

from __future__ import annotations

FIRST_YEAR_OF_ORDER_711 = 2019  # the first statistical year whose report fell under the amended Regulation
_GOVERNMENTS = {"government", "government_office", "government_body"}
_TOWNSHIPS = {"township", "subdistrict"}
_LAST_DAYS = {"article_49_1": "01-31", "article_49_2": "03-31", "article_31_old": "03-31"}


def basis(year: int | None, organ_kind: str | None, admin_level: str | None) -> str:
    """The rule that sets the deadline, or why there is none: a code of the list ``deadline`` in words.yml."""
    if organ_kind in _TOWNSHIPS or admin_level == "township":
        return "township"
    if year is None or organ_kind not in {*_GOVERNMENTS, "department"}:
        return "unknown"
    if year < FIRST_YEAR_OF_ORDER_711:
        return "article_31_old"
    return "article_49_1" if organ_kind == "department" else "article_49_2"


def deadline(year: int | None, organ_kind: str | None, admin_level: str | None) -> str | None:
    """The last day in time for the report on ``year`` as ISO date; None where the Regulation names none."""
    day = _LAST_DAYS.get(basis(year, organ_kind, admin_level))
    return f"{year + 1}-{day}" if day and year is not None else None
