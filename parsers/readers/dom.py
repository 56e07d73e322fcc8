"""A selectolax tree as a list of events, made in one pass: order, places, visibility."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from selectolax.lexbor import LexborNode

from parsers.readers.errors import LIMITS
from parsers.textnorm import raised

# Elements whose text nobody sees, that are controls, or whose text is struck out.
SKIPPED = frozenset(
    ("script", "style", "head", "noscript", "template", "object", "embed", "iframe", "svg", "math", "select",
     "option", "button", "textarea", "input", "audio", "video", "canvas", "map", "datalist", "del", "s", "strike")
)  # fmt: skip
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
     "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
     "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
_GONE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_UNSEEN = re.compile(
    r"visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)|text-decoration[^;]*line-through",
    re.IGNORECASE,
)
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|sub\b)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")

_RAISABLE = ("span", "font", "a", "b")  # a whole cell is aligned so, not raised
_CELLS = ("td", "th")


class Element:
    """An element of the page: its tag and attributes, its place, and the numbers of its first and last event.

    ``raised``: its text stands above or below the line, as marks of notes do.
    """

    __slots__ = ("_counts", "_path", "attributes", "depth", "end", "nth", "parent", "raised", "start", "tag")

    def __init__(self, parent: Element | None, tag: str, attributes: dict[str, str | None], start: int) -> None:
        self.parent = parent
        self.tag = tag
        self.attributes = attributes
        self.start = self.end = start
        self.raised = False
        self._counts: dict[str, int] | None = None  # of its children, by tag
        self._path = tag if parent is None else None
        self.depth: int = 0
        self.nth = 1
        if parent is not None:
            self.depth = parent.depth + 1
            counts = parent._counts
            if counts is None:
                counts = parent._counts = {}
            self.nth = counts[tag] = counts.get(tag, 0) + 1

    @property
    def path(self) -> str:
        """The CSS path, made when asked for. Beyond the depth limit all elements share their ancestor's."""
        missing = []
        at: Element | None = self
        while at is not None and at._path is None:
            missing.append(at)
            at = at.parent
        path = at._path if at is not None and at._path is not None else ""
        for element in reversed(missing):
            if element.depth <= LIMITS.max_depth:
                path = f"{path} > {element.tag}:nth-of-type({element.nth})"
            element._path = path
        return path


# The start or end of an element, or text as it stands inside one. Plain tuples: they come by the ten thousand.
Event = tuple[Literal["start", "end", "text"], Element, str]


class _Look(NamedTuple):
    """What a style does to an element: takes it out of the page, keeps its place empty, raises its text."""

    gone: bool
    blank: bool
    raised: bool


_PLAIN = _Look(False, False, False)


def read_events(root: LexborNode, *, hidden: bool = False) -> list[Event]:
    """All events below and including ``root``, in document order, up to the limit on events.

    Unseen elements are left out with all they hold, unless ``hidden`` asks for those that a style hides; of elements
    that only keep their place the content is left out. Raised digits come out as such (5¹).
    """
    looks: dict[str, _Look] = {}  # a page has few styles, each on many elements
    out: list[Event] = []
    open_: list[tuple[int, Element | None]] = []  # None: the element is left out, or its content is
    for node in root.traverse(include_text=True):
        tag = node.tag
        if not tag or (tag[0] == "-" and tag != "-text"):
            continue  # comments and the like
        above = node.parent
        while len(open_) > 1 and above is not None and open_[-1][0] != above.mem_id:
            _close(out, open_.pop()[1])
        parent = open_[-1][1] if open_ else None
        if open_ and parent is None:
            if tag == "-text":
                continue
            element = None
        elif parent is not None and tag == "-text":
            text = node.text_content or ""
            out.append(("text", parent, raised(text) if parent.raised else text))
            continue
        elif len(out) >= LIMITS.max_events:
            break
        else:
            element = Element(parent, tag, node.attributes, len(out))
            if not _open(out, element, looks, hidden=hidden):
                element = None
        open_.append((node.mem_id, element))
    for _, element in reversed(open_):
        _close(out, element)
    return out


def _open(out: list[Event], element: Element, looks: dict[str, _Look], *, hidden: bool) -> bool:
    """Start an element. Returns False where it is left out, or shows nothing of what it holds."""
    if element.tag in SKIPPED:
        return False
    look = _PLAIN
    if element.attributes:
        style = element.attributes.get("style")
        if style:
            if style not in looks:
                looks[style] = _Look(*(bool(pattern.search(style)) for pattern in (_GONE, _UNSEEN, _RAISED)))
            look = looks[style]
        if not hidden and (look.gone or "hidden" in element.attributes):
            return False
    out.append(("start", element, ""))
    if look.blank and not hidden:
        _close(out, element)
        return False
    above = element.parent is not None and element.parent.raised and element.tag not in _CELLS
    element.raised = above or element.tag in ("sup", "sub") or (look.raised and element.tag in _RAISABLE)
    return True


def _close(out: list[Event], element: Element | None) -> None:
    if element is not None:
        element.end = len(out)
        out.append(("end", element, ""))


def collapse(text: str) -> str:
    """Fold mark-up's white space to single blanks; a no-break space is a blank that stays."""
    if text.isalnum():  # a number, a word
        return text
    text = _BLANKS.sub(" ", text)
    return text if text.isascii() else text.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")


def tidy(pieces: list[str]) -> str:
    """Join text pieces (``\\n`` marks a break), strip every line, drop the empty ones."""
    text = "".join(pieces)
    if "\n" not in text:
        return text.strip()
    lines = text.split("\n")
    return "\n".join(stripped for line in lines if (stripped := line.strip()))
