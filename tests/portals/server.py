"""Serve the replica portals as one forward proxy on loopback, with virtual hosts, and log every request."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TextIO
from urllib.parse import urlsplit

from tests.portals.kit import Answer, Asked, Portal

READ_SECONDS = 30


@dataclass
class Server:
    """The proxy. ``log`` gets one JSON line a request; an unknown or dead host is a closed connection."""

    portals: Iterable[Portal]
    log: TextIO | None = None
    pause: float = 0.0
    _by_host: dict[str, Portal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_host = {host: portal for portal in self.portals for host in portal.hosts - portal.dead_hosts}

    async def start(self, port: int = 0) -> tuple[asyncio.Server, int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=256 * 1024)
        return server, server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # the client has gone
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        async with asyncio.timeout(READ_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        began = time.monotonic()
        lines = head.decode("latin-1").split("\r\n")
        method, target, *_ = [*lines[0].split(" "), "", ""]
        headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:]) if v}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        host = parts.netloc if parts.port not in (None, 80) else parts.hostname or ""
        asked = Asked(method, host, parts.path or "/", parts.query, headers, body)
        portal = self._by_host.get(host)
        answer = portal.answer(asked) if portal and method in ("GET", "POST", "HEAD") else None
        await asyncio.sleep(self.pause)
        if answer is None:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            self._note(began, asked, 502, 0)
            return False
        status, sent = self._send(writer, asked, answer)
        await writer.drain()
        self._note(began, asked, status, sent)
        return headers.get("connection", "").lower() != "close"

    def _send(self, writer: asyncio.StreamWriter, asked: Asked, answer: Answer) -> tuple[int, int]:
        body, status = answer.body, answer.status
        more = list(answer.headers)
        if status == 200 and asked.method == "GET":
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            more.append(("ETag", tag))
            if asked.headers.get("if-none-match") == tag:
                status, body = 304, b""
        if "gzip" in asked.headers.get("accept-encoding", "") and answer.media.startswith("text/html") and body:
            body = gzip.compress(body, mtime=0)
            more.append(("Content-Encoding", "gzip"))
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {answer.media}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in more]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + (b"" if asked.method == "HEAD" else body))
        return status, len(body)

    def _note(self, began: float, asked: Asked, status: int, sent: int) -> None:
        if self.log is None:
            return
        entry = {
            "began": began,
            "ended": time.monotonic(),
            "method": asked.method,
            "host": asked.host,
            "path": asked.target,
            "status": status,
            "bytes": sent,
            "agent": asked.headers.get("user-agent"),
            "referer": asked.headers.get("referer"),
            "conditional": "if-none-match" in asked.headers,
        }
        self.log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.log.flush()
