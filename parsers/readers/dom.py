"""Walking a selectolax tree without recursion: order, paths, visibility."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from selectolax.lexbor import LexborNode

from parsers.readers.errors import LIMITS

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

Event = tuple[Literal["start", "end", "text"], LexborNode, "Path"]


class Path:
    """A node's place, as a chain of steps that is written out only when asked for."""

    __slots__ = ("counts", "depth", "parent", "step")

    def __init__(self, parent: Path | None, step: str) -> None:
        self.parent = parent
        self.step = step
        self.depth: int = parent.depth + 1 if parent else 0
        self.counts: dict[str, int] = {}

    def child(self, tag: str) -> Path:
        """The path of the next child of this tag. Beyond the depth limit all nodes share their ancestor's path."""
        if self.depth >= LIMITS.max_depth:
            return self
        n = self.counts[tag] = self.counts.get(tag, 0) + 1
        return Path(self, f"{tag}:nth-of-type({n})")

    def __str__(self) -> str:
        steps = []
        at: Path | None = self
        while at is not None:
            steps.append(at.step)
            at = at.parent
        return " > ".join(reversed(steps))


def is_gone(node: LexborNode) -> bool:
    """Whether mark-up on the node itself takes it out of the page (``hidden``, ``display: none``)."""
    attributes = node.attributes
    return bool(attributes) and ("hidden" in attributes or bool(_GONE.search(attributes.get("style") or "")))


def is_blank(node: LexborNode) -> bool:
    """Whether the node keeps its place and shows nothing that counts: invisible, of size nought or struck out."""
    style = node.attributes.get("style")
    return bool(style and _UNSEEN.search(style))


def raises_by_style(text: str) -> bool:
    """Whether a page's source raises or lowers anything by a style; if not, only elements do."""
    return bool(_RAISED.search(text))


def is_raised(node: LexborNode, *, styles: bool) -> bool:
    """Whether the node sets its text above or below the line, as marks of notes are; ``styles``: look there too."""
    if node.tag in ("sup", "sub"):
        return True
    style = node.attributes.get("style") if styles and node.tag in ("span", "font", "a", "b") else None
    return bool(style and _RAISED.search(style))


class Walk:
    """Iterate over start, text and end events below and including ``root``, in document order.

    Unseen elements are left out with all they hold, unless ``hidden`` asks for those that a style hides. After a
    start event ``skip()`` leaves out the element's content; its end event still comes.
    """

    def __init__(self, root: LexborNode, path: Path, *, hidden: bool = False) -> None:
        self._root = root
        self._path = path
        self._hidden = hidden
        self._skip = False

    def skip(self) -> None:
        """Do not enter the element that has just started."""
        self._skip = True

    def __iter__(self) -> Iterator[Event]:
        stack: list[tuple[LexborNode, Path]] = []
        node: LexborNode | None = self._root
        at = self._path  # of the parent, except for the root, whose own path is given
        while node is not None:
            descend = False
            if node.is_text_node:
                yield "text", node, at
            elif node.is_element_node:
                own = at.child(node.tag or "") if stack else at
                if self._is_seen(node):
                    self._skip = False
                    yield "start", node, own
                    child = None if self._skip or self._is_blank(node) else node.child
                    if child is not None:
                        stack.append((node, at))
                        node, at, descend = child, own, True
                    else:
                        yield "end", node, own
            if descend:
                continue
            following = node.next if stack else None
            while following is None and stack:
                own = at
                node, at = stack.pop()
                yield "end", node, own
                following = node.next if stack else None
            node = following

    def _is_seen(self, node: LexborNode) -> bool:
        return (node.tag or "") not in SKIPPED and (self._hidden or not is_gone(node))

    def _is_blank(self, node: LexborNode) -> bool:
        return not self._hidden and is_blank(node)


def collapse(text: str) -> str:
    """Fold mark-up's white space to single blanks; a no-break space is a blank that stays."""
    return _BLANKS.sub(" ", text).replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")


def tidy(pieces: list[str]) -> str:
    """Join text pieces (``\\n`` marks a break), strip every line, drop the empty ones."""
    lines = ("".join(pieces)).split("\n")
    return "\n".join(stripped for line in lines if (stripped := line.strip()))
