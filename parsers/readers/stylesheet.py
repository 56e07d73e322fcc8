"""What the style sheet of a page hides inside cells: an old number beside the new one, a word for small screens.

Only plain selectors (``.old``, ``td.n i``, ``#x``) that no other rule shows again are understood. Outside cells
nothing is hidden so: pages fold their text and show it again by script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_OTHER_MEDIA = re.compile(r"print|min-width|max-width", re.IGNORECASE)
_PLAIN = re.compile(r"[a-zA-Z]*(?:[.#][\w-]+)?")
_NAMES = re.compile(r"[.#][\w-]+")
_LONGEST = 100_000
_MOST = 50

UNSEEN = (
    r"visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:[;!}]|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!}]|$)"
    r"|clip\s*:\s*rect\((?:[01](?:px)?[\s,]*){4}\)|transform\s*:\s*scale\(0\)"
    r"|(?:max-)?(?:width|height)\s*:\s*0(?:px)?\s*;[^{}]{0,200}overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden[^{}]{0,200}[;\s](?:max-)?(?:width|height)\s*:\s*0(?:px)?\s*(?:[;!}]|$)"
    r"|text-decoration[^;]{0,60}line-through|(?:left|top|text-indent)\s*:\s*-\d{3,}(?:px|pt)"
)
_HIDES = re.compile(rf"display\s*:\s*none|{UNSEEN}", re.IGNORECASE)
_SHOWS = re.compile(r"display\s*:\s*(?!none)|visibility\s*:\s*visible|opacity\s*:\s*(?:1|0?\.0*[1-9])", re.IGNORECASE)


def hidden_selectors(sheets: Iterable[str]) -> list[str]:
    """The plain selectors of style sheets whose elements nobody sees, in their order."""
    css = "".join(sheets)
    if not _HIDES.search(css):
        return []
    hidden: dict[str, None] = {}
    shown: set[str] = set()
    for selectors, body in rules_of([css]):
        if _HIDES.search(body):
            hidden |= dict.fromkeys(s.strip() for s in selectors.split(",") if _is_plain(s))
        elif _SHOWS.search(body):
            shown |= set(_NAMES.findall(selectors))
    return [s for s in hidden if not shown & set(_NAMES.findall(s))][:_MOST]


def _is_plain(selector: str) -> bool:
    return bool(_NAMES.search(selector)) and all(map(_PLAIN.fullmatch, selector.split()))


def rules_of(sheets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that hold on any screen; cut, not matched, so that no page is slow."""
    css = "".join(sheets)[:_LONGEST]
    opening, *commented = css.split("/*")
    plain = opening + "".join(part.partition("*/")[2] for part in commented)
    condition = ""
    for piece in plain.split("}"):
        *around, selectors, body = ["", *piece.split("{")]
        if not around:  # nothing begins here: the end of a block of rules
            condition = ""
            continue
        condition = around[-1] or condition
        if not _OTHER_MEDIA.search(condition):
            yield selectors, body
