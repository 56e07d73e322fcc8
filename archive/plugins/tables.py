"""Datasette's own table pages over a big archive: its search box must not read every hit to show the first few.

A common word stands in most of the text, and FTS5 can give the first hits at once; but ``rowid in (select …)`` makes
SQLite collect all of them, three times a page (rows, count, facets): two seconds for one word.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from datasette import hookimpl
from datasette.utils import await_me_maybe

LONG = {"sections"}  # tables of long texts
MOST = 1_000  # hits of a search that a table page looks through
_PLAIN = {"_search", "_next", "_size"}  # arguments under which the first hits in the file's order are the right ones
_END = "match escape_fts(:search))"


@hookimpl(hookwrapper=True)
def filters_from_request(request: Any, table: str) -> Generator[None, Any, None]:
    """Let a bare search on a page see the first ``MOST`` hits only, and say so; downloads and filters see all."""
    outcome = yield
    if table in LONG and "_search" in request.args and set(request.args) <= _PLAIN and "." not in request.path:
        outcome.force_result([_bounded(answer) for answer in outcome.get_result()])


async def _bounded(answer: Any) -> Any:
    found = await await_me_maybe(answer)
    if found is not None:
        clauses = [clause.replace(_END, f"{_END[:-1]} order by rowid limit {MOST})") for clause in found.where_clauses]
        if clauses != found.where_clauses:
            found.where_clauses = clauses
            found.extra_context["bounded"] = MOST
    return found
