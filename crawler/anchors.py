"""One element of a page that leads somewhere: the address behind it, and the text that names it. Pure.

Portals write links in every way that a browser lets pass: anchors, map areas, rows with ``onclick``, functions of the
page's own, tiles with ``data-url``, buttons that a script binds, selections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from crawler.canon import is_route
from crawler.functions import Function
from crawler.texts import squash

_CALL_ADDRESS = re.compile(
    r"""['"]((?:https?:)?/?/?[^'"\s()]*(?:[/?]|\.s?html?|\.jspx?|\.aspx?|\.php|\.do)[^'"\s()]*)['"]"""
)
# location.href='list.html?year=' + this.value
BUILT = re.compile(
    r"""['"]([^'"]{2,300})['"]\s*\+\s*[\w.$()\[\]'"# :]*?val(?:ue)?(?:\(\))?(?:\s*\+\s*['"]([^'"]*)['"])?"""
)
_FUNCTION_CALL = re.compile(r"\b(\w{1,40})\s*\(([^()]{0,400})\)")
_CHOSEN_CALL = re.compile(r"\b(\w{1,40})\s*\(\s*(?:this|[^()]*(?:value|\.val\()|\))")
_ARGUMENT = re.compile(r"""'([^']*)'|"([^"]*)"|(-?\d+)""")
POSTBACK = re.compile(r"""__doPostBack\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]*)['"]""")
_DATE = re.compile(r"(?<!\d)(?:20[0-4]\d|19\d\d)?[-/.年\[(]?(?:0?[1-9]|1[0-2])[-/.月](?:3[01]|[12]\d|0?[1-9])(?!\d)")
GENERIC = re.compile(
    r"^(?:更多|more|查看|查看详情|详情|点击查看|进入|点击下载|下载|附件\d*|>+|»|\+|查看更多|了解更多|全文|点击进入|查看全部|全部)?[>»＞.+…]*$",
    re.IGNORECASE,
)
_ROW_TAGS = frozenset({"li", "tr", "dd", "dt", "p", "h1", "h2", "h3", "h4", "h5"})
_HEADS = "h1, h2, h3, h4, h5, dt, .title, .tit, .hd, .head, strong, b, span"

# Attributes of its own in which a page keeps addresses: data-url="/nb/", link="../list.html".
_KEPT = re.compile(r"""[\s"']([a-z_][\w-]{1,30})\s*=\s*["']?((?:https?:/)?/?[.\w%/?=&;:~-]{2,400})""", re.IGNORECASE)
_NOT_KEPT = frozenset({
    "href", "src", "action", "value", "content", "xmlns", "style", "class", "id", "name", "alt", "title", "background",
    "data", "poster", "srcset", "cite", "codebase", "classid", "type", "rel", "for", "usemap", "charset", "lang",
    "property", "media", "onclick", "onchange", "onmouseover", "onmouseout", "width", "height", "data-src",
    "data-original", "data-lazy", "lazy-src", "data-bg", "data-background", "data-img", "original", "lay-src", "file",
    "otitle",
})  # fmt: skip
_LOOKS_LIKE_ONE = re.compile(
    r"^(?:https?://|\.{0,2}/)[^\s{}]+|^[\w./%-]+\.(?:s?html?|jspx?|aspx?|php|do)(?:$|[?#])|^\?\w+=", re.IGNORECASE
)
_STATIC = re.compile(r"\.(?:js|css|png|jpe?g|gif|ico|svg|woff2?|webp|mp[34]|json)(?:$|\?)", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
MAX_KEPT = 8


@dataclass(frozen=True, slots=True)
class Target:
    """Where an element leads: an address as written, how it was told, and the arguments of a form post."""

    href: str
    how: str = "anchor"
    args: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """What names an element: the best text for it, its own visible text, the text around it, a date in its row.

    ``box`` are the texts of the links beside it, where its own says no more than 更多.
    """

    label: str
    text: str
    around: str
    dated: bool
    box: tuple[str, ...] = ()


def address_attributes(html: str) -> tuple[str, ...]:
    """Names of attributes of its own in which a page keeps addresses."""
    found: dict[str, None] = {}
    for match in _KEPT.finditer(_SCRIPT.sub("", html[:1_000_000])):
        name, value = match[1].lower(), match[2]
        if name not in _NOT_KEPT and _LOOKS_LIKE_ONE.match(value) and not _STATIC.search(value):
            found[name] = None
    return tuple(found)[:MAX_KEPT]


def target_of(node: LexborNode, kept: tuple[str, ...], functions: dict[str, Function]) -> Target | None:
    """Where an element leads, or None.

    Args:
        node: an anchor, an area, or anything with an ``onclick`` or an address in an attribute.
        kept: attributes that hold addresses, see ``address_attributes``.
        functions: those of the page's scripts that lead to an address.
    """
    attributes = node.attributes
    href = (attributes.get("href") or "").strip()
    if href and not href.lower().startswith("javascript:") and (href[0] != "#" or is_route(href[1:])):
        return Target(href)
    values = [(attributes.get(name) or "").strip() for name in kept]
    for value in values:
        if _LOOKS_LIKE_ONE.match(value) and not _STATIC.search(value):
            return Target(value)
    code = " ".join((href, attributes.get("onclick") or "", *values))
    if post := POSTBACK.search(code):
        return Target("", "postback", (post[1], post[2]))
    if built := _built(code, functions, attributes):
        return Target(built, "script")
    call = _CALL_ADDRESS.search(code)
    return Target(call[1], "script") if call else None


def _built(code: str, functions: dict[str, Function], own: Mapping[str, str | None]) -> str | None:
    """The address that a call of one of the page's own functions leads to: ``info('7','01')``."""
    for call in _FUNCTION_CALL.finditer(code[:2000]):
        if made := functions.get(call[1]):
            arguments = [a or b or c for a, b, c in _ARGUMENT.findall(call[2])]
            return made.address(arguments, own=own)
    return None


def option_address(node: LexborNode, functions: dict[str, Function], changes: dict[str, Function]) -> str | None:
    """The address that an option of a selection leads to, or None. ``changes`` are handlers by the selection's id."""
    value = (node.attributes.get("value") or "").strip()
    select = node.parent if node.parent is None or node.parent.tag == "select" else node.parent.parent
    if select is None:
        return None
    code = (select.attributes.get("onchange") or "")[:1000]
    if re.fullmatch(r"[\w-]{1,40}", value):
        if built := BUILT.search(code):
            return f"{built[1]}{value}{built[2] or ''}"  # the address is put together around the chosen value
        call = _CHOSEN_CALL.search(code)
        made = functions.get(call[1]) if call else changes.get(select.attributes.get("id") or "")
        return made.address([value], value) if made else None
    looks_like_one = "/" in value or re.search(r"\.(?:s?html?|jsp|aspx?|php)|^\?", value)
    return value if looks_like_one else None


def name_of(node: LexborNode, alone: bool = False) -> Naming:
    """What names an element; ``alone``: without what stands around it."""
    attributes = node.attributes
    text = squash(node.text()) or squash(attributes.get("alt") or attributes.get("aria-label") or "")
    title = squash(attributes.get("title") or attributes.get("otitle") or "")
    if not text and (image := node.css_first("img, input[type=image]")) is not None:
        text = squash(image.attributes.get("alt") or image.attributes.get("title") or "")
    row = _row(node)
    around, box = _around(node, text) if GENERIC.match(text) and not title and not alone else ("", ())
    dated = bool(_DATE.search(row.replace(text, "", 1)) or _DATE.search(text[-12:]))
    label = _label(re.sub(r"\[?\(?20\d\d-\d\d-\d\d\)?\]?$", "", text), title, around)
    return Naming(label, text, around, dated, box)


def _label(text: str, title: str, around: str) -> str:
    cut = text.rstrip(".…")
    if title and (not text or cut in title or GENERIC.match(text)):
        return title
    if GENERIC.match(text) and around:
        return around
    return text


def _row(node: LexborNode) -> str:
    """Text of the row (list item, table row) that a link stands in; empty if that holds more than a row."""
    current: LexborNode | None = node
    for _ in range(4):
        current = current.parent if current is not None else None
        if current is None or current.tag in ("body", "ul", "table", "html"):
            return ""
        if current.tag in ("li", "tr", "dd", "dt"):
            text = squash(current.text())
            return text if len(text) < 300 else ""
    return ""


def _around(node: LexborNode, own: str) -> tuple[str, tuple[str, ...]]:
    """Text of the row or heading that a link stands in, at most three levels up, without the link's own.

    Where that is a whole box: its heading, and the texts of its first links.
    """
    current, short = node.parent, ""
    for _ in range(3):
        if current is None or current.tag in ("body", "html"):
            break
        text = squash(current.text()) or _drawn(current, node)
        text = text.replace(own, "") if own else text
        if len(text) > 200 or current.tag in ("ul", "table"):
            return _box(current, node)
        if text and (current.tag in _ROW_TAGS or len(text) > 8):
            beside = _links_in(current, node)
            return text, beside if len(beside) > 1 else ()
        short, current = text or short, current.parent
    return short, ()


def _drawn(box: LexborNode, node: LexborNode) -> str:
    """What the pictures of a box say, if it has no text of its own."""
    own = {image.mem_id for image in node.css("img")}
    return "".join(squash(i.attributes.get("alt") or "") for i in box.css("img")[:4] if i.mem_id not in own)


def _box(box: LexborNode, node: LexborNode) -> tuple[str, tuple[str, ...]]:
    heads = (squash(head.text()) for head in box.css(_HEADS)[:12] if head.css_first("a") is None or head.tag == "dt")
    head = next((text for text in heads if 2 <= len(text) <= 20 and not GENERIC.match(text)), "")
    return head, _links_in(box, node)


def _links_in(box: LexborNode, node: LexborNode) -> tuple[str, ...]:
    links = [link for link in box.css("a")[:12] if link.mem_id != node.mem_id]
    return tuple(squash(link.attributes.get("title") or link.text()) for link in links)[:6]
