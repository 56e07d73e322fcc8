"""Serve the public database: Datasette with our plugin, in this process."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from archive.metadata import SETTINGS, metadata
from archive.workdb import PUBLIC_DB, ArchiveError

BACKLOG = 128


def make_datasette(archive_dir: str | os.PathLike[str]) -> Any:
    """A Datasette on the public database of an archive folder.

    Raises:
        ArchiveError: there is no usable public database, or Datasette is not installed.
    """
    path = Path(archive_dir) / PUBLIC_DB
    _check(path)
    try:
        from datasette.app import Datasette  # heavy, and only a machine that serves has it
    except ImportError as error:
        raise ArchiveError("Datasette is not installed; install nianbao[serve].") from error
    return Datasette(immutables=[str(path.absolute())], metadata=metadata(), settings=dict(SETTINGS))


def _check(path: Path) -> None:
    if not path.is_file():
        raise ArchiveError(f"There is no {PUBLIC_DB} in {path.parent} to serve; run `nianbao build` first.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            conn.execute("SELECT value FROM about WHERE name = 'built_at'").fetchone()
    except sqlite3.Error as error:
        raise ArchiveError(f"{path} is no public database ({error}); run `nianbao build` again.") from error


def serve(
    archive_dir: str | os.PathLike[str],
    host: str = "127.0.0.1",
    port: int = 8001,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted.

    Args:
        archive_dir: the archive folder, built.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        ready: called with the site's address once it answers.

    Raises:
        ArchiveError: nothing to serve, or the port cannot be had.
    """
    datasette = make_datasette(archive_dir)
    with _listen(host, port) as listener:
        address = f"http://{_in_url(host)}:{listener.getsockname()[1]}/"
        # uvicorn shuts down in order and then hands the interrupt on; it is how serving ends, not an error.
        with suppress(KeyboardInterrupt):
            asyncio.run(_run(datasette, listener, lambda: ready(address) if ready else None))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ArchiveError(
            f"The site cannot listen on {host} port {port} ({getattr(error, 'strerror', None) or error}); "
            "another program may have it: choose another with --port."
        ) from error
    return listener


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _run(datasette: Any, listener: socket.socket, announce: Callable[[], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                announce()

    await datasette.invoke_startup()
    config = uvicorn.Config(datasette.app(), log_level="warning", lifespan="on", access_log=False)
    await Server(config).serve(sockets=[listener])
