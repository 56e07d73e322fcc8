"""Cut the prose of a report into its six parts, under whatever numbers and spellings the headings have.

A part is recognised by its words, not by its number: numbers are shifted, restarted or damaged (l六、) in real
reports. Tables never belong to the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.document import Block, Document, Paragraph
from parsers.form_model import load_forms
from parsers.partnames import fold, resembling, section_spellings, spelled, worded
from parsers.readers.flow import join_broken
from parsers.result import Section
from parsers.signature import read_signature
from parsers.tablewords import without_tables
from parsers.textnorm import short, squeeze

# A heading's number: 一、 1. 第一部分 （一）; one stray character in front is a recognition fault.
_TOP = r"(?:第?[一二三四五六七八九十]{1,2}(?:部分|章)?|\d{1,2})[、.,:，．\s]+|第[一二三四五六七八九十](?:部分|章)"
_NUMBERED = re.compile(rf"^\W{{0,3}}[A-Za-z|]?(?:{_TOP})")
_IN_BRACKETS = re.compile(r"^\W{0,3}[(（][一二三四五六七八九][)）]")
_PAGE_NUMBER = re.compile(r"[-—–\s]*(?:第?\d{1,3}页?)(?:[/共]+\d{1,3}页?)?[-—–\s]*")
_LONGEST_HEADING = 45
_SHORT = 4  # folded characters; 基本情况 alone may head anything
_MAX_TEXT = 400_000
_MAX_PARTS = 60
_ENOUGH = 3  # headings that show how the parts are numbered
_LONGEST_PREAMBLE = 3000  # what stands further in front is the page's, not the report's


class Style(NamedTuple):
    """How a document numbers its parts: what a number looks like, and which numbers are those of parts."""

    numbers: re.Pattern[str]
    top: re.Pattern[str]
    unnumbered: bool = False


CHINESE = Style(_NUMBERED, re.compile(r"\W{0,3}第?[一二三四五六七八九十]"))  # a 1. numbers a paragraph inside a part
_ARABIC = Style(_NUMBERED, re.compile(r"\W{0,3}[第\d]"))
_BRACKETED = Style(_IN_BRACKETS, _IN_BRACKETS)
_BARE = Style(_NUMBERED, re.compile(""), unnumbered=True)


@dataclass
class _Part:
    number: int  # 1 to 6; 0 for a part that the form does not know
    title: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for line in self.lines if line)


@cache
def _inside() -> re.Pattern[str]:
    """A numbered heading in the middle of run-together text: 二、主动公开政府信息情况第二十条…"""
    names = sorted((n for names in section_spellings().values() for n in names), key=len, reverse=True)
    words = "|".join(r"\s*".join(map(re.escape, name)) for name in names)
    return re.compile(rf"(?:第?[一二三四五六七八九十]\s*(?:、|\.|．|部分)\s*)(?:{words})")


def heading_number(text: str, level: int = 0, style: Style = CHINESE) -> int | None:
    """Which part (1 to 6) ``text`` is the heading of, 0 for another top-level heading, None for no heading.

    ``level`` is the source's own heading level, ``style`` how the document numbers its parts. Without number and level
    only a known spelling counts, and the wordings that head nothing else.
    """
    title = short(text, _LONGEST_HEADING)
    if not title or title[-1] in "。;!?,":
        return None
    numbered = style.numbers.match(title)
    bare = title[numbered.end() :] if numbered else title
    long = len(fold(bare)) > _SHORT
    known = spelled(bare)
    if known is not None and (numbered or level or long):
        return known
    top = bool(style.top.match(title)) if numbered else style.unnumbered and long
    if (top or (not numbered and long)) and (known := worded(bare, top)) is not None:
        return known
    if not (numbered and fold(bare)):
        return None
    if (known := resembling(bare)) is not None:
        return known
    other = top and style in (CHINESE, _BRACKETED) and len(title) <= 30
    return 0 if other and not re.search(r"[,:。;]", bare) else None


def cut_sections(document: Document) -> tuple[Section, ...]:
    """The parts of the report that the document has, by number, tables left out; a repeated part is kept once.

    Parts that the form does not know come as number 0, and so does what stands before the first heading where
    part 1 has none of its own.
    """
    return cut(document)[0]


def cut(document: Document) -> tuple[tuple[Section, ...], str]:
    """The parts as ``cut_sections`` gives them, and the preamble: what stands before the heading of part 1, or ""."""
    parts = _parts(_lines(document.blocks))
    sections = _merged(parts)
    preamble = "" if any(s.number == 0 and not s.title for s in sections) else parts[0].text[-_LONGEST_PREAMBLE:]
    return sections, preamble


def _parts(lines: list[Paragraph]) -> list[_Part]:
    """The parts in their order."""
    parts = _walk(lines, _style_of(lines))
    if len(parts) > 2 and not any(p.number == 1 for p in parts):
        parts = [*_first_unnumbered(parts[0]), *parts[1:]]
    return parts


def _style_of(lines: list[Paragraph]) -> Style:
    """How the parts are numbered: by 一、 where one heading of a known spelling is, else as most of them are."""
    titles = [squeeze(line.text) for line in lines if len(line.text) <= _LONGEST_HEADING]
    found = {style: _parts_named(titles, style, spelled) for style in (CHINESE, _ARABIC, _BRACKETED, _BARE)}
    if not found[CHINESE] and max(found.values()) < _ENOUGH:
        found = {style: _parts_named(titles, style, _named) for style in (CHINESE, _ARABIC, _BRACKETED)}
    best = max(found, key=lambda style: found[style])
    return CHINESE if found[CHINESE] or found[best] < _ENOUGH else best


def _named(text: str) -> int | None:
    return worded(text, numbered=True)


def _parts_named(titles: list[str], style: Style, name: Callable[[str], int | None]) -> int:
    """How many different parts ``name`` finds under headings numbered in one style."""
    out: set[int | None] = set()
    for title in titles:
        number = style.numbers.match(title)
        if style.top.match(title) and bool(number) != style.unnumbered:
            out.add(name(title[number.end() :] if number else title))
    return len(out - {None, 0})


def _first_unnumbered(head: _Part) -> list[_Part]:
    """What stands before the second part, cut at the last line that is a title of part 1 and nothing else."""
    at = next((n for n in reversed(range(len(head.lines))) if spelled(head.lines[n]) == 1), None)
    if at is None or at == len(head.lines) - 1:
        return [head]
    return [_Part(0, head.title, head.lines[:at]), _Part(1, head.lines[at], head.lines[at + 1 :])]


def _merged(parts: list[_Part]) -> tuple[Section, ...]:
    merged: dict[int, _Part] = {}
    for part in parts:
        if part.number in merged:
            _merge(merged[part.number], part)
        elif part.number or part.title or (part.text and not any(p.number == 1 for p in parts)):
            merged[part.number] = part
    return tuple(Section(p.number, _bare_title(p), p.text[:_MAX_TEXT]) for _, p in sorted(merged.items()))


def _bare_title(part: _Part) -> str:
    """The title as printed, without its numeral (the part's number says it) where the form knows the part."""
    return _NUMBERED.sub("", squeeze(part.title)) if part.number else part.title


def _lines(blocks: Iterable[Block]) -> list[Paragraph]:
    kept = [b for b in blocks if not (isinstance(b, Paragraph) and _PAGE_NUMBER.fullmatch(b.text.strip() or "1"))]
    lines = [b for b in join_broken(kept) if isinstance(b, Paragraph) and fold(b.text) not in _table_bands()]
    signature = read_signature([line.text for line in lines])
    if signature.lines:
        last = max(signature.lines)
        if not any(heading_number(line.text, line.level) for line in lines[last + 1 :]):
            del lines[last + 1 :]  # what follows the signature is the page's, not the report's
    return [line for n, line in enumerate(lines) if n not in signature.lines]


@cache
def _table_bands() -> frozenset[str]:
    """Labels of the forms that stand in a row of their own: lines of a flattened table, not of the prose."""
    tables = [table for form in load_forms().values() for table in form.tables]
    return frozenset(fold(group.label) for table in tables for group in table.groups)


def _walk(lines: list[Paragraph], style: Style) -> list[_Part]:
    parts = [_Part(0, "")]
    ordinal = 0
    for line in lines:
        if len(parts) > _MAX_PARTS:  # no report: whatever follows is text
            parts[-1].lines.append(line.text)
            continue
        number = heading_number(line.text, line.level, style)
        if number is not None and not (number and _is_spelled(line.text, style)):
            # 一、… after 五、… numbers something inside the part.
            known = _ordinal(line.text)
            again = known <= ordinal and (known or not number)
            if again or (not number and (line.level > 2 or len(_split(line.text)) > 1)):
                number = None
        if number is not None:
            ordinal = max(ordinal, _ordinal(line.text))
            parts.append(_Part(number, " ".join(line.text.split())))
            continue
        for number, title, text in _split(line.text):
            if number:
                parts.append(_Part(number, title))
            parts[-1].lines.append(without_tables(text).strip())
    return parts


def _is_spelled(text: str, style: Style) -> bool:
    return spelled(style.numbers.sub("", squeeze(text))) is not None


def _ordinal(text: str) -> int:
    found = re.match(r"\W{0,3}[A-Za-z|]?第?([一二三四五六七八九十])", squeeze(text))
    return "一二三四五六七八九十".index(found[1]) + 1 if found else 0


def _split(text: str) -> list[tuple[int, str, str]]:
    """Cut a paragraph at headings glued into it: (0, "", text before), (number, heading, text behind), …"""
    found = [m for m in islice(_inside().finditer(text), _MAX_PARTS) if _starts(text, m.start())]
    out = [(0, "", text[: found[0].start()] if found else text)]
    for n, match in enumerate(found):
        end = found[n + 1].start() if n + 1 < len(found) else len(text)
        bare = _NUMBERED.sub("", squeeze(match.group()))
        out.append((spelled(bare) or 0, match.group(), text[match.end() : end]))
    # Headings named one after the other (…包括一、总体情况；二、…) are a list of contents, not headings.
    return out if len(found) == 1 or sum(len(part[2]) for part in out[1:]) > 12 * len(found) else [(0, "", text)]


def _starts(text: str, at: int) -> bool:
    """A glued heading follows the end of something: 包括一、总体情况 is an enumeration."""
    return at == 0 or not re.search(r"[（(和及与、:：为括分]\s*$", text[max(0, at - 4) : at])


def _merge(kept: _Part, again: _Part) -> None:
    """A part met twice: a list of contents or a repeated page adds nothing, anything else goes on with the part."""
    if not again.text or (kept.text and fuzz.partial_ratio(again.text[:2000], kept.text[:4000]) >= 90):
        return
    if not kept.text:
        kept.title, kept.lines = again.title, again.lines
        return
    heading = [again.title] if again.number == 0 and again.title else []
    kept.lines += heading + again.lines
