"""TRS static publishing: everything is in the mark-up; only its old search lists need a call."""

from __future__ import annotations

import re

from crawler.links import resolve
from crawler.platforms.base import Call, Page, sign_of

NAME = "trs"
sign = sign_of(r"createPageHTML\(", r"TRS_(?:Editor|UEDITOR)", r"/t(?:19|20)\d{6}_\d+\.s?html?", r"/was5/web/search")
_WAS = re.compile(r"""['"]([^'"]*/was5/web/search\?[^'"]*channelid=[^'"]+)['"]""")


def calls(page: Page) -> list[Call]:
    """The call of a WAS list, where a script of the column loads one."""
    found = _WAS.search(page.facts.script) if page.in_column else None
    url = resolve(page.url, found[1].replace("&amp;", "&")) if found else None
    return [Call(url, turn="page")] if url else []
