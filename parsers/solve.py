"""Place damaged rows: enumerate the possible placements and keep those that satisfy the form's identities.

One value left in every solution: the cell is ``aligned`` (always the same printed number) or ``derived`` (never or
not always printed). Several values, or too many placements to look at: the cell stays unknown. Method: forms
reference, "using the identities to place damaged values"; it never changes a printed number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from parsers.form_model import Equation
from parsers.grid import Token
from parsers.lines import Line, Values
from parsers.result import Number

MAX_PLACEMENTS = 20_000  # of one row
MAX_STEPS = 200_000  # of the search over all damaged rows
_SEVERAL = 3  # rows with numbers too many that tell columns from phantoms
MAX_EXTRA, MAX_LOST = 4, 3  # numbers too many or too few that can still be placed

@dataclass(frozen=True, slots=True)
class Placement:
    """One way to read a row: for each column the number of its token (None: not printed), and the values."""

    origin: tuple[int | None, ...]
    values: Values


@dataclass(frozen=True, slots=True)
class Solved:
    """What all solutions agree on for one cell: the value, and the token that prints it in every solution.

    ``contradiction``: there is no solution at all, so it is not the placing that is at fault.
    """

    value: Number | None = None
    token: Token | None = None
    contradiction: bool = False


def solve(
    lines: Sequence[Line], known: Mapping[str, Number | None], equations: Sequence[Equation]
) -> dict[str, Solved]:
    """Solve damaged lines together. ``known`` are the settled cells; absent keys are unknown.

    Returns for every cell key of the lines what all solutions agree on (value None where they do not).
    """
    own = [[e for e in equations if e.cells.issubset(line.keys)] for line in lines]
    wide = Counter(line.shape for line in lines if len(line.numbers) > len(line.keys))
    options = [placements(line, e, several=wide[line.shape] >= _SEVERAL) for line, e in zip(lines, own, strict=True)]
    options = _of_one_shape(lines, options, wide)
    if any(not o for o in options):
        usable = [n for n, o in enumerate(options) if o]
        rest = solve([lines[n] for n in usable], known, equations) if usable else {}
        return {k: Solved(contradiction=True) for line in lines for k in line.keys} | rest
    solutions = _search(lines, options, known, _touching(equations, lines))
    if not solutions:
        return {k: Solved(contradiction=solutions is not None) for line in lines for k in line.keys}
    out: dict[str, Solved] = {}
    origins = _origins(lines, options, solutions)
    for n, line in enumerate(lines):
        for column, key in enumerate(line.keys):
            values = {solution[n][column] for solution in solutions}
            value = values.pop() if len(values) == 1 else None
            at = origins[n][column] if value is not None else None
            out[key] = Solved(value, line.numbers[at] if at is not None else None)
    return out


def _of_one_shape(
    lines: Sequence[Line], options: list[list[Placement]], wide: Mapping[tuple[object, ...], int]
) -> list[list[Placement]]:
    """The placements that serve all rows of a table with as many numbers too many: those stand in the same columns."""
    out = list(options)
    for shape, count in wide.items():
        members = [n for n, line in enumerate(lines) if count > 1 and line.shape == shape]
        common = set.intersection(*({p.origin for p in options[n]} for n in members)) if members else set()
        for n in members:
            out[n] = [p for p in options[n] if p.origin in common]
    return out


def placements(line: Line, own: Sequence[Equation], *, several: bool = False) -> list[Placement]:
    """All ways to place the numbers of a line that satisfy its own identities, lost values filled in by them.

    ``several`` rows have as many numbers too many: then they stand in columns of their own, whatever they hold.
    """
    if line.readings is not None:
        return [Placement((None,) * len(line.keys), values) for values in line.readings]
    if any(t.value.kind == "text" for t in line.tokens):
        return []
    numbers = [t.value.number for t in line.numbers]
    n, m = len(line.keys), len(numbers)
    if not own or m < n - MAX_LOST or m > n + MAX_EXTRA:
        return []
    found: list[Placement] = []
    for origin in islice(_origins_of(numbers, n, several=several), MAX_PLACEMENTS + 1):
        if not all(at is None or line.may_print(line.numbers[at], k) for k, at in enumerate(origin)):
            continue
        values: list[Number | None] = [None if at is None else numbers[at] for at in origin]
        filled = _fill(line.keys, values, own)
        if filled is not None:
            found.append(Placement(origin, filled))
        if len(found) > MAX_PLACEMENTS:
            return []
    return found + [p for p in _grid_placement(line) if _holds_with_blanks(line.keys, p.values, own)]


def _origins_of(numbers: Sequence[Number | None], n: int, *, several: bool) -> Iterator[tuple[int | None, ...]]:
    m = len(numbers)
    if m <= n:
        for columns in combinations(range(n), m):
            at = {column: k for k, column in enumerate(columns)}
            yield tuple(at.get(column) for column in range(n))
        return
    # Too many numbers: a heading broken into more columns than it has makes phantom cells, and those hold zeros.
    spare = [k for k, number in enumerate(numbers) if number == 0 or several]
    for dropped in combinations(spare, m - n):
        yield tuple(k for k in range(m) if k not in dropped)


def _grid_placement(line: Line) -> list[Placement]:
    """The reading that takes the grid at its word, blanks and all."""
    if line.grid is None:
        return []
    at = {id(t): k for k, t in enumerate(line.numbers)}
    origin = tuple(at.get(id(t)) for t in line.grid)
    return [Placement(origin, tuple(t.value.number for t in line.grid))]


def _fill(keys: Sequence[str], values: list[Number | None], own: Sequence[Equation]) -> Values | None:
    """Fill lost values that the line's own identities settle; None if an identity is broken."""
    at = {key: n for n, key in enumerate(keys)}
    for equation in own:
        left, right = ([at[k] for k in side] for side in (equation.left, equation.right))
        open_left = [n for n in left if values[n] is None]
        open_right = [n for n in right if values[n] is None]
        rest = sum(values[n] or 0 for n in left) - sum(values[n] or 0 for n in right)
        if open_left and open_right:
            continue
        missing, rest = (open_left, -rest) if open_left else (open_right, rest)
        if (not missing and rest != 0) or rest < 0:
            return None
        if len(missing) == 1 or rest == 0:  # counts are never negative: a rest of nothing leaves only zeros
            for n in missing:
                values[n] = rest
    return tuple(values)


def _holds_with_blanks(keys: Sequence[str], values: Values, own: Sequence[Equation]) -> bool:
    """Whether a reading with blanks can be meant: a blank part counts nothing, a blank sum says nothing."""
    by_key = dict(zip(keys, values, strict=True))
    for equation in own:
        if any(by_key[k] is None for k in equation.left):
            continue
        if sum(by_key[k] or 0 for k in equation.left) != sum(by_key[k] or 0 for k in equation.right):
            return False
    return True


def _touching(equations: Sequence[Equation], lines: Sequence[Line]) -> list[Equation]:
    """Identities that join cells of several lines."""
    keys = [set(line.keys) for line in lines]
    every = set().union(*keys)
    return [e for e in equations if every & e.cells and not any(e.cells <= k for k in keys)]


def _search(
    lines: Sequence[Line],
    options: Sequence[Sequence[Placement]],
    known: Mapping[str, Number | None],
    equations: Sequence[Equation],
) -> list[list[Values]] | None:
    """All combinations of row values that break no identity; None if there are too many to look at."""
    distinct = [list(dict.fromkeys(p.values for p in o)) for o in options]
    state: dict[str, Number | None] = dict(known)
    last = {k: n for n, line in enumerate(lines) for k in line.keys}
    due: dict[int, list[Equation]] = defaultdict(list)
    for equation in equations:
        due[max(last.get(k, -1) for k in equation.keys)].append(equation)
    solutions: list[list[Values]] = []
    steps = 0

    def place(n: int, chosen: list[Values]) -> bool:
        nonlocal steps
        if n == len(lines):
            solutions.append(list(chosen))
            return True
        for values in distinct[n]:
            steps += 1
            if steps > MAX_STEPS:
                return False
            state.update(zip(lines[n].keys, values, strict=True))
            if all(_may_hold(e, state) for e in due[n]) and not place(n + 1, [*chosen, values]):
                return False
        return True

    return solutions if place(0, []) else None


def _may_hold(equation: Equation, state: Mapping[str, Number | None]) -> bool:
    """False only if every operand is known and the sums differ."""
    if any(state.get(k) is None for k in equation.keys):
        return True
    return abs(sum(state[k] or 0 for k in equation.left) - sum(state[k] or 0 for k in equation.right)) < 1e-6


def _origins(
    lines: Sequence[Line], options: Sequence[Sequence[Placement]], solutions: Sequence[Sequence[Values]]
) -> list[list[int | None]]:
    """For each line and column a token that prints it, or None where some solution leaves it unprinted.

    (Which of several equal zeros stands in a column may stay open; that a zero is printed there does not.)

    Lines of the same shape in one table lost the same columns, so only placements that serve all of them count
    (where such placements exist).
    """
    alive = [
        {p.origin for p in options[n] if p.values in {s[n] for s in solutions}} for n in range(len(lines))
    ]  # fmt: skip
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        groups[line.shape].append(n)
    for members in groups.values():
        common = set.intersection(*(alive[n] for n in members))
        if common:
            for n in members:
                alive[n] = common
    out: list[list[int | None]] = []
    for n, line in enumerate(lines):
        columns = [[origin[c] for origin in alive[n]] for c in range(len(line.keys))]
        out.append([None if None in c else min(k for k in c if k is not None) for c in columns])
    return out
