"""Telling the disk to keep what was written (fsync), in groups and beside the writing, which need not wait for it."""

from __future__ import annotations

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO

SYNC_EVERY = 0.5  # seconds between two groups at most


class GroupSync:
    """Groups of one writer. A failure is told by the next call, before more is taken for safe."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="fsync")
        self._under_way: Future[None] | None = None
        self._last = 0.0

    def written(self, handle: FileIO) -> None:
        """Begin a new group if the last one is done with and began long enough ago.

        Raises:
            OSError: an earlier group could not be kept.
        """
        if self._under_way is not None:
            if not self._under_way.done():
                return
            self._settle()
        now = time.monotonic()
        if now - self._last >= SYNC_EVERY:
            self._last = now
            # A number of its own for the same file: the writer may close its own meanwhile.
            self._under_way = self._pool.submit(_sync, os.dup(handle.fileno()))

    def finish(self, handle: FileIO) -> None:
        """Return when all that was written is kept.

        Raises:
            OSError: it could not be kept.
        """
        self._settle()
        os.fsync(handle.fileno())

    def _settle(self) -> None:
        group, self._under_way = self._under_way, None
        if group is not None:
            group.result()


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
