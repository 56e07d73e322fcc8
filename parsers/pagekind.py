"""Is this document a report? If not, the reason in one sentence, in Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from parsers.document import Document, Paragraph
from parsers.textnorm import arabic_years, squeeze
from parsers.titlefinder import FoundTitle, declared_titles
from parsers.titles import TitleInfo, parse_title

_MANY_ROWS = 8  # so many recognised rows are a form, whatever the title says
_FREE_FORM = 300  # characters of prose under a report's title: the free form of before 2014
_LIST_ENTRIES = 4
_SHORT_PAGE = 800
_PROSE = 100  # characters: no line of a bare list is as long
_YEARLY = re.compile(r"(20\d{2})年(?:度)?政府信息公开(?:工作)?(?:年度)?(?:报告|年报)")


class PageRuleError(ValueError):
    """A rule file that cannot be used; the message is one sentence."""


class PageRules(BaseModel):
    """The contents of ``data/pages.yml``, patterns compiled."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    missing: re.Pattern[str]
    empty_list: re.Pattern[str]
    interpretation: re.Pattern[str]
    placeholder: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a report: recognised table rows, known parts, a statistics period, a title, an identity."""

    n_form_rows: int
    parts: set[int]
    period: bool
    title: FoundTitle | None
    identified: bool

    @property
    def strong(self) -> bool:
        """The body is a report's, whatever the page is called."""
        return self.n_form_rows >= _MANY_ROWS or len(self.parts) >= 4


@dataclass(frozen=True, slots=True)
class PageKind:
    """The judgement; the sentences are empty for a report."""

    is_report: bool
    zh: str = ""
    en: str = ""


_REPORT = PageKind(True)


def parse_rules(text: str) -> PageRules:
    """Read the rules from YAML. Raises PageRuleError with one sentence that names the place."""
    try:
        return PageRules.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        place = error.errors()[0]["loc"] if isinstance(error, ValidationError) else "not valid YAML"
        raise PageRuleError(f"pages.yml: {place}: fault in the rules") from error


@cache
def _rules() -> PageRules:
    return parse_rules((resources.files("parsers") / "data/pages.yml").read_text("utf-8"))


def judge_page(doc: Document, evidence: Evidence) -> PageKind:
    """Judge a whole document by its title, parts, tables and period together."""
    text = "\n".join(squeeze(line) for line in doc.text().split("\n"))
    return (
        _only_shows(doc, text, evidence)
        or _nothing_there(doc, text, evidence)
        or _something_else(doc, text, evidence)
        or _report(text, evidence)
        or PageKind(
            False,
            "没有找到年度报告的标题、统计期限和六个部分，不是政府信息公开工作年度报告。",
            "Neither the title nor the statistics period nor the six parts of an annual report were found.",
        )
    )


def _only_shows(doc: Document, text: str, evidence: Evidence) -> PageKind | None:
    """A page whose content is a document shown in a frame."""
    shown = doc.meta.get("shown")
    if shown is None or evidence.n_form_rows or evidence.strong or len(text) >= _FREE_FORM:
        return None
    return PageKind(
        False, f"页面里只嵌入了一个文件，报告在该文件里：{shown}",
        f"The page only shows a file, which is to be read instead: {shown}",
    )  # fmt: skip


def _nothing_there(doc: Document, text: str, evidence: Evidence) -> PageKind | None:
    if len(text) < 20 and not any(cell.text.strip() for table in doc.tables for cell in table.cells):
        return PageKind(False, "文件里没有可读的文字。", "The document holds no readable text.")
    if evidence.strong:
        return None
    if len(text) < _SHORT_PAGE and _rules().missing.search(text):
        return PageKind(False, "这是“页面不存在”的提示页。", "This is a page that says the page does not exist.")
    if len(text) < _SHORT_PAGE and _rules().empty_list.search(text) and evidence.title is None:
        return PageKind(False, "这是没有内容的列表页。", "This is a list page without entries.")
    return None


def _something_else(doc: Document, text: str, evidence: Evidence) -> PageKind | None:
    if evidence.n_form_rows >= _MANY_ROWS:
        blank = _rules().placeholder.search(text) and not evidence.identified
        return PageKind(False, "这是空白的报告格式。", "This is the empty form of a report.") if blank else None
    named = [found.info for found in declared_titles(doc)]
    named += [info for p in doc.paragraphs[:40] if p.level == 1 and (info := parse_title(p.text))]
    # A report's page often links to its interpretation: the page's own title decides.
    own = evidence.title is not None and bool(named) and named[0].kind == "report"
    if not own and (decoy := _first_decoy(named)):
        return decoy
    if len(_rules().interpretation.findall(text)) >= 2:
        return PageKind(False, "这是年度报告的解读，不是报告本身。", "This interprets a report.")
    in_column = bool(named) and named[0].kind == "column"
    # Under its own title and with a statistics period, other reports' titles are neighbours.
    if not evidence.strong and not (own and evidence.period) and _is_list(doc, text, in_column):
        return PageKind(False, "这是列表页，报告在各条链接里。", "This is a list; its links lead to the reports.")
    first = [info for p in doc.paragraphs[:3] if len(p.text) > 7 and (info := parse_title(p.text))]
    return None if own or any(info.kind == "report" for info in first) else _first_decoy(first)


def _first_decoy(named: list[TitleInfo]) -> PageKind | None:
    found = next((info for info in named if info.kind == "decoy"), None)
    if found is None:
        return None
    zh, en = found.reason_zh, found.reason_en
    return PageKind(False, f"标题表明这是{zh}，不是年度报告。", f"The title is that of {en}.")


def _is_list(doc: Document, text: str, in_column: bool) -> bool:
    """Many reports named, or a few titles (one on a page that calls itself the column) and no prose at all."""
    lines = [b.text for b in doc.blocks if isinstance(b, Paragraph)]
    lines += [cell.text for table in doc.tables for cell in table.cells]
    infos = [info for line in lines if len(line) <= 120 and (info := parse_title(line))]
    titles = {(i.kind, i.organ_printed, i.year, i.reason_en) for i in infos if i.kind in ("report", "decoy")}
    reports = {t for t in titles if t[0] == "report"}
    years = set(_YEARLY.findall(arabic_years(text)))
    no_prose = max(map(len, text.split("\n")), default=0) < _PROSE
    return len(reports) >= _LIST_ENTRIES or len(years) >= _LIST_ENTRIES or (no_prose and len(titles) >= 2 - in_column)


def _report(text: str, evidence: Evidence) -> PageKind | None:
    titled = evidence.title is not None
    if evidence.strong and (titled or evidence.period or len(evidence.parts) >= 4 or evidence.n_form_rows >= 20):
        return _REPORT
    if titled and (evidence.period or len(evidence.parts) >= 2 or evidence.n_form_rows or len(text) >= _FREE_FORM):
        return _REPORT
    if titled:
        return PageKind(
            False,
            "只有年度报告的标题，没有正文；正文可能在附件或图片里。",
            "There is a report's title but no text; the report may be an attachment or a picture.",
        )
    return None
