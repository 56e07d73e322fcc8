"""Reports and tables that stand in running text more than once: two years' reports, last year's table beside ours.

In running text no table begins anew; the rows of the forms, each with a number behind its label, say that one is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from parsers.captions import LONGEST, YEAR, is_part_heading
from parsers.document import Block, Document, Paragraph
from parsers.form_model import load_forms
from parsers.labels import core
from parsers.textnorm import nfkc
from parsers.titles import parse_title

_FEWEST = 8  # rows that tell a table
_SHORTEST = 4  # characters of a label that tells: 其他 and 总计 stand everywhere
_LONGEST_TITLE = 90
_GAPS = re.compile(r"[\s\"'“”‘’、,，.。;；:：·\-—/|\\]+")
_SENTENCE = re.compile(r"[。；，;!！]")
_LAST_YEARS = re.compile(r"(?:上一?年|去年|往年).{0,12}(?:数据|统计|表|情况)\W*$")
_NUMBER = r"(?:\([^()]{0,40}\))?(?:万元|人次|[条件项个次篇份人])?\d"


def starts_in_text(blocks: Sequence[Block]) -> list[int]:
    """Numbers of the blocks at which a report begins, told by titles of other years with the same rows under them."""
    titles = [(n, year) for n, block in enumerate(blocks) if (year := _title_year(block)) is not None]
    if len({year for _, year in titles}) < 2:
        return [0]
    starts, year, seen = [0], titles[0][1], rows_named(_texts(blocks[: titles[1][0]]))
    for (n, own), end in zip(titles[1:], [*(n for n, _ in titles[2:]), len(blocks)], strict=True):
        rows = rows_named(_texts(blocks[n:end]))
        if own != year and len(rows & seen) >= _FEWEST:
            starts.append(n)
            year, seen = own, rows
        else:
            seen |= rows
    return starts


def without_foreign_text(document: Document) -> Document:
    """The document without running text under the caption of another year, where its rows stand elsewhere as well."""
    foreign = _foreign(document.blocks)
    if not any(foreign):
        return document
    apart: list[list[Block]] = [[], []]
    for block, other in zip(document.blocks, foreign, strict=True):
        apart[other].append(block)
    rows = rows_named(_texts(apart[True]))
    if len(rows) < _FEWEST or 2 * len(rows & rows_named(_texts(apart[False]))) <= len(rows):
        return document
    return replace(document, blocks=tuple(apart[False]))


def _foreign(blocks: Sequence[Block]) -> list[bool]:
    """For each paragraph, whether it stands under the caption of another year than the title's; a caption of the
    title's year, the heading of a part and a title end it."""
    out: list[bool] = []
    year: int | None = None
    foreign = False
    for block in blocks:
        text = block.text if isinstance(block, Paragraph) else ""
        titled = _title_year(block)
        if titled is not None:
            year, foreign = titled, False
        elif _is_caption_of_another(text, year):
            foreign = True
        elif not isinstance(block, Paragraph) or is_part_heading(text) or _names(text, year):
            foreign = False
        out.append(foreign)
    return out


def _is_caption_of_another(text: str, year: int | None) -> bool:
    """Whether a line is the caption of another year's table: it says which year, or that it is last year's."""
    letters = "".join(text.split())
    if year is None or len(letters) > LONGEST or _SENTENCE.search(letters):
        return False
    years = {int(named) for named in YEAR.findall(letters)}
    return year not in years if years else bool(_LAST_YEARS.search(letters))


def _names(text: str, year: int | None) -> bool:
    return len(text) <= LONGEST and str(year) in YEAR.findall("".join(text.split()))


def _title_year(block: Block) -> int | None:
    if not isinstance(block, Paragraph) or len(block.text) > _LONGEST_TITLE:
        return None
    title = parse_title(block.text)
    return title.year if title is not None and title.kind == "report" else None


def _texts(blocks: Iterable[Block]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def rows_named(text: str) -> set[str]:
    """The labels of rows that stand in a text with a number behind them."""
    return {label[0] for label in _labels().finditer(_GAPS.sub("", nfkc(text)))}


@cache
def _labels() -> re.Pattern[str]:
    tables = (table for form in load_forms().values() for table in form.tables if table.layout != "side_by_side")
    labels = {core(row.label) for table in tables for row in table.rows}
    telling = sorted((label for label in labels if len(label) >= _SHORTEST), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, telling))})(?={_NUMBER})")
