"""The site: what is worth a look, where errors go, what a table page looks through, what is kept for whom."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from click.testing import CliRunner

from archive import build, serve, words
from archive.commands import publishing
from archive.plugins import tables
from archive.plugins.nianbao import prepare_connection
from archive.plugins.questions import PAGE
from archive.plugins.unusual import parts
from archive.sheets import to_xlsx

REPORT = "991101-2023-government-aa"
CELL = f"/cell/{REPORT}@2/table3.new_requests.total"
Ask = Callable[..., list[Any]]


def _ask(root: Path, *paths: str, contact: str | None = None, **headers: str) -> list[Any]:
    """The answers of one site to some requests, one after another."""

    async def all_of_them() -> list[Any]:
        datasette = serve.make_datasette(root, contact=contact)
        await datasette.invoke_startup()
        try:
            return [await datasette.client.get(path, headers=headers) for path in paths]
        finally:
            from archive.plugins.spot import close

            close(datasette)
            for database in datasette.databases.values():
                database.close()
            datasette.executor.shutdown()

    return asyncio.run(all_of_them())


@pytest.fixture
def public(published: Path) -> Any:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


# ---- wording and unusual numbers ----


def test_altered_wording_equals_the_database(published: Path, public: sqlite3.Connection) -> None:
    there = [tuple(row) for row in public.execute("SELECT kind, old_text, new_text FROM text_changes ORDER BY n")]
    assert {kind for kind, *_ in there} >= {"altered", "added"}
    html, english, table, one = _ask(
        published, "/wording", "/en/wording", "/wording.csv", f"/wording?report={REPORT}&kind=altered"
    )
    assert "<del>21</del><ins>12</ins>件" in html.text
    found = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert [(row["kind"], row["old_text"] or None, row["new_text"] or None) for row in found] == there
    assert "altered" in english.text
    assert one.text.count("<small lang") == sum(kind == "altered" for kind, *_ in there)


def test_two_sentences_are_told_apart_word_by_word() -> None:
    assert parts("共收到12件。", "共收到21件。") == [
        ("same", "共收到"), ("old", "12"), ("new", "21"), ("same", "件。")]  # fmt: skip
    assert parts("", "新。") == [("new", "新。")]
    assert parts("旧" * 700, "新。") == [("old", "旧" * 700), ("new", "新。")]


def test_an_unusual_number_shows_what_it_is_compared_with(sample_archive: Path) -> None:
    with closing(sqlite3.connect(sample_archive / "public.db")) as conn:
        conn.execute(
            "INSERT INTO jumps VALUES (?, 'high', 'new_requests', 30, 3, NULL, 1, 3, 2, 12, 25, 40, ?, ?)",
            [REPORT, "新收30", "New 30"],
        )
        conn.commit()
    page, other, english, table, report = _ask(
        sample_archive, "/unusual", "/unusual?kind=low", "/en/unusual?name=new_requests", "/unusual.csv",
        f"/report/{REPORT}",
    )  # fmt: skip
    assert "新收30" in page.text
    assert "40 个机关：中位数 12，九成五在 25 以下" in page.text
    assert f'/report/{REPORT}#table3.new_requests.total"' in page.text
    assert "新收30" not in other.text
    assert "median 12, 95 % below 25" in english.text
    assert [row["peer_high"] for row in csv.DictReader(io.StringIO(table.text.lstrip("\ufeff")))] == ["25"]
    assert "新收30" in report.text


def test_a_province_of_which_nothing_was_found_can_be_chosen(published: Path) -> None:
    page, narrowed = _ask(published, "/late", "/late?province=山西省")
    assert "<option>山西省</option>" in page.text
    assert "<option selected>山西省</option>" in narrowed.text


# ---- where errors go ----


@pytest.mark.parametrize(("contact", "start"), [
    ("desk@paper.example", "mailto:desk@paper.example?subject="), ("https://paper.example/errors", "https://paper"),
])  # fmt: skip
def test_a_contact_stands_beside_every_number(published: Path, contact: str, start: str) -> None:
    for page in _ask(published, CELL, f"/en{CELL}", f"/report/{REPORT}", "/about", contact=contact):
        assert f'href="{start}' in page.text


def test_a_publication_names_its_contact_and_serving_may_name_another(sample_archive: Path) -> None:
    build.build(sample_archive, contact="build@paper.example")
    assert "mailto:build@paper.example" in _ask(sample_archive, CELL)[0].text
    other = _ask(sample_archive, CELL, contact="serve@paper.example")[0].text
    assert "mailto:serve@paper.example" in other
    assert "build@paper.example" not in other


def test_without_a_contact_the_page_says_what_to_send(published: Path) -> None:
    page, about = _ask(published, CELL, "/about")
    assert "mailto:" not in page.text + about.text
    assert 'href="/about#errors"' in page.text
    assert 'id="errors"' in about.text


@pytest.mark.parametrize(
    "contact", ["javascript:alert(1)", "nobody", "a@b@c.example", 'x"@paper.example', "ftp://x.example"]
)
def test_a_contact_must_be_an_address(sample_archive: Path, contact: str) -> None:
    for command in (publishing.build, publishing.serve):
        done = CliRunner().invoke(command, ["--archive", str(sample_archive), "--contact", contact])
        assert done.exit_code == 2
        assert "neither an e-mail address nor a web address" in done.output


# ---- identity ----


def test_feeds_are_the_same_under_any_name_of_the_site(published: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    seen = []
    for host in ("one.example", "two.example:8001"):
        feeds = _ask(
            published, "/feed/reports.atom?province=示例省", "/feed/changes.atom", "/feed/findings.atom", host=host
        )
        ids = [[e.text for e in ET.fromstring(feed.text).iter(f"{atom}id")] for feed in feeds]
        assert all(name.startswith("tag:nianbao,2026:") and name.isascii() for names in ids for name in names)
        assert all(len(names) == len(set(names)) > 1 for names in ids)
        seen.append(ids)
    assert seen[0] == seen[1]


# ---- Datasette's own pages ----


def test_a_query_of_ones_own_is_answered(published: Path) -> None:
    page = _ask(published, "/public?sql=select+count(*)+as+n+from+reports")[0]
    assert page.status_code == 200
    assert '<td class="col-n">4</td>' in page.text


def test_a_bare_search_looks_through_the_first_hits_and_says_so(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST", 1)
    bare, narrowed, sheet = _ask(
        published, "/public/sections?_search=征地", "/public/sections?_search=征地&number=1",
        "/public/sections.json?_search=征地&_shape=array",
    )  # fmt: skip
    assert "最新的 1 行" in bare.text
    assert "还有更多" in bare.text
    assert "3 行" in narrowed.text
    assert "还有更多" not in narrowed.text
    assert len(sheet.json()) == 3


def test_rows_are_counted_once_and_right(public: sqlite3.Connection) -> None:
    counted = dict(public.execute("SELECT name, n FROM _row_counts").fetchall())
    for name, n in counted.items():
        if name != "_row_counts":
            assert public.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] == n, name
    assert counted["about"] > 0


CHINESE = re.compile("[\u4e00-\u9fff]")
OWN_PAGES = ["/public", "/public/reports", "/public/applications?year=2023", f"/public/reports/{REPORT}",
             "/public/sections?_search=征地", "/public/cells?_facet=status&status=printed", "/public/nope",
             "/public/reports/nope", "/public/missing?year=2023", "/public/contradictions", "/nope",
             "/public?sql=select+count(*)+as+n+from+reports", "/public?sql=selec", "/public?sql=select+x+from+reports",
             "/public/reports?_sort=nope", "/public/reports?_where=1"]  # fmt: skip


class _Said(HTMLParser):
    """What a page says to people, outside the numbers and words of the data, of SQL and of the other language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._in: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        quiet = tag in ("td", "script", "style", "textarea", "pre", "option") or a.get("lang") in ("zh-CN", "en")
        if tag not in ("input", "meta", "link", "br", "img", "hr"):
            self._in.append((tag, quiet and tag != "html"))
        if not any(q for _, q in self._in):
            self.said += [a[name] or "" for name in ("aria-label", "placeholder", "title", "alt") if name in a]
            self.said += [a["value"] or ""] if tag == "input" and a.get("type") == "submit" else []

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(quiet for _, quiet in self._in):
            self.said.append(data.strip())


def test_datasettes_pages_speak_the_language_of_the_address(published: Path) -> None:
    answers = _ask(published, *OWN_PAGES, *(f"/en{path}" for path in OWN_PAGES))
    pairs = zip(OWN_PAGES, answers[: len(OWN_PAGES)], answers[len(OWN_PAGES) :], strict=True)
    data = {"征地", "清河县", "清河县人民政府", "临河县人民政府办公室", "示例省", "青川市", "岚县"}
    for path, chinese, english in pairs:
        assert chinese.status_code == english.status_code
        assert '<html lang="zh-CN">' in chinese.text
        assert '<html lang="en">' in english.text
        said = _Said(english.text).said
        assert (path, [s for s in said if CHINESE.search(s) and not any(d in s for d in data)]) == (path, [])
        said = _Said(chinese.text).said
        assert (path, [s for s in said if re.fullmatch(r"(?!select )[A-Z]?[a-z]+( [a-z]+)+.*", s)]) == (path, [])
        leads = re.findall(r'(?:href|action)="(/[^"#?]*)', english.text)
        left = {a for a in leads if not a.startswith(("/en/", "/-/static", "/assets/"))}
        assert not [a for a in left - {path.partition("?")[0]} if not a.endswith((".db", ".csv", ".json", ".xlsx"))]


def test_each_stored_question_answers_with_what_its_sql_says(published: Path, public: sqlite3.Connection) -> None:
    prepare_connection(public)
    given = {"county": "河县", "year": "2023", "scope": "whole_area", "word": "征地", "codes": "991101,991102"}
    argument = urlencode(given)
    names = list(words.queries())
    pages = _ask(published, *(f"{lang}/public/{name}?{argument}" for name in names for lang in ("", "/en")))
    for name, chinese, english in zip(names, pages[::2], pages[1::2], strict=True):
        there = public.execute(words.queries()[name].sql, given).fetchall()
        assert (name, _tbody(chinese.text)) == (name, min(len(there), PAGE))
        assert (name, _tbody(english.text)) == (name, min(len(there), PAGE))
        assert not CHINESE.search("".join(re.findall(r"<th[^>]*>([^<]*)<", english.text)))
        for words_of_column in re.findall(r'<th scope="col"[^>]*>([^<]*)<', chinese.text):
            assert CHINESE.search(words_of_column), (name, words_of_column)


def _tbody(html: str) -> int:
    """How many rows the answer on a page has."""
    return html.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")


def test_a_stored_question_begins_with_the_last_year_and_asks_for_what_only_people_know(published: Path) -> None:
    begun, asking, hostile = _ask(
        published, "/public/requests_by_county", "/public/county_reports", "/public/county_reports?county=<script>'x"
    )
    assert "<option selected>2023</option>" in begun.text
    assert 'href="/report/991101-2023-government-aa"' in begun.text
    assert "请先填写" in asking.text
    assert "没有符合条件的记录" in hostile.text
    assert "<script>'" not in hostile.text
    assert "unsafe" not in hostile.headers["content-security-policy"]


def test_totals_of_each_number_add_up_the_printed_cells(public: sqlite3.Connection) -> None:
    plain = public.execute(
        "SELECT h.year, h.scope, e.form, c.key,"
        " sum(CASE WHEN c.status IN ('printed', 'aligned') THEN c.value END) AS t,"
        " sum(c.status IN ('printed', 'aligned')) AS n, count(*) AS rows FROM cells AS c"
        " JOIN editions AS e ON e.edition_id = c.edition_id JOIN highlights AS h ON h.report_id = c.report_id"
        " WHERE c.is_current AND h.is_main GROUP BY 1, 2, 3, 4").fetchall()  # fmt: skip
    wanted = {(r["year"], r["scope"], r["form"], r["key"]): (r["t"], r["n"], r["rows"] - r["n"]) for r in plain}
    there = {(r["year"], r["scope"], r["form"], r["key"]): (r["total"], r["n_reports"], r["n_missing"])
             for r in public.execute("SELECT * FROM cell_totals")}  # fmt: skip
    assert there == wanted
    assert any(missing for *_, missing in there.values())


def test_filters_and_words_of_the_data_keep_to_the_language(published: Path) -> None:
    filtered, menu = _ask(
        published, "/en/public/reports?_filter_column=year&_filter_op=exact&_filter_value=2023", "/assets/table.js"
    )
    assert filtered.headers["location"].endswith("/en/public/reports?year__exact=2023")
    table, highlights = (answer.text for answer in _ask(published, "/en/public/reports", "/en/public/highlights"))
    assert 'href="/en/area/991101"' in highlights
    assert f'href="/en/public/reports/{REPORT}"' in table
    assert ">whole county</span>" in table
    assert "升序" in menu.text


def test_what_is_kept_packed_is_given_only_to_those_who_unpack(published: Path) -> None:
    async def both() -> tuple[bytes, bytes]:
        datasette = serve.make_datasette(published)
        await datasette.invoke_startup()
        try:
            packed = await datasette.client.get("/about", headers={"accept-encoding": "gzip"})
            assert packed.headers["content-encoding"] == "gzip"
            plain = await datasette.client.get("/about", headers={"accept-encoding": "identity"})
            assert "content-encoding" not in plain.headers
            return packed.content, plain.content
        finally:
            for database in datasette.databases.values():
                database.close()
            datasette.executor.shutdown()

    packed, plain = asyncio.run(both())
    assert packed == plain


# ---- workbooks ----


def _workbook(answer: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]
    return [list(row) for row in book.active.iter_rows(values_only=True)]


@pytest.mark.parametrize("path", [
    f"/report/{REPORT}", "/area/991101", "/compare", "/rankings", "/late", "/contradictions", "/changes", "/copies",
    "/unusual", "/wording", "/public/requests_by_county", "/public/missing",
])  # fmt: skip
def test_a_workbook_holds_what_the_csv_holds(published: Path, path: str) -> None:
    argument = "area=991101&area=991102&year=2023"
    sheet, book = _ask(published, f"{path}.csv?{argument}", f"{path}.xlsx?{argument}")
    assert sheet.status_code == book.status_code == 200
    assert book.headers["content-disposition"].endswith('.xlsx"')
    text = list(csv.reader(io.StringIO(sheet.text.lstrip("\ufeff"))))
    cells = _workbook(book)
    assert len(cells) == len(text)
    width = len(text[0])
    for row, plain in zip(cells, text, strict=True):
        shown = ["" if value is None else value for value in [*row, *[None] * width][:width]]
        for value, there in zip(shown, plain, strict=True):
            assert value == there.removeprefix("'") or float(there) == value


def test_a_workbook_keeps_numbers_and_disarms_formulas() -> None:
    made = to_xlsx([["a", "b"], ["=1+1", 2.5], [None, float("nan")], ["@x", True], ["x" * 40_000, "http://a.example"]])
    rows = list(openpyxl.load_workbook(io.BytesIO(made)).active.iter_rows())
    assert [(cell.value, cell.data_type) for cell in rows[1]] == [("=1+1", "s"), (2.5, "n")]
    assert rows[2][1].value == "nan"
    assert [cell.value for cell in rows[3]] == ["@x", "True"]
    assert len(rows[4][0].value) == 32_767
    assert rows[4][1].hyperlink is None


def test_a_question_is_taken_home_whole(published: Path, public: sqlite3.Connection) -> None:
    there = public.execute(words.queries()["missing"].sql, {"year": 2023}).fetchall()
    assert len(there) > 1000
    page, sheet = _ask(published, "/public/missing?year=2023", "/public/missing.csv?year=2023")
    assert "前 1,000 行；下载可得全部" in page.text
    assert len(list(csv.DictReader(io.StringIO(sheet.text.lstrip("\ufeff"))))) == len(there)


def test_every_note_of_the_crosswalk_speaks_both_languages() -> None:
    text = (resources.files("parsers") / "forms" / "crosswalk.csv").read_text("utf-8")
    notes = {row["note"] for row in csv.DictReader(io.StringIO(text)) if row["note"]}
    assert notes <= set(words.values("crosswalk"))
    assert all(CHINESE.search(words.word("crosswalk", note)) for note in notes)
    assert not any(CHINESE.search(words.word("crosswalk", note, "en")) for note in notes)


def test_why_a_report_is_missing_is_said_in_the_language_of_the_page(published: Path) -> None:
    chinese, english, county = _ask(published, "/late?year=2023", "/en/late?year=2023", "/en/area/110101")
    assert "尚未查找该县网站" in chinese.text
    assert "尚未查找该县网站" not in english.text + county.text
    assert "the county&#39;s site has not been looked at" in english.text
    assert "the county&#39;s site has not been looked at" in county.text
