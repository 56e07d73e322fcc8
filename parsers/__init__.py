"""UNDERSTAND: bytes in, result out. Pure: no network, no database, no clock, no environment.

``parse(data, media_type, hints)`` is the only public door. It is imported on first use, so that the crawler can take
``parsers.titles`` without paying for readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parsers.parse import Hints, ParseResult, UnreadableDocument, parse, parse_all

__all__ = ["Hints", "ParseResult", "UnreadableDocument", "parse", "parse_all"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'parsers' has no attribute {name!r}")
    # The door's module has the door's name: give the function, not the module.
    from importlib import import_module

    door = import_module("parsers.parse")
    for each in __all__:
        globals()[each] = getattr(door, each)
    return globals()[name]
