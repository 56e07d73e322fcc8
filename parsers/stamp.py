"""The stamp of a reading: which code and which data made it. A reading with another stamp is stale."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

VERSION = "1"  # of the result's shape; the rest of the stamp follows from the files by itself

_DATA = (".yml", ".csv", ".ttf")


@cache
def stamp() -> str:
    """``<version>-<code>-<data>``: short hashes over the code and over the data files of this package.

    Nobody has to remember to raise a number: a changed reader, form, heading or rule makes older readings stale.
    """
    files = sorted(_walk(resources.files("parsers"), ""), key=lambda f: f[0])
    code = [f for f in files if f[0].endswith(".py")]
    data = [f for f in files if f[0].endswith(_DATA)]
    return f"{VERSION}-{_hash(code)}-{_hash(data)}"


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    out: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            out += _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", *_DATA)):
            out.append((f"{prefix}{entry.name}", entry.read_bytes()))
    return out


def _hash(files: list[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, data in files:
        digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    return digest.hexdigest()[:10]
