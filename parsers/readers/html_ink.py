"""Numbers in cells of a page that nobody sees, for they have the colour of what they stand on.

Only numbers: a word in white that seems to stand on white has its ground from a style sheet that is not in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.readers.stylesheet import rules_of

_SAME = 16  # of 255: colours nearer than this cannot be told apart
_MOST_SELECTORS = 60
_INK = re.compile(r"(?<![\w-])(?:color|COLOR)\s*(?::|=\s*[\"']?)\s*([^;}!\"'>]+)")
_GROUND = re.compile(
    r"(?:(?<![\w-])(?:background(?:-color)?|BACKGROUND(?:-COLOR)?)\s*:|bgcolor\s*=\s*[\"']?)\s*([^;}!\"'>]+)"
)
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+(0?\.?\d+%?))?\s*\)", re.IGNORECASE)
_NOTHING = re.compile(r"(?:transparent|none|inherit|initial|unset|0)\b", re.IGNORECASE)
_PLAIN = re.compile(r"[\w\s.#>*-]+")
_NUMBER = re.compile(r"[\s\d.,，+＋%-]*\d[\s\d.,，+＋%-]*")
_STATED = ("[style*=color]", "[style*=COLOR]", "[style*=background]", "[style*=BACKGROUND]", "[bgcolor]", "font[color]")
_STATING = ", ".join(f"table{one}, table {one}" for one in _STATED[:-1]) + f", table {_STATED[-1]}"

Colour = tuple[int, int, int]
_WHITE: Colour = (255, 255, 255)


class _Paint(NamedTuple):
    """What an element states: the colour of its text and of its ground. ``bad``: a ground that cannot be told."""

    ink: Colour | None = None
    ground: Colour | None = None
    clear: bool = False  # its text is transparent
    bad: bool = False

    def under(self, other: _Paint) -> _Paint:
        """What holds where ``other`` comes on top."""
        ink, clear = (other.ink, other.clear) if other.ink or other.clear else (self.ink, self.clear)
        ground, bad = (other.ground, other.bad) if other.ground or other.bad else (self.ground, self.bad)
        return _Paint(ink, ground, clear, bad)


def may_hide_numbers(texts: Iterable[str]) -> bool:
    """Whether mark-up and style sheets name a colour of text that is also one of a ground, or none."""
    inks: set[str] = set()
    grounds: set[str] = set()
    for text in texts:
        if "color" not in text and "COLOR" not in text:
            continue
        inks.update(_INK.findall(text))
        grounds.update(_GROUND.findall(text))
    known = {_WHITE, *filter(None, map(_colour, grounds))}
    return any(_is_clear(ink) or _is_one_of(_colour(ink), known) for ink in inks)


def drop_unseen_numbers(tree: LexborHTMLParser, sheets: Iterable[str]) -> None:
    """Take out of the cells of a page the numbers that have the colour of their ground."""
    paints: dict[int, _Paint] = {}
    for node, paint in _stated(tree, sheets):
        paints[node.mem_id] = paints.get(node.mem_id, _Paint()).under(paint)
    for cell in tree.css("td, th"):
        texts = [n for n in cell.traverse(include_text=True) if n.is_text_node and _NUMBER.fullmatch(n.text() or "")]
        for text in [t for t in texts if _is_unseen(t, paints)]:
            text.decompose()


def _stated(tree: LexborHTMLParser, sheets: Iterable[str]) -> Iterable[tuple[LexborNode, _Paint]]:
    """Elements and what they state: by the rules of style sheets in their order, then by themselves."""
    budget = _MOST_SELECTORS
    for selectors, body in rules_of(sheets):
        paint = _paint(body)
        if paint == _Paint() or budget <= 0:
            continue
        for selector in filter(_PLAIN.fullmatch, selectors.split(",")):
            budget -= 1
            try:
                yield from ((node, paint) for node in tree.css(selector.strip()))
            except ValueError:  # no selector
                continue
    for node in tree.css(_STATING):
        kept = ((k, v or "") for k, v in node.attributes.items() if k in ("style", "bgcolor", "color"))
        yield node, _paint(";".join(v if k == "style" else f"{k}={v}" for k, v in kept))


def _paint(declarations: str) -> _Paint:
    inks = [ink for ink in _INK.findall(declarations) if _is_clear(ink) or not _NOTHING.match(ink.strip())]
    grounds = [g for g in _GROUND.findall(declarations) if not _NOTHING.match(g.strip())]
    ground = _colour(grounds[-1]) if grounds else None
    ink, clear = (_colour(inks[-1]) or _UNTOLD, _is_clear(inks[-1])) if inks else (None, False)
    return _Paint(ink, ground, clear, bool(grounds) and ground is None)


_UNTOLD: Colour = (-999, -999, -999)  # a colour of text by a name that is not known here: none that a ground has


def _is_unseen(text: LexborNode, paints: dict[int, _Paint]) -> bool:
    """Whether text has the colour of its ground. What lies behind the table is taken for paper if it is a picture."""
    ink: Colour | None = None
    ground: Colour | None = None
    clear, in_table = False, True
    node = text.parent
    while node is not None and (ink is None or ground is None) and not clear:
        paint = paints.get(node.mem_id, _Paint())
        if ink is None:
            ink, clear = paint.ink, paint.clear
        if ground is None:
            if paint.bad and in_table:
                return False
            ground = paint.ground
        in_table = in_table and node.tag != "table"
        node = node.parent
    return clear or (ink is not None and _is_one_of(ink, {ground or _WHITE}))


def _colour(stated: str) -> Colour | None:
    """A colour as numbers; None for what is no plain colour."""
    if match := _HEX.search(stated):
        digits = match[1] if len(match[1]) == 6 else "".join(2 * d for d in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.search(stated):
        return (int(match[1]), int(match[2]), int(match[3])) if match[4] in (None, "1", "1.0", "100%") else None
    return _WHITE if re.match(r"\s*white\b", stated, re.IGNORECASE) else None


def _is_clear(stated: str) -> bool:
    match = _RGB.search(stated)
    return stated.strip().lower() == "transparent" or (match is not None and match[4] in ("0", "0.0", "0%", ".0"))


def _is_one_of(colour: Colour | None, others: Iterable[Colour]) -> bool:
    return colour is not None and any(
        max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= _SAME for other in others
    )
