"""When two addresses are one page: the key of an address, with twins, session ids and front-end switches taken out.

Pure. Only what says nothing about the content is dropped. A key is never fetched; the address is, without its session.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

# Parameters of sessions, caches, sharing and of switches of the front end (seen on real portals).
_IDLE = re.compile(
    r"^(?:jsessionid|phpsessid|aspsessionid\w*|sessionid|_|_t|from|isappinstalled|ddtab|jump|ismobile|share\w*|utm_\w+"
    r"|spm|wza|font(?:size)?|theme|contrast)$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"^(?:v|t|r|ts|fl|ver|rnd|rand|random|time|timestamp|nocache)$", re.IGNORECASE)
_SESSION_PATH = re.compile(r";(?:jsessionid|sid|sessionid)=[^/?#]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default|home)\.(?:s?html?|jsp|aspx?|php)$", re.IGNORECASE)
_MOBILE_HOST = re.compile(r"^(?:m|wap|mobile|3g)\.")
# A mobile copy keeps the number of the article and changes its name.
_TWINS = (
    (re.compile(r"_(?:wap|app|mobile|m)(\.s?html?)$", re.IGNORECASE), r"\1"),
    (re.compile(r"/mpost_(\d+)"), r"/post_\1"),
    (re.compile(r"^/(?:wap|mobile|m)/", re.IGNORECASE), "/"),
)
# The same article by its static and by its dynamic address (VSB).
_VSB_STATIC = re.compile(r"/info/(\d+)/(\d+)\.htm$")


def url_key(url: str) -> str:
    """What makes an address the same page: two addresses with one key are fetched once.

    Scheme, ``www.``, default ports, session ids, cache busters, doubled slashes, the name of a folder's index page,
    the order of parameters and the fragment (unless it is a route, ``#/…``) do not matter.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    bare = host.removeprefix("www.")
    if _MOBILE_HOST.match(host) and host.count(".") >= 2:
        bare = _MOBILE_HOST.sub("", host)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = _path_key(unquote(parts.path, errors="replace"))
    query = _query_key(parts.query)
    if twin := _vsb_twin(path, query):
        path, query = twin, ""
    fragment = f"#{parts.fragment}" if is_route(parts.fragment) else ""
    return f"{bare}{port}{path}{f'?{query}' if query else ''}{fragment}"


def clean_url(url: str) -> str:
    """The address without session ids and switches of the front end, as it is fetched; unchanged if it has none."""
    parts = urlsplit(url)
    path = _SESSION_PATH.sub("", parts.path)
    kept = [pair for pair in parts.query.split("&") if not _IDLE.match(pair.partition("=")[0])]
    query = "&".join(kept)
    return url if (path, query) == (parts.path, parts.query) else parts._replace(path=path, query=query).geturl()


def is_route(fragment: str) -> bool:
    """True if the fragment chooses the page of a single-page application."""
    return fragment.startswith(("/", "!"))


def is_twin(url: str) -> bool:
    """True if the address is that of a mobile copy."""
    path = urlsplit(url).path
    return any(pattern.search(path) for pattern, _ in _TWINS) or bool(_MOBILE_HOST.match(urlsplit(url).hostname or ""))


def _path_key(path: str) -> str:
    path = _SESSION_PATH.sub("", path)
    path = re.sub(r"/{2,}", "/", path or "/")
    for pattern, kept in _TWINS:
        path = pattern.sub(kept, path)
    return _INDEX.sub("/", path)


def _query_key(query: str) -> str:
    pairs = [(n, v) for n, v in parse_qsl(query, keep_blank_values=True) if not _is_idle(n, v)]
    return urlencode(sorted(set(pairs)))


def _is_idle(name: str, value: str) -> bool:
    return bool(_IDLE.match(name) or (_CLOCK.match(name) and re.fullmatch(r"[\d.]{6,}", value)))


def _vsb_twin(path: str, query: str) -> str | None:
    given = dict(parse_qsl(query))
    if given.get("urltype") == "news.NewsContentUrl" and "wbnewsid" in given:
        return f"/vsb/{given['wbnewsid']}"
    if found := _VSB_STATIC.search(path):
        return f"/vsb/{found[2]}"
    return None
