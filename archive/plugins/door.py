"""SQL that visitors write runs in a process of its own: their questions go there, everything else stays here.

Eight visitors with an endless query made ordinary pages wait twelve seconds when all ran in one process. The stored
questions are ours and known to be quick: they stay with the pages.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qs

import httpx

from archive.plugins.web import DATABASE

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

AT_ONCE = 6  # questions in work
IN_ALL = 24  # in work and waiting; more are turned away
SECONDS = 30.0  # for a long CSV; the query itself is bounded by Datasette's own limit
BUSY = "现在提问的人太多，请过一会儿再试。 Too many queries at once; please try again in a moment."
_HOP = {b"connection", b"transfer-encoding", b"keep-alive"}


class SqlElsewhere:
    """Wraps the application; ``socket`` is the Unix socket on which the other process listens."""

    def __init__(self, app: App, socket: str) -> None:
        self._app = app
        self._client = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=socket), timeout=SECONDS)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Forward what runs a visitor's SQL; pass on the rest."""
        if scope["type"] != "http" or scope["method"] != "GET" or not runs_sql(scope):
            await self._app(scope, receive, send)
        elif self._waiting >= IN_ALL:
            await _plain(send, 503, BUSY)
        else:
            self._waiting += 1
            try:
                async with self._places:
                    await self._forward(scope, send)
            finally:
                self._waiting -= 1

    async def _forward(self, scope: Any, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name not in _HOP]
        query = scope.get("query_string", b"").decode("latin-1")
        address = f"http://sql{scope['raw_path'].decode('latin-1').partition('?')[0]}?{query}"
        started = False
        try:
            # Built by hand: the client would add headers of its own, and get what the visitor cannot unpack.
            answer = await self._client.send(httpx.Request("GET", address, headers=headers), stream=True)
            async with aclosing(answer):
                kept = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _HOP]
                await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
                started = True
                async for chunk in answer.aiter_raw():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except httpx.HTTPError:
            if started:
                raise  # half an answer is out: end the connection, so that nobody takes it for a whole one
            await _plain(send, 503, BUSY)


def runs_sql(scope: Any) -> bool:
    """Whether a request makes Datasette run SQL from outside."""
    first = scope["path"].strip("/").removeprefix("en/").partition("/")[0]
    if first.partition(".")[0] != DATABASE:
        return False
    names = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return "sql" in names or "_where" in names


async def _plain(send: Send, status: int, text: str) -> None:
    body = json.dumps({"ok": False, "error": text}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"retry-after", b"2"),
               (b"cache-control", b"no-store")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
