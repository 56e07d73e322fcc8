"""Which captures a package of one county and year needs: its documents, the pages that led there, and originals."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

NO_AREA, NO_YEAR = "000000", "undated"


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of a package's page list."""

    url: str
    date: str  # as in the record, to the second: readers drop a page whose time they do not find
    title: str


@dataclass(frozen=True, slots=True)
class Selection:
    """One package: what it holds and which of it are pages to begin with."""

    area_code: str
    year: str
    captures: tuple[tuple[str, int], ...]  # capture file and offset, in order
    pages: tuple[Page, ...]

    @property
    def name(self) -> str:
        """``<area code>-<year>``."""
        return f"{self.area_code}-{self.year}"


def selections(conn: sqlite3.Connection, area: str | None = None, year: int | None = None) -> Iterator[Selection]:
    """The packages of an archive.

    Args:
        conn: the work database.
        area: only areas whose code begins like this.
        year: only reports of this year.
    """
    rows = conn.execute(
        "SELECT DISTINCT area_code, year FROM reports WHERE (?1 IS NULL OR area_code LIKE ?1 || '%')"
        " AND (?2 IS NULL OR year = ?2) ORDER BY 1, 2",
        (area, year),
    ).fetchall()
    for code, of_year in rows:
        conn.execute("DROP TABLE IF EXISTS temp.chosen")
        conn.execute("CREATE TEMP TABLE chosen (capture_id INTEGER PRIMARY KEY, is_page INTEGER NOT NULL)")
        for statement in _CHOOSE:
            conn.execute(statement, {"area": code, "year": of_year})
        yield Selection(code or NO_AREA, str(of_year or NO_YEAR), _captures(conn), _pages(conn))
    conn.execute("DROP TABLE IF EXISTS temp.chosen")


def _captures(conn: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    rows = conn.execute(
        "SELECT warc_file, warc_offset FROM captures JOIN chosen USING (capture_id) ORDER BY warc_file, warc_offset"
    )
    return tuple((row[0], row[1]) for row in rows)


def _pages(conn: sqlite3.Connection) -> tuple[Page, ...]:
    rows = conn.execute(
        "SELECT c.final_url, c.fetched_at, coalesce(e.title, c.anchor, c.final_url) FROM chosen"
        " JOIN captures AS c USING (capture_id)"
        " LEFT JOIN editions AS e ON e.edition_id = (SELECT min(edition_id) FROM edition_documents AS d"
        "   WHERE d.sha256 = c.sha256 AND d.url = c.final_url)"
        # An answer 304 has nothing to show, and what a browser made lies under an address of ours.
        " WHERE is_page AND c.via <> 'browser' AND coalesce(c.http_status, 200) <> 304 ORDER BY c.fetched_at, 1"
    )
    return tuple(Page(*row) for row in rows)


# Every one adds to what the ones before it chose.
_CHOOSE = (
    # The documents of the reports, as often as they were captured.
    """INSERT INTO chosen SELECT DISTINCT c.capture_id, 1 FROM reports r JOIN editions e USING (report_id)
       JOIN edition_documents d USING (edition_id) JOIN captures c ON c.sha256 = d.sha256 AND c.final_url = d.url
       WHERE r.area_code IS :area AND r.year IS :year AND c.record_type <> 'metadata'""",
    # The redirects on the way to them.
    """INSERT OR IGNORE INTO chosen SELECT r.capture_id, 0 FROM chosen JOIN captures c USING (capture_id)
       JOIN captures r ON r.run_id = c.run_id AND r.outcome = 'redirect'
       -- the first of a chain, or one on its way: an index for each
       AND (r.final_url = c.url AND r.url = c.url OR r.url <> r.final_url AND r.url = c.url)
       WHERE c.url <> c.final_url AND r.record_type <> 'metadata'""",
    # The pages whose links led there.
    """INSERT OR IGNORE INTO chosen SELECT l.capture_id, 0 FROM chosen JOIN captures c USING (capture_id)
       JOIN captures l ON l.final_url = c.referrer AND l.run_id = c.run_id
       WHERE l.outcome IN ('ok', 'not_modified') AND l.record_type <> 'metadata'""",
    # What the revisits among all these repeat.
    """INSERT OR IGNORE INTO chosen SELECT o.capture_id, 0 FROM chosen JOIN captures c USING (capture_id)
       JOIN captures o ON o.record_id = c.refers_to""",
)
