"""What a page links to, from its mark-up alone: anchors, frames, viewers, and addresses inside simple scripts.

Pure: decoded HTML text and base address in, facts out. What a link is good for is judged in ``crawler.discovery``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.canon import clean_url, is_route
from crawler.scripts import ScriptFacts, read_scripts

MAX_LINKS = 4000
MAX_URL = 2000
MAX_TAGS = 40_000  # of one page that are read
FILE_TYPES = ("pdf", "doc", "docx", "xls", "xlsx", "wps", "et", "ofd", "zip", "rar", "txt")
PICTURE_TYPES = ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp")
_FILE_URL = re.compile(rf"\.(?:{'|'.join(FILE_TYPES)})(?:$|[?#&])", re.IGNORECASE)
_PICTURE_URL = re.compile(rf"\.(?:{'|'.join(PICTURE_TYPES)})(?:$|[?#&])", re.IGNORECASE)
# Download scripts of the common products; the file type is then in a parameter or only in the answer.
_DOWNLOAD_URL = re.compile(
    r"(?:downfile|download\w*)\.(?:jsp|do|aspx?|php)|/download/\d|virtual_attach_file", re.IGNORECASE
)
_CALL_ADDRESS = re.compile(
    r"""['"]((?:https?:)?/?/?[^'"\s()]*(?:[/?]|\.s?html?|\.jspx?|\.aspx?|\.php|\.do)[^'"\s()]*)['"]"""
)
# location.href='list.html?year=' + this.value
_BUILT = re.compile(
    r"""['"]([^'"]{2,300})['"]\s*\+\s*[\w.$()\[\]'"# :]*?val(?:ue)?(?:\(\))?(?:\s*\+\s*['"]([^'"]*)['"])?"""
)
_FUNCTION_CALL = re.compile(r"\b(\w{1,40})\s*\(([^()]{0,400})\)")
_ARGUMENT = re.compile(r"""'([^']*)'|"([^"]*)"|(-?\d+)""")
_POSTBACK = re.compile(r"""__doPostBack\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]*)['"]""")
_DATE = re.compile(r"(?<!\d)(?:20[0-4]\d|19\d\d)?[-/.年\[(]?(?:0?[1-9]|1[0-2])[-/.月](?:3[01]|[12]\d|0?[1-9])(?!\d)")
_GENERIC = re.compile(
    r"^(?:更多|more|查看|查看详情|详情|点击查看|进入|点击下载|下载|附件\d*|>+|»|\+|查看更多|全文)?[>»＞.+…]*$",
    re.IGNORECASE,
)
_BREADCRUMB = re.compile(r"(?:当前|您的|现在的|所在|您现在的|你的)(?:所在)?位置")
_ROW_TAGS = frozenset({"li", "tr", "dd", "dt", "p", "h1", "h2", "h3", "h4", "h5"})
_REFRESH = re.compile(r"^\s*(\d+)?\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """One way out of a page.

    ``label`` is the best text for it: the full ``title`` where the visible text is cut, or the text around it
    where its own says only 更多 or 下载. ``how`` is ``anchor``, ``frame``, ``viewer`` (a document shown by a
    script or viewer page), ``script``, ``option``, ``data`` (named in a script) or ``postback``. ``rank`` counts the
    links of the page from 0. ``dated`` says that a date stands in its row, as in a list of articles. ``args`` are
    the target and argument of a form post; ``text`` is an anchor's own visible text.
    """

    url: str
    label: str
    how: str
    rank: int
    around: str = ""
    dated: bool = False
    args: tuple[str, str] | None = None
    text: str = ""

    @property
    def is_file(self) -> bool:
        """True if the address names a document rather than a page."""
        return is_file_url(self.url) or self.how == "viewer"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a page that its pager posts: address, method and fields as they stand.

    ``choices`` are the values of its selections that send it off at once: name, value, text, and the name that the
    form's ``__EVENTTARGET`` then has (empty where it has none).
    """

    url: str
    method: str
    fields: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page's mark-up says.

    ``metas`` are the values of its meta elements by lower-case name; ``pictures`` the larger images in its body;
    ``calls`` addresses that its scripts load; ``redirect`` where a script or meta element sends the reader at once.
    """

    links: tuple[Link, ...]
    title: str = ""
    breadcrumb: str = ""
    text: str = ""
    n_scripts: int = 0
    redirect: str | None = None
    metas: dict[str, str] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    form: Form | None = None
    script: str = ""


def squash(text: str) -> str:
    """Text without any blanks, in compatibility form: link texts break anywhere, even inside a word."""
    return re.sub(r"[\s\u200b\ufeff\u00ad]+", "", unicodedata.normalize("NFKC", text))


def is_file_url(url: str) -> bool:
    """True if the address ends like a document or calls a known download script."""
    parts = urlsplit(url)
    return bool(_FILE_URL.search(f"{parts.path}?{parts.query}") or _DOWNLOAD_URL.search(parts.path))


def tamed(html: str) -> str:
    """Mark-up cut off after so many tags as no page has; nested, they would keep the parser for minutes."""
    return "<".join(html.split("<", MAX_TAGS)[:MAX_TAGS]) if html.count("<") > MAX_TAGS else html


def read_page(html: str, base_url: str) -> PageFacts:
    """Read the facts of a page.

    Args:
        html: decoded text, as large as the caller allows.
        base_url: the page's own address; a ``base`` element overrides it for links.
    """
    tree = LexborHTMLParser(tamed(html))
    base = base_url
    if (node := tree.css_first("base[href]")) is not None:
        base = urljoin(base_url, node.attributes.get("href") or "")
    title = tree.css_first("title")
    texts = [node.text() for node in tree.css("script")]
    scripts = read_scripts(texts)
    links = _links(tree, base, scripts)
    metas = {
        (node.attributes.get("name") or "").lower(): (node.attributes.get("content") or "").strip()
        for node in tree.css("meta[name]")
    }
    headings = tuple(squash(node.text()) for node in tree.css("h1, h2, h3")[:12])
    pictures, form = _pictures(tree, base), _form(tree, base)
    refresh = _refresh(tree, base)
    for tag in tree.css("script, style, noscript, template"):
        tag.decompose()
    text = tree.body.text(separator=" ") if tree.body else ""
    text = re.sub(r"\s+", " ", text).strip()
    sent_on = resolve(base, scripts.redirect) if scripts.redirect and len(text) < 200 else None
    return PageFacts(
        links=tuple(links), title=squash(title.text()) if title else "", breadcrumb=_breadcrumb(text), text=text,
        n_scripts=len(texts), redirect=refresh or (sent_on if sent_on != base_url else None), metas=metas,
        headings=headings, pictures=pictures, calls=_resolved(base, scripts.calls), form=form,
        script="\n".join(t for t in texts if len(t) < 200_000)[:400_000],
    )  # fmt: skip


def resolve(base: str, href: str) -> str | None:
    """Absolute http(s) address of a link, or None if it is none or too long.

    The fragment goes, unless it is the route of a single-page application.
    """
    href = re.sub(r"[\t\r\n]", "", href.strip()).replace("\\", "/").replace("：//", "://").replace("&amp;", "&")
    try:
        url, fragment = urldefrag(urljoin(base, href))
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) + len(fragment) > MAX_URL:
        return None
    url = clean_url(url.replace(" ", "%20"))
    return f"{url}#{fragment}" if is_route(fragment) else url


def _resolved(base: str, hrefs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(url for href in hrefs if (url := resolve(base, href)))


def _links(tree: LexborHTMLParser, base: str, scripts: ScriptFacts) -> list[Link]:
    out: list[Link] = []
    nodes = tree.css("a, area, iframe, frame, embed, object, option[value], [onclick], [data-href], [data-url]")
    for node in nodes[:MAX_LINKS]:
        if node.tag in ("iframe", "frame", "embed", "object"):
            _add_frame(out, node, base)
        elif node.tag == "option":
            _add_option(out, node, base)
        else:
            _add_anchor(out, node, base, scripts)
    for markup in scripts.markup:  # rows kept as text: records in CDATA, lists that a script writes
        inner = read_page(re.sub(r"<!\[CDATA\[|\]\]>", "", markup), base).links
        out += [Link(i.url, i.label, i.how, len(out) + k, i.around, i.dated) for k, i in enumerate(inner)]
    for found in scripts.documents:
        if url := resolve(base, found):
            out.append(Link(url, "", "viewer", len(out)))
    out += [Link(url, "", "script", len(out)) for found in scripts.literals if (url := resolve(base, found))]
    for name, address in scripts.named:
        if url := resolve(base, address):
            out.append(Link(url, squash(re.sub(r"<[^>]*>", "", name)), "data", len(out)))
    return out


def _add_anchor(out: list[Link], node: LexborNode, base: str, scripts: ScriptFacts) -> None:
    attributes = node.attributes
    href = (attributes.get("href") or attributes.get("data-href") or attributes.get("data-url") or "").strip()
    how, args = "anchor", None
    if not href or (href.startswith("#") and not is_route(href[1:])) or href.lower().startswith("javascript:"):
        code = f"{href} {attributes.get('onclick') or ''} {attributes.get('data-href') or ''}"
        if post := _POSTBACK.search(code):
            href, how, args = "", "postback", (post[1], post[2])
        elif built := _built(code, scripts):
            href, how = built, "script"
        elif call := _CALL_ADDRESS.search(code):
            href, how = call.group(1), "script"
        else:
            return
    url = resolve(base, href)
    if url is None:
        return
    text = squash(node.text())
    title = squash(attributes.get("title") or attributes.get("otitle") or "")
    if not text and (image := node.css_first("img")) is not None:
        text = squash(image.attributes.get("alt") or "")
    row = _row(node)
    around = _around(node, text) if _GENERIC.match(text) else ""
    dated = bool(_DATE.search(row.replace(text, "", 1)) or _DATE.search(text[-12:]))
    label = _label(re.sub(r"\[?\(?20\d\d-\d\d-\d\d\)?\]?$", "", text), title, around)
    out.append(Link(_viewed(url) or url, label, how, len(out), around, dated, args, text))


def _built(code: str, scripts: ScriptFacts) -> str | None:
    """The address that a call of one of the page's own functions leads to: ``info('7','01')``."""
    for call in _FUNCTION_CALL.finditer(code[:2000]):
        if made := scripts.functions.get(call[1]):
            arguments = [a or b or c for a, b, c in _ARGUMENT.findall(call[2])]
            return made.address(arguments)
    return None


def _add_option(out: list[Link], node: LexborNode, base: str) -> None:
    value = (node.attributes.get("value") or "").strip()
    if (built := _BUILT.search(_select_code(node))) and re.fullmatch(r"[\w-]{1,40}", value):
        value = f"{built[1]}{value}{built[2] or ''}"  # the address is put together around the chosen value
    looks_like_one = "/" in value or re.search(r"\.(?:s?html?|jsp|aspx?|php)|^\?", value)
    if looks_like_one and (url := resolve(base, value)):
        out.append(Link(url, squash(node.text()), "option", len(out)))


def _select_code(node: LexborNode) -> str:
    parent = node.parent
    return (parent.attributes.get("onchange") or "")[:1000] if parent is not None else ""


def _label(text: str, title: str, around: str) -> str:
    cut = text.rstrip(".…")
    if title and (not text or cut in title or _GENERIC.match(text)):
        return title
    if _GENERIC.match(text) and around:
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
        if name.lower() in ("file", "url", "src", "pdf", "fileurl", "pdfurl") and _FILE_URL.search(value):
            return resolve(url, value)
    return None


def _pictures(tree: LexborHTMLParser, base: str) -> tuple[str, ...]:
    """Addresses of images that stand in paragraphs or cells: tables and pages shown as pictures."""
    found: dict[str, None] = {}
    for node in tree.css("p img, td img, center img, #zoom img")[:200]:
        width = node.attributes.get("width") or ""
        url = resolve(base, node.attributes.get("src") or node.attributes.get("data-src") or "")
        if url and _PICTURE_URL.search(url) and not (width.isdigit() and int(width) < 100):
            found[url] = None
    return tuple(found)


def _form(tree: LexborHTMLParser, base: str) -> Form | None:
    """The page's form that holds hidden fields, as pagers post it back; the one with the most of them."""
    best: Form | None = None
    for node in tree.css("form")[:5]:
        url = resolve(base, node.attributes.get("action") or "")
        fields = tuple(
            (name, field.attributes.get("value") or "")
            for field in node.css("input")[:100]
            if (name := field.attributes.get("name"))
            and (field.attributes.get("type") or "text").lower() in ("hidden", "text")
        )
        chosen, choices = _selections(node)
        fields += chosen
        if url and (best is None or len(fields) > len(best.fields)):
            best = Form(url, (node.attributes.get("method") or "get").upper(), fields, choices)
    return best


def _selections(form: LexborNode) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, str, str], ...]]:
    """What a form's selections are set to, and what else they may be set to where that sends the form off."""
    chosen: list[tuple[str, str]] = []
    choices: list[tuple[str, str, str, str]] = []
    for node in form.css("select[name]")[:10]:
        name, code = node.attributes.get("name") or "", (node.attributes.get("onchange") or "")[:1000]
        options = [(o.attributes.get("value") or squash(o.text()), o) for o in node.css("option")[:60]]
        marked = [value for value, option in options if "selected" in option.attributes]
        current = (marked or [value for value, _ in options] or [""])[0]
        chosen.append((name, current))
        posted = _POSTBACK.search(code)
        if posted or "submit(" in code:
            target = posted[1] if posted else ""
            choices += [(name, value, squash(o.text()), target) for value, o in options if value != current]
    return tuple(chosen), tuple(choices)


def _refresh(tree: LexborHTMLParser, base: str) -> str | None:
    for node in tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.match(node.attributes.get("content") or "")
            if found and int(found[1] or 0) <= 10:
                return resolve(base, found[2])
    return None


def _breadcrumb(text: str) -> str:
    found = _BREADCRUMB.search(text)
    return squash(text[found.end() : found.end() + 120]) if found else ""
