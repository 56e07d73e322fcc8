"""Render one report of the practice portals from its facts: pasted-Word HTML, text form, .docx or .pdf.

Used by ``crawler.replica.make`` only; .docx needs the development library python-docx, .pdf a Chromium.
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crawler.chromium import FLAGS, find_browser
from parsers.form_model import Form, FormTable, Row, load_forms

NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
PRINT_STYLE = """
body { font: 12pt/1.7 'Noto Serif CJK SC', serif }
table { width: 100%; border-collapse: collapse; font-size: 8pt; line-height: 1.3 }
td { border: .5pt solid #000; padding: 1pt 2pt; text-align: center }
td p { margin: 0 }
tr { break-inside: avoid }
"""


@dataclass(frozen=True, slots=True)
class Box:
    """One cell to draw: text and spans."""

    text: str
    rows: int = 1
    columns: int = 1


class Report:
    """The facts of one report, and its tables as rows of boxes.

    Args:
        facts: one file of ``facts/``; ``cells`` holds what is not zero, ``blank`` prefixes of cells that are empty,
            ``missing`` tables that are not there.
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        # The rows and columns of most organs: optional ones are printed only where the facts have them.
        self.form: Form = load_forms()["2021"].as_printed(
            f"{name}.{column}" for name, columns in facts["cells"].items() for column in columns
        )

    @classmethod
    def load(cls, path: Path) -> Report:
        """Read a facts file."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def value(self, table: str, row: str, column: str) -> str:
        """What is printed in a cell."""
        key = f"{table}.{row}.{column}"
        if any(key.startswith(prefix) for prefix in self.facts.get("blank", ())):
            return ""
        return str(self.facts["cells"].get(f"{table}.{row}", {}).get(column, 0))

    def sections(self) -> Iterator[tuple[str, list[str], str | None]]:
        """Heading, paragraphs and table key of each part that the document has."""
        tables = {2: "table2", 3: "table3", 4: "table4"}
        for section, numeral in zip(self.form.sections, "一二三四五六", strict=True):
            table = tables.get(section.number)
            if table not in self.facts.get("missing", ()):
                yield f"{numeral}、{section.label}", self.facts["sections"].get(section.number, []), table

    def rows(self, key: str) -> list[list[Box]]:
        """A table as the official form has it, merged cells as spans."""
        table = self.form.table(key)
        return {"table2": self._table2, "table3": self._table3, "table4": self._table4}[key](table)

    def _table2(self, table: FormTable) -> list[list[Box]]:
        out: list[list[Box]] = []
        for group in table.groups:
            columns = [c for c in table.columns if c.key in (group.columns or ())]
            span = 3 // len(columns)
            out.append([Box(group.label, columns=4)])
            out.append([Box("信息内容"), *(Box(c.label, columns=span) for c in columns)])
            out += [
                [Box(row.label), *(Box(self.value("table2", row.key, c.key), columns=span) for c in columns)]
                for row in table.rows
                if row.group == group.key
            ]
        return out

    def _table3(self, table: FormTable) -> list[list[Box]]:
        labels = [c.label for c in table.columns]
        out = [
            [Box(NOTE, 3, 3), Box("申请人情况", columns=7)],
            [Box(labels[0], 2), Box("法人或其他组织", columns=5), Box(labels[6], 2)],
            [Box(label) for label in labels[1:6]],
        ]
        groups = {g.key: g for g in table.groups}
        begun: set[str] = set()
        for row in table.rows:
            boxes: list[Box] = []
            path = self._path(row, groups)
            for name in path:
                if name not in begun:
                    begun.add(name)
                    size = sum(name in self._path(other, groups) for other in table.rows)
                    boxes.append(Box(groups[name].label, size))
            boxes.append(Box(row.label, columns=3 - len(path)))
            boxes += [Box(self.value("table3", row.key, c.key)) for c in table.columns]
            out.append(boxes)
        return out

    @staticmethod
    def _path(row: Row, groups: dict[str, Any]) -> list[str]:
        path: list[str] = []
        name = row.group
        while name:
            path.insert(0, name)
            name = groups[name].parent
        return path

    def _table4(self, table: FormTable) -> list[list[Box]]:
        labels = [c.label for c in table.columns]
        return [
            [Box("行政复议", columns=5), Box("行政诉讼", columns=10)],
            [
                *(Box(label, 2) for label in labels),
                Box("未经复议直接起诉", columns=5),
                Box("复议后起诉", columns=5),
            ],
            [Box(label) for label in labels * 2],
            [Box(self.value("table4", row.key, c.key)) for row in table.rows for c in table.columns],
        ]

    # ---- formats ----

    def as_word_html(self) -> str:
        """The body as an editor leaves it after pasting from Word."""
        out = ['<div class="WordSection1">']
        out.append(_word_p(self.facts["title"], "text-align:center;font-size:22.0pt"))
        out.append(_word_p(self.facts["intro"]))
        for heading, paragraphs, table in self.sections():
            out.append(_word_p(heading, "font-family:黑体", bold=True))
            out += [_word_p(text) for text in paragraphs]
            if table:
                out.append(_word_table(self.rows(table)))
        out += [_word_p(text, "text-align:right") for text in self.ending()]
        return "\n".join([*out, "</div>"])

    def ending(self) -> list[str]:
        """Signatory and date, if the report prints them."""
        return [self.facts[name] for name in ("signatory", "signed") if name in self.facts]

    def as_text(self) -> str:
        """The text that an office program's table leaves behind when it is copied as text: tabs, no spans."""
        out = [self.facts["title"], self.facts["intro"]]
        for heading, paragraphs, table in self.sections():
            out += [heading, *paragraphs]
            if table == "table4" and "table4_line" in self.facts:
                out += ["\t".join(box.text for box in row) for row in self.rows(table)[:-1]]
                out.append("\t".join(str(n) for n in self.facts["table4_line"]))
            elif table:
                out += self._text_rows(table)
        return "\n".join(out + self.ending()) + "\n"

    def _text_rows(self, key: str) -> list[str]:
        table = self.form.table(key)
        shifted = {name.split(".", 1)[1] for name in self.facts.get("shifted", ())}
        labels = {row.label: row.key for row in table.rows}
        out = []
        for row in self.rows(key):
            texts = [box.text for box in row]
            at = next((i for i, text in enumerate(texts) if text in labels), None)
            if at is not None and labels[texts[at]] in shifted:
                texts = [*texts[: at + 1], "", *texts[at + 1 : -1]]
            out.append("\t".join(texts))
        return out

    def as_docx(self) -> bytes:
        """An office document with truly merged cells."""
        from docx import Document

        document = Document()
        document.core_properties.author = "演示门户"
        document.add_heading(self.facts["title"], 0)
        document.add_paragraph(self.facts["intro"])
        for heading, paragraphs, table in self.sections():
            document.add_heading(heading, 1)
            for text in paragraphs:
                document.add_paragraph(text)
            if table:
                _docx_table(document, self.rows(table))
        for text in self.ending():
            document.add_paragraph(text)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def as_pdf(self) -> bytes:
        """A text PDF with ruled tables and an embedded font, printed by Chromium; table 3 runs over a page break."""
        from playwright.sync_api import sync_playwright

        found, path = find_browser()
        if not found:
            raise RuntimeError("Making the PDF needs a Chromium; install one or set NIANBAO_CHROMIUM.")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = browser.new_page()
            page.set_content(f"<style>{PRINT_STYLE}</style>{self.as_word_html()}")
            content = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "18mm"))
            browser.close()
        return content


def grid(rows: list[list[Box]]) -> tuple[list[list[str]], list[tuple[int, int, Box]], int]:
    """Lay boxes out: texts by grid place (covered places empty), each box's place, number of columns."""
    places: list[tuple[int, int, Box]] = []
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for box in row:
            while (y, x) in taken:
                x += 1
            places.append((y, x, box))
            taken |= {(y + dy, x + dx) for dy in range(box.rows) for dx in range(box.columns)}
            x += box.columns
    width = 1 + max(x for _, x in taken)
    texts = [[""] * width for _ in rows]
    for y, x, box in places:
        texts[y][x] = box.text
    return texts, places, width


def _word_p(text: str, style: str = "", bold: bool = False) -> str:
    inner = f'<span lang="EN-US"></span><span style="mso-hansi-font-family:仿宋;{style}">{html.escape(text)}</span>'
    return f'<p class="MsoNormal" style="{style}">{f"<b>{inner}</b>" if bold else inner}<o:p></o:p></p>'


def _word_table(rows: list[list[Box]]) -> str:
    out = ['<table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" style="border-collapse:collapse">']
    for row in rows:
        out.append("<tr>")
        for box in row:
            spans = (f' rowspan="{box.rows}"' if box.rows > 1 else "") + (
                f' colspan="{box.columns}"' if box.columns > 1 else ""
            )
            text = html.escape(box.text) or "&nbsp;"
            out.append(
                f'<td{spans} style="mso-border-alt:solid windowtext .5pt"><p class="MsoNormal" align="center">'
                f'<span><span lang="EN-US" style="font-size:9.0pt">{text}</span></span><o:p></o:p></p></td>'
            )
        out.append("</tr>")
    return "".join([*out, "</table>"])


def _docx_table(document: Any, rows: list[list[Box]]) -> None:
    _, places, width = grid(rows)
    table = document.add_table(rows=len(rows), cols=width)
    table.style = "Table Grid"
    # Asked for one by one, each cell would walk the whole table again.
    cells = [cell for row in table.rows for cell in row.cells]
    for y, x, box in places:
        cell = cells[y * width + x]
        if box.rows > 1 or box.columns > 1:
            cell = cell.merge(cells[(y + box.rows - 1) * width + x + box.columns - 1])
        cell.text = box.text
