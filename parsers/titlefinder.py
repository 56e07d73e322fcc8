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

DECLARED = ("articletitle", "标题", "信息名称", "名称", "title", "dc.title", "og:title")
_LABEL = re.compile(r"^(?:信息)?(?:标\s*题|名\s*称)\s*[:：]\s*")
_FIRST_LINES = 80
_LONGEST_LINE = 90
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """A title with its reading. ``source`` is ``body`` or the name of the declaration; ``at`` counts paragraphs."""

    text: str
    info: TitleInfo
    source: str
    at: int = 0


def find_title(doc: Document) -> FoundTitle | None:
    """The title of the report in ``doc``: the most telling one (organ and year), the body's before a declared one.

    None if nothing in the document is the title of a report.
    """
    found = [f for f in (*_in_body(doc), *declared_titles(doc)) if f.info.kind == "report"]
    if not found:
        found = [f for f in _in_body(doc) if f.info.kind == "column" and f.info.organ_printed]
    return max(found, key=_telling, default=None)


def _telling(found: FoundTitle) -> tuple[int, bool]:
    said = (found.info.organ_printed is not None) + (found.info.year is not None)
    return said, found.source == "body"


def declared_titles(doc: Document) -> Iterator[FoundTitle]:
    """What the page declares as its title, of whatever kind it is."""
    for name in DECLARED:
        text = " ".join(doc.meta.get(name, "").split())
        info = parse_title(text) if text else None
        if info:
            yield FoundTitle(text, info, name)


def _in_body(doc: Document) -> Iterator[FoundTitle]:
    lines = _lines_before_parts(doc)
    for n, line in enumerate(lines):
        for size in range(1, _MOST_LINES + 1):
            pieces = [p.text for p in lines[n : n + size]]
            if len(pieces) < size or len(line.text) > _LONGEST_LINE:
                break
            text = " ".join(" ".join(pieces).split())
            info = parse_title(text)
            if info is None or (size > 1 and not _belongs(pieces, info)):
                continue
            yield FoundTitle(_LABEL.sub("", text), info, "body", n)


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
