"""The practice portals: what they serve, and that their figures are those of the reports they stand for."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from crawler.replica import server
from crawler.replica.reports import Report

FACTS = sorted((Path(server.__file__).parent / "facts").glob("*.yml"))


def ask(request):
    async def talk():
        listener, port = await server.Replica().start()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        listener.close()
        await listener.wait_closed()
        return answer

    return asyncio.run(talk())


@pytest.mark.parametrize(("request_line", "status"), [
    (b"GET http://www.qinghe.example/ HTTP/1.1", b"200"),
    (b"GET http://www.qinghe.example/zwgk HTTP/1.1", b"200"),
    (b"GET http://www.qinghe.example/none.html HTTP/1.1", b"404"),
    (b"GET http://www.qinghe.example/../../server.py HTTP/1.1", b"404"),
    (b"GET http://www.qinghe.example/%2e%2e/%2e%2e/server.py HTTP/1.1", b"404"),
    (b"GET http://www.other.example/ HTTP/1.1", b"502"),
    (b"CONNECT www.qinghe.example:443 HTTP/1.1", b"502"),
    (b"POST http://www.qinghe.example/ HTTP/1.1", b"502"),
])  # fmt: skip
def test_it_serves_its_own_hosts_and_nothing_else(request_line, status):
    assert ask(request_line + b"\r\n\r\n").split(b" ")[1] == status


def test_every_page_says_that_it_is_for_practice():
    for path in server.PAGES.rglob("*.html"):
        assert "演示门户".encode() in path.read_bytes() or "演示门户".encode("gb18030") in path.read_bytes(), path


def test_one_page_claims_an_encoding_that_it_does_not_have():
    (path,) = server.PAGES.rglob("t20240131_10266.html")
    content = path.read_bytes()
    assert b'charset="gb2312"' in content
    with pytest.raises(UnicodeDecodeError):
        content.decode("gb2312")
    assert "二〇二三年" in content.decode("gb18030")


@pytest.mark.shared
@pytest.mark.parametrize("path", FACTS, ids=lambda p: p.stem)
def test_the_figures_are_those_of_the_report(path, shared_dir):
    report = Report.load(path)
    facts = report.facts
    golds = [json.loads(p.read_text(encoding="utf-8")) for p in sorted((shared_dir / "gold").glob("*.json"))]
    (gold,) = [g for g in golds if re.sub(r"\s", "", g["title"]) == facts["title"]]
    for key in (field.key for field in report.form.fields()):
        table, row, column = key.split(".")
        printed = "" if table in facts.get("missing", ()) else report.value(table, row, column)
        expected = gold[table][row][column]
        assert (float(printed) if printed else None) == expected, key
