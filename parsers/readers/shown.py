"""Pages that only show a document in a frame, themselves or through a viewer (``viewer.html?file=…``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from selectolax.lexbor import LexborNode

FRAMES = "iframe, frame, embed, object"
_FILE = re.compile(r"\.(?:pdf|docx?|ofd|wps|xlsx?|et)$", re.IGNORECASE)
_LONGEST = 2_000
_MOST_FIELDS = 50


def shown_file(frames: Iterable[LexborNode]) -> str | None:
    """The address of the first document that one of the frames shows, as the page writes it; None if none does."""
    for node in frames:
        address = (node.attributes.get("src") or node.attributes.get("data") or "").strip()[:_LONGEST]
        path, _, query = address.partition("?")
        fields = parse_qsl(query) if query.count("&") < _MOST_FIELDS else []
        found = next((one for one in (*(value for _, value in fields), path) if _FILE.search(one)), None)
        if found is not None:
            return found
    return None
