"""One process of the site, started by ``archive.serve``: draws pages on the shared socket, or runs visitors' SQL.

It says ``ready`` on standard output once it answers, and ends when its keeper is gone (standard input is closed).
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

from archive.plugins.spot import close, warm_up
from archive.serve import BACKLOG, make_datasette
from archive.workdb import ArchiveError


def main(archive_dir: str, number: str, role: str, sql_socket: str, contact: str) -> None:
    """Serve until told to end.

    Args:
        archive_dir: the archive folder.
        number: file descriptor of the listening socket.
        role: ``pages``, or ``sql``: listens on the Unix socket ``sql_socket`` instead.
        sql_socket: path of that socket.
        contact: where errors are reported to; empty for what the publication names.
    """
    # Uvicorn passes the signal on when it has shut down; without a handler it would end this process then and there.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_end_with_keeper, daemon=True).start()
    if role == "sql":
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with suppress(FileNotFoundError):
            os.unlink(sql_socket)  # noqa: PTH108 - a socket, left by a process that was killed
        listener.bind(sql_socket)
        listener.listen(BACKLOG)
        datasette = make_datasette(archive_dir)
    else:
        listener = socket.socket(fileno=int(number))
        datasette = make_datasette(archive_dir, sql_socket, contact)
    if role == "pages":
        warm_up(datasette)
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(datasette, listener))
    close(datasette)


def _end_with_keeper() -> None:
    while os.read(0, 64):  # not sys.stdin: its lock, held here, would keep Python from ending
        pass
    os.kill(os.getpid(), signal.SIGTERM)


async def _run(datasette: Any, listener: socket.socket) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                print("ready", flush=True)

    await datasette.invoke_startup()
    config = uvicorn.Config(datasette.app(), log_level="error", lifespan="on", access_log=False,
                            timeout_graceful_shutdown=5)  # fmt: skip
    await Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:6])
    except KeyboardInterrupt:  # told to end while it came up
        sys.exit(0)
    except ArchiveError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)
