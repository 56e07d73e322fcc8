"""What a page links to, from its mark-up alone: anchors, frames, viewers, and addresses inside simple scripts.

Pure: decoded HTML text and base address in, facts out. What a link is good for is judged in ``crawler.discovery``.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.anchors import POSTBACK, Target, address_attributes, name_of, option_address, target_of
from crawler.canon import clean_url, is_route
from crawler.headings import column_headings, links_under, tabs
from crawler.leaves import is_book, leaves
from crawler.scripts import ScriptFacts, read_scripts
from crawler.texts import squash
from crawler.wordings import names_column

MAX_LINKS = 4000
MAX_AROUND = 600  # links of one page whose surroundings may name them
MAX_BOUND = 200  # elements that one handler is bound to
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
_LEADING = "a, area, iframe, frame, embed, object, option[value], [onclick]"
_UNWRITTEN = re.compile(r"['\"{}]|%7B|%22|%20\+|\+%20")  # an address that a script has yet to fill in
_BREADCRUMB = re.compile(r"(?:当前|您的|现在的|所在|您现在的|你的)(?:所在)?位置")
_REFRESH = re.compile(r"^\s*(\d+)?\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """One way out of a page.

    ``label`` is the best text for it: the full ``title`` where the visible text is cut, or the text around it
    where its own says only 更多 or 下载. ``how`` is ``anchor``, ``frame``, ``viewer`` (a document shown by a
    script or viewer page), ``script``, ``option``, ``data`` (named in a script) or ``postback``. ``rank`` counts the
    links of the page from 0. ``dated`` says that a date stands in its row, as in a list of articles. ``args`` are
    the target and argument of a form post; ``text`` is an anchor's own visible text; ``box`` are the texts of the links
    beside one that says no more than 更多; ``inside`` says that it stands under a heading that names the report column.
    """

    url: str
    label: str
    how: str
    rank: int
    around: str = ""
    dated: bool = False
    args: tuple[str, str] | None = None
    text: str = ""
    box: tuple[str, ...] = ()
    inside: bool = False

    @property
    def is_file(self) -> bool:
        """True if the address names a document rather than a page."""
        return is_file_url(self.url) or self.how == "viewer"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a page that its pager posts: address, method and fields as they stand.

    ``choices`` are the values of its selections that send it off at once, or that are years: name, value, text, and
    the name that the form's ``__EVENTTARGET`` then has (empty where it has none).
    """

    url: str
    method: str
    fields: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page's mark-up says.

    ``metas`` are the values of its meta elements by lower-case name; ``pictures`` the larger images in its body;
    ``calls`` addresses that its scripts load; ``tabs`` short texts without an address that name a year or a class of
    organs; ``leaves`` the pictures of a flip book in their order; ``redirect`` where a script or meta element sends the
    reader at once.
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
    tabs: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()


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
    texts += [code for node in tree.css("body[onload]") if (code := node.attributes.get("onload"))]
    scripts = read_scripts(texts)
    links = _links(tree, base, scripts, address_attributes(html))
    metas = {
        (node.attributes.get("name") or "").lower(): (node.attributes.get("content") or "").strip()
        for node in tree.css("meta[name]")
    }
    headings = tuple(squash(node.text()) for node in tree.css("h1, h2, h3")[:12])
    pictures, form = _pictures(tree, base), _form(tree, base)
    refresh, named_tabs = _refresh(tree, base), tabs(tree) if texts else ()
    for tag in tree.css("script, style, noscript, template"):
        tag.decompose()
    text = tree.body.text(separator=" ") if tree.body else ""
    text = re.sub(r"\s+", " ", text).strip()
    sent_on = resolve(base, scripts.redirect) if scripts.redirect and len(text) < 200 else None
    return PageFacts(
        links=tuple(links), title=squash(title.text()) if title else "", breadcrumb=_breadcrumb(text), text=text,
        n_scripts=len(texts), redirect=refresh or (sent_on if sent_on != base_url else None), metas=metas,
        headings=headings, pictures=pictures, calls=_resolved(base, scripts.calls), form=form,
        script="\n".join(t for t in texts if len(t) < 200_000)[:400_000], tabs=named_tabs,
        leaves=_resolved(base, leaves(html)) if is_book(html) else (),
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the elements of a page are read with: see ``anchors`` and ``headings``."""

    base: str
    scripts: ScriptFacts
    kept: tuple[str, ...]
    inside: frozenset[int]


def _links(tree: LexborHTMLParser, base: str, scripts: ScriptFacts, kept: tuple[str, ...]) -> list[Link]:
    out: list[Link] = []
    under = (node.mem_id for heading in column_headings(tree) for node in links_under(heading))
    reading = _Reading(base, scripts, kept, frozenset(under))
    selector = ", ".join((_LEADING, *(f"[{name}]" for name in kept)))
    for node in tree.css(selector)[:MAX_LINKS]:
        if node.tag in ("iframe", "frame", "embed", "object"):
            _add_frame(out, node, base)
        elif node.tag == "option":
            _add_option(out, node, reading)
        else:
            _add_anchor(out, node, reading)
    for selector, made in scripts.handlers:
        with suppress(SelectolaxError):  # a selector that only the page's library understands
            for node in tree.css(selector)[:MAX_BOUND]:
                if address := made.address([], own=node.attributes):
                    _add_target(out, node, reading, Target(address, "script"))
    for markup in scripts.markup:  # rows kept as text: records in CDATA, lists that a script writes
        inner = read_page(_plain(markup), base).links
        whole = [i for i in inner if not _UNWRITTEN.search(i.url)]
        out += [replace(i, rank=len(out) + k) for k, i in enumerate(whole)]
    for found in scripts.documents:
        if url := resolve(base, found):
            out.append(Link(url, "", "viewer", len(out)))
    out += [Link(url, "", "script", len(out)) for found in scripts.literals if (url := resolve(base, found))]
    return out + _named_links(scripts.named, base, len(out))


def _named_links(named: tuple[tuple[str, str], ...], base: str, rank: int) -> list[Link]:
    """Menus kept as data. What follows a heading that names the column stands under it, until the next heading."""
    out: list[Link] = []
    inside = False
    for name, address in named:
        label = squash(re.sub(r"<[^>]*>", "", name))
        url = resolve(base, address) if address.strip("#") and not address.startswith("javascript:") else None
        if url is None:
            inside = names_column(label)
        else:
            out.append(Link(url, label, "data", rank + len(out), inside=inside))
    return out


def _plain(markup: str) -> str:
    """Mark-up as a script holds it, without its wrapping and with its quotes as they are meant."""
    return re.sub(r"<!\[CDATA\[|\]\]>", "", re.sub(r"\\(['\"/])", r"\1", markup))


def _add_anchor(out: list[Link], node: LexborNode, reading: _Reading) -> None:
    if target := target_of(node, reading.kept, reading.scripts.functions):
        _add_target(out, node, reading, target)


def _add_target(out: list[Link], node: LexborNode, reading: _Reading, target: Target) -> None:
    url = resolve(reading.base, target.href)
    if url is None:
        return
    named = name_of(node, alone=len(out) > MAX_AROUND)
    out.append(Link(_viewed(url) or url, named.label, target.how, len(out), named.around, named.dated, target.args,
                    named.text, named.box, node.mem_id in reading.inside))  # fmt: skip


def _add_option(out: list[Link], node: LexborNode, reading: _Reading) -> None:
    address = option_address(node, reading.scripts.functions, reading.scripts.changes)
    if address and (url := resolve(reading.base, address)):
        out.append(Link(url, squash(node.text()), "option", len(out)))


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
        posted = POSTBACK.search(code)
        years = sum(bool(re.fullmatch(r"20[0-4]\d年?度?", squash(o.text()))) for _, o in options)
        if posted or "submit(" in code or (years > 1 and form.css_first("[type=submit], button, [type=image]")):
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
