"""Download handlers that keep the status line and headers as they came over the wire.

Scrapy hands on headers sorted and renamed and drops the reason phrase. The parser below remembers the raw lines
and passes them on in a header of our own, which the archiving middleware takes out again; so with what is to be said
of the server's certificate. It leans on private parts of Scrapy and Twisted: without them the middleware falls back
to rebuilt headers and says so in the archive.
"""

from __future__ import annotations

import base64
from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.http import Headers
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from twisted.web._newclient import STATUS, ParseError

from crawler.certificates import JudgingContextFactory, judgement

WIRE_HEADER = b"X-Nianbao-Wire-Head"
CERTIFICATE_HEADER = b"X-Nianbao-Certificate"
MAX_HEAD = 256 * 1024  # bytes of all header lines of one answer


class _KeepingParser(_LenientHTTPClientParser):
    """Remembers every line of the head."""

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        if self.state == STATUS:
            self.__dict__["kept"] = []  # also after an interim 1xx answer
        self.__dict__["head_size"] = self.__dict__.get("head_size", 0) + len(line)
        if self.__dict__["head_size"] > MAX_HEAD:
            raise ParseError("the head of the answer is too long", line[:80])
        if line.rstrip(b"\r"):
            self.__dict__["kept"].append(line.removesuffix(b"\r"))
        super().lineReceived(line)

    def allHeadersReceived(self) -> None:  # noqa: N802 (Twisted's name)
        # setRawHeaders: a server that sends a header of this name must not pass for us.
        if self.response.code >= 200:
            head = base64.b64encode(b"\r\n".join(self.__dict__["kept"]))
            self.response.headers.setRawHeaders(WIRE_HEADER, [head])
            verdict = judgement(self.__dict__.get("link"))
            self.response.headers.setRawHeaders(CERTIFICATE_HEADER, [verdict.encode()] if verdict else [])
        super().allHeadersReceived()


class _KeepingProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        deferred = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _KeepingParser
            self._parser.__dict__["link"] = self.transport
        return deferred


class _KeepingFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 (Twisted's name)
        return _KeepingProtocol(self._quiescentCallback)


class WireHandler(HTTP11DownloadHandler):
    """Plain HTTP."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        _adapt(self, crawler)


class BrowserHandler(ScrapyPlaywrightDownloadHandler):
    """Plain HTTP, and a browser for requests that ask for it."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        _adapt(self, crawler)


def _adapt(handler: HTTP11DownloadHandler, crawler: Any) -> None:
    """Keep the wire's lines; bodies are cut off by the archiving middleware, which keeps what came."""
    handler._pool._factory = _KeepingFactory
    handler._default_maxsize = 0
    handler._contextFactory = JudgingContextFactory.from_crawler(crawler)


def take_wire_head(headers: Headers) -> bytes | None:
    """Remove our header from a response's headers and return the raw head (without the empty line), or None."""
    value = _taken(headers, WIRE_HEADER)
    return None if value is None else base64.b64decode(value)


def take_certificate(headers: Headers) -> str | None:
    """Remove our header from a response's headers and return what it says of the certificate; None for none."""
    value = _taken(headers, CERTIFICATE_HEADER)
    return None if value is None else value.decode("latin-1")


def _taken(headers: Headers, name: bytes) -> bytes | None:
    values: list[bytes] | bytes | None = headers.pop(name, None)
    return values[0] if isinstance(values, list) and values else values or None
