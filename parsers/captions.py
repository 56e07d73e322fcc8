"""What the words over a table say about its numbers: another year's, a sample's, or counts in hundreds.

Such numbers are printed, and are not what the report says of its year: they are not read. A table that stands in the
document a second time without such words is left out before (``repeats``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from parsers.document import Block, Paragraph, Table
from parsers.form_model import load_forms
from parsers.labels import core
from parsers.period import periods
from parsers.textnorm import arabic_years, squeeze
from parsers.titles import parse_title

LONGEST = 40  # characters of a caption; sentences name other years as well
YEAR = re.compile(r"(20\d\d)年(?!\s*\d{1,2}\s*月)")
SAMPLE = re.compile(r"示例(?=[（(：:）)]|数据|表|$)|样例|样表|例表|范例|模板|填报说明|填写说明|空白表")
OTHER_YEAR = "the words over the table name another year than the report's"
OF_A_SAMPLE = "the words over the table say that it is a sample"
SCALED = "the numbers of the table are in hundreds or more"

_OVER = 4  # short lines over a table that may say whose it is
_HEADING_ROWS = 3  # of a table that may say it
_THINGS = r"(?:件|项|条|次|人次|人|个|宗|份|篇)"
_IN_HUNDREDS = re.compile(rf"(?:单位|计量)[^。；;]{{0,4}}?[十百千万亿]+{_THINGS}")
_ABOUT = re.compile(r"表|情况|数据|年度|统计|^[（(]?20\d\d年[）)]?[:：]?$")
_CAPTION_YEAR = re.compile(
    r"(20\d\d)年(?:度|全年)?(?:[^\d。；]{0,20}?(?:数据|统计表|情况表|统计|一览表|情况[：:])|[）)]?[：:]|[）)])"
)
_ENDS = re.compile(r"[。；;！!]")
_PARTING = re.compile(r"[（）()\[\]【】\n]")
_YEAR = 4  # digits
_SENTENCE = re.compile(r"[。；;，,!！]")


def years_of(texts: Iterable[str]) -> frozenset[int]:
    """The years that a document reports on by its titles and by the period that its numbers cover."""
    found: set[int] = set()
    for text in texts:
        if "20" not in text:
            continue
        if len(text) <= 3 * LONGEST:
            title = parse_title(text)
            if title is not None and title.kind == "report" and title.year is not None:
                found.add(title.year)
        found |= {year for year in periods(arabic_years(squeeze(text))) if year is not None}
    return frozenset(found)


def doubts(blocks: Sequence[Block]) -> dict[int, str]:
    """Why the numbers of a table are not the report's own, for each table (by its number) of which words say so."""
    years: frozenset[int] | None = None
    out: dict[int, str] = {}
    over: list[str] = []
    number = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            over.append(block.text)
            continue
        heading = [*_lone_texts(block), *_captions(over)]
        if years is None and any("20" in text for text in (*heading, *_head_pieces(block))):
            years = years_of(b.text for b in blocks if isinstance(b, Paragraph))
        why = doubt_of(heading, years or frozenset()) or (OTHER_YEAR if names_other_year(block, years or ()) else None)
        if why is not None or _IN_HUNDREDS.search(_first_rows(block)):
            out[number] = why or SCALED
        elif block.kind == "text" and number - 1 in out and not _begins_anew(over):
            out[number] = out[number - 1]  # lines of a broken cell part the table
        over = []
        number += 1
    return out


def doubt_of(captions: Iterable[str], years: frozenset[int]) -> str | None:
    """What lines over a table say against its numbers, if they are captions; ``years``: those of the report.

    The lines come from the table upwards; what stands over one that names the report's year, or over the heading of a
    part, belongs to something else.
    """
    for text in ("".join(caption.split()) for caption in captions):
        if not text or len(text) > LONGEST or _SENTENCE.search(text):
            continue
        named = {int(year) for year in YEAR.findall(text)}
        if years and named and not named & years and _ABOUT.search(text):
            return OTHER_YEAR
        if SAMPLE.search(text):
            return OF_A_SAMPLE
        if _IN_HUNDREDS.search(text):
            return SCALED
        if named & years or is_part_heading(text):
            return None
    return None


def _begins_anew(over: Iterable[str]) -> bool:
    """Whether paragraphs between two tables hold more than the lines of a broken cell."""
    return any(is_part_heading(text) or _SENTENCE.search(text) or YEAR.search(text) for text in over)


def doubt_within(text: str, years: frozenset[int]) -> str | None:
    """What a caption that runs into its table says against the numbers; ``text``: running text up to the first row.

    What stands before the last sentence or heading of a part belongs to something else.
    """
    letters = "".join(text.split())
    letters = letters[max((m.end() for m in _ENDS.finditer(letters)), default=0) :]
    for label in _part_headings():
        letters = letters[letters.rfind(label) + len(label) if label in letters else 0 :]
    named = {int(m[1]) for m in _CAPTION_YEAR.finditer(letters)}
    if years and named and not {int(year) for year in YEAR.findall(letters)} & years:
        return OTHER_YEAR
    if SAMPLE.search(letters):
        return OF_A_SAMPLE
    return SCALED if _IN_HUNDREDS.search(letters) else None


def names_other_year(table: Table, years: Collection[int]) -> bool:
    """Whether the heading of a table speaks of another year than ``years``, and of none of those: a caption set into
    its first cell. Columns of several years name the report's as well."""
    pieces = [piece for piece in _head_pieces(table) if _ABOUT.search(piece)] if years else []
    named = {int(year) for piece in pieces for year in YEAR.findall(piece)}
    return bool(named) and named.isdisjoint(years)


def _head_pieces(table: Table) -> list[str]:
    """The texts over the first numbers of a table, parted at brackets and line ends, if they say 20.."""
    if not any("20" in text and (len(text) == _YEAR or not text.isdecimal()) for _, _, text, *_ in table.cells):
        return []
    numbers = (cell.row for cell in table.cells if cell.text.strip().isdecimal() and len(cell.text.strip()) != _YEAR)
    first = min(numbers, default=0)
    texts = (cell.text for cell in table.cells if cell.row < first and "20" in cell.text)
    pieces = ("".join(piece.split()) for text in texts for piece in _PARTING.split(text))
    return [piece for piece in pieces if 0 < len(piece) <= LONGEST]


def is_part_heading(text: str) -> bool:
    """Whether a paragraph is the heading of one of the parts."""
    words = core(text)
    return len(words) <= LONGEST and any(label in words for label in _part_headings())


@cache
def _part_headings() -> tuple[str, ...]:
    return tuple({core(s.label): "" for form in load_forms().values() for s in form.sections})


def _captions(over: Sequence[str]) -> list[str]:
    """The short lines right over a table, the nearest first."""
    out: list[str] = []
    for text in reversed(over[-_OVER:]):
        if len("".join(text.split())) > LONGEST:
            break
        out.append(text)
    return out


def _lone_texts(table: Table) -> list[str]:
    """Texts that fill one of the first rows of a table alone."""
    rows: dict[int, set[str]] = {}
    for cell in table.cells:
        if cell.row < _HEADING_ROWS and cell.text.strip():
            rows.setdefault(cell.row, set()).add(cell.text)
    return [texts.pop() for texts in rows.values() if len(texts) == 1]


def _first_rows(table: Table) -> str:
    return "".join("".join(cell.text.split()) for cell in table.cells if cell.row < _HEADING_ROWS)
