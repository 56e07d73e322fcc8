"""Headings of a page that name the report column without being links, and the links that stand under them. Pure.

Also tabs: short texts without an address that name a year or a class of organs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.texts import squash
from crawler.wordings import names_column

MAX_HEADINGS = 20
MAX_LOOKS = 500  # texts of one page that are looked at
MAX_SIBLINGS = 60
MAX_UNDER = 120  # links under one heading
LONGEST = 22
MAX_TABS = 60
_TABS = re.compile(
    r"20[0-4]\d(?:年度?)?|.{0,8}(?:部门|单位|乡镇|镇街|街道|政府|政府办公?室?|乡|镇)(?:[(].{1,6}[)])?"
)
_TAB_TAGS = frozenset({"li", "a", "span", "button", "div", "td", "em", "i", "b", "label", "dd", "strong"})
_ADDRESS = re.compile(r"(?:https?:/)?\.{0,2}/[^\s'\"]*|[\w./%-]+\.(?:s?html?|jspx?|aspx?|php)(?:\?[^\s'\"]*)?")
_IN_SCRIPT = re.compile(rf"""(['"])(?:{_ADDRESS.pattern})\1""")
_LEVELS = 3  # from the heading's own element upwards


def column_headings(tree: LexborHTMLParser) -> list[LexborNode]:
    """Elements whose whole text is a name of the column, and that are no links."""
    found: list[LexborNode] = []
    looked_at = 0
    for node in _texts(tree):
        text, element = node.text_content or "", node.parent
        if ("年报" in text or "报告" in text) and len(text) < 200 and element is not None:
            looked_at += 1
            label = squash(element.text())
            if len(label) <= LONGEST and names_column(label) and not _is_link(element):
                found.append(element)
        if looked_at >= MAX_LOOKS or len(found) >= MAX_HEADINGS:
            break
    return found


def tabs(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Short texts that may be tabs for a year or a class of organs, and that are no links."""
    found: dict[str, None] = {}
    for node in _texts(tree):
        element, label = node.parent, squash(node.text_content or "")
        if element is None or not 2 <= len(label) <= 14 or not _TABS.fullmatch(label):
            continue
        alone = _same(element.first_child, node) and _same(element.last_child, node)
        if alone and element.tag in _TAB_TAGS and not _is_link(element) and not _in_heading(element):
            found[label] = None
    return tuple(found)[:MAX_TABS]


def _texts(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    root = tree.body
    for node in root.traverse(include_text=True) if root is not None else ():
        if node.tag == "-text":
            yield node


def _same(one: LexborNode | None, other: LexborNode) -> bool:
    return one is not None and one.mem_id == other.mem_id


def _in_heading(element: LexborNode) -> bool:
    return element.parent is not None and element.parent.tag in ("h1", "h2", "h3", "h4", "h5", "p", "dt")


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
        if any(_leads_away(name, value) for name, value in current.attributes.items() if value):
            return True
        current = current.parent
    return False


def _leads_away(name: str, value: str) -> bool:
    """True if an attribute holds a page's address: a script's argument, or ``data-href``. A tab's #con_2 is none."""
    if name in ("href", "onclick"):
        return bool(_IN_SCRIPT.search(value))
    return name.startswith("data-") and bool(_ADDRESS.fullmatch(value.strip()))
