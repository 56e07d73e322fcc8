"""Answers that need no work: a publication never changes, so a page seen once is known.

Every page carries an ETag made of the publication, this program and the address; a browser or a content network that
has it is told 304 without anything being drawn. Pages that were drawn are kept in memory within a limit.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

FRESH = b"public, max-age=300, stale-while-revalidate=86400"
KEPT_BYTES = 48 << 20
LARGEST = 400_000  # bytes of one page that is kept
# Depend on more than the publication: the archived files, the state of this process.
_CHANGING = ("/cell/", "/en/cell/", "/capture/", "/en/capture/", "/-/")


@cache
def program() -> str:
    """A digest of what the pages are drawn with: the files of the plugin, templates and words."""
    digest = hashlib.sha256()
    for folder in ("plugins", "templates", "static", "data"):
        for file in sorted(Path(str(resources.files("archive") / folder)).glob("*.*")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


class Cached:
    """Wraps the whole application of one Datasette."""

    def __init__(self, app: App, datasette: Any) -> None:
        self._app = app
        self._datasette = datasette
        self._kept: OrderedDict[tuple[str, str, bool], list[Message]] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Answer from what is known, else pass on."""
        publication = self._datasette.__dict__.get("_nianbao_publication")
        path = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "GET" or not publication or path.startswith(_CHANGING):
            await self._app(scope, receive, send)
            return
        # Nobody signs in here, so a visitor's cookies say nothing; Datasette would answer "private, no-store" to them.
        scope = {**scope, "headers": [(n, v) for n, v in scope["headers"] if n not in (b"cookie", b"authorization")]}
        query = scope.get("query_string", b"").decode("latin-1")
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        drawn_from = f"{publication}|{self._datasette.__dict__.get('_nianbao_contact')}|{program()}"
        tag = hashlib.sha256(f"{drawn_from}|{host}|{path}?{query}".encode()).hexdigest()[:24]
        etag = f'W/"{tag}"'.encode()
        if _has(scope, etag):
            headers = [(b"etag", etag), (b"cache-control", FRESH)]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        name = (host + path, query, _packed(scope))
        if name in self._kept:
            self._kept.move_to_end(name)
            for message in self._kept[name]:
                await send(message)
        else:
            await self._app(scope, receive, _Keeper(self, name, etag, path, send).send)

    def keep(self, name: tuple[str, str, bool], messages: list[Message]) -> None:
        """Remember an answer; the oldest ones go when there are too many."""
        self._kept[name] = messages
        self._bytes += sum(len(m.get("body", b"")) for m in messages)
        while self._bytes > KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._bytes -= sum(len(m.get("body", b"")) for m in old)


def _packed(scope: Any) -> bool:
    """Whether the answer may be compressed: what is kept for one browser must not go to another that cannot read it."""
    return b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"")


def _has(scope: Any, etag: bytes) -> bool:
    given = dict(scope["headers"]).get(b"if-none-match", b"")
    return etag.removeprefix(b"W/") in given


class _Keeper:
    """Passes one answer on, with cache headers, and keeps it if it is a small page."""

    def __init__(self, cached: Cached, name: tuple[str, str, bool], etag: bytes, path: str, send: Send) -> None:
        self._cached, self._name, self._etag, self._send = cached, name, etag, send
        self._messages: list[Message] | None = None if path.endswith((".db", ".csv", ".xlsx")) else []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._headers(message)}
            if message["status"] != 200:
                self._messages = None
        if self._messages is not None:
            self._messages.append(message)
            if message.get("more_body") or len(message.get("body", b"")) > LARGEST:
                self._messages = None
            elif message["type"] == "http.response.body":
                self._cached.keep(self._name, self._messages)
        await self._send(message)

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        pairs = [(bytes(name).lower(), bytes(value)) for name, value in message["headers"]]
        there = dict(pairs)
        if message["status"] != 200 or b"no-store" in there.get(b"cache-control", b"") or b"set-cookie" in there:
            return pairs
        # Answers differ by nothing that a visitor sends but the ways of packing that it knows.
        pairs = [(name, value) for name, value in pairs if name != b"vary"] + [(b"vary", b"Accept-Encoding")]
        control = there.get(b"cache-control", b"")
        if b"immutable" in control or b"max-age=31536000" in control:
            return pairs
        if b"etag" in there:
            return pairs if control else [*pairs, (b"cache-control", b"public, max-age=300")]
        pairs = [(name, value) for name, value in pairs if name != b"cache-control"]
        return [*pairs, (b"cache-control", FRESH), (b"etag", self._etag)]
