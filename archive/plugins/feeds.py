"""Atom feeds of new reports, changes and findings, for the country, a province, a county or a rule.

An entry's time is when the report, edition or finding came to light, never when the publication was made: a rebuild
announces nothing twice. Identifiers are ``tag:`` addresses (RFC 4151) of stable ids, the same under whatever name the
site is served: a feed that moves announces nothing twice either.
"""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from datasette.utils.asgi import Response

from archive.plugins.web import Row, language, read, rows, text_of

MOST = 50
ATOM = "http://www.w3.org/2005/Atom"
TAG = "tag:nianbao,2026:"
_ONLY = " (:province IS NULL OR r.province = :province) AND (:area IS NULL OR r.area_code = :area)"
_REPORTS = (
    "SELECT r.report_id, 'report/' || r.report_id AS id, r.title, r.organ, r.year, r.first_seen AS at,"  # noqa: S608
    f" '' AS message_zh, '' AS message_en FROM reports AS r WHERE {_ONLY} AND :rule IS NULL"
    " ORDER BY r.first_seen DESC, r.report_id"
)
_CHANGES = (
    "SELECT c.report_id, 'changes/' || c.new_edition_id AS id, r.title, r.organ, r.year, e.first_seen AS at,"  # noqa: S608
    " '改动 ' || count(*) || ' 处' AS message_zh, count(*) || ' changes' AS message_en FROM changes AS c"
    " JOIN reports AS r ON r.report_id = c.report_id JOIN editions AS e ON e.edition_id = c.new_edition_id"
    f" WHERE {_ONLY} AND :rule IS NULL GROUP BY c.new_edition_id ORDER BY e.first_seen DESC, c.report_id"
)
_FINDINGS = (
    "SELECT f.report_id, 'finding/' || f.edition_id || '/' || f.rule AS id, r.title, r.organ, r.year,"  # noqa: S608
    " e.first_seen AS at, f.message_zh, f.message_en FROM findings AS f JOIN reports AS r ON r.report_id = f.report_id"
    " JOIN editions AS e ON e.edition_id = f.edition_id"
    f" WHERE f.verdict = 'fail' AND {_ONLY} AND (f.rule_id = :rule OR (:rule IS NULL AND f.severity IS NOT 'info'))"
    " ORDER BY e.first_seen DESC, f.report_id, f.finding_no"
)
_FEEDS = {
    "reports": (("新收到的报告", "New reports"), _REPORTS),
    "changes": (("公布后的改动", "Numbers changed after publication"), _CHANGES),
    "findings": (("核查不符", "Checks that failed"), _FINDINGS),
}


async def feed(datasette: Any, request: Any) -> Response:
    """One feed; ``province``, ``area`` and ``rule`` narrow it."""
    which = 0 if language(request) == "zh" else 1
    kind = request.url_vars["kind"]
    title, sql = _FEEDS[kind]
    named = {name: text_of(request, name) or None for name in ("province", "area", "rule")}
    found = await read(datasette, lambda conn: _entries(conn, sql, named))
    here = f"{request.scheme}://{request.host}"
    root = f"{here}{datasette.urls.path('/en' if which else '/')}".rstrip("/")
    name = " · ".join(["年报" if not which else "nianbao", title[which], *filter(None, named.values())])
    address = f"{here}{request.path}" + (f"?{request.query_string}" if request.query_string else "")
    narrowed = urlencode({key: value for key, value in named.items() if value})
    identity = f"{TAG}feed/{kind}/{language(request)}" + (f"?{narrowed}" if narrowed else "")
    body = _atom(name, identity, address, root, found, which)
    headers = {"access-control-allow-origin": "*"}
    return Response(body, content_type="application/atom+xml; charset=utf-8", headers=headers)


def _entries(conn: sqlite3.Connection, sql: str, named: dict[str, Any]) -> list[Row]:
    return rows(conn, f"{sql} LIMIT {MOST}", **named)


def _atom(name: str, identity: str, address: str, root: str, entries: list[Row], which: int) -> str:
    ET.register_namespace("", ATOM)
    made = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": ("zh-CN", "en")[which]})
    _add(made, "title", name)
    _add(made, "id", identity)
    _add(made, "updated", max((e["at"] or "" for e in entries), default="") or "1970-01-01T00:00:00Z")
    _add(made, "link", rel="self", href=address)
    _add(_add(made, "author"), "name", "nianbao")
    for one in entries:
        entry = _add(made, "entry")
        said = [one["organ"] or one["title"], str(one["year"] or ""), one[("message_zh", "message_en")[which]]]
        _add(entry, "title", " ".join(filter(None, said)))
        _add(entry, "id", TAG + quote(str(one["id"]), safe="/@"))
        _add(entry, "updated", one["at"])
        _add(entry, "link", rel="alternate", href=f"{root}/report/{one['report_id']}")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(made, encoding="unicode")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text is not None:
        # XML knows no control characters; titles come from outside.
        child.text = "".join(c for c in text if c >= " " and c not in "\ufffe\uffff")
    return child
