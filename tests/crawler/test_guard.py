"""Addresses that must never be fetched."""

import asyncio
import json
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
from scrapy import Request
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from crawler import guard
from crawler.egress import Egress
from crawler.scope import (
    HostRules,
    SiteScope,
    is_own,
    is_public_address,
    may_follow,
    names_private_place,
    organisation,
    under_suffix,
)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "not an address",
])  # fmt: skip
def test_private_addresses(address):
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "202.96.128.86", "2400:3200::1", "203.0.113.77"])
def test_public_addresses(address):
    assert is_public_address(address)


@pytest.mark.parametrize("host", [
    "localhost", "a.localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "[::1]", "::1",
    "db.internal", "printer.local", "", "localhost.",
])  # fmt: skip
def test_names_of_private_places(host):
    assert names_private_place(host)


def test_names_of_public_places():
    assert not names_private_place("www.qinghe.example")
    assert not names_private_place("202.96.128.86")


def test_official_hosts():
    assert under_suffix("www.lanxian.gov.cn", ".gov.cn")
    assert not under_suffix("lanxiangov.cn", ".gov.cn")
    assert not under_suffix("www.gov.cn.clone.example", ".gov.cn")
    assert organisation("hdzfxxgk.hd.gov.cn", ".gov.cn") == organisation("www.hd.gov.cn", ".gov.cn") == "hd.gov.cn"
    site = SiteScope("s", {"www.hd.gov.cn"})
    assert is_own("http://xxgk.hd.gov.cn/a", site, ".gov.cn")
    assert not is_own("http://www.hebei.gov.cn/", site, ".gov.cn")
    assert may_follow("http://www.hebei.gov.cn/", site, ".gov.cn")
    assert not may_follow("http://www.hd-gov.example/", site, ".gov.cn")
    assert not may_follow("http://www.hd.gov.cn@evil.example/", site, ".gov.cn")


def test_the_resolver_refuses_private_answers(monkeypatch):
    resolver = guard.PublicOnlyResolver(None, 0, 5, frozenset({"proxy.example"}))
    monkeypatch.setattr(
        guard.CachingThreadedResolver, "getHostByName", lambda self, name, timeout=(): defer.succeed("127.0.0.1")
    )
    failures = []
    resolver.getHostByName("www.qinghe.example").addErrback(failures.append)
    assert failures[0].check(DNSLookupError)
    assert "www.qinghe.example" in guard.PublicOnlyResolver.refused
    answers = []
    resolver.getHostByName("proxy.example").addCallback(answers.append)
    assert answers == ["127.0.0.1"]


def test_a_crawl_does_not_connect_to_a_name_that_points_inside(tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    code = "import socket; socket.gethostbyname = lambda name: '127.0.0.1'; from crawler.run import main; main()"
    target = f"http://www.inside.gov.cn:{listener.getsockname()[1]}/"
    done = subprocess.run(
        [sys.executable, "-c", code, "--archive", str(tmp_path / "a"), "--delay", "0", "--json", target],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    with listener, pytest.raises(TimeoutError):
        listener.accept()
    assert done.returncode == 1
    assert set(json.loads(done.stdout)["outcomes"]) == {"off_site"}
    assert "Traceback" not in done.stderr


def ask_egress(request, rules, resolves_to=None):
    async def talk():
        egress = Egress(rules, None)
        address = await egress.start()
        loop = asyncio.get_running_loop()
        if resolves_to:

            async def getaddrinfo(host, port, **kwargs):
                return [(0, 0, 0, "", (resolves_to, port))]

            loop.getaddrinfo = getaddrinfo
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rsplit(":", 1)[1]))
        writer.write(request)
        answer = await reader.readline()
        writer.close()
        await egress.close()
        return answer

    return asyncio.run(talk())


RULES = HostRules(".gov.cn", {"www.qinghe.example"})


@pytest.mark.parametrize("request_line", [
    b"GET http://clone.example/ HTTP/1.1\r\n\r\n",
    b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n",
    b"GET http://www.qinghe.example:22/ HTTP/1.1\r\n\r\n",
    b"CONNECT update.clone.example:443 HTTP/1.1\r\n\r\n",
    b"GET ftp://www.qinghe.example/ HTTP/1.1\r\n\r\n",
    b"nonsense\r\n\r\n",
])  # fmt: skip
def test_the_browser_s_way_out_refuses_other_hosts(request_line):
    assert ask_egress(request_line, RULES).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("request_line", [
    b"GET http://www.qinghe.example/ HTTP/1.1\r\n\r\n", b"CONNECT www.qinghe.example:443 HTTP/1.1\r\n\r\n",
])  # fmt: skip
def test_the_browser_s_way_out_refuses_a_name_that_points_inside(request_line):
    assert ask_egress(request_line, RULES, resolves_to="192.168.1.1").startswith(b"HTTP/1.1 502")


@pytest.mark.parametrize(("url", "allowed"), [
    ("http://www.qinghe.example/a", True), ("http://other.gov.cn/a", True), ("http://clone.test/a", False),
    ("http://169.254.169.254/latest/", False), ("http://localhost/", False), ("ftp://www.qinghe.example/", False),
    ("http://[::ffff:10.0.0.1]/", False),
])  # fmt: skip
def test_no_request_leaves_the_scope_redirects_included(url, allowed):
    # Redirects come back as new requests through the same door, so this is all that stands before the network.
    spider = SimpleNamespace(scope_of=lambda request: SiteScope("s", {"www.qinghe.example"}))
    crawler = SimpleNamespace(spider=spider, settings={"NIANBAO_SUFFIX": ".gov.cn", "NIANBAO_PROXY": None})
    middleware = guard.ScopeMiddleware(crawler)
    request = Request(url)
    if allowed:
        middleware.process_request(request)
        assert request.meta["download_slot"]
    else:
        with pytest.raises(guard.OffSiteError):
            middleware.process_request(request)
