"""Site products: one small module each, recognised from the page, shared by every county on it.

A module has a ``NAME`` and a function ``calls(page) -> list[Call]``: the list calls that the page's scripts would
make, empty where the page is not of the product. Everything else about a product is generic.
"""

from __future__ import annotations

from crawler.platforms import annualreport, gkmlpt, jcms, jpaas, lonsun, trs, ucap, vsb
from crawler.platforms.base import Call, Page

MODULES = (jcms, jpaas, gkmlpt, lonsun, ucap, annualreport, trs, vsb)


def calls(page: Page) -> list[Call]:
    """The list calls of a page, by the first product that has any."""
    for module in MODULES:
        if found := module.calls(page):
            return found
    return []


def recognise(page: Page) -> tuple[str, str] | None:
    """The product that a page is of, and what it was told by; None if it is of none that we know."""
    for module in MODULES:
        if sign := module.sign(page):
            return module.NAME, sign
    return None


__all__ = ["Call", "Page", "calls", "recognise"]
