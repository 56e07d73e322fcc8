"""The golden documents: one entry a document, made from a seed of its own, so that adding one changes no other."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from maker import figures as numbers
from maker import formats, html, ofd, office, pdf, scan, text, written
from maker.figures import Figures
from maker.paged import Setting
from maker.printed import Printed, Report, report

ORGANS = ("松原岭县", "青溪县", "临河口市", "东垣区", "石门铺县", "白水湾自治县")


@dataclass(frozen=True)
class Golden:
    """One document. ``bar``: ``exact`` and ``clean`` want every cell, ``poor`` 99.8 %, ``honest`` only no wrong one."""

    name: str
    format: str
    damage: str
    bar: str
    data: bytes
    figures: Figures
    lost: tuple[str, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    name: str
    format: str
    damage: str
    bar: str
    make: Callable[[Report, random.Random], bytes]
    form: str = "2021"
    dense: float = 0.35
    largest: int = 400
    touch: Callable[[Figures, random.Random], None] | None = None
    real: bool = False
    one_row: bool = False
    cumulative: bool = False
    written: bool = False  # in our own words
    stored: bool = True  # part of the committed set


def goldens(seed: int = 0, only: str = "") -> Iterator[Golden]:
    """All documents of a seed; ``only`` keeps names that contain it. Real figures stand in the set of seed 0 only."""
    for plan in (*PLANS, *formats.plans(_Plan)):
        if only in plan.name and (plan.stored or seed):
            yield _made(plan, seed)


def _made(plan: _Plan, seed: int) -> Golden:
    rng = random.Random(zlib.crc32(f"{seed}/{plan.name}".encode()))
    if plan.real and seed == 0:
        figures = numbers.real(rng.choice(numbers.real_names()))
    else:
        form = numbers.form_of(plan.form, one_row=plan.one_row, cumulative=plan.cumulative)
        figures = numbers.invented(form, rng, plan.dense, plan.largest)
    if plan.touch:
        plan.touch(figures, rng)
    year = {"2014": 2016, "2019": 2020}.get(plan.form, 2023)
    made = (written.report if plan.written else report)(figures, rng.choice(ORGANS), year, rng)
    data = plan.make(made, rng)
    return Golden(plan.name, plan.format, plan.damage, plan.bar, data, figures, tuple(sorted(figures.lost)),
                  {"year": year, "title": made.title})  # fmt: skip


def _remarks(figures: Figures, rng: random.Random) -> None:
    for key, value in figures.cells.items():
        if isinstance(value, int) and value > 3 and rng.random() < 0.2:
            unit = "条" if "statistics" in key else "件"
            figures.shown[key] = f"{value}（其中修订{value // 2}{unit}）"


def _commas(figures: Figures, rng: random.Random) -> None:
    figures.shown |= {k: f"{v:,}" for k, v in figures.cells.items()}


def _wide(figures: Figures, rng: random.Random) -> None:
    digits = str.maketrans("0123456789.", "０１２３４５６７８９．")
    figures.shown |= {k: str(v).translate(digits) for k, v in figures.cells.items() if rng.random() < 0.5}


def _instead_of_zero(*signs: str) -> Callable[[Figures, random.Random], None]:
    def touch(figures: Figures, rng: random.Random) -> None:
        for key, value in figures.cells.items():
            if value == 0 and key.startswith("table"):
                figures.shown[key] = rng.choice(signs)
                figures.lost.add(key)

    return touch


def _contradiction(figures: Figures, rng: random.Random) -> None:
    """The source's own slips: some parts of sums are printed one or ten too high."""
    keys = [k for k, v in figures.cells.items() if k.startswith("table3") and v and not k.endswith(".total")]
    for key in rng.sample(sorted(keys), min(4, len(keys))):
        figures.cells[key] += rng.choice([1, 2, 10])


def _units(figures: Figures, rng: random.Random) -> None:
    for key, value in figures.cells.items():
        if key.startswith(("table3", "table4")) and rng.random() < 0.3:
            figures.shown[key] = f"{value}件"
        elif key.endswith("total_amount"):
            figures.shown[key] = f"{value}元"


def _html(style: html.Style) -> Callable[[Report, random.Random], bytes]:
    return lambda made, rng: html.render(made, style, rng)


def _pdf(style: str, setting: Setting | None = None) -> Callable[[Report, random.Random], bytes]:
    return lambda made, rng: pdf.render(made, style, setting)


def _text(style: str, charset: str = "utf-8") -> Callable[[Report, random.Random], bytes]:
    return lambda made, rng: text.render(made, style, charset=charset)


def _scan(wear: scan.Wear, setting: Setting | None = None) -> Callable[[Report, random.Random], bytes]:
    def make(made: Report, rng: random.Random) -> bytes:
        turned = replace(wear, angle=wear.angle * rng.choice([-1, 1]))
        return scan.render(made, turned, np.random.default_rng(rng.randrange(1 << 30)), setting)

    return make


def _docx(**options: bool) -> Callable[[Report, random.Random], bytes]:
    return lambda made, rng: office.docx_bytes(made, **options)


def _xlsx(**options: bool) -> Callable[[Report, random.Random], bytes]:
    return lambda made, rng: office.xlsx_bytes(made, **options)


def _through(target: str, filters: str = "") -> Callable[[Report, random.Random], bytes]:
    def make(made: Report, rng: random.Random) -> bytes:
        if target == "xls":
            return office.converted(office.xlsx_bytes(made), "xlsx", "xls")
        return office.converted(office.docx_bytes(made, narrow=target == "pdf"), "docx", target, filters)

    return make


def _two_forms(made: Report, rng: random.Random) -> bytes:
    """A page with last year's report on the older form under this year's."""
    older = numbers.invented(numbers.form_of("2019"), rng, 0.3)
    below = report(older, made.organ, made.year - 3, rng, prose=0)
    both = Report(made.title, made.organ, made.year, made.figures, [*made.blocks, below.title, *below.blocks])
    return html.render(both, html.Style(), rng)


def _zipped_word(made: Report, rng: random.Random) -> bytes:
    return office.zipped({"年报/政府信息公开年度报告.docx": office.docx_bytes(made)}, gbk=True)


def _zipped_pictures(made: Report, rng: random.Random) -> bytes:
    pages = scan.pictures(made, scan.Wear(box="jpg", quality=55), np.random.default_rng(rng.randrange(1 << 30)))
    return office.zipped({f"{n:02}.jpg": page for n, page in enumerate(pages, 1)})


def _mixed(made: Report, rng: random.Random) -> bytes:
    """Text tables, but table 3 lies on another page; its rows are cut by the page."""
    blocks = [b for b in made.blocks if isinstance(b, Printed) or b.startswith("#")]
    tight = replace(made, blocks=blocks)
    return pdf.render(tight, "full", Setting(cut=True, height=500.0))


H = html.Style
S = Setting
W = scan.Wear
# Scans carry little prose: what is measured is the tables, and bytes in the repository.
PLANS: tuple[_Plan, ...] = (
    _Plan("html-plain", "html", "none", "exact", _html(H()), real=True),
    _Plan("html-plain-2019", "html", "none", "exact", _html(H()), form="2019"),
    _Plan("html-plain-2014", "html", "none", "exact", _html(H()), form="2014"),
    _Plan("html-2014-all-years", "html", "none", "exact", _html(H(word=True)), form="2014", cumulative=True),
    _Plan("html-one-row", "html", "none", "exact", _html(H()), one_row=True),
    _Plan("html-word", "html", "Word mark-up", "exact", _html(H(word=True, layout=1)), real=True),
    _Plan("html-word-2019", "html", "Word mark-up", "exact", _html(H(word=True)), form="2019"),
    _Plan("html-char-spans", "html", "one span a character", "exact", _html(H(char_spans=True))),
    _Plan("html-layout", "html", "nested layout tables", "exact", _html(H(layout=4))),
    _Plan("html-unclosed", "html", "unclosed cells", "exact", _html(H(unclosed=True))),
    _Plan("html-overrun", "html", "overrunning spans", "exact", _html(H(overrun=True))),
    _Plan("html-lost", "html", "lost spans", "exact", _html(H(lost=True))),
    _Plan("html-narrow", "html", "upright labels", "exact", _html(H(narrow=True, newline="\r\n"))),
    _Plan("html-gb", "html", "gb18030 declared utf-8", "exact", _html(H(charset="gb18030")), form="2019"),
    _Plan("html-gb2312", "html", "gb18030 declared gb2312", "exact", _html(H(charset="gb18030", declared="gb2312"))),
    _Plan("html-utf8-as-gb", "html", "utf-8 declared gb2312", "exact", _html(H(declared="gb2312")), real=True),
    _Plan("html-undeclared", "html", "nothing declared", "exact", _html(H(charset="gb18030", declared=None))),
    _Plan("html-custom", "html", "custom elements", "exact", _html(H(custom="ucapcontent", word=True))),
    _Plan("html-hidden", "html", "hidden digits", "exact", _html(H(hidden=True))),
    _Plan("html-nested-cells", "html", "number in a table of its own", "exact", _html(H(nested_cells=True))),
    _Plan("html-halves", "html", "table in two parts", "exact", _html(H(halves=True))),
    _Plan("html-remarks", "html", "remarks in cells", "exact", _html(H()), touch=_remarks),
    _Plan("html-units", "html", "units in cells", "exact", _html(H()), form="2019", touch=_units),
    _Plan("html-commas", "html", "thousands commas", "exact", _html(H(word=True)), largest=90_000, touch=_commas),
    _Plan("html-wide", "html", "full-width digits", "exact", _html(H()), touch=_wide),
    _Plan("html-blank", "html", "blank for zero", "exact", _html(H()), touch=_instead_of_zero("", "\u00a0")),
    _Plan("html-marks", "html", "signs for zero", "exact", _html(H()), touch=_instead_of_zero("/", "—", "-", "无")),
    _Plan("html-contradiction", "html", "source contradicts itself", "exact", _html(H()), touch=_contradiction),
    _Plan("html-boxes", "html", "placed boxes", "exact", _html(H(css=True))),
    _Plan("html-two-forms", "html", "two forms", "exact", _two_forms),
    _Plan("pdf-full", "pdf", "none", "exact", _pdf("full"), real=True),
    _Plan("pdf-full-2019", "pdf", "none", "exact", _pdf("full"), form="2019"),
    _Plan("pdf-full-2014", "pdf", "none", "exact", _pdf("full"), form="2014"),
    _Plan("pdf-one-row", "pdf", "none", "exact", _pdf("full"), one_row=True),
    _Plan("pdf-cut", "pdf", "labels cut by pages", "exact", _pdf("full", S(cut=True, height=560.0)), real=True),
    _Plan("pdf-short-pages", "pdf", "labels cut by pages", "exact", _mixed),
    _Plan("pdf-repeated-head", "pdf", "repeated heading", "exact", _pdf("full", S(repeat_head=True, height=600.0))),
    _Plan("pdf-landscape", "pdf", "landscape", "exact", _pdf("full", S(842.0, 595.0)), real=True),
    _Plan("pdf-turned", "pdf", "turned pages", "exact", _pdf("turned")),
    _Plan("pdf-locked", "pdf", "owner password", "exact", _pdf("locked")),
    _Plan("pdf-bold", "pdf", "doubled glyphs", "exact", _pdf("bold")),
    _Plan("pdf-open", "pdf", "outer rules missing", "exact", _pdf("open")),
    _Plan("pdf-short", "pdf", "rules miss corners", "exact", _pdf("short")),
    _Plan("pdf-dashed", "pdf", "dashed rules", "exact", _pdf("dashed"), form="2019"),
    _Plan("pdf-splinters", "pdf", "splintered rules", "exact", _pdf("splinters")),
    _Plan("pdf-fills", "pdf", "grey areas", "exact", _pdf("fills")),
    _Plan("pdf-no-inner", "pdf", "inner rules missing", "exact", _pdf("no-inner")),
    _Plan("pdf-level", "pdf", "level rules only", "exact", _pdf("level", S(upright=False)), real=True),
    _Plan("pdf-three", "pdf", "three rules", "exact", _pdf("three", S(upright=False))),
    _Plan("pdf-none", "pdf", "no rules", "exact", _pdf("none", S(upright=False))),
    _Plan("pdf-none-2019", "pdf", "no rules", "exact", _pdf("none", S(upright=False)), form="2019", dense=0.15),
    _Plan("pdf-wrapped", "pdf", "numbers over two lines", "honest", _pdf("full", S(narrow_values=21.0)),
          largest=90_000, dense=0.6),
    _Plan("pdf-wide-numbers", "pdf", "large numbers", "exact", _pdf("full"), largest=900_000, dense=0.7),
    _Plan("pdf-libreoffice", "pdf", "none", "exact", _through("pdf"), real=True),
    _Plan("pdf-contradiction", "pdf", "source contradicts itself", "exact", _pdf("full"), touch=_contradiction),
    _Plan("docx-plain", "docx", "none", "exact", _docx(), real=True),
    _Plan("docx-2019", "docx", "none", "exact", _docx(), form="2019"),
    _Plan("docx-2014", "docx", "none", "exact", _docx(), form="2014"),
    _Plan("docx-nested", "docx", "nested layout tables", "exact", _docx(nested=True), one_row=True),
    _Plan("docx-halves", "docx", "table in two parts", "exact", _docx(halves=True, narrow=True)),
    _Plan("docx-deleted", "docx", "tracked deletions", "exact", _docx(deleted=True)),
    _Plan("docx-blank", "docx", "blank for zero", "exact", _docx(), touch=_instead_of_zero("")),
    _Plan("doc-plain", "doc", "none", "exact", _through("doc"), real=True),
    _Plan("wps-as-doc", "doc", "none", "exact", _through("doc"), form="2019"),
    _Plan("rtf-plain", "rtf", "none", "exact", _through("rtf")),
    _Plan("odt-plain", "odt", "none", "exact", _through("odt"), one_row=True),
    _Plan("xlsx-plain", "xlsx", "none", "exact", _xlsx(), real=True),
    _Plan("xlsx-sheets", "xlsx", "one table a sheet", "exact", _xlsx(sheets=True), form="2019"),
    _Plan("xlsx-formats", "xlsx", "number formats", "exact", _xlsx(formats=True), largest=90_000),
    _Plan("xlsx-hidden", "xlsx", "hidden rows", "exact", _xlsx(hidden=True)),
    _Plan("xls-plain", "xls", "none", "exact", _through("xls")),
    _Plan("ofd-full", "ofd", "none", "exact", lambda made, rng: ofd.render(made), real=True),
    _Plan("ofd-2019", "ofd", "none", "exact", lambda made, rng: ofd.render(made, S(cut=True)), form="2019"),
    _Plan("text-tabs", "text", "tabs", "exact", _text("tabs"), real=True),
    _Plan("text-tabs-2019", "text", "tabs", "exact", _text("tabs", "gb18030"), form="2019"),
    _Plan("text-dump", "text", "one cell a line, tabs", "exact", _text("dump")),
    _Plan("text-cells", "text", "one cell a line", "exact", _text("cells")),
    _Plan("text-spaces", "text", "columns of blanks", "exact", _text("spaces")),
    _Plan("text-pipes", "text", "Markdown", "exact", _text("pipes"), real=True),
    _Plan("text-ocr-html", "text", "Markdown with HTML tables", "exact", _text("ocr-html")),
    _Plan("text-browser", "text", "labels broken as a browser copies them", "exact", _text("browser")),
    _Plan("text-repeated", "text", "spanning cells repeated", "exact", _text("repeated"), form="2019"),
    _Plan("text-letters", "text", "letters for digits", "honest", _text("letters")),
    _Plan("text-glued", "text", "run together", "honest", _text("glued"), real=True),
    _Plan("text-glued-all", "text", "run together", "honest", _text("glued-all"), form="2019", dense=0.1),
    _Plan("zip-word", "zip", "GBK name", "exact", _zipped_word),
    _Plan("zip-pictures", "zip", "one picture a page", "clean", _zipped_pictures),
    _Plan("scan-200", "scan", "200 dpi", "clean", _scan(W()), real=True),
    _Plan("scan-200-dense", "scan", "200 dpi", "clean", _scan(W(font="sans", angle=0.4)), dense=0.6),
    _Plan("scan-300", "scan", "300 dpi", "clean", _scan(W(dpi=300, angle=0.7, quality=40))),
    _Plan("scan-2019", "scan", "200 dpi", "clean", _scan(W(angle=1.2, noise=4)), form="2019"),
    _Plan("scan-2014", "scan", "200 dpi", "clean", _scan(W(angle=0.3)), form="2014"),
    _Plan("scan-skew", "scan", "askew", "clean", _scan(W(angle=2.0))),
    _Plan("scan-shade", "scan", "uneven light", "clean", _scan(W(shade=0.45, noise=3))),
    _Plan("scan-cut", "scan", "labels cut by pages", "clean", _scan(W(), S(cut=True, height=620.0)), one_row=True),
    _Plan("scan-150", "scan", "150 dpi", "poor", _scan(W(dpi=150, quality=55)), real=True),
    _Plan("scan-150-noise", "scan", "150 dpi, noise", "poor", _scan(W(dpi=150, noise=10, blur=0.5, quality=45))),
    _Plan("scan-noise", "scan", "noise", "poor", _scan(W(noise=14, blur=0.7, quality=35, angle=0.5))),
    _Plan("scan-fax", "scan", "fax", "poor", _scan(W(fax=185, blur=0.6, angle=0.4))),
    _Plan("scan-fax-tiff", "scan", "fax", "poor", _scan(W(fax=180, blur=0.8, font="sans", box="tiff")), form="2019"),
    _Plan("scan-fax-faint", "scan", "fax, strokes lost", "honest", _scan(W(fax=150, blur=0.8, box="tiff")),
          form="2019"),
    _Plan("scan-contradiction", "scan", "source contradicts itself", "clean", _scan(W()), touch=_contradiction),
    *(
        _Plan(f"copy-{name}", "scan", damage, bar, _scan(wear, setting), form=form, written=True, stored=False)
        for name, damage, bar, form, wear, setting in (
            ("times", "200 dpi, other fonts", "clean", "2021", W(digits="times", angle=0.3), None),
            ("arial", "200 dpi, other fonts", "clean", "2019", W(digits="arial", font="sans", quality=85), None),
            ("verdana", "200 dpi, other fonts", "clean", "2021", W(digits="verdana", angle=0.8), None),
            ("slab", "200 dpi, other fonts", "clean", "2019", W(digits="slab", font="sans"), None),
            ("italic", "200 dpi, other fonts", "clean", "2021", W(digits="italic"), None),
            ("narrow", "200 dpi, other fonts", "clean", "2021", W(digits="narrow", noise=3), None),
            ("300", "300 dpi", "clean", "2019", W(dpi=300, digits="times", angle=1.5, quality=30), None),
            ("large", "200 dpi", "clean", "2021", W(digits="times"), S(table_size=11.0, size=14.0)),
            ("jpeg", "JPEG of quality 20", "clean", "2021", W(quality=20, digits="times"), None),
            ("150", "150 dpi", "poor", "2021", W(dpi=150, digits="times", blur=0.5, noise=6), None),
            ("150-jpeg", "150 dpi, JPEG of quality 25", "poor", "2019", W(dpi=150, digits="arial", quality=25), None),
            ("grey-rules", "light grey rules", "clean", "2021", W(rules=190, digits="times"), None),
            ("gaps", "rules broken", "clean", "2021", W(gaps=0.12, digits="arial", angle=0.4), None),
            ("gaps-noise", "rules broken", "poor", "2019", W(gaps=0.2, noise=10, blur=0.5), None),
            ("level", "no upright rules", "poor", "2021", W(upright_rules=False, digits="times"), S(upright=False)),
            ("streaks", "streaks down the page", "poor", "2021", W(streaks=3, digits="times", noise=4), None),
            ("stamp", "red seal over numbers", "poor", "2021", W(stamp=True, digits="times"), None),
            ("stamp-askew", "red seal over numbers", "poor", "2019", W(stamp=True, quality=35, angle=0.6), None),
            ("photo", "photographed aslant", "poor", "2021", W(tilt=0.03, shade=0.3, noise=5, blur=0.6), None),
            ("photo-far", "photographed aslant", "poor", "2019", W(dpi=250, tilt=0.08, shade=0.4, noise=6), None),
            ("fax", "fax", "poor", "2021", W(fax=185, blur=0.6, digits="times", angle=0.7), None),
            ("fax-arial", "fax", "poor", "2019", W(fax=190, blur=0.7, digits="arial", font="sans", box="tiff"), None),
            ("fax-thick", "fax", "poor", "2021", W(fax=215, blur=0.9, digits="arial", angle=0.3), None),
            ("fax-faint", "fax, strokes lost", "honest", "2021", W(fax=145, blur=0.8, digits="times"), None),
        )
    ),
    _Plan("screenshot", "scan", "long screenshot", "poor", _scan(W(dpi=130, screen=True, box="png", font="sans"))),
)  # fmt: skip
