"""What every answer carries: a content security policy and its companions; safe CSV for the download button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from asgi_gzip import GZipMiddleware

from archive.sheets import CsvFilter

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Datasette's own pages carry scripts and styles of their own in the page.
RELAXED = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}
# These pages of Datasette show where files lie on this machine, or are tools for those who develop with it.
_HIDDEN = {"/-/databases", "/-/databases.json", "/-/threads", "/-/threads.json", "/-/messages", "/-/patterns",
           "/-/allow-debug", "/-/permissions", "/-/auth-token", "/-/logout"}  # fmt: skip


def guarded(app: App) -> App:
    """Wrap the whole application."""

    async def wrapped(scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if scope["path"].rstrip("/") in _HIDDEN:
            scope = {**scope, "path": "/-/hidden", "raw_path": b"/-/hidden"}
        await app(scope, receive, _Answer(send, _wants_sheet(scope)).send)

    return wrapped


def compressed(app: App) -> App:
    """Compress answers for those who accept it; not the database file and pictures, which gain nothing."""
    gzip = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def wrapped(scope: Any, receive: Any, send: Send) -> None:
        packed = scope["type"] == "http" and scope["path"].endswith((".db", ".png", ".xlsx"))
        await (app if packed else gzip)(scope, receive, send)

    return wrapped


def _wants_sheet(scope: Any) -> bool:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return "_dl" in query and (scope["path"].endswith(".csv") or query.get("_format") == ["csv"])


class _Answer:
    """Passes the messages of one answer on, with headers added and CSV made safe."""

    def __init__(self, send: Send, sheet: bool) -> None:
        self._send = send
        self._filter = CsvFilter() if sheet else None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._headers(message["headers"])}
        elif self._filter is not None and message["type"] == "http.response.body":
            more = message.get("more_body", False)
            message = {**message, "body": self._filter.feed(message.get("body", b""), not more)}
        await self._send(message)

    def _headers(self, headers: Any) -> list[tuple[bytes, bytes]]:
        pairs = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        kind = next((value for name, value in pairs if name == b"content-type"), b"")
        if not kind.startswith((b"text/csv", b"text/plain")):
            self._filter = None  # an error page in place of the data
        if self._filter is not None:
            pairs = [(name, value) for name, value in pairs if name != b"content-length"]
        there = {name for name, _ in pairs}
        extra = [(name, value) for name, value in _ALWAYS.items() if name not in there]
        if b"content-security-policy" not in there:
            extra.append((b"content-security-policy", RELAXED.encode()))
        return pairs + extra
