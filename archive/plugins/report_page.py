"""Everything that the page of one report shows, read from the public database in a handful of queries."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from archive import words
from archive.deadlines import basis
from archive.plugins.drawing import draw_table
from archive.plugins.web import number, rows
from archive.words import Lang
from parsers.form_model import Form, load_forms

Row = Mapping[str, Any]
_NUMBERED = re.compile(r"\s*[（(]?[一二三四五六七八九十\d]+[）)、.．]")
MAX_FACT = 120  # characters of raw text or proof on the card


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell as shown: ``text`` is the number or what stands for it, ``tag`` the short mark of its status."""

    key: str
    label: str
    unit: str
    status: str
    value: float | None
    raw: str | None
    text: str
    tag: str
    status_label: str
    notes: str  # lines for the card: what, status, raw text, proof, place
    findings: tuple[int, ...] = ()
    changed: bool = False
    corrected: str = ""  # what a correction says it should be, shown beside what is printed
    corrected_value: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The page of one report."""

    row: Row
    edition: Row
    editions: Sequence[Row]
    cells: Mapping[str, CellView]
    form: Form | None
    sections: Sequence[Mapping[str, Any]]
    findings: Sequence[Row]
    documents: Sequence[Row]
    neighbours: Sequence[Row]
    changes: Sequence[Row]
    jumps: Sequence[Row] = ()
    n_reworded: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        """Whether the newest edition is shown; sections, claims and findings are kept of that one only."""
        return bool(self.edition["is_current"])

    @property
    def deadline_basis(self) -> str:
        """The code of the list ``deadline``: where the deadline comes from, or why there is none."""
        return basis(self.row["year"], self.row["organ_kind"], self.row["admin_level"])

    def citations(self, publication: str, address: str) -> list[tuple[str, str]]:
        """This edition in three usual styles: (name of the style, text); ``address`` is this page's."""
        edition, report_id = self.edition, self.edition["edition_id"]
        organ, title = self.row["organ"] or "机关不明", edition["title"] or self.row["title"] or "无标题"
        published, seen = edition["published_on"] or "", (edition["last_seen"] or "")[:10]
        url = edition["url"] or ""
        digest = (edition["sha256"] or "")[:16]
        kept = f"年报（nianbao）{publication} 发布，报告编号 {report_id}，SHA-256 {digest}，{address}"
        year = published[:4] or self.row["year"] or "n.d."
        return [
            ("GB/T 7714", f"{organ}. {title}[EB/OL]. ({published or '日期不明'})[{seen}]. {url}. {kept}."),
            ("APA", f"{organ}. ({year}). {title}. {url} ({kept})"),
            ("BibTeX", (f"@misc{{{report_id.replace('@', '-')}, author = {{{{{organ}}}}}, title = {{{{{title}}}}}, "
                       f"year = {{{year}}}, url = {{{url}}}, urldate = {{{seen}}}, note = {{{kept}}}}}")),
        ]  # fmt: skip

    @staticmethod
    def heading(number: int, printed: str | None, usual: str) -> str:
        """The heading of a part as printed; the number is put before one that has none."""
        text = printed or usual
        return text if _NUMBERED.match(text) else f"{'一二三四五六'[number - 1]}、{text}"

    def tables(self, section: int, lang: Lang, base: str) -> list[Markup]:
        """The tables of one part as HTML; ``base`` is the address in front of a key."""
        if self.form is None:
            return []
        return [draw_table(t, lang, self.cells, base) for t in self.form.tables if t.section == section]


def load_report(db: sqlite3.Connection, report_id: str, ordinal: int | None, lang: Lang) -> Report | None:
    """Read one report; None if there is no such report or edition."""
    row = next(iter(rows(db, "SELECT * FROM reports WHERE report_id = ?", report_id)), None)
    if row is None:
        return None
    editions = rows(db, "SELECT * FROM editions WHERE report_id = ? ORDER BY ordinal DESC", report_id)
    edition = next((e for e in editions if (e["ordinal"] == ordinal if ordinal else e["is_current"])), None)
    if edition is None:
        return None
    current = bool(edition["is_current"])
    findings = rows(db, "SELECT * FROM findings WHERE report_id = ? ORDER BY verdict, finding_no", report_id)
    changes = rows(db, "SELECT * FROM changes WHERE report_id = ? ORDER BY new_edition_id, key", report_id)
    shown_changes = {c["key"] for c in changes if c["new_edition_id"] == edition["edition_id"]}
    cells = _cells(rows(db, _CELLS, edition["edition_no"]), findings if current else [], shown_changes, lang)
    if current:
        _correct(cells, rows(db, _CORRECTIONS, report_id), lang)
    form = load_forms().get(edition["form"] or "")
    return Report(
        row, edition, editions, cells, form.as_printed(cells) if form else None,
        _sections(db, report_id) if current else [], findings if current else [],
        rows(db, _DOCUMENTS, edition["edition_id"]),
        rows(db, _NEIGHBOURS, row["organ"], row["scope"], row["area_code"]),
        changes, rows(db, "SELECT * FROM jumps WHERE report_id = ?", report_id) if current else [],
        db.execute("SELECT count(*) FROM text_changes WHERE report_id = ?", [report_id]).fetchone()[0], _count(cells),
    )  # fmt: skip


_CELLS = (
    "SELECT f.key, f.label_zh, f.label_en, f.unit, c.value, c.raw, s.status, c.place, c.proof FROM _placed AS c"
    " JOIN fields AS f ON f.field_no = c.field_no JOIN statuses AS s ON s.status_no = c.status_no"
    " WHERE c.edition_no = ? ORDER BY c.field_no"
)
_CORRECTIONS = "SELECT key, new_value FROM corrections WHERE report_id = ? AND state = 'used'"
_DOCUMENTS = (
    "SELECT d.sha256, d.url, d.media_type, d.first_seen, d.last_seen,"
    " (SELECT json_group_array(json_object('id', capture_id, 'at', fetched_at, 'url', url))"
    "  FROM (SELECT * FROM captures WHERE sha256 = d.sha256 AND (url = d.url OR final_url = d.url)"
    "        ORDER BY fetched_at DESC LIMIT 20)) AS captures"
    " FROM documents AS d WHERE d.edition_id = ? ORDER BY d.first_seen"
)
_NEIGHBOURS = (
    "SELECT report_id, year FROM reports WHERE organ IS ? AND scope = ? AND area_code IS ? ORDER BY year LIMIT 40"
)


def _sections(db: sqlite3.Connection, report_id: str) -> list[Mapping[str, Any]]:
    claims = rows(db, "SELECT * FROM claims WHERE report_id = ? ORDER BY claim_no", report_id)
    found = rows(db, "SELECT number, title, text FROM sections WHERE report_id = ? ORDER BY number", report_id)
    return [
        {**row, "paragraphs": [p for p in (row["text"] or "").split("\n") if p.strip()],
         "claims": [c for c in claims if c["section"] == row["number"]]}
        for row in found
    ]  # fmt: skip


def _cells(found: Sequence[Row], findings: Sequence[Row], changed: set[str], lang: Lang) -> dict[str, CellView]:
    failing: dict[str, list[int]] = {}
    for n, finding in enumerate(findings, start=1):
        if finding["verdict"] == "fail":
            for key in json.loads(finding["cells"] or "[]"):
                failing.setdefault(key, []).append(n)
    out = {}
    for row in found:
        concerned = tuple(failing.get(row["key"], ()))
        out[row["key"]] = _cell(row, concerned, row["key"] in changed, lang)
    return out


def _cell(row: Row, findings: tuple[int, ...], changed: bool, lang: Lang) -> CellView:
    which = 0 if lang == "zh" else 1
    label, unit = (row["label_zh"], row["label_en"])[which], words.word("unit", row["unit"], lang)
    status = words.statuses()[row["status"]]
    shown = number(row["value"]) if row["value"] is not None else (row["raw"] if row["status"] == "mark" else "")
    notes = [
        (f"{label}（{unit}）", f"{label} ({unit})")[which],
        f"{status.label[which]}{('：', ': ')[which]}{status.meaning[which]}",
    ]
    proof = words.proof(row["proof"], lang)
    facts = (("原文：", "Raw text: "), row["raw"]), (("依据：", "Settled by: "), proof)
    notes += [lead[which] + fact[:MAX_FACT] for lead, fact in facts if fact]
    if where := place_words(row["place"], lang):
        notes.append(("位置：", "Place: ")[which] + where)
    return CellView(
        row["key"], label, row["unit"], row["status"], row["value"], row["raw"], shown or "", status.tag[which],
        status.label[which], "\n".join(notes), findings, changed,
    )  # fmt: skip


def _correct(cells: dict[str, CellView], corrections: Sequence[Row], lang: Lang) -> None:
    """Put what corrections say beside the cells that they are about."""
    for row in corrections:
        text = number(row["new_value"]) if row["new_value"] is not None else "—"
        note = f"更正：应为 {text}" if lang == "zh" else f"Correction: should be {text}"
        cell = cells[row["key"]]
        cells[row["key"]] = replace(
            cell, corrected=text, corrected_value=row["new_value"], notes=f"{cell.notes}\n{note}"
        )


# What the fields of a place are called; the number is added where they count from 0.
_PLACE_WORDS: dict[str, tuple[int, str, str]] = {
    "part": (0, "{}", "{}"),
    "page": (0, "第{}页", "page {}"),
    "table": (1, "第{}个表格", "table {}"),
    "row": (1, "第{}行", "row {}"),
    "column": (1, "第{}列", "column {}"),
    "line": (0, "正文第{}行", "line {}"),
}


def place_words(place: str | None, lang: Lang) -> str:
    """The place of a cell in words, from its JSON."""
    if not place:
        return ""
    at = json.loads(place)
    which = 0 if lang == "zh" else 1
    parts = [
        text[which].format(at[name] + first if first else at[name])
        for name, (first, *text) in _PLACE_WORDS.items()
        if name in at
    ]
    return ("，" if lang == "zh" else ", ").join(parts)


def _count(cells: Mapping[str, CellView]) -> dict[str, int]:
    out = dict.fromkeys(words.statuses(), 0)
    for cell in cells.values():
        out[cell.status] += 1
    return out
