"""Numbers that were read with doubt: confirmed by a sum, or not shown.

Recognition reads each number twice; where the two differ, or the recogniser itself doubts, the confidence says so.
Such a number counts only if an identity of the form, all its other cells being printed and sure, comes out right with
it. Letters for digits and broken numbers in a text (``parsers.grid``) have one possible reading each: they count
together, where every identity that they stand in comes out right.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from parsers.document import Place
from parsers.form_model import Equation
from parsers.grid import Record
from parsers.lines import Line
from parsers.result import CellResult, Status

SURE = 0.95  # wrong readings that an identity would catch had less, nearly all
# Where no identity covers a number, recognition must be surer, and the whole document legible: in a fax a lost stroke
# makes 31 of 51, and no second look can tell.
SURE_ALONE = 0.97
LEGIBLE = 0.02  # share of a document's recognised numbers that may be doubtful
CONFIRMED = "read with doubt; an identity of the form confirms it"
DOUBTED = "read with doubt, and no identity confirms it"
RESTS_ON_DOUBT = "follows only from numbers that were read with doubt"

Cells = dict[str, CellResult]


def least_sure(records: Sequence[Record], *, covered: bool) -> float:
    """How sure a recognised number must be to count by itself. ``covered``: identities cover the table it stands in.

    More than 1, which none is, where the document is hard to read and no identity covers the number.
    """
    if covered:
        return SURE
    numbers = [t for r in records if r.kind == "ocr" for t in r.tokens if t.value.kind == "number"]
    # A speck beside a lone nought says nothing of the strokes of other digits.
    doubtful = sum(t.confidence < SURE and t.value.number != 0 for t in numbers)
    return SURE_ALONE if doubtful <= LEGIBLE * len(numbers) else 2.0


def without_unsure(cells: Cells, lines: Sequence[Line], equations: Sequence[Equation], sure: float = SURE) -> None:
    """Mark doubtful numbers in ``cells``: ``aligned`` where an identity confirms them, else ``unreadable``.

    Numbers in pictures count by themselves from the confidence ``sure`` on. What was placed or derived with the help
    of a number that stays in doubt becomes ``unreadable``, too.
    """
    weak = {t.place for x in lines for t in x.tokens if t.confidence < (sure if x.kind == "ocr" else SURE)}
    if not weak:
        return
    doubtful = {k: line for line in lines for k in line.keys if cells[k].value is not None and cells[k].place in weak}
    unsure = {k for k in cells if cells[k].status is not Status.PRINTED} | doubtful.keys()
    waiting = set(doubtful)
    guessed = {k for k, line in doubtful.items() if line.kind != "ocr"}
    for key in {k for k in guessed if _all_hold(k, cells, equations)}:
        _confirm(cells, key)
        waiting.discard(key)
        unsure.discard(key)
    while confirmed := {k for k in waiting if any(_confirms(e, k, cells, unsure) for e in equations)}:
        for key in confirmed:
            _confirm(cells, key)
        waiting -= confirmed
        unsure -= confirmed
    waiting |= _placed_beside(weak, cells, lines)
    for key in waiting:
        cells[key] = cells[key]._replace(status=Status.UNREADABLE, value=None, proof=DOUBTED)
    _drop_what_rests_on(waiting, cells, equations)


def _placed_beside(weak: AbstractSet[Place | None], cells: Cells, lines: Sequence[Line]) -> set[str]:
    """What was not printed in a place of its own, in rows with a number in doubt that stands nowhere: had that been
    read otherwise, the others might stand elsewhere."""
    out = set()
    for line in lines:
        shown = {cells[k].place for k in line.keys if cells[k].value is not None}
        if any(t.place in weak and t.place not in shown for t in line.numbers):
            out |= {k for k in line.keys if cells[k].value is not None and cells[k].status is not Status.PRINTED}
    return out


def only_confirmed(cells: Cells, equations: Sequence[Equation]) -> None:
    """Mark numbers that were recognised in running text, in one look and without a grid that would hold them in their
    places: ``aligned`` where every identity that they stand in comes out right, else ``unreadable``."""
    numbers = {k for k, cell in cells.items() if cell.value is not None}
    held = {k for k in numbers if (own := [e for e in equations if k in e.keys]) and all(_holds(e, cells) for e in own)}
    for key in held:
        _confirm(cells, key)
    for key in numbers - held:
        cells[key] = cells[key]._replace(status=Status.UNREADABLE, value=None, proof=DOUBTED)


def _confirm(cells: Cells, key: str) -> None:
    proof = "；".join(p for p in (cells[key].proof, CONFIRMED) if p)
    cells[key] = cells[key]._replace(status=Status.ALIGNED, proof=proof)


def _drop_what_rests_on(doubted: set[str], cells: Cells, equations: Sequence[Equation]) -> None:
    for equation in equations:
        if doubted.isdisjoint(equation.keys):
            continue
        for key in equation.keys:
            if key in cells and cells[key].status is Status.DERIVED:
                cells[key] = CellResult(key, Status.UNREADABLE, proof=RESTS_ON_DOUBT)


def _confirms(equation: Equation, key: str, cells: Cells, unsure: set[str]) -> bool:
    """Whether an identity, all its other cells being sure, comes out right with the number in ``key``."""
    if key not in equation.keys or any(k in unsure for k in equation.keys if k != key):
        return False
    return _holds(equation, cells)


def _all_hold(key: str, cells: Cells, equations: Sequence[Equation]) -> bool:
    """Whether a cell stands in identities, and all of them come out right."""
    own = [e for e in equations if key in e.keys]
    printed = all(cells[k].status is Status.PRINTED for e in own for k in e.keys if k in cells)
    return bool(own) and printed and all(_holds(e, cells) for e in own)


def _holds(equation: Equation, cells: Cells) -> bool:
    left, right = ([cells[k].value for k in side if k in cells] for side in (equation.left, equation.right))
    if len(left) + len(right) < len(equation.keys) or None in left or None in right:
        return False
    return abs(sum(v for v in left if v is not None) - sum(v for v in right if v is not None)) < 1e-6
