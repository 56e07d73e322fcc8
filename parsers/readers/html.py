"""HTML pages: tables with their true spans, paragraphs of the main content, and the page's own metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from parsers.decode import decode
from parsers.document import Block, Document, Paragraph, Place, Table
from parsers.readers.dom import Page, Tag, collapse, tidy
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import numbered, within
from parsers.readers.grid import build_table
from parsers.readers.html_tables import HtmlTable, read_table
from parsers.readers.meta import label_of, labelled
from parsers.readers.shown import FRAMES, shown_file
from parsers.readers.text import text_blocks
from parsers.sniff import HTML

_MAIN_SHARE = 0.85  # of the page's text outside links; what is left out is nav, breadcrumbs and footer
_LINK_SHARE = 0.7
_PATH = re.compile(r"(?:.{0,10}位置\s*[:：]?\s*)?.{0,10}首页\s*[>＞»›→/].{2,}")  # 首页 > 政府信息公开 > 水利局
_ASIDE = frozenset(("nav", "footer", "aside"))
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# Elements without an end tag, or whose end tag may be left out.
_ENDLESS = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
     "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "option", "colgroup")
)  # fmt: skip
_TABLE_WORK = 12  # tags of tables read against tags of the page: bounds tables nested in tables
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_OF_NOTE = frozenset(("a", "br", "img", *_ASIDE, *_HEADINGS))


@dataclass(slots=True)
class _Open:
    """The paragraph being collected."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    element: int | None = None  # the beginning of that in which its text begins


class _Pass:
    """One pass over a page. Holds the blocks, the metadata and the places found on the way."""

    def __init__(self, page: Page, title: str, url: str | None) -> None:
        self.page = page
        self.title = re.sub(r"\s+", "", title)
        self.url = url
        self.blocks: list[Block] = []
        self.lines: list[str] = []
        self.images: list[str] = []
        self.pairs: dict[str, str] = {}
        self.n_cells = self.n_tables = 0
        self.warnings: list[str] = []
        self._open = _Open()
        self._at = self._links = self._aside = self._level = 0
        self._main = _main_content(page)
        self._main_end = page.partners[self._main]
        self._budget = len(page) * _TABLE_WORK

    def run(self) -> None:
        """Collect all blocks."""
        page, at, end = self.page, 0, len(self.page)
        while at < end:
            self._at = at
            tag, text = page.tags[at], page.texts[at]
            if text:
                self._text(page.inside(at), text)
            if tag.is_block:
                self._flush()
                if len(self.blocks) >= LIMITS.max_blocks or self.n_cells >= LIMITS.max_cells:
                    self._cut()
                    break
                if page.partners[at] > at and self._reads_whole(at, tag):
                    at = page.partners[at] + 1
                    continue
                if inside := page.inner[at]:
                    self._text(at, inside)
                    self._flush()
            if tag.name in _OF_NOTE and not tag.gone:
                self._enter(tag, 1 if page.partners[at] >= at else -1)
            at += 1
        self._at = max(self._at, at)
        if page.is_cut:
            self._cut()
        self._flush()

    def _cut(self) -> None:
        self.warnings.append("The page is too large and was read only in part.")

    def _reads_whole(self, start: int, tag: Tag) -> bool:
        """Read an element with all it holds, if it is a data table or preformatted text of the main content."""
        if tag.name == "pre" and self._main <= start < self._main_end:
            self._preformatted(start)
            return True
        return tag.name == "table" and self._table(start)

    def _enter(self, tag: Tag, step: int) -> None:
        name = tag.name
        if tag.is_link:
            self._links += step
        elif name in _ASIDE:
            self._aside += step
        elif name in _HEADINGS:
            self._level = _HEADINGS[name] if step > 0 else 0
        elif name == "br":
            self._open.pieces.append("\n")
        elif name == "img" and self._main <= self._at <= self._main_end:
            self._image(tag)

    def _text(self, element: int, text: str) -> None:
        text = collapse(text)
        if self._open.element is None and text.strip():
            self._open.element = element
        self._open.pieces.append(text)
        if self._links:
            self._open.linked += len(text.strip())

    def _flush(self) -> None:
        if not self._open.pieces:
            return
        done, self._open = self._open, _Open()
        text = tidy(done.pieces)
        if not text or done.element is None:
            return
        lines = text.split("\n")
        self.lines.extend(lines)
        if not self._is_kept(text, done.linked):
            return
        place = Place(path=self.page.path(done.element))
        parts = [text] if self._level else lines
        self.blocks.extend(Paragraph(part[: LIMITS.max_cell_text * 10], place, self._level) for part in parts)

    def _is_kept(self, text: str, linked: int) -> bool:
        if self._level:
            return not (self._aside or (self._level > 2 and linked))
        if self._aside or linked >= _LINK_SHARE * len(text):
            return False
        bare = re.sub(r"\s+", "", text)
        prose = len(bare) >= 30 and "。" in bare  # a part of the report set outside its frame
        return self._main < self._at <= self._main_end or prose or (len(bare) >= 6 and bare in self.title)

    def _table(self, start: int) -> bool:
        """Read a data table into a block. Returns False where the table is layout, to be walked through."""
        if self._budget <= 0:
            return False
        found = read_table(self.page, start)
        self._budget -= self.page.partners[start] - start
        if found.is_layout:
            return False
        self._collect_pairs(found)
        if found.caption:
            self.blocks.append(Paragraph(found.caption, Place(path=self.page.path(start))))
        table = build_table(found.rows, "exact", Place(path=self.page.path(start), table=self.n_tables))
        if table:
            self._add(table)
        return True

    def _add(self, table: Table) -> None:
        self.n_tables += 1
        self.n_cells += len(table.cells)
        self.blocks.append(table)

    def _preformatted(self, start: int) -> None:
        """Read a ``pre`` element as plain text: its tabs and line ends are all there is of a table in it."""
        inside = range(start + 1, self.page.partners[start] + 1)
        page = self.page
        pieces = (page.texts[n] + (page.inner[n] or "") + "\n" * (page.tags[n].name == "br") for n in inside)
        for block in text_blocks("".join(pieces)):
            placed = within(block, self.page.path(start))
            if isinstance(placed, Table):
                self._add(numbered(placed, self.n_tables))
            else:
                self.blocks.append(placed)
                self.lines.append(placed.text)

    def _collect_pairs(self, found: HtmlTable) -> None:
        for row in found.rows[:20]:
            texts = [cell.text for cell in row]
            self.lines += [text for text in texts if len(text) < 60]
            keys = [label_of(text) for text in texts]
            for n, key in enumerate(keys[:-1]):
                if key is not None and texts[n + 1] and keys[n + 1] is None:
                    self.pairs.setdefault(key, texts[n + 1][:200])

    def _image(self, tag: Tag) -> None:
        source = tag.attributes.get("src", "").strip()
        sizes = [tag.attributes.get(name, "") for name in ("width", "height")]
        small = any(s.removesuffix("px").isdigit() and int(s.removesuffix("px")[:6]) < 100 for s in sizes)
        scheme = source.partition("/")[0].lower()
        if source and not small and len(source) < 2_000 and (":" not in scheme or scheme in ("http:", "https:")):
            self.images.append(_joined(self.url, source))


def _joined(url: str | None, source: str) -> str:
    try:
        return urljoin(url or "", source)
    except ValueError:  # a broken IPv6 host
        return source


def _main_content(page: Page) -> int:
    """The beginning of the element that frames nearly all text outside links."""
    tags, partners = page.tags, page.partners
    lengths = [
        (len(text.strip()) if text else 0) + (len(inner.strip()) if inner else 0)
        for text, inner in zip(page.texts, page.inner, strict=True)
    ]  # fmt: skip
    for n, tag in enumerate(tags):
        if tag.is_link and (end := partners[n]) > n:
            lengths[n + 1 : end + 1] = [0] * (end - n)
    upto = list(accumulate(lengths))
    least = _MAIN_SHARE * upto[-1]
    # Elements end inside out, so the first that is large enough is the innermost.
    ends = (n for n, tag in enumerate(tags) if tag.frames and partners[n] <= n)
    return next((start for n in ends if upto[n] - upto[start := partners[n]] >= least), 0)


def read_html(data: bytes, declared: str | None = None, url: str | None = None) -> Document:
    """Read an HTML page: data tables as kind ``exact``, paragraphs of the main content and all headings.

    Tables outside the main content are kept too. ``url`` makes the addresses of pictures absolute; they stand in
    ``meta["images"]``, one a line, the document that the page shows in a frame in ``meta["shown"]``, and the way from
    the homepage in ``meta["path"]``. Raises UnreadableDocument for a page without any body.
    """
    if len(data) > LIMITS.max_markup_bytes:
        raise UnreadableDocument(f"The page is larger than {LIMITS.max_markup_bytes >> 20} MB; it is not read.")
    decoded = decode(data, declared)
    if _too_deep(decoded.text):
        raise UnreadableDocument("The page opens thousands of elements inside each other; it is not read.")
    tree = LexborHTMLParser(decoded.text)
    if tree.body is None:
        raise UnreadableDocument("The page has no body, only frames; give the address of the framed page.")
    meta = _head(tree)
    title = " ".join(meta.get(name, "") for name in ("articletitle", "title"))
    shown = shown_file(tree.css(FRAMES)[:20])
    page = _Pass(Page(tree), title, url)
    page.run()
    if sum(map(len, page.lines)) < 200 and not any(not isinstance(b, Paragraph) for b in page.blocks):
        unhidden = _Pass(Page(tree, hidden=True), title, url)
        unhidden.run()
        if sum(map(len, unhidden.lines)) > 3 * sum(map(len, page.lines)) + 100:
            page = unhidden
            page.warnings.append("The page shows nothing without its scripts; the text it hides was read.")
    for key, value in {**labelled(page.lines), **page.pairs}.items():
        meta.setdefault(key, value)
    if path := next(filter(_PATH.match, page.lines), ""):
        meta["path"] = path[:300]
    if shown:
        meta["shown"] = _joined(url, shown)
    if page.images:
        meta["images"] = "\n".join(dict.fromkeys(page.images[:100]))
    return Document(tuple(page.blocks), HTML, meta, (*decoded.warnings, *page.warnings))


def _too_deep(text: str) -> bool:
    """Whether more elements are open at one time than the limit, by a count of tags that need an end tag."""
    if text.count("<") - text.count("</") <= LIMITS.max_unclosed:
        return False
    depth = 0
    for closing, name in _TAG.findall(text):
        if closing:
            depth = max(depth - 1, 0)
        elif name.lower() not in _ENDLESS:
            depth += 1
            if depth > LIMITS.max_unclosed:
                return True
    return False


def _head(tree: LexborHTMLParser) -> dict[str, str]:
    meta: dict[str, str] = {}
    for node in tree.css("meta")[:100]:
        name = node.attributes.get("name") or node.attributes.get("property")
        content = (node.attributes.get("content") or "").strip()
        if name and content:
            meta.setdefault(name.strip().lower()[:60], content[:500])
    title = tree.css_first("title")
    text = collapse(title.text()).strip() if title else ""
    if text:
        meta["title"] = text[:500]
    return meta
