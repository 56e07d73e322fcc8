"""The browser's only way out: a small forward proxy on loopback that passes official, public hosts only.

Aborting requests inside the browser is not enough: redirects, pre-connects and the browser's own update calls go
past such rules. Here a name is resolved once, its address is checked, and that very address is connected to.
With an upstream proxy the hosts are still checked here, and the proxy resolves.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

from crawler.scope import HostRules, is_public_address

MAX_HEAD = 64 * 1024
HEAD_SECONDS = 30
CONNECT_SECONDS = 20
IDLE_SECONDS = 90
CHUNK = 64 * 1024
PORTS = frozenset({80, 443, *range(1024, 65536)})
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UNREACHABLE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Egress:
    """One proxy for one browser.

    Args:
        rules: which hosts may be reached.
        upstream: the operator's own proxy to go through, or None to connect directly.
    """

    def __init__(self, rules: HostRules, upstream: str | None) -> None:
        self._rules = rules
        self._upstream = urlsplit(upstream) if upstream else None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def __deepcopy__(self, _memo: dict[int, object]) -> Egress:
        """Scrapy copies its settings; there is one proxy."""
        return self

    async def start(self) -> str:
        """Listen on a free port of 127.0.0.1 and return the proxy's address."""
        if self._server is None:
            self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0, limit=MAX_HEAD)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            method, target, version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            host, port = _destination(method, target)
            if not self._rules.allows(host) or port not in PORTS:
                writer.write(REFUSED)
                return
            far_reader, far_writer = await self._connect(host, port)
            try:
                if method == "CONNECT" and self._upstream is None:
                    writer.write(f"{version} 200 Connection established\r\n\r\n".encode())
                else:
                    far_writer.write(head if method == "CONNECT" else self._rewritten(head, method, target, version))
                await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
            finally:
                far_writer.close()
        except (OSError, TimeoutError):
            writer.write(UNREACHABLE)
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.write(REFUSED)
        finally:
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.close()

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(CONNECT_SECONDS):
            if self._upstream is not None:
                return await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(info[4][0]) for info in found]
            if not addresses or not all(is_public_address(address) for address in addresses):
                raise OSError(f"{host} has no public address")
            return await asyncio.open_connection(addresses[0], port)

    def _rewritten(self, head: bytes, method: str, target: str, version: str) -> bytes:
        """The request for the next hop; one request a connection, so that its end is the connection's end."""
        parts = urlsplit(target)
        path = target if self._upstream else parts._replace(scheme="", netloc="").geturl() or "/"
        lines = head.rstrip(b"\r\n").split(b"\r\n")[1:]
        kept = [ln for ln in lines if not ln.lower().startswith((b"proxy-connection:", b"connection:", b"keep-alive:"))]
        first = f"{method} {path} {version}".encode("latin-1")
        return b"\r\n".join([first, *kept, b"Connection: close"]) + b"\r\n\r\n"


def _destination(method: str, target: str) -> tuple[str, int]:
    """Host and port that a proxy request names. Raises ValueError if it names none."""
    parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
    if not parts.hostname or (method != "CONNECT" and parts.scheme != "http"):
        raise ValueError(target)
    return parts.hostname.lower(), parts.port or (443 if method == "CONNECT" else 80)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, TimeoutError):
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                data = await reader.read(CHUNK)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
