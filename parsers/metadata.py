"""What a document says about itself: title, organ, year, signature, dates, numbers, and whether it is a report.

The reporting year comes from the statistics period first, the title second, never from a path. Nothing is guessed:
what cannot be told is None, and ``notes`` say where sources disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from parsers.document import Document
from parsers.organs import Organ, read_organ
from parsers.pagekind import Evidence, PageKind, judge_page
from parsers.period import statistics_periods
from parsers.result import Section
from parsers.sections import cut_sections
from parsers.signature import Signature, read_date, read_signature
from parsers.textnorm import arabic_years, squeeze
from parsers.titlefinder import FoundTitle, find_title

_PREAMBLE = re.compile(
    r"(?:现将|现公布|现发布|编制|形成)[^。;]{0,30}?(20\d{2})年(?:度)?(?:的)?政府信息公开(?:工作)?(?:年度)?(?:报告|情况|年报)"
)
_ISSUER = ("发布机构", "发文机关", "发文机构", "发布单位", "发布部门", "公开机构", "责任部门")
# Who may stand in the way to the page or as its source: an organ, no menu (乡镇, 新闻中心) and no newsroom.
_WHOSE = re.compile(
    r"(?![县市区旗]直|各)[\u3400-\u9fff]{2,30}(?:局|委员会|政府|办公室|管委会|办事处|街道|(?<!乡)镇|(?<!镇)乡|苏木)"
)
_SITE = ("sitename", "siteidcode", "contentsource", "来源", "信息来源")
_STEPS = re.compile(r"[>＞»›→/]+")
_PUBLISHED = (
    "发布日期", "发布时间", "公开日期", "公开时间", "pubdate", "publishdate", "发表时间", "发稿时间", "时间", "日期",
)  # fmt: skip
_DATED = {"signature": "落款", "publication": "公布"}
_NOTHING = re.compile(r"[-—/\\无空暂\s]*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """See ``parsers.result.ParseResult`` for the fields it shares.

    ``rests_on`` names for year and organ the sources that say so (``period``, ``title``, ``preamble``,
    ``signature``, ``publication``, ``issuer``); ``confidence`` is ``agreed``, ``stated``, ``disputed`` or ``none`` for
    each.
    ``notes`` and ``notes_zh`` are the same sentences in English and Chinese.
    """

    is_report: bool
    reason_zh: str = ""
    reason_en: str = ""
    title: str | None = None
    organ_printed: str | None = None
    organ: str | None = None
    organ_kind: str | None = None
    admin_level: str | None = None
    scope: str = "unknown"
    area_code: str | None = None
    area_name: str | None = None
    year: int | None = None
    signatory: str | None = None
    signed_on: str | None = None
    published_on: str | None = None
    index_no: str | None = None
    document_no: str | None = None
    rests_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    confidence: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    notes_zh: tuple[str, ...] = ()


class _Note(NamedTuple):
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class _Year:
    value: int | None
    rests_on: tuple[str, ...]
    confidence: str
    period_found: bool
    notes: tuple[_Note, ...] = ()


def read_metadata(
    doc: Document,
    url: str | None = None,
    hint_area: str | None = None,
    n_form_rows: int = 0,
    sections: tuple[Section, ...] | None = None,
    place: str | None = None,
) -> Metadata:
    """Read what ``doc`` says about itself.

    ``url`` is only used for its host, as a hint where a county's name is shared; ``hint_area`` is the site's
    six-digit area code; ``n_form_rows`` is how many rows of the standard tables were recognised; ``sections`` are
    those of ``cut_sections(doc)`` if the caller has them; ``place`` is the name of the site's county.
    """
    parts = cut_sections(doc) if sections is None else sections
    head = arabic_years(squeeze(doc.text()[:6000]))
    periods = statistics_periods(head)
    title = find_title(doc, periods[0] if periods else None)
    signature = read_signature([p.text for p in doc.paragraphs])
    published = _published(doc)
    year = _year(head, periods, title, (("signature", signature.signed_on), ("publication", published)))
    hints = _hints(doc, url, hint_area, place, head)
    organ, source, unplaced = _organ(doc, title, signature, hints, year.value)
    notes = (*year.notes, *unplaced, *_too_early(year.value, signature.signed_on))
    known_parts = {s.number for s in parts if s.number}
    identified = organ is not None or year.value is not None
    page: PageKind = judge_page(doc, Evidence(n_form_rows, known_parts, year.period_found, title, identified))
    return Metadata(
        is_report=page.is_report,
        reason_zh=page.zh,
        reason_en=page.en,
        title=title.text if title else None,
        organ_printed=organ.printed if organ else None,
        organ=organ.name if organ else None,
        organ_kind=organ.kind if organ else None,
        admin_level=organ.admin_level if organ else None,
        scope=_scope(organ, source, signature, hints),
        area_code=organ.area.code if organ and organ.area else None,
        area_name=organ.area.name if organ and organ.area else None,
        year=year.value,
        signatory=signature.signatory,
        signed_on=signature.signed_on,
        published_on=published,
        index_no=_labelled(doc, ("索引号", "信息索引号", "索引编号")),
        document_no=_labelled(doc, ("文号", "发文字号", "文件编号")),
        rests_on={"year": year.rests_on, "organ": (source,) if source else ()},
        confidence={"year": year.confidence, "organ": "stated" if source else "none"},
        notes=tuple(n.en for n in notes),
        notes_zh=tuple(n.zh for n in notes),
    )


def _year(
    head: str, periods: list[int | None], title: FoundTitle | None, dates: tuple[tuple[str, str | None], ...]
) -> _Year:
    """The reporting year and what it rests on: statistics period, then title, then the opening sentence.

    Where period and title differ, a date (of the signature, else of publication) in the year after the title's settles
    it: the period was left over.
    """
    said: dict[str, int] = {}
    if periods and periods[0] is not None and len(set(periods)) == 1:
        said["period"] = periods[0]
    if title and title.info.year:
        said["title"] = title.info.year
    if opening := _PREAMBLE.search(head):
        said.setdefault("preamble", int(opening[1]))
    if not said:
        return _Year(None, (), "none", bool(periods))
    value = next(iter(said.values()))
    agreeing = tuple(source for source, year in said.items() if year == value)
    against = {source: year for source, year in said.items() if year != value and source != "preamble"}
    if against:
        titled = against["title"]
        dated, day = next(((name, day) for name, day in dates if day), ("", ""))
        if day[:4] == str(titled + 1):
            note = _Note(
                f"The statistics period says {value}, title and {dated} {titled}; these count.",
                f"统计期限是{value}年，标题和{_DATED[dated]}日期指{titled}年，以标题为准。",
            )
            return _Year(titled, ("title", dated), "disputed", bool(periods), (note,))
        note = _Note(
            f"The statistics period says {value}, the title {titled}; the period counts.",
            f"统计期限是{value}年，标题是{titled}年，以统计期限为准。",
        )
        return _Year(value, agreeing, "disputed", bool(periods), (note,))
    return _Year(value, agreeing, "agreed" if len(agreeing) > 1 else "stated", bool(periods))


def _too_early(year: int | None, signed_on: str | None) -> list[_Note]:
    """A report signed before its year ended: one of the two dates was left over from another year's text."""
    if year is None or signed_on is None or signed_on >= f"{year}-12-01":
        return []
    en = f"The report on {year} is dated {signed_on}, before the year ended; one of the two may be left over."
    return [_Note(en, f"{year}年的报告落款日期是{signed_on}，早于年末，两者之一可能沿用了旧文本。")]


def _hints(doc: Document, url: str | None, hint_area: str | None, place: str | None, head: str) -> list[str]:
    """What may tell which county of several is meant, the surest first."""
    meta = [doc.meta.get(name, "") for name in (*_SITE, *_ISSUER, "title")]
    codes = [m[:6] if re.fullmatch(r"\d{10}", m) else m for m in meta]
    host = urlsplit(url).hostname or "" if url else ""
    return [h for h in (hint_area or "", *codes, place or "", host, head[:1500]) if h]


def _organ(
    doc: Document, title: FoundTitle | None, signature: Signature, hints: list[str], year: int | None
) -> tuple[Organ | None, str, list[_Note]]:
    """The organ, the source that names it, and notes."""
    said = (
        ("title", title.info.organ_printed if title else None),
        ("signature", signature.signatory),
        ("issuer", _labelled(doc, _ISSUER)),
        ("source", _whose([_labelled(doc, ("contentsource", "来源", "信息来源")) or ""])),
        ("path", _whose(reversed(_STEPS.split(doc.meta.get("path", ""))))),
    )
    for source, printed in said:
        if printed and (organ := read_organ(printed, hints, year)):
            placed = organ.area is not None or organ.kind == "zone"
            unplaced = _Note(
                f"The place of {printed} cannot be told from the document; give the site's area code.",
                f"从文件本身无法确定“{printed}”属于哪个地区，请给出网站的行政区划代码。",
            )
            return organ, source, [] if placed else [unplaced]
    return None, "", []


def _whose(texts: Iterable[str]) -> str | None:
    return next((text for text in map(squeeze, texts) if _WHOSE.fullmatch(text)), None)


def _scope(organ: Organ | None, source: str, signature: Signature, hints: list[str]) -> str:
    if organ is None:
        return "unknown"
    if source != "title" and organ.scope == "government_and_office":
        return "unknown"  # the office signs for the whole area as often as for itself
    if organ.scope == "whole_area" and signature.signatory and source == "title":
        signer = read_organ(signature.signatory, hints)
        if signer and signer.scope == "single_organ" and signer.kind != "zone":
            return "unknown"  # a department's report under the county's bare name
    return organ.scope


def _labelled(doc: Document, labels: tuple[str, ...]) -> str | None:
    for label in labels:
        value = " ".join(doc.meta.get(label, "").split())
        if not _NOTHING.fullmatch(value):
            return value
    return None


def _published(doc: Document) -> str | None:
    """The labelled or declared date of publication, ISO; None if there is none or it is no date."""
    dates = (read_date(doc.meta.get(label, "")) for label in _PUBLISHED)
    return next(filter(None, dates), None)
