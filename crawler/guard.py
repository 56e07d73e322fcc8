"""The guards at the network: a resolver that gives no private address, and robots.txt read with care."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.resolver import CachingThreadedResolver
from scrapy.robotstxt import RobotParser
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from archive.outcomes import Outcome
from crawler.errors import OffSiteError, RobotsUnavailableError
from crawler.judge import outcome_of_failure
from crawler.scope import CHALLENGE_CODES, host_of, is_public_address, may_follow, names_private_place, organisation


class PublicOnlyResolver(CachingThreadedResolver):
    """Resolves names to public addresses only, so that a site cannot point us into our own network.

    The proxy that the operator gave is exempt: it is theirs. Twisted takes only lookup errors from a resolver, so
    the names that were refused are kept in ``refused`` for whoever records the failure.
    """

    refused: ClassVar[set[str]] = set()

    def __init__(self, reactor: Any, cache_size: int, timeout: float, exempt: frozenset[str]) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._exempt = exempt

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicOnlyResolver:
        """Build from the settings, as Scrapy asks for."""
        proxy = crawler.settings.get("NIANBAO_PROXY") or ""
        exempt = frozenset(filter(None, [urlsplit(proxy).hostname]))
        settings = crawler.settings
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), settings.getfloat("DNS_TIMEOUT"), exempt)

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 (Twisted's name)
        """Resolve, then refuse what is not public."""
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if name not in self._exempt and not is_public_address(address):
            self.refused.add(name)
            raise DNSLookupError(f"{name} resolves to the private address {address}")
        return address


class ScopeMiddleware:
    """Outermost: lets only http(s) requests to official, public hosts through, redirects included.

    It also puts all hosts of one organisation into one download slot: one request at a time, together.
    """

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._suffix: str = crawler.settings["NIANBAO_SUFFIX"]
        self._proxy: str | None = crawler.settings["NIANBAO_PROXY"]

    @classmethod
    def from_crawler(cls, crawler: Any) -> ScopeMiddleware:
        """Build from the settings, as Scrapy asks for."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse with ``OffSiteError`` what may not be fetched."""
        host = host_of(request.url)
        if not request.url.startswith(("http://", "https://")) or names_private_place(host):
            raise OffSiteError(f"{request.url[:200]} is no public web address")
        site = self._crawler.spider.scope_of(request)
        if site is not None and not may_follow(request.url, site, self._suffix):
            raise OffSiteError(f"{host} is neither a host of the site nor under {self._suffix}")
        if self._proxy and "proxy" not in request.meta:
            request.meta["proxy"] = self._proxy  # here, so that robots.txt takes the same way
        request.meta["download_slot"] = organisation(host, self._suffix)


def _origin(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}"


_NOT_REACHED = frozenset({Outcome.TIMEOUT, Outcome.DNS, Outcome.UNREACHABLE, Outcome.TLS})


class CarefulRobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 has it: missing (4xx) allows everything; a server error (5xx), a busy server (429) and
    one that cannot be reached forbid everything.

    It also answers for the requests that pages make in the browser.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._unavailable: dict[str, Exception | None] = {}
        self._asked: dict[str, str] = {}  # the scheme and host whose robots.txt stands for a host
        if (rules := crawler.settings.get("NIANBAO_HOST_RULES")) is not None:
            rules.robots = self.allows

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse what robots.txt bars, and tell a rule from a server that is out of order."""
        origin = _origin(request)
        if origin in self._unavailable:
            raise RobotsUnavailableError("robots.txt could not be had; try again later") from self._unavailable[origin]
        super().process_request_2(rp, request)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules for a request; a host that did not answer over one scheme may do so over the other."""
        origin, netloc = _origin(request), urlsplit(request.url).netloc
        if self._asked.setdefault(netloc, origin) != origin and self._asked[netloc] in self._unavailable:
            self._asked[netloc] = origin
            self._parsers.pop(netloc, None)
        parser: RobotParser | None = await super().robot_parser(request)
        return parser

    async def allows(self, url: str) -> bool:
        """True if robots.txt lets us fetch an address; its robots.txt is fetched first if that was not done yet."""
        parser = await self.robot_parser(Request(url))
        return parser is None or bool(parser.allowed(url, self._robotstxt_useragent or self._default_useragent))

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        body = response.body
        if (response.status >= 500 or response.status == 429) and response.status not in CHALLENGE_CODES:
            body = b"User-agent: *\nDisallow: /\n"
            self._unavailable[_origin(request)] = None
        elif response.status >= 400 or b"<html" in body[:500].lower():
            body = b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # Who does not answer is not asked for pages either: each attempt may take minutes.
        if not isinstance(exc, IgnoreRequest) and outcome_of_failure(exc) in _NOT_REACHED:
            self._unavailable[self._asked[netloc]] = exc
        super()._robots_error(exc, netloc)
