"""What an exchange amounts to: one outcome of the closed list, from status, headers and body. Pure."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.error import SSLError
from twisted.web._newclient import ParseError, ResponseFailed

from archive.outcomes import Outcome
from crawler.errors import OffSiteError, RobotsUnavailableError
from crawler.scope import CHALLENGE_CODES

_REFUSED_CODES = frozenset({400, 401, 402, 403, 405, 406, 407, 409, 418, 423, 429, 451})
_NOT_FOUND_TEXT = re.compile(
    r"页面(?:不存在|未找到|找不到|已删除|丢失)|找不到(?:该|您|此|所).{0,8}页|(?:访问|请求)的(?:页面|内容|信息)不存在"
    r"|404\s*(?:not found|错误|页面)", re.IGNORECASE
)  # fmt: skip
# Phrases looked for one by one: as one pattern they took a quarter of what judging a page costs.
_CHALLENGE_PHRASES = (
    "请输入验证码", "请完成验证", "滑动验证", "访问频繁", "访问过于频繁", "安全验证", "人机验证", "网站防火墙",
    "网站安全狗", "云锁", "疑似黑客", "wzws-ray", "acw_sc__v2", "_guard/", "$_ts=window",
)  # fmt: skip
_STYLE = re.compile(r"<(style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_PACKED = (b"PK",)
_OLE = (b"\xd0\xcf\x11\xe0", b"PK", b"{\\rtf")
_BINARY_PREFIXES = {
    "pdf": (b"%PDF",), "docx": _PACKED, "xlsx": _PACKED, "ofd": _PACKED, "zip": _PACKED, "doc": _OLE, "xls": _OLE,
    "rar": (b"Rar!",),
}  # fmt: skip


def outcome_of(status: int, media_type: str, body: bytes, url: str) -> Outcome:
    """Judge an answer.

    Args:
        status: HTTP status.
        media_type: from the header, without parameters.
        body: decoded payload.
        url: what was asked for; its ending says what kind of file was promised.
    """
    if status in CHALLENGE_CODES:
        return Outcome.CHALLENGE
    if status == 304:
        return Outcome.NOT_MODIFIED
    if 300 <= status < 400:
        return Outcome.REDIRECT
    if status in (404, 410):
        return Outcome.GONE
    if status >= 500:
        return Outcome.SERVER_ERROR
    if status >= 400 or status < 200:
        return Outcome.REFUSED
    return _outcome_of_content(media_type, body, url)


def _outcome_of_content(media_type: str, body: bytes, url: str) -> Outcome:
    if not body.strip():
        return Outcome.EMPTY
    extension = re.search(r"\.(\w{3,4})(?:$|\?)", url)
    promised = _BINARY_PREFIXES.get(extension[1].lower()) if extension else None
    is_html = "html" in media_type or body[:300].lstrip()[:1] == b"<"
    if is_html and len(body) < 20_000:
        text = rough_text(body)
        lower = text.lower()
        if any(phrase in lower for phrase in _CHALLENGE_PHRASES):
            return Outcome.CHALLENGE
        if len(text) < 600 and _NOT_FOUND_TEXT.search(text):
            return Outcome.SOFT_404
    if promised and is_html and not body.startswith(promised):
        return Outcome.WRONG_TYPE
    return Outcome.OK


def rough_text(body: bytes, tags: bool = False) -> str:
    """Text of a page in whichever encoding makes sense; only fixed phrases are looked for in it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")
    if tags:
        return text
    without_styles = _STYLE.sub(" ", text)
    return " ".join(_TAG.sub(" ", without_styles).split())


_REPORT_PHRASES = tuple(
    phrase.encode(coding)
    for coding in ("utf-8", "gb18030")
    for phrase in ("本年制发件数", "勾稽关系", "本年新收政府信息公开申请")
)


def bears_report(body: bytes) -> bool:
    """True if a page holds words that stand in a report's tables and nowhere else."""
    return any(phrase in body for phrase in _REPORT_PHRASES)


def outcome_of_failure(error: BaseException) -> Outcome:
    """Judge an exception of the download."""
    if isinstance(error, RobotsUnavailableError) and error.__cause__ is not None:
        return outcome_of_failure(error.__cause__)
    causes = _causes(error)
    tests: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Outcome], ...] = (
        (OffSiteError, Outcome.OFF_SITE),
        (RobotsUnavailableError, Outcome.SERVER_ERROR),
        (CannotResolveHostError, Outcome.DNS),
        (DownloadTimeoutError, Outcome.TIMEOUT),
        (DownloadConnectionRefusedError, Outcome.UNREACHABLE),
        (SSLError, Outcome.TLS),
        ((ResponseDataLossError, ParseError), Outcome.BROKEN),
        (DownloadCancelledError, Outcome.TOO_LARGE),
    )
    for kinds, outcome in tests:
        if any(isinstance(cause, kinds) for cause in causes):
            return outcome
    names = " ".join(f"{type(c).__module__}.{type(c).__name__} {c}" for c in causes)
    if "robots.txt" in names:
        return Outcome.ROBOTS
    if "OpenSSL" in names or "SSL" in names or "certificate" in names:
        return Outcome.TLS
    if "playwright" in names:
        return Outcome.BROWSER
    return Outcome.UNREACHABLE


def _causes(error: BaseException) -> list[BaseException]:
    out: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo and len(out) < 12:
        current = todo.pop()
        if current is None or current in out:
            continue
        out.append(current)
        todo += [current.__cause__, current.__context__]
        if isinstance(current, ResponseFailed):
            todo += [reason.value for reason in current.reasons]
    return out
