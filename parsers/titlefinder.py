"""Find a document's title: in its first lines (broken over up to three) or in what the page declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.divisions import match_area, named_like
from parsers.document import Document, Paragraph
from parsers.sections import heading_number
from parsers.signature import organ_line
from parsers.textnorm import squeeze
from parsers.titles import TitleInfo, parse_title

LABELS = ("标题", "信息名称", "名称")
DECLARED = ("articletitle", *LABELS, "title", "dc.title", "og:title")
_LABEL = re.compile(r"^(?:信息)?(?:标\s*题|名\s*称)\s*[:：]\s*")
# A title into which the first sentence has run.
_RUN_IN = re.compile(
    r"(.{8,80}?(?:报告|年报)(?:\s*[（(]\s*20\d{2}\s*年?度?\s*[)）])?)\s*(?=根据|按照|依据|为了?(?:贯彻|落实|进一步)|现将|本报告|本年度)"
)
_FIRST_LINES = 80
_LONGEST_LINE = 90
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """A title with its reading. ``source`` is ``body`` or the name of the declaration; ``level`` is a heading's."""

    text: str
    info: TitleInfo
    source: str
    level: int = 0


def find_title(doc: Document, period_year: int | None = None) -> FoundTitle | None:
    """The title of the report in ``doc``; None if nothing in it is the title of a report.

    The most telling one (organ and year). Of several in the body (a page may list its neighbours) the one of
    ``period_year``, the year of the statistics period, then the one that the page declares, then a main heading,
    then the first. A declared title is used only where the body's says less and does not contradict it.
    """
    body = [f for f in _in_body(doc) if f.info.kind == "report"]
    declared = [f for f in declared_titles(doc) if f.info.kind == "report"]
    said = {(f.info.organ_printed, f.info.year) for f in declared}

    def rank(found: FoundTitle) -> tuple[int, bool, bool, bool]:
        info = found.info
        agrees = (info.organ_printed, info.year) in said
        return _telling(found), info.year == period_year, agrees, found.level == 1

    if not body and not declared:
        body = [f for f in _in_body(doc) if f.info.kind == "column" and f.info.organ_printed]
    best = max(body, key=rank, default=None)
    if best is not None:
        year = best.info.year
        declared = [f for f in declared if year is None or f.info.year in (None, year)]
    return max(filter(None, [best, *declared]), key=_telling, default=None)


def _telling(found: FoundTitle) -> int:
    return (found.info.organ_printed is not None) + (found.info.year is not None)


def declared_titles(doc: Document) -> Iterator[FoundTitle]:
    """What the page declares as its title, of whatever kind it is.

    The title property of office files and PDFs is left out: it is often the one of the file they were made from.
    """
    page = doc.media_type.startswith(("text/html", "application/xhtml", "multipart/"))
    for name in DECLARED if page else LABELS:
        text = " ".join(doc.meta.get(name, "").split())
        info = parse_title(text) if text else None
        if info:
            yield FoundTitle(text, info, name)


def _in_body(doc: Document) -> Iterator[FoundTitle]:
    lines = _lines_before_parts(doc)
    for n, line in enumerate(lines):
        if len(line.text) > _LONGEST_LINE and (cut := _RUN_IN.match(line.text)) and (info := parse_title(cut[1])):
            yield FoundTitle(_LABEL.sub("", cut[1]), info, "body", line.level)
        for size in range(1, _MOST_LINES + 1):
            pieces = [p.text for p in lines[n : n + size]]
            if len(pieces) < size or len(line.text) > _LONGEST_LINE:
                break
            text = " ".join(" ".join(pieces).split())
            info = parse_title(text)
            if info is None or (size > 1 and not _belongs(pieces, info)):
                continue
            yield FoundTitle(_LABEL.sub("", text), info, "body", line.level)


def _lines_before_parts(doc: Document) -> list[Paragraph]:
    out: list[Paragraph] = []
    for block in doc.blocks:
        if not isinstance(block, Paragraph):
            continue
        if heading_number(block.text, block.level) or len(out) >= _FIRST_LINES:
            break
        out.append(block)
    return out


def _belongs(pieces: list[str], info: TitleInfo) -> bool:
    """Whether the lines are one title: the last adds its words, and the first is an organ or begins the title."""
    if parse_title(" ".join(pieces[:-1])) is not None:
        return False
    rest = parse_title(" ".join(pieces[1:]))
    if rest is None or "公开" not in squeeze("".join(pieces[1:])):
        return True  # broken inside the words
    return rest.organ_printed is None and _names_organ(pieces[0])


def _names_organ(text: str) -> bool:
    """岚县人民政府办公室, 岚县, 吕梁市离石区, with or without the year behind it."""
    name = re.sub(r"20\d{2}年?(?:度)?$", "", squeeze(text))
    found = match_area(name) or named_like(name)
    return organ_line(name) is not None or (found is not None and found.length == len(name))
