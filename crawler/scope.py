"""Which addresses may be fetched: official hosts only, never a private address."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# Codes that web application firewalls of Chinese portals answer with when they want a script to run first.
CHALLENGE_CODES = frozenset({412, 468, 512, 521, 567})
_EXAMPLES = tuple(ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")


@dataclass(slots=True)
class SiteScope:
    """One site's hosts: those of its record, and those its homepage redirected to."""

    site_id: str
    hosts: set[str] = field(default_factory=set)


def host_of(url: str) -> str:
    """Lower-case host name of an address, without port; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def under_suffix(host: str, suffix: str) -> bool:
    """True if the host is the suffix's own domain or under it (``.gov.cn``: ``x.gov.cn``, but not ``xgov.cn``)."""
    bare = suffix.strip(".").lower()
    return bool(bare) and (host == bare or host.endswith("." + bare))


def organisation(host: str, suffix: str) -> str:
    """The registered part of an official host: ``hdzfxxgk.hd.gov.cn`` and ``www.hd.gov.cn`` give ``hd.gov.cn``."""
    bare = suffix.strip(".").lower()
    if not under_suffix(host, suffix) or host == bare:
        return host
    return host[: -len(bare) - 1].rsplit(".", 1)[-1] + "." + bare


def may_follow(url: str, site: SiteScope, suffix: str) -> bool:
    """True if a link may be fetched for a site: its own hosts, or any host under the official suffix."""
    host = host_of(url)
    return host in site.hosts or under_suffix(host, suffix)


def is_bare_address(host: str) -> bool:
    """True if a host is a public IP address: some portals keep a service there that has no name."""
    return bool(re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", host)) and is_public_address(host)


def is_own(url: str, site: SiteScope, suffix: str) -> bool:
    """True if the address belongs to the site itself or to another host of the same organisation."""
    host = host_of(url)
    return host in site.hosts or organisation(host, suffix) in {organisation(h, suffix) for h in site.hosts}


def is_public_address(address: str) -> bool:
    """True if an IP address is out in the open internet (no private, loopback, link-local or reserved one).

    Those that RFC 5737 keeps for examples are no machine's; behind a proxy, practice portals have them.
    """
    try:
        ip = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            ip = inner
    if isinstance(ip, ipaddress.IPv4Address) and any(ip in network for network in _EXAMPLES):
        return True
    return ip.is_global and not ip.is_multicast


def names_private_place(host: str) -> bool:
    """True if a host is a private IP address, in any of its spellings, or a name for this machine or network."""
    host = host.strip("[]").rstrip(".").lower()
    if not host or any(host == name or host.endswith("." + name) for name in LOCAL_NAMES):
        return True
    if ":" in host:
        return not is_public_address(host)
    # inet_aton also takes 127.1, 0x7f000001 and 2130706433; no public host name looks like one of these.
    last = host.rsplit(".", 1)[-1]
    if last.isdigit() or last.startswith("0x"):
        return not is_public_address(host)
    return False


@dataclass(slots=True)
class HostRules:
    """Which hosts the browser may reach: those of the crawled sites (a set that grows) and official ones."""

    suffix: str
    hosts: set[str]
    robots: Callable[[str], Awaitable[bool]] | None = None  # says whether robots.txt allows an address

    def __deepcopy__(self, _memo: dict[int, object]) -> HostRules:
        """Scrapy copies its settings; the set must stay shared."""
        return self

    def allows(self, host: str) -> bool:
        """True if the host may be reached."""
        return not names_private_place(host) and (host in self.hosts or under_suffix(host, self.suffix))
