"""What platform modules take and give."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.links import PageFacts

MAX_PAGE = 60
RECORDS = "@records"  # a turn: the address names the first and the last record instead of a page
IN_BODY = "@body:"  # a turn: the field that follows counts pages, in the posted form or JSON


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a platform sees it: address, decoded text, facts, and whether it is (part of) the report column."""

    url: str
    html: str
    facts: PageFacts
    in_column: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One list call. ``turn`` names how its next page is asked for, with what that needs (see ``next_call``).

    ``instead`` are addresses to try if this one fails. ``label`` says what the list is, where it says so.
    ``template`` is the address that a row was seen to lead to and the row's number in it (see ``crawler.recipes``);
    ``headers`` are those that the site's own script sent with the call.
    """

    url: str
    method: str = "GET"
    body: str = ""
    turn: str = ""
    label: str = ""
    size: int = 0
    page: int = 1
    instead: tuple[str, ...] = ()
    feed: bool = True  # False: the answer is a page that may itself be a report
    template: tuple[str, str] | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def as_meta(self) -> dict[str, Any]:
        """For the frontier."""
        return {
            "turn": self.turn, "size": self.size, "page": self.page, "body": self.body, "method": self.method,
            "template": list(self.template) if self.template else None, "headers": [list(h) for h in self.headers],
        }  # fmt: skip

    @classmethod
    def from_meta(cls, url: str, given: Mapping[str, Any]) -> Call:
        """The call that ``as_meta`` was made of."""
        template = given.get("template")
        headers = tuple((str(n), str(v)) for n, v in given.get("headers") or ())
        return cls(url, given["method"], given["body"], given["turn"], size=given["size"], page=given["page"],
                   template=(template[0], template[1]) if template else None, headers=headers)  # fmt: skip


def next_call(call: Call, n_rows: int, total: int | None) -> Call | None:
    """The call for the page after this one, or None at the end.

    Args:
        call: the one that was answered; ``turn`` is the name of the parameter that counts pages, or
            ``name:field`` for a field of a JSON parameter, or ``@body:name`` for a field of what is posted.
        n_rows: how many rows it brought; none means the end.
        total: how many rows there are in all, if the answer says so.
    """
    if not call.turn or not n_rows or call.page >= MAX_PAGE:
        return None
    if total is not None and (call.page * call.size >= total if call.size else call.page == 1 and n_rows == total):
        return None
    page = call.page + 1
    if call.turn.startswith(IN_BODY):
        return replace(call, body=_in_body(call.body, call.turn.removeprefix(IN_BODY), page), page=page, instead=())
    url = _with_records(call, page) if call.turn == RECORDS else with_page(call.url, call.turn, page)
    return replace(call, url=url, page=page, instead=())


def _with_records(call: Call, page: int) -> str:
    url = re.sub(r"startrecord=\d+", f"startrecord={1 + call.size * (page - 1)}", call.url)
    return re.sub(r"endrecord=\d+", f"endrecord={call.size * page}", url)


def with_page(url: str, turn: str, page: int) -> str:
    """The address with another page number; the parameter is added where it is missing."""
    name, _, inner = turn.partition(":")
    parts = urlsplit(url)
    if inner:
        pairs = [(n, _in_json(v, inner, page) if n == name else v) for n, v in parse_qsl(parts.query, True)]
    else:
        pairs = [(n, str(page) if n == name else v) for n, v in parse_qsl(parts.query, True)]
        if name not in dict(pairs):
            pairs.append((name, str(page)))
    return parts._replace(query=urlencode(pairs)).geturl()


def _in_json(value: str, field_name: str, page: int) -> str:
    return re.sub(rf'("{re.escape(field_name)}"\s*:\s*"?)\d+', rf"\g<1>{page}", value)


def _in_body(body: str, name: str, page: int) -> str:
    if body[:1] in ("{", "["):
        return _in_json(body, name, page)
    return re.sub(rf"(^|&)({re.escape(name)}=)\d+", rf"\g<1>\g<2>{page}", body)


def sign_of(*patterns: str) -> Callable[[Page], str]:
    """A function that gives the first text of a page that one of the patterns matches, or an empty string."""
    compiled = [re.compile(pattern) for pattern in patterns]

    def sign(page: Page) -> str:
        for pattern in compiled:
            if found := pattern.search(page.html) or pattern.search(page.url):
                return found[0][:80]
        return ""

    return sign
