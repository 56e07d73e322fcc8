"""Commands that read: ``read``, ``add``, ``ingest``, ``reports``."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from archive import workdb
from archive.commands.options import archive_option, fail, json_option, progress_bar

MAX_FILE = 64 << 20  # bytes of one local document
VERDICTS = {"fail": "不符", "not_assessable": "存疑"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", help="Where the document was published; settles names that several counties share.")
@json_option
def read(file: Path, url: str | None, as_json: bool) -> None:
    """Read one document and print what it says. Touches no archive."""
    from archive.worker import read_apart
    from parsers import Hints

    one = read_apart(_bytes_of(file), None, Hints(url))
    result = json.loads(one.result)
    for other in json.loads(one.further or "[]"):
        click.echo(f"The file also holds another report: {other['title'] or other['organ']} ({other['year']}); "
                   "`nianbao add` keeps all of them.", err=True)  # fmt: skip
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    elif one.is_report:
        click.echo(_summary(result))
    if not one.is_report:
        fail(f"{file} is no annual report: {one.reason}", 1 if one.readable else 2)


def _bytes_of(file: Path) -> bytes:
    """The bytes of a local file; ends the command with one sentence if there are none to be had."""
    if not file.exists():
        fail(f"There is no file {file}.", 2)
    if not file.is_file():
        fail(f"{file} is no file; give the path of a document.", 2)
    try:
        if file.stat().st_size > MAX_FILE:
            fail(f"{file} is larger than {MAX_FILE >> 20} MiB; it is not read.", 2)
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror}).", 2)
    if not data:
        fail(f"{file} is empty; there is nothing to read.", 2)
    return data


def _summary(result: dict[str, Any]) -> str:
    """A reading in a few lines for a terminal."""
    counts = Counter(c["status"] for c in result["cells"].values())
    lines = [
        result["title"] or "（无标题）",
        f"机关 {result['organ'] or '不明'}　年度 {result['year'] or '不明'}　格式 {result['form']}",
        "单元格 " + ("　".join(f"{status} {n}" for status, n in sorted(counts.items())) or "无标准表格"),
        f"正文 {len(result['sections'])} 部分　正文数字 {len(result['claims'])} 处",
    ]
    lines += [f"{VERDICTS[f['verdict']]} [{f['rule']}] {f['message']}" for f in result["findings"]]
    return "\n".join(lines)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="Where the (one) document was published.")
@archive_option
def add(paths: tuple[Path, ...], url: str | None, archive: Path) -> None:
    """Take local reports (files, or folders of them) in as captures, and read them."""
    from archive.assess import put_together
    from archive.ingest import store_reading
    from archive.store import open_store
    from archive.worker import reader_apart
    from parsers import Hints

    files = [f for path in paths for f in _files_under(path)]
    if url and len(files) != 1:
        fail(f"--url names where one document was published, but {len(files)} were given.", 2)
    taken = []
    with progress_bar("Reading") as show, reader_apart() as read_one:
        for n, file in enumerate(files, start=1):
            one = read_one(_bytes_of(file), None, Hints(url)) if file.stat().st_size else None
            if one is not None and one.is_report:
                taken.append((file, one))
            else:
                click.echo(f"Left out: {file}: {one.reason if one else 'the file is empty.'}", err=True)
            show(n, len(files))
    if not taken:
        fail(f"None of the {len(files)} file(s) is an annual report; nothing was taken in.", 1)
    with open_store(archive) as store:
        run = store.ledger.start_run("add", {"paths": [str(p) for p in paths]}, store.vantage)
        for file, one in taken:
            store.add_capture_from_local(file, run, url)
            store_reading(store.ledger.conn, one)
        total = put_together(store.ledger.conn)
        store.ledger.finish_run(run, "finished", {"documents": len(taken), "reports": total})
    click.echo(f"Took in {len(taken)} of {len(files)} file(s); the archive now holds {total} report(s).", err=True)


def _files_under(path: Path) -> list[Path]:
    """A file itself, or the regular files below a folder, hidden ones left out, in order of their names."""
    if not path.exists():
        fail(f"There is no file or folder {path}.", 2)
    if not path.is_dir():
        return [path]
    found = (f for f in path.rglob("*") if not any(part.startswith(".") for part in f.relative_to(path).parts))
    files = [f for f in found if f.is_file()]
    if not files:
        fail(f"There is no file in {path}; nothing was taken in.", 2)
    return sorted(files)


@click.command()
@archive_option
@click.option("--all", "redo_all", is_flag=True, help="Read every document again; goes on where it was interrupted.")
@click.option("--workers", type=click.IntRange(1, 256), help="Reading processes; one a core by default.")
@json_option
def ingest(archive: Path, redo_all: bool, workers: int | None, as_json: bool) -> None:
    """Read every captured document that is new or was read by an older reader."""
    from archive.ingest import ingest as run_ingest

    with progress_bar("Reading") as show:
        done = run_ingest(archive, redo_all, workers, show)
    if as_json:
        click.echo(json.dumps({name: getattr(done, name) for name in done.__slots__}))
    click.echo(
        f"Read {done.read} document(s): {done.reports} report(s), {done.not_reports} other; "
        f"{done.changed_cells} cell(s) changed. The archive holds {done.total_reports} report(s).",
        err=True,
    )


@click.command()
@archive_option
@click.option("--cells", "with_cells", is_flag=True, help="With every cell (JSON only).")
@json_option
def reports(archive: Path, with_cells: bool, as_json: bool) -> None:
    """List the reports, one a line."""
    with closing(workdb.open(archive)) as conn:
        listed = list(_reports(conn, with_cells))
    if as_json:
        click.echo("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in listed) + "\n]")
        return
    for r in listed:
        click.echo(f"{r['report_id']}\t{r['organ'] or ''}\t{r['year'] or ''}\t{r['form']}\t{r['url']}")


def _reports(conn: sqlite3.Connection, with_cells: bool) -> Iterator[dict[str, Any]]:
    """Reports by their newest edition."""
    rows = conn.execute(
        """SELECT r.report_id, e.url, r.organ, r.organ_kind, r.admin_level, r.area_code, r.year, r.scope, e.form,
                  e.title, e.published_on, e.signed_on, e.edition_id
           FROM reports r JOIN editions e USING (report_id)
           WHERE e.ordinal = (SELECT max(ordinal) FROM editions x WHERE x.report_id = r.report_id)
           ORDER BY r.area_code, r.year, r.report_id"""
    ).fetchall()
    for row in rows:
        out = dict(row)
        edition = out.pop("edition_id")
        out["urls"] = [u for (u,) in conn.execute(
            """SELECT DISTINCT url FROM edition_documents WHERE edition_id IN
               (SELECT edition_id FROM editions WHERE report_id = ?) ORDER BY url""", (row["report_id"],)
        )]  # fmt: skip
        out["urls"] += [u for u in _carriers(conn, row["report_id"]) if u not in out["urls"]]
        if with_cells:
            out["cells"] = _cells(conn, edition)
        yield out


def _carriers(conn: sqlite3.Connection, report_id: str) -> list[str]:
    """The articles that carry a report as an attachment or shown file: where people see it, though it holds no text."""
    query = """SELECT DISTINCT page.final_url FROM editions e JOIN edition_documents d USING (edition_id)
               JOIN captures file ON file.sha256 = d.sha256 AND file.final_url = d.url
               JOIN captures page ON page.final_url = file.referrer AND page.run_id = file.run_id
               LEFT JOIN documents read ON read.sha256 = page.sha256
               WHERE e.report_id = ? AND page.role = 'document' AND page.outcome IN ('ok', 'not_modified')
                 AND read.is_report IS NOT 1 ORDER BY page.final_url"""
    return [url for (url,) in conn.execute(query, (report_id,))]


def _cells(conn: sqlite3.Connection, edition: str) -> dict[str, dict[str, Any]]:
    rows = conn.execute("SELECT key, value, raw, status FROM cells WHERE edition_id = ?", (edition,))
    return {c["key"]: {"value": _number(c["value"]), "raw": c["raw"], "status": c["status"]} for c in rows}


def _number(value: float | None) -> int | float | None:
    """A REAL column back as the number that was printed: 30, not 30.0."""
    return int(value) if value is not None and value.is_integer() else value
