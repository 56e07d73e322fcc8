"""What a host answers for pages that do not exist, learnt from one request, so that 200 is not taken at its word."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.scope import host_of

MAX_TEXT = 60_000  # characters compared
ALIKE = 0.9  # of the pieces of text must be the same


@dataclass(frozen=True, slots=True)
class _Print:
    title: str
    pieces: frozenset[str]


@dataclass(slots=True)
class MissingPages:
    """Fingerprints by host."""

    _by_host: dict[str, list[_Print]] = field(default_factory=dict)

    def learn(self, url: str, html: str) -> None:
        """Remember what was answered for an address that cannot exist, or for the homepage.

        A shell without text is not remembered: scripts make every page of it.
        """
        made = _fingerprint(html)
        if len(made.pieces) > 1:  # more than its title
            self._by_host.setdefault(host_of(url), []).append(made)

    def matches(self, url: str, html: str) -> bool:
        """True if a page is what its host shows for missing ones."""
        known = self._by_host.get(host_of(url))
        if not known:
            return False
        this = _fingerprint(html)
        return any(_alike(this, one) for one in known)


def _alike(this: _Print, known: _Print) -> bool:
    if this.title != known.title:
        return False
    union = len(this.pieces | known.pieces)
    return len(this.pieces & known.pieces) / union >= ALIKE


def _fingerprint(html: str) -> _Print:
    """Title and pieces of text without digits: times, counters and the address itself differ from page to page."""
    title = re.search(r"<title[^>]*>(.*?)</title>", html[:20_000], re.DOTALL | re.IGNORECASE)
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html[:MAX_TEXT], flags=re.DOTALL | re.IGNORECASE)
    words = [word for word in re.split(r"<[^>]*>|\s+", text) if not re.match(r"/|https?:|\S*\.s?html?$", word)]
    pieces = {re.sub(r"[\d/.:-]+", "", word) for word in words}
    return _Print(re.sub(r"\s|\d", "", title[1]) if title else "", frozenset(p for p in pieces if len(p) > 1))
