"""Titles: is this the name of a report, of the column that holds reports, or of something that only looks alike?

The words are data (``data/titles.yml``); the grammar is ``[year] organ [year] 政府信息公开(工作)(年度)报告 (year)``
with blanks and line breaks anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from parsers.known import remembered
from parsers.signature import organ_line
from parsers.textnorm import arabic_years, squeeze

Kind = Literal["report", "decoy", "column", "other"]
LONGEST_TITLE = 120
FIRST_YEAR = 2004  # the first local rules on such reports (Shanghai); the national Regulation is of 2008

_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)(?:年度|年)?")
_ISSUED = re.compile(r"[\[(](?:19|20)\d{2}年\d{1,2}月\d{1,2}日(?:发布|公布|印发|公示)[\])]")
_SHORT_YEAR = re.compile(r"(?<![\d年])(?=[012]\d年)(?=\d{2}年度?(?:政府信息|政务|信息)公开)")
_DATE = re.compile(r"[\[(]?(?<!\d)(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\d{1,2}:\d{2}(?::\d{2})?)?[\])]?")
_DOCUMENT_NUMBER = re.compile(r"[〔\[(]20\d{2}[〕\])]\d+号")
_BULLET = re.compile(r"^[\s·•●◆■>»\-*・#]+|^\d{1,3}[.、](?!\d)")
_LABEL = re.compile(r"^(?:(?:信息)?(?:标题|名称|题名)|附件\d{0,2}):")
_NOTE = re.compile(r"[\[【(〔<{][^\]】)〕>}]{0,40}[\]】)〕>}]")
_FILE_END = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|ofd|html?|txt|rtf|jpe?g|png)$", re.IGNORECASE)
_SITE = re.compile(r"[-_|—–·>/].*$")
_SENTENCE = re.compile(r"[。;!?]|^(?:现|本报告|根据|按照|依据|为|请|如|附|至于)|[,:]")
_CRUMBS = re.compile(r"^.*[>»|]")  # 首页 > 政府信息公开 > …
# 义县水利局:2023年…; any other colon belongs to a sentence.
_NAMED_BEFORE = re.compile(r"^([\u4e00-\u9fff]{2,20}(?:局|委员会|委|办公室|政府|管委会|办事处|[镇乡])):(?=20\d{2}年)")
_QUOTES = re.compile(r"[《》\"“”「」『』]")


class TitleRuleError(ValueError):
    """A rule file that cannot be used; the message is one sentence."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    where: Literal["before", "after", "whole"]
    pattern: re.Pattern[str]
    zh: str
    en: str


class TitleRules(BaseModel):
    """The contents of ``data/titles.yml``, patterns compiled."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    core: re.Pattern[str]
    cut_core: re.Pattern[str]
    columns: tuple[re.Pattern[str], ...]
    classes: re.Pattern[str]
    harmless_after: re.Pattern[str]
    decoys: tuple[_Rule, ...]


@dataclass(frozen=True, slots=True)
class TitleInfo:
    """What a title says: the organ as printed, without blanks; for decoys the reason."""

    kind: Kind
    year: int | None = None
    organ_printed: str | None = None
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The short judgement the crawler uses on link texts."""

    kind: Kind
    year: int | None = None
    organ_printed: str | None = None


def parse_rules(text: str) -> TitleRules:
    """Read rules from YAML ``text``. Raises TitleRuleError with one sentence that names the place."""
    try:
        return TitleRules.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise TitleRuleError(f"titles.yml: not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise TitleRuleError(f"titles.yml: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@cache
def _rules() -> TitleRules:
    return parse_rules((resources.files("parsers") / "data/titles.yml").read_text("utf-8"))


def judge_title(text: str) -> Verdict:
    """Judge a link text, heading or file name: ``report``, ``decoy``, ``column`` or ``other``."""
    info = parse_title(text)
    return Verdict(info.kind, info.year, info.organ_printed) if info else Verdict("other")


def parse_title(text: str) -> TitleInfo | None:
    """Read a title; None where the text is no title of this family. A report's title need not print a year."""
    # The lines of a document are looked at several times: by what parts reports, finds captions, and finds its title.
    return _parse(text) if len(text) <= LONGEST_TITLE * 4 else None


@remembered(LONGEST_TITLE * 4, most=512)
def _parse(text: str) -> TitleInfo | None:
    title = _clean(text)
    if not title or len(title) > LONGEST_TITLE:
        return None
    rules = _rules()
    core = _last(rules.core, title)
    if decoy := _decoy(title, core):
        return decoy
    if core is None:
        return _column(title, None) or _cut_title(title)
    before, after = _CRUMBS.sub("", title[: core.start()]), title[core.end() :]
    if _SENTENCE.search(_NOTE.sub("", before)) or not _ends_well(after):
        return None
    organ = _organ(before) or _noted(before) or _noted(after)
    year = _year(before, core["year"], after)
    return _column(title, organ) if year is None and _is_column(title, organ) else TitleInfo("report", year, organ)


def _clean(text: str) -> str:
    title = _ISSUED.sub("", _DOCUMENT_NUMBER.sub("", arabic_years(squeeze(text))))
    title = _SHORT_YEAR.sub("20", _NAMED_BEFORE.sub(r"\1", title))
    title = _LABEL.sub("", _BULLET.sub("", _DATE.sub("", title)))
    return _QUOTES.sub("", title)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def _decoy(title: str, core: re.Match[str] | None) -> TitleInfo | None:
    parts = {"whole": title}
    if core is not None:
        # Behind a dash stands the site's name (…门户网站, 政府工作报告 column), which says nothing about the page.
        head, tail = title[: core.start()], _SITE.sub("", title[core.end() :])
        parts = {"before": head, "after": tail, "whole": head + core.group() + tail}
    for rule in _rules().decoys:
        where = parts.get(rule.where)
        if where is not None and rule.pattern.search(where):
            return TitleInfo("decoy", _year(title, None, ""), None, rule.zh, rule.en)
    return None


def _ends_well(after: str) -> bool:
    """Whether nothing that matters follows the words of the title: a year, a note, a site's name, a file's end."""
    rest = _FILE_END.sub("", _NOTE.sub("", after))
    rest = _SITE.sub("", _FILE_END.sub("", rest))
    rest = _YEAR.sub("", _rules().harmless_after.sub("", rest))
    return not re.sub(r"[.)\]】]+", "", rest)


def _organ(before: str) -> str | None:
    organ = _YEAR.sub("", _NOTE.sub("", before))
    organ = re.sub(r"^(?:关于|年度|度)+|(?:关于|年度|度|的|[-—_:,])+$", "", organ)
    # 岚县人民|政府信息公开年报: the middle word belongs to both.
    return (organ + "政府" if organ.endswith("人民") else organ) or None


def _noted(text: str) -> str | None:
    """The organ that a note beside the title's words names: 2023年政府信息公开年报(义县水利局)."""
    notes = (note.group()[1:-1] for note in _NOTE.finditer(text))
    return next((note for note in notes if organ_line(note)), None)


def _year(before: str, inside: str | None, after: str) -> int | None:
    """The one year that the title names; of several the one next to the title's words; else None."""
    if inside:
        return int(inside)
    spans = [m for m in _YEAR.finditer(before) if int(m[1]) >= FIRST_YEAR]
    years = {int(m[1]) for m in spans}
    if not years:
        years = {int(m[1]) for m in _YEAR.finditer(_SITE.sub("", after)) if int(m[1]) >= FIRST_YEAR}
    if len(years) == 1:
        return years.pop()
    if years and spans[-1].end() == len(before) and not re.search(r"[-—~至、和]20\d{2}年?度?$", before):
        return int(spans[-1][1])
    return None


def _is_column(title: str, organ: str | None) -> bool:
    """Without a year: the column's bare name, a class of organs, or one organ's 年报 (its column, not a report)."""
    rules = _rules()
    return organ is None or bool(rules.classes.fullmatch(organ)) or title.endswith("年报")


def _column(title: str, organ: str | None) -> TitleInfo | None:
    bare = _SITE.sub("", re.sub(r"(?:更多)?[>»+]+$", "", title))
    if organ:
        return TitleInfo("column", None, organ)
    if any(pattern.fullmatch(bare) for pattern in _rules().columns):
        return TitleInfo("column", _year(bare, None, ""))
    return None


def _cut_title(title: str) -> TitleInfo | None:
    """A link text that a list has cut off: a report if it has a year and the words begin."""
    bare = re.sub(r"\.{2,}$", "", title)
    cut = _rules().cut_core.search(bare) if bare != title else None
    year = _year(bare[: cut.start()], None, "") if cut else None
    return TitleInfo("report", year, _organ(bare[: cut.start()])) if cut and year else None
