"""Headings of a page that name the report column without being links, and the links that stand under them. Pure."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.texts import squash
from crawler.wordings import names_column

MAX_HEADINGS = 20
MAX_SIBLINGS = 60
MAX_UNDER = 120  # links under one heading
LONGEST = 22
_LEVELS = 3  # from the heading's own element upwards


def column_headings(tree: LexborHTMLParser) -> list[LexborNode]:
    """Elements whose whole text is a name of the column, and that are no links."""
    found: list[LexborNode] = []
    root = tree.body
    if root is None:
        return found
    for node in root.traverse(include_text=True):
        if node.tag != "-text" or node.parent is None or len(found) >= MAX_HEADINGS:
            continue
        text = node.text_content or ""
        if ("年报" in text or "报告" in text) and len(text) < 200:
            element = node.parent
            label = squash(element.text())
            if len(label) <= LONGEST and names_column(label) and not _is_link(element):
                found.append(element)
    return found


def links_under(heading: LexborNode) -> list[LexborNode]:
    """The links that follow a heading, in the first level upwards where some do, until the next heading of its kind."""
    element: LexborNode | None = heading
    for _ in range(_LEVELS):
        if element is None or element.tag in ("body", "table", "html"):
            return []
        if found := _following(element):
            return found
        element = element.parent
    return []


def _following(element: LexborNode) -> list[LexborNode]:
    out: list[LexborNode] = []
    sibling = element.next
    for _ in range(MAX_SIBLINGS):
        if sibling is None or len(out) > MAX_UNDER:
            break
        if sibling.tag not in ("-text", "-comment"):
            links = [sibling, *sibling.css("a, [onclick]")] if sibling.tag == "a" else sibling.css("a, [onclick]")
            same = sibling.tag == element.tag and sibling.attributes.get("class") == element.attributes.get("class")
            if same and (not links or len(links) > 1):
                break  # the next heading, or the next box
            out += links
        sibling = sibling.next
    return out


def _is_link(element: LexborNode) -> bool:
    current: LexborNode | None = element
    for _ in range(4):
        if current is None or current.tag in ("body", "ul", "table"):
            return False
        href = (current.attributes.get("href") or "").strip() if current.tag == "a" else ""
        if href and href[0] != "#" and not href.lower().startswith("javascript:"):
            return True
        current = current.parent
    return False
