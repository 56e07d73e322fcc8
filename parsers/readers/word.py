"""Word documents (.docx): paragraphs and tables as WordprocessingML states them (ECMA-376 part 1, clause 17)."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.document import Block, Document, Paragraph, Place
from parsers.readers.embedded import has_table, with_pictures, with_workbooks
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import number_tables
from parsers.readers.grid import RawCell, build_table, is_layout
from parsers.readers.meta import labelled
from parsers.readers.word_text import Numbering, Styles, paragraph_text, text_boxes
from parsers.readers.zipsafe import open_zip, parse_xml, read_member
from parsers.sniff import DOCX

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_WHAT = "Word document"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_EMBED, _VML_ID = _RELATION + "embed", _RELATION + "id"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_VML_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
# Wrappers that hold block content: content controls, tracked insertions, custom XML.
_WRAPPERS = frozenset(W + n for n in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))


@dataclass(slots=True)
class _Cell:
    """A ``w:tc`` with its content."""

    blocks: list[Block]
    text: str
    own: int
    colspan: int
    merge: str | None  # None, "restart" or "continue"
    place: Place
    column: int = 0
    rowspan: int = 1


@dataclass(slots=True)
class _Reader:
    styles: Styles
    numbering: Numbering
    cells: int = 0
    warnings: list[str] = field(default_factory=list)

    def blocks(self, parent: etree._Element, path: str) -> list[Block]:
        """The blocks below ``parent`` (body, cell or text box) in order."""
        out: list[Block] = []
        counts: dict[str, int] = {}
        for child in _children(parent):
            tag = etree.QName(child).localname
            if tag not in ("p", "tbl"):
                continue
            counts[tag] = counts.get(tag, 0) + 1
            at = f"{path}/{tag}[{counts[tag]}]"
            if tag == "tbl":
                out.extend(self._table(child, at))
            else:
                out.extend(self._paragraph(child, at))
            if len(out) >= LIMITS.max_blocks or self.cells >= LIMITS.max_cells:
                self.warnings.append("The document is too large and was read only in part.")
                break
        return out

    def _paragraph(self, node: etree._Element, at: str) -> Iterator[Block]:
        text = paragraph_text(node)
        label = self.numbering.label(node) if text else ""
        level = self.styles.heading_level(node)
        for line in (label + text).split("\n"):
            if line.strip():
                yield Paragraph(line.strip(), Place(path=at), level)
        for i, box in enumerate(text_boxes(node), 1):
            yield from self.blocks(box, f"{at}/txbx[{i}]")

    def _table(self, node: etree._Element, at: str) -> list[Block]:
        rows: list[list[_Cell]] = []
        for r, row in enumerate((c for c in _children(node) if c.tag == W + "tr"), 1):
            if row.find(f"{W}trPr/{W}del") is None:  # a tracked deletion is no longer part of the document
                rows.append(self._row(row, f"{at}/tr[{r}]"))
            if len(rows) >= LIMITS.max_rows or self.cells >= LIMITS.max_cells:
                break
        cells = [c for row in rows for c in row]
        filled = [c for c in cells if c.text]
        nested = any(not isinstance(b, Paragraph) for c in cells for b in c.blocks)
        alone = len(filled) < 2 or all(len(row) < 2 for row in rows)
        if alone or (nested and is_layout((c.own for c in filled), (len(c.text) - c.own for c in filled))):
            return [block for cell in cells for block in cell.blocks]
        table = build_table(_merged(rows), "exact", Place(path=at))
        return [table] if table else []

    def _row(self, row: etree._Element, at: str) -> list[_Cell]:
        column = _number(row.find(f"{W}trPr/{W}gridBefore"))
        out = []
        for c, node in enumerate((n for n in _children(row) if n.tag == W + "tc"), 1):
            place = Place(path=f"{at}/tc[{c}]")
            blocks = self.blocks(node, f"{at}/tc[{c}]")
            own = sum(len(b.text) for b in blocks if isinstance(b, Paragraph))
            span = max(1, min(_number(node.find(f"{W}tcPr/{W}gridSpan")), LIMITS.max_columns))
            merge = node.find(f"{W}tcPr/{W}vMerge")
            kind = None if merge is None else merge.get(W + "val", "continue")
            out.append(_Cell(blocks, _flat(blocks), own, span, kind, place, column))
            column += span
            self.cells += 1
            if column > LIMITS.max_columns or self.cells >= LIMITS.max_cells:
                break
        return out


def _children(parent: etree._Element) -> Iterator[etree._Element]:
    """Element children, wrappers opened."""
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _children(child)
        elif isinstance(child.tag, str):
            yield child


def _flat(blocks: list[Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        lines.extend([block.text] if isinstance(block, Paragraph) else [c.text for c in block.cells if c.text])
    return "\n".join(lines)


def _number(node: etree._Element | None) -> int:
    value = (node.get(W + "val") if node is not None else None) or "0"
    return int(value[:6]) if value.isascii() and value.isdigit() else 0


def _merged(rows: list[list[_Cell]]) -> list[list[RawCell]]:
    """Turn vertical merges into row spans. A continuation under no cell of its width is its own."""
    open_merges: dict[tuple[int, int], _Cell] = {}
    kept: list[list[_Cell]] = []
    for row in rows:
        still: dict[tuple[int, int], _Cell] = {}
        own = []
        for cell in row:
            key = (cell.column, cell.colspan)
            anchor = open_merges.get(key) if cell.merge == "continue" else None
            if anchor is None:
                anchor = cell
                own.append(cell)
            else:
                anchor.rowspan += 1
            if cell.merge is not None:
                still[key] = anchor
        open_merges = still
        kept.append(own)
    return [_raw(row, busy) for row, busy in zip(kept, _covered(kept), strict=True)]


def _covered(rows: list[list[_Cell]]) -> list[set[int]]:
    """For each row the grid columns that a cell from above covers."""
    out: list[set[int]] = [set() for _ in rows]
    for r, row in enumerate(rows):
        for cell in row:
            for below in range(r + 1, min(r + cell.rowspan, len(rows))):
                out[below].update(range(cell.column, cell.column + cell.colspan))
    return out


def _raw(row: list[_Cell], covered: set[int]) -> list[RawCell]:
    out = []
    column = 0
    for cell in row:
        skip = sum(1 for c in range(column, cell.column) if c not in covered)
        out.append(RawCell(cell.text, cell.colspan, cell.rowspan, cell.place, skip))
        column = cell.column + cell.colspan
    return out


def read_docx(data: bytes) -> Document:
    """Read a .docx file: tables of kind ``exact``, paragraphs with outline level; headers and footers are left out.

    Of a document without any table the workbooks in it are read, or its pictures: its tables may stand in it as such.
    Text that was deleted under change tracking, or is hidden, is not part of the document. Raises
    UnreadableDocument for damaged, locked or oversized files.
    """
    with open_zip(data, _WHAT) as archive:
        names = set(archive.namelist())

        def part(name: str) -> etree._Element | None:
            if name not in names:
                return None
            xml = read_member(archive, name, LIMITS.max_markup_bytes * 2, _WHAT)
            return parse_xml(xml.replace(_STRICT, W[1:-1].encode()), _WHAT)

        document = part("word/document.xml")
        body = document.find(W + "body") if document is not None else None
        if body is None:
            raise UnreadableDocument(f"The {_WHAT} has no body; it is damaged.")
        reader = _Reader(Styles(part("word/styles.xml")), Numbering(part("word/numbering.xml")))
        blocks = reader.blocks(body, "body")
        meta = labelled(b.text for b in blocks if isinstance(b, Paragraph))
        core = part("docProps/core.xml")
        for node in core if core is not None else ():
            if isinstance(node.tag, str) and node.text and node.text.strip():
                meta.setdefault(etree.QName(node).localname.lower(), node.text.strip()[:500])
        found = Document(number_tables(blocks), DOCX, meta, tuple(reader.warnings))
        relations = part("word/_rels/document.xml.rels")
        if not has_table(found):
            found = with_workbooks(found, _inside(archive, body, relations, _OBJECT))
        return found if has_table(found) else with_pictures(found, _inside(archive, body, relations, _BLIP, _VML_IMAGE))


def _inside(
    archive: zipfile.ZipFile, body: etree._Element, relations: etree._Element | None, *tags: str
) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of what elements of these names put into the document, in reading order, each once."""
    names = set(archive.namelist())
    inside = (r for r in (() if relations is None else relations) if r.get("TargetMode") != "External")
    targets = {r.get("Id"): r.get("Target", "") for r in inside}
    used = (node.get(_EMBED) or node.get(_VML_ID) for node in body.iter(*tags))
    for target in dict.fromkeys(targets.get(one, "") for one in used):
        name = posixpath.normpath(posixpath.join("/word", target))[1:]
        if name in names:
            yield name, read_member(archive, name, LIMITS.max_bytes, _WHAT)
