"""A selectolax tree as flat lists of tags and texts, made in one pass: order, places, visibility.

Asking the tree for each node costs some 2 µs a node, more than all the rest of reading a page. So the tree, which has
repaired the page as a browser does, is written out again, and that text is cut at its tags: it is well-formed, its
text and attributes are escaped, and elements that are written alike (most cells of a page) share one ``Tag``.
"""

from __future__ import annotations

import re
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from parsers.known import Known, remembered
from parsers.readers.errors import LIMITS
from parsers.readers.html_ink import drop_unseen_numbers, may_hide_numbers
from parsers.readers.stylesheet import UNSEEN, hidden_selectors
from parsers.textnorm import raised

# Elements whose text nobody sees, that are controls, or whose text is struck out.
SKIPPED = frozenset(
    ("script", "style", "head", "noscript", "template", "object", "embed", "iframe", "svg", "math", "select",
     "option", "button", "textarea", "input", "audio", "video", "canvas", "map", "datalist", "del", "s", "strike",
     "rt", "rp")
)  # fmt: skip
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
     "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
     "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
# What is written out without escapes, or as something else than it is: taken out of the tree before. Nobody sees it.
_RAW = ["script", "style", "svg", "math", "template", "iframe", "noembed", "noframes"]
# Elements that have no end tag in mark-up that is written out.
_VOID = frozenset(
    ("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
     "meta", "param", "source", "track", "wbr")
)  # fmt: skip
# A tag or a comment as the serialiser writes them; names hold whatever a page has put there (<td width="2"">).
# A cell that holds nothing but text, as nearly all do, is taken in one piece.
_STATED = r'(?: =?[^\s/>=]*+="[^"]*+")*+'
_TAG = re.compile(
    rf"<(?:(t[dh]{_STATED})>([^<]*+)</t[dh]|(/?[a-zA-Z][^\s/>]*+{_STATED}|!--.*?--))>", re.DOTALL
)  # fmt: skip
_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r' (=?[^\s/>=]*+)="([^"]*+)"')
_GONE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_UNSEEN = re.compile(UNSEEN, re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|sub\b)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")

_RAISABLE = ("span", "font", "a", "b")  # a whole cell is aligned so, not raised
_LONGEST_TAG = 300  # characters of one that is kept in mind
_LONGEST_TEXT = 60
CELLS = frozenset(("td", "th"))
_SPANS = ("colspan", "rowspan")
# Never the main content itself: too small a frame to hold title, text and tables.
_NO_FRAME = frozenset(
    ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "p", "span", "font", "b", "strong", "i", "em", "u",
     "center", "a", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt")
)  # fmt: skip


class Tag:
    """A start tag as the page has it, or an end tag (``ends``). Elements that are written alike share one.

    ``gone``: nothing of it is seen, so that only its place among its siblings counts; ``hides``: what it holds is not
    seen; ``raised``: its text stands above or below the line, as marks of notes do.
    """

    __slots__ = (
        "attributes", "breaks", "ends", "frames", "gone", "hides", "is_block", "is_link", "is_void", "name", "raised",
        "spans", "step",
    )  # fmt: skip

    def __init__(self, written: str, *, hidden: bool) -> None:
        """``written`` without its brackets; ``hidden``: elements that a style hides count as seen."""
        name = _NAME.match(written)
        self.name = name[0] if name else "!"  # a comment, an end
        self.attributes = {key: _plain(value) for key, value in _ATTRIBUTE.findall(written)}
        style = self.attributes.get("style", "")
        unseen = bool(_GONE.search(style)) or "hidden" in self.attributes
        self.gone = name is None or self.name in SKIPPED or (unseen and not hidden)
        self.raised = self.name in ("sup", "sub") or (self.name in _RAISABLE and bool(_RAISED.search(style)))
        self.is_void = name is None or self.name in _VOID
        self.hides = not self.is_void and (self.gone or (bool(_UNSEEN.search(style)) and not hidden))
        self.is_block = self.name in BLOCKS and not self.gone
        self.breaks = self.is_block or self.name == "br"  # the line
        self.is_link = self.name == "a" and bool(self.attributes.get("href")) and not self.gone
        self.frames = not self.gone and self.name not in _NO_FRAME
        self.spans = (1, 1) if self.name not in CELLS else tuple(_span(self.attributes, of) for of in _SPANS)
        self.step = f" > {self.name}:nth-of-type("  # of a path
        self.ends = written.startswith("/")


class Page:
    """The body of a page as its tags in document order.

    ``tags[n]`` is that of the element which begins or ends at ``n``, and ``texts[n]`` the text in front of it.
    ``partners[n]`` is where the same element ends or begins: its own number where nothing can stand inside, and for a
    cell that holds only text, which is ``inner[n]`` (None for all others).
    ``parents[n]`` is where the element around a beginning began. Elements that nobody sees have nothing inside.
    """

    def __init__(self, tree: LexborHTMLParser, *, hidden: bool = False) -> None:
        """Read a tree, up to the limit on events. Elements whose mark-up nobody sees are taken out of it.

        ``hidden``: elements that a style hides are read as well.
        """
        self.tags: list[Tag] = []
        self.texts: list[str] = []
        self.partners: list[int] = []
        self.parents: list[int] = []
        pieces = _pieces(tree)
        self.is_cut = len(pieces) > 4 * _MOST_TAGS
        known = _TAGS[hidden]
        tags = [known[leaf or tag] for leaf, tag in zip(pieces[1::4], pieces[3::4], strict=True)]
        self.texts = [_plain(text) if "&" in text else text for text in pieces[: 4 * len(tags) : 4]]
        self.inner: list[str | None] = [_plain(text) if text and "&" in text else text for text in pieces[2::4]]
        if any(tag.hides for tag in set(tags)):
            tags = self._only_seen(tags)
        self._nest(tags)
        self._nth: dict[int, int] = {}  # among the siblings of the same name
        self._paths = {0: (self.tags[0].name, 0)}  # with the depth
        if any(tag.raised for tag in set(tags)):
            self._raise_texts()

    def __len__(self) -> int:
        return len(self.tags)

    def _only_seen(self, tags: list[Tag]) -> list[Tag]:
        """Take out what stands inside elements that nobody sees."""
        kept: list[int] = []
        hollow: Tag | None = None  # of the element whose inside is being left out
        depth = 0  # of elements in it
        for n, (tag, inner) in enumerate(zip(tags, self.inner, strict=True)):
            if hollow is not None:
                depth += -1 if tag.ends else inner is None and not tag.is_void
                if depth >= 0:
                    continue
                gone, hollow, depth, self.texts[n] = hollow.gone, None, 0, ""
                if gone:
                    continue
            elif tag.hides:
                if inner is None:
                    hollow = tag
                else:
                    self.inner[n] = ""
            kept.append(n)
        self.texts, self.inner = [self.texts[n] for n in kept], [self.inner[n] for n in kept]
        return [tags[n] for n in kept]

    def _nest(self, tags: list[Tag]) -> None:
        """Find where each element begins and ends."""
        partners, parents = list(range(len(tags))), [0] * len(tags)
        open_: list[int] = []
        around = 0
        for n, (tag, inner) in enumerate(zip(tags, self.inner, strict=True)):
            if tag.ends:
                start = open_.pop()
                tags[n], parents[n] = tags[start], parents[start]
                partners[n], partners[start] = start, n
                around = parents[start]
            else:
                parents[n] = around
                if inner is None and not (tag.is_void or tag.gone):
                    open_.append(n)
                    around = n
        for start in reversed(open_):  # of a page that was cut
            partners[start] = len(tags)
            tags.append(tags[start])
            self.texts.append("")
            self.inner.append(None)
            partners.append(start)
            parents.append(parents[start])
        self.tags, self.partners, self.parents = tags, partners, parents

    def _raise_texts(self) -> None:
        """Have raised digits come out as such (5¹), those of cells inside apart."""
        for start, tag in enumerate(self.tags):
            if not tag.raised or self.partners[start] < start:
                continue
            n, end = start + 1, self.partners[start]
            while n <= end:
                self.texts[n] = raised(self.texts[n])
                n = self.partners[n] + 1 if self.tags[n].name in CELLS and self.partners[n] > n else n + 1

    def inside(self, n: int) -> int:
        """The beginning of the element in which the text in front of ``n`` stands."""
        return self.partners[n] if self.partners[n] < n else self.parents[n]

    def path(self, n: int) -> str:
        """The CSS path of the element that begins at ``n``. Beyond the depth limit all share their ancestor's."""
        over = self._paths.get(self.parents[n])
        if over is not None and over[1] < _DEEPEST and n:  # as nearly always
            return f"{over[0]}{self.tags[n].step}{self._nth.get(n) or self._number(n)})"
        around = []
        while n not in self._paths:
            around.append(n)
            n = self.parents[n]
        path, depth = self._paths[n]
        for inner in reversed(around):
            self._paths[n] = path, depth  # of all but the innermost, which is mostly asked for once
            n, depth = inner, depth + 1
            if depth <= _DEEPEST:
                nth = self._nth.get(n) or self._number(n)
                path = f"{path}{self.tags[n].step}{nth})"
        return path

    def _number(self, element: int) -> int:
        """Number the children of an element's parent among those of the same name. Returns the element's number."""
        counts: dict[str, int] = {}
        parent = self.parents[element]
        tags, partners, nth = self.tags, self.partners, self._nth
        n, end = parent + 1, partners[parent]
        while n < end:
            name = tags[n].name
            nth[n] = counts[name] = counts.get(name, 0) + 1
            n = partners[n] + 1
        return nth[element]


_DEEPEST = LIMITS.max_depth
_MOST_TAGS = LIMITS.max_events // 2


# Pages of one system write their tags alike.
_TAGS = {hidden: Known(partial(Tag, hidden=hidden), _LONGEST_TAG, most=512) for hidden in (False, True)}


def _pieces(tree: LexborHTMLParser) -> list[str]:
    """The body as text, cell of text alone, its text, tag (only one of them is there), text, …"""
    sheets = [node.text() for node in tree.css("style")]
    for selector in hidden_selectors(sheets):
        for node in tree.css(f":is(td, th) :is({selector})"):
            node.decompose()
    tree.strip_tags(_RAW)
    for node in tree.css("xmp, plaintext"):
        node.replace_with(node.text_content or "")
    for node in tree.css("td input, td textarea"):
        if (shown := _filled_in(node.tag or "", node.attributes, node.text())) is not None:
            node.replace_with(shown)
    pieces = _split(tree)
    if may_hide_numbers([*filter(None, {*pieces[1::4], *pieces[3::4]}), *sheets]):
        drop_unseen_numbers(tree, sheets)
        pieces = _split(tree)
    return pieces


def _split(tree: LexborHTMLParser) -> list[str]:
    return _TAG.split((tree.body.html or "") if tree.body is not None else "", _MOST_TAGS)


def _filled_in(name: str, attributes: dict[str, str | None], inside: str) -> str | None:
    """What a field of a form shows in a cell: some systems print their tables as forms to be filled in."""
    style = attributes.get("style") or ""
    if "hidden" in attributes or _GONE.search(style) or _UNSEEN.search(style):
        return None
    if name == "textarea":
        return inside
    kind = (attributes.get("type") or "text").strip().lower()
    return (attributes.get("value") or "") if kind in ("text", "number", "tel") else None


def _span(attributes: dict[str, str], name: str) -> int:
    """The span an attribute states: HTML reads leading digits, and rowspan 0 means to the end of the group."""
    stated = attributes.get(name)
    if not stated or stated == "1":
        return 1
    stated = stated.strip()[:6]
    digits = stated[: len(stated) - len(stated.lstrip("0123456789"))]
    value = int(digits) if digits else 1
    if value == 0:
        return LIMITS.max_rows if name == "rowspan" else 1
    return min(value, LIMITS.max_span if name == "colspan" else LIMITS.max_rows)


def _plain(text: str) -> str:
    """Text with the escapes undone that are used in mark-up that is written out."""
    for escape, sign in (("&nbsp;", "\xa0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(escape, sign)
    return text


@remembered(_LONGEST_TEXT)
def collapse(text: str) -> str:
    """Fold mark-up's white space to single blanks; a no-break space is a blank that stays."""
    text = _BLANKS.sub(" ", text)
    return text if text.isascii() else text.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")


def tidy(pieces: list[str]) -> str:
    """Join text pieces (``\\n`` marks a break), strip every line, drop the empty ones."""
    text = "".join(pieces)
    if "\n" not in text:
        return text.strip()
    lines = text.split("\n")
    return "\n".join(stripped for line in lines if (stripped := line.strip()))
