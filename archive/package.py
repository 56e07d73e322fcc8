"""The release files: every public table as CSV or Parquet in a Frictionless data package with its codebook.

A release is a folder: ``datapackage.json`` (titles, types, keys and the meaning of every column in both languages),
one file a table, ``codebook.md``, ``CITATION.txt`` and ``SHA256SUMS``. It is written beside its place and moved there
whole, so that half a release never stands. CSV is UTF-8 with a byte-order mark for spreadsheets and safe in them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import words
from archive.codebook import markdown
from archive.metadata import LICENSE, SOURCE
from archive.sheets import BOM, safe
from archive.wide import made_columns
from archive.workdb import ArchiveError, open_public

Progress = Callable[[int, int], None]
CHUNK = 20_000  # rows
# Frictionless type and Parquet type by what SQLite declares; what has no type is a column of a view.
_TYPES = {"INTEGER": ("integer", "BIGINT"), "NUMERIC": ("number", "DOUBLE"), "REAL": ("number", "DOUBLE")}
_NUMBERS_IN_VIEWS = {"value": "NUMERIC", "corrected_value": "NUMERIC", "is_current": "INTEGER"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a release file."""

    name: str
    declared: str

    @property
    def field_type(self) -> str:
        """Frictionless type."""
        return _TYPES.get(self.declared, ("string", ""))[0]

    @property
    def parquet_type(self) -> str:
        """DuckDB's name of the Parquet type."""
        return _TYPES.get(self.declared, ("", "VARCHAR"))[1]


def write_package(
    archive_dir: str | os.PathLike[str], target: Path, kind: str = "csv", progress: Progress | None = None
) -> Path:
    """Write the release of the current publication to the new folder ``target``; returns it.

    ``kind`` is ``csv`` (opens in a spreadsheet) or ``parquet``.

    Raises:
        ArchiveError: nothing is built, the folder is there already, or it cannot be written.
    """
    if target.exists():
        raise ArchiveError(f"{target} is there already; give another --out, or remove it first.")
    with closing(open_public(archive_dir)) as conn:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        except OSError as error:
            raise ArchiveError(f"{target} cannot be written ({error.strerror}).") from error
        try:
            _write(conn, making, kind, progress or (lambda done, total: None))
            making.chmod(0o755)
            making.rename(target)
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"The release could not be written ({error}); nothing was left in {target}.") from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return target


def _write(conn: sqlite3.Connection, folder: Path, kind: str, progress: Progress) -> None:
    names = list(words.tables())
    resources = []
    for done, name in enumerate(names):
        progress(done, len(names))
        columns = _columns(conn, name)
        path = folder / f"{name}.csv"
        _write_csv(conn, name, columns, path, spreadsheet=kind == "csv")
        if kind == "parquet":
            path = _to_parquet(path, columns)
        resources.append(_resource(conn, name, columns, path))
    facts = dict(conn.execute("SELECT name, value FROM about").fetchall())
    (folder / "codebook.md").write_text(markdown(), "utf-8")
    (folder / "CITATION.txt").write_text(_citation(facts), "utf-8")
    package = {
        "profile": "tabular-data-package" if kind == "csv" else "data-package",
        "name": "nianbao", "title": "年报 nianbao：县级政府信息公开工作年度报告库", "version": facts.get("built_at"),
        "created": facts.get("built_at"), "description": "空值（NULL）不是零。NULL is never zero.",
        "licenses": [{"name": LICENSE.replace(" ", "-"), "title": LICENSE}], "sources": [{"title": SOURCE}],
        "resources": resources,
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1), "utf-8")
    files = sorted(file for file in folder.iterdir() if file.is_file())
    (folder / "SHA256SUMS").write_text("".join(f"{_digest(file)}  {file.name}\n" for file in files), "utf-8")
    progress(len(names), len(names))


def _columns(conn: sqlite3.Connection, table: str) -> list[Column]:
    found = conn.execute("SELECT name, type FROM pragma_table_info(?)", [table]).fetchall()
    if not found:
        raise ArchiveError(f"The publication lacks the table {table}; run `nianbao build` again.")
    is_view = conn.execute("SELECT type FROM sqlite_master WHERE name = ?", [table]).fetchone()[0] == "view"
    numbers = _NUMBERS_IN_VIEWS if is_view else {}
    return [Column(name, numbers.get(name, declared.upper())) for name, declared in found]


def _rows(conn: sqlite3.Connection, table: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = conn.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of our own list
    while chunk := cursor.fetchmany(CHUNK):
        yield chunk


def _write_csv(conn: sqlite3.Connection, table: str, columns: list[Column], path: Path, spreadsheet: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(BOM if spreadsheet else "")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for chunk in _rows(conn, table):
            writer.writerows([safe(v) for v in row] for row in chunk) if spreadsheet else writer.writerows(chunk)


def _to_parquet(path: Path, columns: list[Column]) -> Path:
    """The CSV beside as Parquet; empty fields are NULL, as no text of ours is empty but not NULL on purpose."""
    try:
        import duckdb  # 24 MB, where pyarrow takes 55; only those who want Parquet need it
    except ImportError as error:
        raise ArchiveError("Parquet needs DuckDB; install nianbao[parquet].") from error
    made = path.with_suffix(".parquet")
    types = {column.name: column.parquet_type for column in columns}
    with duckdb.connect() as engine:
        relation = engine.read_csv(str(path), header=True, columns=types, delimiter=",", quotechar='"', escapechar='"',
                                   all_varchar=False, auto_detect=False, max_line_size=64 << 20)  # fmt: skip
        relation.write_parquet(str(made), compression="zstd")
    path.unlink()
    return made


def _resource(conn: sqlite3.Connection, table: str, columns: list[Column], path: Path) -> dict[str, Any]:
    about = words.tables()[table]
    meaning = dict(about.columns) | made_columns(table)
    schema: dict[str, Any] = {
        "fields": [
            {"name": c.name, "type": c.field_type, "title": meaning[c.name][0], "description": meaning[c.name][1]}
            for c in columns
        ],
        "missingValues": [""],
    }
    if keys := _primary_key(conn, table):
        schema["primaryKey"] = keys
    if foreign := _foreign_keys(conn, table):
        schema["foreignKeys"] = foreign
    out: dict[str, Any] = {"name": table.replace("_", "-"), "path": path.name, "title": " · ".join(about.title),
                           "description": "\n".join(about.about), "bytes": path.stat().st_size,
                           "hash": f"sha256:{_digest(path)}", "format": path.suffix[1:], "schema": schema}  # fmt: skip
    if path.suffix == ".csv":
        out |= {"profile": "tabular-data-resource", "mediatype": "text/csv", "encoding": "utf-8"}
    else:
        out |= {"mediatype": "application/vnd.apache.parquet"}
    return out


def _primary_key(conn: sqlite3.Connection, table: str) -> list[str]:
    found = conn.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [table])
    return [row[0] for row in found]


def _foreign_keys(conn: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    found = conn.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', [table]).fetchall()
    return [
        {"fields": [here], "reference": {"resource": other.replace("_", "-"), "fields": [there or here]}}
        for here, other, there in found if other in words.tables()
    ]  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _citation(facts: dict[str, str]) -> str:
    built = facts.get("built_at", "")
    return (
        f"年报（nianbao）县级政府信息公开年度报告库，{built} 发布，报告 {facts.get('reports')} 份。许可：{LICENSE}。\n"
        f"nianbao, archive of Chinese county governments' annual reports on information disclosure, published {built}, "
        f"{facts.get('reports')} reports. Licence: {LICENSE}.\n"
    )
