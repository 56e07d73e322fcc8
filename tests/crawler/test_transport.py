"""Servers that are slow, busy, half broken or speak TLS as it was spoken long ago; one crawl meets them all."""

import asyncio
import datetime
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from archive import workdb
from archive.walk import walk
from crawler.rests import Rests, seconds_asked

REPORT = "".join(
    f"<p>{part}</p>"
    for part in (
        "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "本年制发件数", "勾稽关系",
        "四、行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项",
    )
)  # fmt: skip
TITLE = "某县2023年政府信息公开工作年度报告"
PAGES = {
    "/": "<a href='/nb/'>政府信息公开年报</a>",
    "/nb/": f"<h1>政府信息公开年报</h1><ul><li><a href='/nb/1.html'>{TITLE}</a>2024-01-20</li></ul>",
    "/nb/1.html": f"<h1>{TITLE}</h1>{REPORT}",
}
HOMES = [
    "http://busy.gov.example/", "http://closed.gov.example/", "http://reset.gov.example/", "http://dead.gov.example/",
    "https://self.gov.example/", "https://expired.gov.example/", "https://old.gov.example/",
    "https://plain.gov.example/", "http://moved.gov.example/", "http://robots.gov.example/",
    "https://sound.gov.example/", "https://other.gov.example/",
]  # fmt: skip
BAD_TLS = "plain.gov.example"  # answers http only


def certificate(folder, expired=False, host="nobody.gov.example"):
    """A certificate of a name, signed by itself, as PEM file with its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    days = (-20, -10) if expired else (-1, 10)
    made = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=x509.random_serial_number(),
        not_valid_before=now + datetime.timedelta(days[0]), not_valid_after=now + datetime.timedelta(days[1]),
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False).sign(key, hashes.SHA256())  # fmt: skip
    path = folder / f"{host}{'-expired' if expired else ''}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


class Troubles:
    """A proxy on loopback with virtual hosts, each with a trouble of its own; ``asked`` notes host, path and time."""

    def __init__(self, folder):
        self.asked, self.seen = [], Counter()
        fresh, stale = certificate(folder), certificate(folder, expired=True)
        self.contexts = {host: self.context(fresh) for host in ("self.gov.example", "moved.gov.example")}
        self.contexts["expired.gov.example"] = self.context(stale)
        self.trusted = certificate(folder, host="sound.gov.example")  # by the crawl's machine
        self.contexts |= {host: self.context(self.trusted) for host in ("sound.gov.example", "other.gov.example")}
        self.contexts["old.gov.example"] = old = self.context(fresh)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():  # that TLS 1.0 is out of date is the point
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    @staticmethod
    def context(path):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(path)
        return made

    async def serve(self, reader, writer):
        try:
            target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            scheme, host = "http", ""
            if "://" not in target:
                scheme, host = "https", target.split(":")[0]
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                if host == BAD_TLS:
                    return
                await writer.start_tls(self.contexts[host])
                target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            else:
                host, _, rest = target.split("://", 1)[1].partition("/")
                target = "/" + rest
            self.asked.append((host, scheme, target, time.monotonic()))
            self.seen[host, target] += 1
            writer.write(self.answer(host, scheme, target, self.seen[host, target] == 1))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def answer(self, host, scheme, path, first):
        status, more, body = "200 OK", "", PAGES.get(path, "")
        if path == "/robots.txt":
            status = "500 Error" if host == "robots.gov.example" else "404 Not Found"
        elif host == "busy.gov.example" and path == "/nb/" and first:
            status, more, body = "429 Too Many Requests", "Retry-After: 1\r\n", "slow down"
        elif host == "closed.gov.example":
            status, more, body = "503 Unavailable", "Retry-After: 86400\r\n", "closed"
        elif host == "reset.gov.example" and path == "/nb/" and first:
            return b""
        elif host == "moved.gov.example" and scheme == "http":
            status, more = "301 Moved", f"Location: https://{host}{path}\r\n"
        elif not body:
            status = "404 Not Found"
        page = f"<html><head><meta charset='utf-8'><title>某县</title></head><body>{body}</body></html>".encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{more}Content-Length: {len(page)}\r\n"
        return head.encode() + b"Connection: close\r\n\r\n" + page

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.server.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """The crawl of all homes: its summary, the proxy's notes, and outcomes by host."""
    folder = tmp_path_factory.mktemp("transport")
    troubles = Troubles(folder)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.run", "--archive", str(folder / "a"), "--proxy",
             f"http://127.0.0.1:{troubles.port}", "--official-suffix", ".gov.example", "--delay", "0", "--browser",
             "never", "--json", *HOMES], capture_output=True, text=True, timeout=120,
            env={**os.environ, "SSL_CERT_FILE": str(troubles.trusted)},
        )  # fmt: skip
    finally:
        troubles.close()
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    conn = workdb.open(folder / "a")
    rows = conn.execute("SELECT final_url, url, role, outcome FROM captures").fetchall()
    conn.close()
    return json.loads(done.stdout.splitlines()[-1]), troubles.asked, [tuple(row) for row in rows], folder / "a"


def outcomes(troubled, host):
    return {outcome for url, _, _, outcome in troubled[2] if f"//{host}/" in url and "nianbao-" not in url}


@pytest.mark.parametrize("home", [h for h in HOMES if not any(d in h for d in ("closed", "dead", "robots"))])
def test_the_report_is_found_all_the_same(troubled, home):
    host = home.split("/")[2]
    found = [
        url for url, _, role, outcome in troubled[2] if f"//{host}/" in url and (role, outcome) == ("document", "ok")
    ]
    assert len(found) == 1, outcomes(troubled, host)


def test_a_busy_host_is_given_the_rest_that_it_asks_for(troubled):
    times = [at for host, _, path, at in troubled[1] if (host, path) == ("busy.gov.example", "/nb/")]
    assert len(times) == 2
    assert times[1] - times[0] >= 1.0
    assert "refused" in outcomes(troubled, "busy.gov.example")


def test_a_host_that_asks_for_a_day_is_left_alone_for_this_run(troubled):
    asked = [path for host, _, path, _ in troubled[1] if host == "closed.gov.example"]
    assert asked == ["/robots.txt", "/"]
    assert outcomes(troubled, "closed.gov.example") == {"server_error", "gone"}  # gone: robots.txt


def test_where_robots_txt_cannot_be_had_nothing_is_fetched(troubled):
    assert {path for host, _, path, _ in troubled[1] if host == "robots.gov.example"} == {"/robots.txt"}
    assert "server_error" in outcomes(troubled, "robots.gov.example")


def test_what_tls_could_not_do_is_told_and_plain_http_is_tried(troubled):
    schemes = [scheme for host, scheme, path, _ in troubled[1] if (host, path) == (BAD_TLS, "/nb/")]
    assert schemes == ["http"]
    assert {url.split(":")[0] for url, *_ in troubled[2] if f"//{BAD_TLS}/nb/1" in url} == {"http"}


@pytest.mark.parametrize(("host", "verdict"), [
    ("sound.gov.example", "yes"), ("self.gov.example", "no: it is signed by itself, it is of another name"),
    ("expired.gov.example", "no: it is signed by itself, it is of another name, it has expired"),
    ("other.gov.example", "no: it is of another name"), ("busy.gov.example", None),
])  # fmt: skip
def test_what_is_wrong_with_a_certificate_is_noted_beside_the_answer(troubled, host, verdict):
    notes = [
        record.notes()
        for path in (troubled[3] / "warc").glob("*.gz")
        for record in walk(path)
        if record.kind == "metadata"
    ]
    said = {n.get("tls-verified") for n in notes if f"//{host}/nb/" in n.get("final-url", "")}
    assert said == {verdict}


@pytest.mark.parametrize(("value", "seconds"), [
    ("120", 120.0), (" 7 ", 7.0), ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0), ("Wed, 21 Oct 2020 07:28:00 GMT", 0.0),
    (None, None), ("", None), ("soon", None), ("-5", None), ("１２", None), ("9" * 400, 999999999.0),
])  # fmt: skip
def test_retry_after(value, seconds):
    now = datetime.datetime(2026, 10, 21, 7, 28, tzinfo=datetime.UTC)
    assert seconds_asked(value, now) == seconds


def test_a_rest_is_never_cut_short():
    rests = Rests()
    assert rests.left("a") == 0
    rests.begin("a", 3600)
    rests.begin("a", 1)
    assert rests.left("a") > 3000
    assert rests.too_long("a")
    assert not rests.too_long("b")
