"""Characters drawn twice almost in one place, which is how many programs make bold print and shadows.

pdfium leaves the second one out only where it follows the first closely. Where a whole row, or page, is drawn again,
16 would read 1616 in every cell, and the doubled numbers of a sparse table still add up.
"""

from __future__ import annotations

from itertools import product

from parsers.readers.pdf_parts import Char

_APART = 0.2  # of the font size: two characters side by side stand further apart
_COARSE = 4.0  # points: the mesh that tells cheaply whether a page is worth a look
_AROUND = tuple(product((0, -1, 1), repeat=2))


def without_doubles(chars: list[Char]) -> list[Char]:
    """The characters of a page, each drawn one once; the first stays. The same list where none is doubled."""
    inked = [ch for ch in chars if ch.text != " "]
    if len({(ch.text, ch.x0 // _COARSE, ch.top // _COARSE) for ch in inked}) == len(inked):
        return chars
    seen: dict[tuple[str, int, int], list[Char]] = {}
    out: list[Char] = []
    for ch in chars:
        if ch.text != " ":
            mesh = max(_APART * ch.size, 0.1)
            column, row = int(ch.x0 / mesh), int(ch.top / mesh)
            near = (one for dx, dy in _AROUND for one in seen.get((ch.text, column + dx, row + dy), ()))
            if any(_same(ch, one) for one in near):
                continue
            seen.setdefault((ch.text, column, row), []).append(ch)
        out.append(ch)
    return out


def _same(a: Char, b: Char) -> bool:
    apart = _APART * min(a.size, b.size)
    alike = abs(a.size - b.size) <= 0.1 * a.size and a.hidden == b.hidden
    return alike and abs(a.x0 - b.x0) < apart and abs(a.top - b.top) < apart
