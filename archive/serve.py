"""Serve the public database: processes that draw pages, one that runs visitors' SQL, and a keeper over them.

The keeper (``serve``) starts the processes (``archive.serving``) on one listening socket, starts anew what ended, and
when a new publication is swapped in, starts new ones on it before the old ones go.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from archive.metadata import DATABASE, SETTINGS, metadata
from archive.workdb import PUBLIC_DB, ArchiveError, open_public

BACKLOG = 128
WORKERS = max(1, min(4, os.cpu_count() or 1))  # processes that draw pages
LOOK_EVERY = 1.0  # seconds between two looks at the processes and the publication
QUICK = 5.0  # a process that ends sooner than this after its start is not started for ever
PATIENCE = 60.0  # seconds for a process to come up


def make_datasette(
    archive_dir: str | os.PathLike[str], sql_socket: str | None = None, contact: str | None = None
) -> Any:
    """A Datasette on the public database of an archive folder.

    ``sql_socket`` is the Unix socket of the process that runs visitors' SQL; None runs it here. ``contact`` is where
    errors are reported to, in place of what the publication says.

    Raises:
        ArchiveError: there is no usable public database, or Datasette is not installed.
    """
    path = Path(archive_dir) / PUBLIC_DB
    known = _check(path)
    try:
        from datasette.app import Datasette  # heavy, and only a machine that serves has it
    except ImportError as error:
        raise ArchiveError("Datasette is not installed; install nianbao[serve].") from error
    described = metadata()
    described["plugins"] = {"nianbao": {"sql_socket": sql_socket, "contact": contact}}
    made = _bilingual(Datasette)(
        immutables=[str(path.absolute())], inspect_data={DATABASE: known}, metadata=described, settings=dict(SETTINGS)
    )
    tables = known["tables"]
    if made.get_database(DATABASE).cached_table_counts:  # taken from `tables` here, which must not list the view
        tables["cells"] = tables["_cells"]  # one row each; counting through the view took a second
    return made


def _bilingual(plain: Any) -> Any:
    """Datasette with addresses in the language of the request."""
    from archive.plugins.bilingual import BilingualUrls

    class Site(plain):  # type: ignore[misc]
        @property
        def urls(self) -> Any:
            return BilingualUrls(self)

    return Site


def _check(path: Path) -> dict[str, Any]:
    """What Datasette would find out by reading the whole file: a name for this publication, and counts."""
    with closing(open_public(path.parent)) as conn:
        names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if "_row_counts" in names:
            counts = dict(conn.execute("SELECT name, n FROM _row_counts").fetchall()) | {"_row_counts": len(names)}
        else:  # published by an earlier version
            counts = {n: conn.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}  # noqa: S608
    seen = path.stat()
    return {"hash": f"{seen.st_mtime_ns:x}{seen.st_size:x}".zfill(64), "size": seen.st_size, "file": path.name,
            "tables": {name: {"count": n} for name, n in counts.items()}}  # fmt: skip


def serve(
    archive_dir: str | os.PathLike[str],
    host: str = "127.0.0.1",
    port: int = 8001,
    ready: Callable[[str], None] | None = None,
    workers: int = WORKERS,
    contact: str | None = None,
) -> None:
    """Serve until interrupted.

    Args:
        archive_dir: the archive folder, built.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        ready: called with the site's address once it answers.
        workers: processes that draw pages.
        contact: e-mail or web address for reports of errors, in place of what the publication names.

    Raises:
        ArchiveError: nothing to serve, the port cannot be had, or the processes do not come up.
    """
    _check(Path(archive_dir) / PUBLIC_DB)
    with _listen(host, port) as listener, tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        keeper = _Keeper(Path(archive_dir), listener, Path(folder), workers, contact)
        with suppress(KeyboardInterrupt):
            try:
                keeper.start()
                if ready:
                    ready(f"http://{_in_url(host)}:{listener.getsockname()[1]}/")
                while True:
                    time.sleep(LOOK_EVERY)
                    keeper.look()
            finally:
                keeper.stop()


class _Keeper:
    """The processes of one publication."""

    def __init__(
        self, root: Path, listener: socket.socket, folder: Path, workers: int, contact: str | None = None
    ) -> None:
        self._root, self._listener, self._folder, self._workers = root, listener, folder, workers
        self._contact = contact or ""
        self._running: list[tuple[list[str], subprocess.Popen[bytes], float]] = []
        self._publication: tuple[int, int] | None = None
        self._round = 0

    def start(self) -> None:
        """Start all processes on the publication of this moment; the ones before go when these answer."""
        before, self._running, self._round = self._running, [], self._round + 1
        self._publication = self._seen()
        path = str(self._folder / f"sql-{self._round}")
        commands = [["sql", path]] + [["pages", path]] * self._workers
        try:
            self._running = [(command, self._spawn(command), time.monotonic()) for command in commands]
            for _, process, _ in self._running:
                _await(process)
        except ArchiveError:
            _end([process for _, process, _ in self._running])
            self._running = before
            if not before:
                raise
            print("The new publication cannot be served; the one before stays.", file=sys.stderr)
            return
        _end([process for _, process, _ in before])

    def look(self) -> None:
        """Start anew what ended; move on to a new publication."""
        if self._seen() not in (None, self._publication):
            self.start()
        for n, (command, process, since) in enumerate(self._running):
            if process.poll() is not None:
                if time.monotonic() - since < QUICK:
                    raise ArchiveError(f"A process of the site ended at once (exit code {process.returncode}).")
                self._running[n] = (command, self._spawn(command), time.monotonic())

    def stop(self) -> None:
        """End all processes."""
        _end([process for _, process, _ in self._running])

    def _seen(self) -> tuple[int, int] | None:
        try:
            found = (self._root / PUBLIC_DB).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        number = self._listener.fileno()
        return subprocess.Popen(  # noqa: S603 - this program again
            [sys.executable, "-m", "archive.serving", str(self._root.absolute()), str(number), *command, self._contact],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[number], start_new_session=True,
        )  # fmt: skip


def _await(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process says that it answers."""
    assert process.stdout
    if not process.stdout.readline():
        raise ArchiveError("The site does not come up; what it said stands above.")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Let processes finish what they are answering, then make sure that they are gone."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


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
