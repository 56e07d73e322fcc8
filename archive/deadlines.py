"""By when a report had to be published.

Source: 政府信息公开条例 (State Council order 711), art. 49, in force since 15 May 2019: departments by 31 January,
governments by 31 March. Before it (order 492, art. 31) all organs by 31 March. Townships are not named in it.
"""

from __future__ import annotations

FIRST_YEAR_OF_ORDER_711 = 2019  # the first statistical year whose report fell under the amended Regulation
_GOVERNMENTS = {"government", "government_office", "government_body"}
_TOWNSHIPS = {"township", "subdistrict"}


def deadline(year: int | None, organ_kind: str | None, admin_level: str | None) -> str | None:
    """The last day in time for the report on ``year`` as ISO date; None where the Regulation names none."""
    if year is None or _is_township(organ_kind, admin_level):
        return None
    if organ_kind in _GOVERNMENTS:
        return f"{year + 1}-03-31"
    if organ_kind == "department":
        return f"{year + 1}-01-31" if year >= FIRST_YEAR_OF_ORDER_711 else f"{year + 1}-03-31"
    return None


def deadline_reason(year: int | None, organ_kind: str | None, admin_level: str | None) -> str:
    """Why that is the deadline, or why there is none, in Chinese."""
    if year is None:
        return "年度不明，无法确定期限"
    if _is_township(organ_kind, admin_level):
        return "《条例》未规定乡镇、街道的公布期限"
    if deadline(year, organ_kind, admin_level) is None:
        return "机关类别不明或《条例》未作规定，无法确定期限"
    if year < FIRST_YEAR_OF_ORDER_711:
        return "原《条例》第三十一条：各级行政机关3月31日前公布"
    if organ_kind == "department":
        return "《条例》第四十九条第一款：政府部门1月31日前公布"
    return "《条例》第四十九条第二款：县级以上地方人民政府3月31日前公布"


def _is_township(organ_kind: str | None, admin_level: str | None) -> bool:
    return organ_kind in _TOWNSHIPS or admin_level == "township"
