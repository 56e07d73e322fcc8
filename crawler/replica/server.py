"""Serve the practice portals as an HTTP forward proxy on loopback.

A proxy rather than plain servers, so that invented host names work for Scrapy and Chromium alike without any
name resolution. Only its own hosts are served; everything else, and every CONNECT, is refused with 502.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TextIO
from urllib.parse import unquote, urlsplit

PAGES = Path(__file__).parent / "pages"
MAX_HEAD = 32 * 1024
READ_SECONDS = 30
# Without a charset, as most portals send it: the page itself says (or claims) its encoding.
MEDIA_TYPES = {
    ".html": "text/html", ".txt": "text/plain", ".json": "application/json", ".js": "application/javascript",
    ".css": "text/css", ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
NOT_FOUND = "<html><head><title>404</title></head><body><p>您访问的页面不存在。</p></body></html>".encode()


@dataclass(slots=True)
class Replica:
    """The proxy.

    ``log`` gets one JSON line a request: begin and end (seconds), host, path, status, agent, referer.
    ``pause`` is the time in seconds before each answer.
    """

    pages: Path = PAGES
    log: TextIO | None = None
    pause: float = 0.0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def hosts(self) -> list[str]:
        """Names of the portals."""
        return sorted(path.name for path in self.pages.iterdir() if path.is_dir())

    async def start(self, port: int = 0) -> tuple[asyncio.Server, int]:
        """Listen on 127.0.0.1; return the server and the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=MAX_HEAD)
        return server, server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client has gone or sends nonsense; there is nobody to tell
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        async with asyncio.timeout(READ_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        began = time.monotonic()
        lines = head.decode("latin-1").split("\r\n")
        method, target, *_ = [*lines[0].split(" "), "", ""]
        headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:]) if v}
        parts = urlsplit(target)
        host = parts.hostname or ""
        status, media_type, body = self._find(method, host, parts.path)
        extra = ""
        if "gzip" in headers.get("accept-encoding", "") and media_type.startswith("text/html"):
            body, extra = gzip.compress(body, mtime=0), "Content-Encoding: gzip\r\n"
        await asyncio.sleep(self.pause)
        reason = {200: "OK", 404: "Not Found", 502: "Bad Gateway"}[status]
        writer.write(
            f"HTTP/1.1 {status} {reason}\r\nServer: nianbao-replica\r\nContent-Type: {media_type}\r\n{extra}"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
        )
        writer.write(b"" if method == "HEAD" else body)
        await writer.drain()
        self._note(began, method, host, parts.path + (f"?{parts.query}" if parts.query else ""), status, headers)
        return headers.get("connection", "").lower() != "close" and status != 502

    def _find(self, method: str, host: str, path: str) -> tuple[int, str, bytes]:
        if method not in ("GET", "HEAD") or host not in self.hosts:
            return 502, "text/plain", b"This proxy serves the practice portals only.\n"
        wanted = PurePosixPath(unquote(path) or "/")
        if ".." in wanted.parts:
            return 404, "text/html", NOT_FOUND
        file = self.pages / host / str(wanted).lstrip("/")
        if file.is_dir():
            file /= "index.html"
        if not file.is_file():
            return 404, "text/html", NOT_FOUND
        return 200, MEDIA_TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()

    def _note(self, began: float, method: str, host: str, path: str, status: int, headers: dict[str, str]) -> None:
        if self.log is None:
            return
        entry = {
            "began": began, "ended": time.monotonic(), "method": method, "host": host, "path": path,
            "status": status, "agent": headers.get("user-agent"), "referer": headers.get("referer"),
        }  # fmt: skip
        self.log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.log.flush()
