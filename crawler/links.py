"""What a page links to, from its mark-up alone: anchors, frames, viewers, and addresses inside simple scripts.

Pure: decoded HTML text and base address in, facts out. What a link is good for is judged in ``crawler.discovery``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_LINKS = 4000
MAX_URL = 2000
FILE_TYPES = ("pdf", "doc", "docx", "xls", "xlsx", "wps", "et", "ofd", "zip", "rar", "txt")
_FILE_URL = re.compile(rf"\.(?:{'|'.join(FILE_TYPES)})(?:$|[?#&])", re.IGNORECASE)
# Download scripts of the common products; the file type is then in a parameter or only in the answer.
_DOWNLOAD_URL = re.compile(r"(?:downfile|download)\.jsp|/download/\d|virtual_attach_file", re.IGNORECASE)
_SCRIPT_OPEN = re.compile(
    r"""(?:open|openUrl|location(?:\.href)?\s*=|href\s*=)\s*\(?\s*['"]([^'"]+)['"]""", re.IGNORECASE
)
_PDF_SCRIPT = re.compile(r"""show\w*pdf\w*\(\s*['"]([^'"]+\.pdf)['"]""", re.IGNORECASE)
_SCRIPT_REDIRECT = re.compile(
    r"""(?:window|document|top|self)?\.?location(?:\.href)?\s*=\s*['"]([^'"]+)['"]"""
    r"""|location\.replace\(\s*['"]([^'"]+)['"]"""
)
_GENERIC = re.compile(
    r"^(?:更多|more|查看|查看详情|详情|点击查看|进入|点击下载|下载|附件\d*|>+|»|\+|查看更多|全文)?[>»＞.+…]*$",
    re.IGNORECASE,
)
_BREADCRUMB = re.compile(r"(?:当前|您的|现在的|所在)位置")
_ROW_TAGS = frozenset({"li", "tr", "dd", "dt", "p", "h1", "h2", "h3", "h4", "h5"})


@dataclass(frozen=True, slots=True)
class Link:
    """One way out of a page.

    ``label`` is the best text for it: the full ``title`` where the visible text is cut, or the text around it
    where its own says only 更多 or 下载. ``how`` is ``anchor``, ``frame``, ``viewer`` (a document shown by a
    script or viewer page) or ``script``. ``rank`` counts the links of the page from 0.
    """

    url: str
    label: str
    how: str
    rank: int
    around: str = ""

    @property
    def is_file(self) -> bool:
        """True if the address names a document rather than a page."""
        return is_file_url(self.url) or self.how == "viewer"


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page's mark-up says: links in order, ``title``, breadcrumb, visible text, scripts, redirect."""

    links: tuple[Link, ...]
    title: str = ""
    breadcrumb: str = ""
    text: str = ""
    n_scripts: int = 0
    redirect: str | None = None


def squash(text: str) -> str:
    """Text without any blanks, in compatibility form: link texts break anywhere, even inside a word."""
    return re.sub(r"[\s\u200b\ufeff\u00ad]+", "", unicodedata.normalize("NFKC", text))


def is_file_url(url: str) -> bool:
    """True if the address ends like a document or calls a known download script."""
    parts = urlsplit(url)
    return bool(_FILE_URL.search(f"{parts.path}?{parts.query}") or _DOWNLOAD_URL.search(parts.path))


def read_page(html: str, base_url: str) -> PageFacts:
    """Read the facts of a page.

    Args:
        html: decoded text, as large as the caller allows.
        base_url: the page's own address; a ``base`` element overrides it for links.
    """
    tree = LexborHTMLParser(html)
    base = base_url
    if (node := tree.css_first("base[href]")) is not None:
        base = urljoin(base_url, node.attributes.get("href") or "")
    title = tree.css_first("title")
    scripts = [node.text() for node in tree.css("script")]
    n_scripts = len(scripts)
    links = _links(tree, base, scripts)
    for tag in tree.css("script, style, noscript, template"):
        tag.decompose()
    text = tree.body.text(separator=" ") if tree.body else ""
    text = re.sub(r"\s+", " ", text).strip()
    return PageFacts(
        links=tuple(links),
        title=squash(title.text()) if title else "",
        breadcrumb=_breadcrumb(text),
        text=text,
        n_scripts=n_scripts,
        redirect=_redirect(scripts, base_url) if len(text) < 200 else None,
    )


def resolve(base: str, href: str) -> str | None:
    """Absolute http(s) address of a link without its fragment, or None if it is none or too long."""
    try:
        url = urldefrag(urljoin(base, href.strip()))[0]
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > MAX_URL:
        return None
    return url


def _links(tree: LexborHTMLParser, base: str, scripts: list[str]) -> list[Link]:
    out: list[Link] = []
    for node in tree.css("a, area, iframe, frame, embed, object")[:MAX_LINKS]:
        if node.tag in ("a", "area"):
            _add_anchor(out, node, base)
        else:
            _add_frame(out, node, base)
    for script in scripts:
        for found in _PDF_SCRIPT.findall(script):
            if url := resolve(base, found):
                out.append(Link(url, "", "viewer", len(out)))
    return out


def _add_anchor(out: list[Link], node: LexborNode, base: str) -> None:
    href = (node.attributes.get("href") or "").strip()
    how = "anchor"
    if not href or href.startswith("#") or href.lower().startswith("javascript:"):
        call = _SCRIPT_OPEN.search(f"{href} {node.attributes.get('onclick') or ''}")
        if call is None:
            return
        href, how = call.group(1), "script"
    url = resolve(base, href)
    if url is None:
        return
    text = squash(node.text())
    title = squash(node.attributes.get("title") or node.attributes.get("otitle") or "")
    if not text and (image := node.css_first("img")) is not None:
        text = squash(image.attributes.get("alt") or "")
    around = _around(node, text) if _GENERIC.match(text) else ""
    out.append(Link(_viewed(url) or url, _label(text, title, around), how, len(out), around))


def _label(text: str, title: str, around: str) -> str:
    cut = text.rstrip(".…")
    if title and (not text or cut in title or _GENERIC.match(text)):
        return title
    if _GENERIC.match(text) and around:
        return around
    return text


def _around(node: LexborNode, own: str) -> str:
    """Text of the row or heading that a link stands in, at most three levels up, without the link's own."""
    current = node.parent
    for _ in range(3):
        if current is None or current.tag in ("body", "ul", "table"):
            return ""
        text = squash(current.text()).replace(own, "") if own else squash(current.text())
        if len(text) > 200:
            return ""
        if current.tag in _ROW_TAGS or len(text) > 8:
            return text
        current = current.parent
    return ""


def _add_frame(out: list[Link], node: LexborNode, base: str) -> None:
    source = node.attributes.get("src") or node.attributes.get("data") or ""
    url = resolve(base, source) if source else None
    if url is None:
        return
    document = _viewed(url) or (url if is_file_url(url) else None)
    out.append(Link(document or url, "", "viewer" if document else "frame", len(out)))


def _viewed(url: str) -> str | None:
    """The document behind a viewer page (``viewer.html?file=…``), or None."""
    for name, value in parse_qsl(urlsplit(url).query):
        if name.lower() in ("file", "url", "src") and _FILE_URL.search(value):
            return resolve(url, value)
    return None


def _breadcrumb(text: str) -> str:
    found = _BREADCRUMB.search(text)
    return squash(text[found.end() : found.end() + 120]) if found else ""


def _redirect(scripts: list[str], base_url: str) -> str | None:
    for script in scripts:
        if len(script) < 2000 and (found := _SCRIPT_REDIRECT.search(script)):
            target = resolve(base_url, found.group(1) or found.group(2))
            if target and target != base_url:
                return target
    return None
