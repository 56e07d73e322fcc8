"""Standard tables that were run together into plain text: labels and digits without separators.

`（一）予以公开270020130（二）部分公开…`: the labels of the form are searched in their order, and the digits
behind each are split into as many numbers as the row has columns. A blank between digits parts numbers. Where several
splits are possible, all are kept, and the form's identities choose (``parsers.solve``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice
from typing import NamedTuple

from parsers.captions import doubt_of, doubt_within, years_of
from parsers.document import Document, Place
from parsers.flatheads import GAP, GAPS, bare, begins_at, fills_gaps, heads_columns, in_order, names_no_more
from parsers.flatlines import running_lines
from parsers.form_model import Column, Equation, Form, FormTable, load_forms
from parsers.headings import spellings
from parsers.labels import core
from parsers.lines import Line, Values
from parsers.result import Number

MAX_SPLITS = 3_000  # of one row; more than that says nothing
MAX_TEXT = 400_000  # characters
_NAME = 4  # characters of the shortest name of a column in table 2
_HEADING = 300  # characters in front of a row that hold the heading over it
_WIDEST = 3_000  # the same with the blanks and rules between
_WIDE = re.compile(r"[ \t\u3000\-─—=+|]{2,}")
_NEAR = 60  # characters in front of a row that hold the heading of its block
_SEVERAL, _MANY = 3, 8  # rows printed twice that make a table printed twice
_TELLING = 5  # characters of a heading's label that tell it
_UNIT = r"(?:(?P<unit>万\s*元|人\s*次|[条件项个次篇份人元])(?![^\s\d０-９]))?"
_DIGITS = r"[+\-－＋]?[\d０-９](?:[\d０-９\s.,，．+\-－＋]++|[件项条](?=[\s\d０-９]))*+"
_RUN = re.compile(rf"[\s:：]*{_UNIT}[\s:：]*(?P<digits>{_DIGITS})(?P<behind>元|万元)?")
# What goes on behind a run of digits so that the last is no number of its own: 5余, 1.2万, 5/7, 5、6, 12%.
_GOES_ON = re.compile(r"\s*(?:[余多万千百亿%％≥≤＞＜><约近]|[/~～、至—\-]\d)")
_IN_PROSE = re.compile(r"[件条项次个]?\s*[，；。、,;]")
_A_DASH = re.compile(r"(?<![+\-])[+\-](?![\d+\-])")  # alone it stands for a cell without a number; many are a rule
_MONEY = re.compile(r"(?:单位)?([十百千万亿]*元)")
# A remark in brackets, with no number but what it says of counting (…相同信息计1条).
_REMARK = r"[\"'“”‘’]*(?:[（(](?:[^（）()\d]|(?<=计)\d(?=[条次件])){0,40}[）)])?"
_ENUMERATOR = re.compile(r"^[（(]?([一二三四五六七八九十\d])[）)]?[、.．]?")


class RunningText:
    """All paragraphs of a document as one text, where each begins in it, and what else ``flat_lines`` asks of them."""

    def __init__(self, document: Document) -> None:
        parts: list[str] = []
        places: list[tuple[int, Place]] = []
        at = 0
        self._paragraphs = document.paragraphs
        for line, place in running_lines(self._paragraphs):
            if at > MAX_TEXT:
                break
            places.append((at, place))
            parts.append(line + "\n")
            at += len(parts[-1])
        self.text = "".join(parts)
        self.places = tuple(places)

    @cached_property
    def letters(self) -> str:
        """The text without what may stand between letters."""
        return GAPS.sub("", self.text)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that the report is about."""
        return years_of(paragraph.text for paragraph in self._paragraphs)


def flat_lines(form: Form, table: FormTable, running: RunningText) -> list[Line]:
    """The rows of one table found in running text, each with every way to read its digits."""
    text, places = running.text, running.places
    if table.layout == "side_by_side":
        return _side_line(form, table, running)
    lines, short = [], False
    found = _rows_in_order(form.id, table.key, running)
    if len(found) < min(3, len(table.rows)):
        return []
    at = found[0][1].start()
    head, drawn = _in_front(text, at), text[max(at - _WIDEST, 0) : at]
    believed = heads_columns(head, drawn, found[0][0], form, table) and not _is_doubted(head, running.years)
    again = _printed_again(form, table, running, dict(found))
    fits: dict[tuple[str, ...], bool] = {}  # whether the heading fits the columns of a row
    for n, (key, match) in enumerate(found):
        row = table.by_key[key]
        behind = found[n + 1][1].start() if n + 1 < len(found) else len(text)
        run = _RUN.match(text, match.end(), behind)
        if run:
            columns = table.columns_of(row)
            keys = tuple(table.keys_by_row[row.key].values())
            digits = _without_next_enumerator(run["digits"], text[run.end("digits") : run.end("digits") + 1])
            if table.layout == "blocks":
                head = _in_front(text, match.start())
            labels = tuple(c.label for c in columns)
            if (head, *labels) not in fits:
                fits[head, *labels] = _fits(table, labels, head)
            ordered = believed and key not in again and fits[head, *labels] and _is_whole(text, run, match, columns)
            lines.append(_line(form, keys, columns, digits, _place_at(places, run.start("digits")), ordered=ordered))
            short |= len(_split_digits(run)) < len(keys)
    if table.layout == "blocks":
        return _parted_alike(lines)
    return _without_glued(lines) if short or _lacks_numbers(form, table, running, found) else lines


def _lacks_numbers(
    form: Form, table: FormTable, running: RunningText, found: Sequence[tuple[str, re.Match[str]]]
) -> bool:
    """Whether labels of rows stand in the text without numbers: then blank cells may leave no trace in any row."""
    start, keys = found[0][1].start(), {key for key, _ in found}
    own = {row.key for row in table.rows if not row.stands_for} - keys if len(table.columns) > 1 else set()
    labels = (label for label in _row_labels(form.id, table.key) if label.key in own and label.telling)
    return any(label.may_stand_in(running.letters) and label.pattern.search(running.text, start) for label in labels)


def _without_glued(lines: list[Line]) -> list[Line]:
    """Where blank cells leave no trace, the rows whose numbers blanks part, one for each column."""
    parted = (len(re.findall(r"[\d０-９.,]+", line.raw)) == len(line.keys) for line in lines)
    return [line if whole else line._replace(readings=()) for line, whole in zip(lines, parted, strict=True)]


def _parted_alike(lines: list[Line]) -> list[Line]:
    """Where digits of some rows run together, blanks in another row may stand inside a number: no sum can tell."""
    glued = any(len(line.keys) > 1 and not re.search(r"\s", line.raw) for line in lines)
    doubtful = [glued and len(line.keys) > 1 and bool(re.search(r"\s", line.raw)) for line in lines]
    return [line._replace(readings=()) if doubt else line for line, doubt in zip(lines, doubtful, strict=True)]


def _in_front(text: str, at: int) -> str:
    """The text in front of a row that may hold the heading over it, however wide its blanks and rules are drawn."""
    return _WIDE.sub(" ", text[max(at - _WIDEST, 0) : at])[-_HEADING:]


def _is_doubted(head: str, years: frozenset[int]) -> bool:
    """Whether words in front of a table say that its numbers are not the report's own."""
    return doubt_of(head.split("\n")[:0:-1], years) is not None or doubt_within(head, years) is not None


def _fits(table: FormTable, labels: Sequence[str], head: str) -> bool:
    """Whether a heading names the columns of a row in the form's order, and none besides."""
    strict = table.layout == "blocks"
    if not in_order(labels, head, strict=strict) or (strict and not fills_gaps(labels, head)):
        return False
    return names_no_more(table, labels, head)


def _is_whole(text: str, run: re.Match[str], label: re.Match[str], columns: Sequence[Column]) -> bool:
    """Whether a run of digits ends where its numbers do, and counts in the units of its columns."""
    first, last = ({"decimal": "万元", "money": "元"}.get(c.number) for c in (columns[0], columns[-1]))
    over = _in_front(text, label.start())
    over = GAPS.sub("", over) if "元" in over else ""
    name = bare(columns[-1].label)
    heading = _MONEY.match(over, over.rfind(name) + len(name)) if name in over else None
    remark = _MONEY.search(GAPS.sub("", label[0])[-_NAME:]) if "元" in label[0] else None
    said = [(run["unit"], first), (run["behind"], last), *((m[1], last) for m in (heading, remark) if m)]
    clash = any(unit and unit.endswith("元") and "".join(unit.split()) != wanted for unit, wanted in said)
    return not clash and not _GOES_ON.match(text, run.end())


def _without_next_enumerator(digits: str, behind: str) -> str:
    """The digits of a row without the enumerator of a line that the form does not know (`0 0 2、其他类型`)."""
    return re.sub(r"[\d０-９]$", "", digits) if behind == "、" else re.sub(r"[\d０-９][.．]\s*$", "", digits)


def _place_at(places: Sequence[tuple[int, Place]], at: int) -> Place:
    return next((place for start, place in reversed(places) if start <= at), Place())


def _spelled(label: str, *, numbered: bool) -> str:
    """A pattern for a label as printed: blanks and punctuation anywhere, its enumerator in front if it has one."""
    letters = GAP.join(map(re.escape, core(label)))
    number = _ENUMERATOR.match(label)
    if numbered and number:
        return rf"[（(]?{number[1]}\s*[）)]?[、.．]?\s*{letters}"
    # Exactly one sign: of `00000002.其他` only the 2 is the enumerator.
    return rf"(?:[（(]?[一二三四五六七八九十\d][）)]?[、.．]\s*)?{letters}"


class _Label(NamedTuple):
    """A row's label as a pattern. ``telling``: long, and no other row's, so it may stand out of order; ``shared``:
    another row has the same words.

    ``letters``: those of its spellings; where none of them stands in a text, the pattern need not be tried.
    """

    key: str
    pattern: re.Pattern[str]
    telling: bool
    shared: bool
    letters: tuple[str, ...]
    n: int  # columns of the row
    longer: tuple[str, ...]  # letters of other rows' labels that end with this one

    def ends_another(self, text: str, at: int) -> bool:
        """Whether the label that ends at ``at`` is the end of another row's."""
        letters = GAPS.sub("", text[max(at - _NEAR, 0) : at]) if self.longer else ""
        return letters.endswith(self.longer)

    def may_stand_in(self, letters: str) -> bool:
        """Whether the pattern can be found at all in a text with these letters."""
        return any(own in letters for own in self.letters)


@cache
def _row_labels(form_id: str, table_key: str) -> tuple[_Label, ...]:
    form = load_forms()[form_id]
    other = spellings(form, table_key, "row")
    table = form.table(table_key)
    rows = table.rows
    cores = Counter(core(row.label) for row in rows)
    out = []
    for row in rows:
        # Short labels (其他, 总计) stand in every heading: there the enumerator must be printed.
        labels = (row.label, *other.get(row.key, []))
        known = [_spelled(s, numbered=len(core(s)) < 3 and bool(_ENUMERATOR.match(s))) for s in labels]
        letters = tuple(map(bare, labels))
        shared = cores[core(row.label)] > 1
        telling = not shared and len(core(row.label)) >= 5
        # Not behind 、 or 和: 信函、传真申请数 is not 传真申请数, nor 不同意公开 同意公开.
        pattern = re.compile(rf"(?<![、和及与不])(?:{'|'.join(known)}){_REMARK}")
        ends = (bare(other.label) for other in rows if other.key != row.key)
        longer = tuple(end for end in ends if end.endswith(bare(row.label)) and end != bare(row.label))
        out.append(_Label(row.key, pattern, telling, shared, letters, len(table.columns_of(row)), longer))
    return tuple(out)


def _rows_in_order(form_id: str, table_key: str, running: RunningText) -> list[tuple[str, re.Match[str]]]:
    """Row labels followed by digits: in the order of the form, and long labels wherever else they stand."""
    found: dict[str, re.Match[str]] = {}
    text = running.text
    at = start = begins_at(load_forms()[form_id].table(table_key), text)
    letters = running.letters
    labels = [label for label in _row_labels(form_id, table_key) if label.may_stand_in(letters)]
    for n, label in enumerate(labels):
        match = _before_digits(label, text, at)
        if match is not None and not (label.shared and _is_anothers(labels[n + 1 :], text, at, match.start())):
            found[label.key] = match
            at = match.end()
    for label in labels:
        if label.key not in found and label.telling:
            match = _before_digits(label, text, start)
            if match is not None and all(m.end() <= match.start() or match.end() <= m.start() for m in found.values()):
                found[label.key] = match
    return sorted(found.items(), key=lambda pair: pair[1].start())


def _is_anothers(later: Sequence[_Label], text: str, start: int, end: int) -> bool:
    """Whether a label that two rows share is that of the later row: a row that comes between them stands before it."""
    between = next((label for label in later if label.telling), None)
    return between is not None and between.pattern.search(text, start, end) is not None


def _before_digits(label: _Label, text: str, at: int) -> re.Match[str] | None:
    """The first place where a label is followed by digits: in prose by one number where the row has several."""
    for match in islice(label.pattern.finditer(text, at), 50):
        run = _RUN.match(text, match.end())
        if not run or label.ends_another(text, match.end()):
            continue
        if label.n < 3 or len(_split_digits(run)) >= label.n or not _IN_PROSE.match(text, run.end()):
            return match
    return None


def _split_digits(run: re.Match[str]) -> str:
    return re.sub(r"\D", "", run["digits"])


def _printed_again(form: Form, table: FormTable, running: RunningText, found: Mapping[str, re.Match[str]]) -> set[str]:
    """Rows that stand in the text twice with different numbers; all rows, where that goes for several.

    In prose a label has one number behind it: only as many digits as the row has columns count, or in a table with
    blocks a number behind the heading of its column.
    """
    text = running.text
    out: set[str] = set()
    for label in _row_labels(form.id, table.key):
        if label.key not in found or sum(map(running.letters.count, label.letters)) < 2:
            continue  # it stands nowhere, or once
        columns = table.columns_of(table.by_key[label.key])
        runs = set()
        for match in islice(label.pattern.finditer(text), 50):
            run = _RUN.match(text, match.end())
            digits = _split_digits(run) if run else ""
            near = GAPS.sub("", text[max(match.start() - _NEAR, 0) : match.start()])
            headed = table.layout != "blocks" or any(core(c.label)[:_TELLING] in near for c in columns)
            if digits and len(digits) >= len(columns) and headed:
                runs.add(digits)
        if len(runs) > 1 and not label.shared:
            out.add(label.key)
    narrow = table.layout == "matrix" and len(table.columns) <= 2  # its labels with one number stand in prose, too
    return set(found) if len(out) >= (_MANY if narrow else _SEVERAL) else set() if narrow else out


def _side_line(form: Form, table: FormTable, running: RunningText) -> list[Line]:
    """The digits behind the last heading of the table whose rows stand beside each other."""
    text = running.text
    if "".join(GAPS.sub("", c.label) for c in table.columns[-2:]) not in running.letters:
        return []
    last_two = [GAP.join(map(re.escape, c.label)) for c in table.columns[-2:]]
    headings = list(islice(re.finditer(rf"{last_two[0]}\s*{last_two[1]}", text), 200))
    runs = [r for m in reversed(headings) if (r := _RUN.match(text, m.end()))]
    if not runs or len(headings) < 2:
        return []
    run = runs[0]
    pairs = [(row, column) for row in table.rows for column in table.columns]
    keys = tuple(table.cell_key(row, column) for row, column in pairs)
    head = _in_front(text, run.start())
    rows, columns = [r.label for r in table.rows], [c.label for c in table.columns]
    swapped = any(f"{group.label}{rows[0]}" in GAPS.sub("", head) for group in table.groups)
    ordered = in_order(columns, head, strict=True) and in_order([*rows[1:], ""], head) and not swapped
    ordered &= not _is_doubted(head, running.years) and not _GOES_ON.match(text, run.end())
    ordered &= len({re.sub(r"\D", "", r["digits"]) for r in runs if len(r["digits"]) >= len(pairs)}) < 2  # printed once
    place = _place_at(running.places, run.start("digits"))
    return [_line(form, keys, tuple(c for _, c in pairs), run["digits"], place, ordered=ordered)]


def _line(
    form: Form, keys: tuple[str, ...], columns: Sequence[Column], digits: str, place: Place, *, ordered: bool
) -> Line:
    """The ways to read a row's digits; none where the heading has the columns in another order (not ``ordered``)."""
    wanted = set(keys)
    own = [e for e in form.equations_of(keys[0].partition(".")[0]) if e.cells <= wanted]
    digits_alone = digits.translate(_NARROW)
    pieces = re.findall(r"[+\-]?[\d.,]+", digits_alone)
    # Blanks that part some of the numbers part all of them, or a blank cell is lost: only sums can tell.
    tellable = len(pieces) in (1, len(keys)) or bool(own)
    parted = len(pieces) == len(keys) or (tellable and sum(c.isdigit() for c in digits) == len(keys))
    splits: list[Values] = []
    if tellable and ordered and not _A_DASH.search(digits_alone):
        splits = list(islice(_splits(pieces, keys, columns, own), MAX_SPLITS + 1))
    readings = tuple(splits) if len(splits) <= MAX_SPLITS else ()
    return Line(
        keys, tuple(columns), (), None, "text", -1, sure=parted, readings=readings, raw=digits.strip(), place=place
    )


def _splits(
    pieces: Sequence[str], keys: Sequence[str], columns: Sequence[Column], own: Sequence[Equation]
) -> Iterator[Values]:
    """Every way to read runs of digits as one number a column that breaks none of the row's identities."""
    due = {max(keys.index(k) for k in e.keys): e for e in own}

    def place(column: int, piece: int, at: int, values: list[Number]) -> Iterator[Values]:
        if column == len(keys):
            if piece == len(pieces):
                yield tuple(values)
            return
        if piece == len(pieces) or len(pieces) - piece > len(keys) - column:
            return
        for number, end in _numbers(pieces[piece], at, columns[column]):
            values.append(number)
            if column not in due or _holds(due[column], keys, values):
                after = (piece + 1, 0) if end == len(pieces[piece]) else (piece, end)
                yield from place(column + 1, *after, values)
            values.pop()

    yield from place(0, 0, 0, [])


_NARROW = str.maketrans("０１２３４５６７８９．，＋－", "0123456789.,+-")


def _numbers(piece: str, at: int, column: Column) -> Iterator[tuple[Number, int]]:
    """Numbers that can begin at ``at`` of a piece without blanks, with their ends. None has a leading zero."""
    sign = piece[at] in "+-"
    if sign and (at or column.number != "signed"):
        return
    start = at + sign
    whole = re.match(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+", piece[start:])
    if whole is None:
        return
    digits, factor = whole[0], -1 if piece[at] == "-" else 1
    if "," in digits:
        yield factor * int(digits.replace(",", "")), start + len(digits)
        return
    longest = 1 if digits[0] == "0" else len(digits)
    fraction = re.match(r"\.\d+", piece[start + len(digits) :])
    for length in range(1, min(longest, 12) + 1):
        if length < len(digits) or fraction is None:
            yield factor * int(digits[:length]), start + length
    if fraction and longest == len(digits) and column.number in ("decimal", "money"):
        value = factor * float(digits + fraction[0])
        yield (int(value) if value.is_integer() else value), start + len(digits) + len(fraction[0])


def _holds(equation: Equation, keys: Sequence[str], values: Sequence[Number]) -> bool:
    by_key = dict(zip(keys, values, strict=False))
    return abs(sum(by_key[k] for k in equation.left) - sum(by_key[k] for k in equation.right)) < 1e-6
