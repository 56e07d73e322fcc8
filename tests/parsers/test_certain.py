"""Numbers recognised in running text count only where the form's sums hold with them."""

from dataclasses import replace

import pytest

from parsers.document import Cell, Document, Paragraph, Place, Table
from parsers.form_model import load_forms
from parsers.result import Status
from parsers.tables import read_tables


@pytest.fixture
def scanned(inventor) -> tuple[Document, dict[str, int]]:
    """A whole report as running text of a picture, one row a line, and its numbers."""
    invented = inventor("2021", 5, 0.5)
    lines = invented.text().decode().replace("\t", " ").split("\n")
    blocks = tuple(Paragraph(line) for line in lines if line.strip())
    return Document(blocks, "image/png", recognised=True), invented.values


def test_sums_confirm_what_one_look_has_read(scanned) -> None:
    document, values = scanned
    cells = read_tables(document).cells
    seen = {k: c for k, c in cells.items() if c.value is not None}
    assert seen
    assert all(c.status is Status.ALIGNED for c in seen.values())
    assert {k: c.value for k, c in seen.items()} == {k: values[k] for k in seen}
    assert not any(k.startswith("table2") for k in seen)  # no identity covers it


def test_the_same_text_in_print_needs_no_confirmation(scanned) -> None:
    document, values = scanned
    cells = read_tables(replace(document, recognised=False)).cells
    assert cells["table2.normative_documents.in_force"].value == values["table2.normative_documents.in_force"]


def test_a_misread_digit_takes_its_sums_with_it(scanned) -> None:
    document, _ = scanned
    assert load_forms()["2021"].equations_of("table4")
    at = next(i for i, b in enumerate(document.blocks) if "结转下年度" in b.text)
    wrong = Paragraph(document.blocks[at].text + "1")
    cells = read_tables(replace(document, blocks=(*document.blocks[:at], wrong, *document.blocks[at + 1 :]))).cells
    assert cells["table3.carried_out.total"].value is None
    assert not any(c.status is Status.PRINTED for c in cells.values() if c.value is not None)


def recognised_table(invented, row: str, read: list[tuple[str, float]]) -> Document:
    """Table 3 from a picture in which a pen's stroke has parted a column, with other readings in one row."""
    wide = 4  # grid column of the part of a value column that the stroke has cut off
    cells = []
    for r, texts in enumerate(invented.grids()["table3"]):
        here = read if r and texts[1] == row else [(text, 1.0) for text in texts[2:]]
        labels = [(text, 1.0) for text in texts[:2]]
        for c, (text, confidence) in enumerate([*labels, *here]):
            column, place = c + (c >= wide), Place(page=1, box=(50.0 * c, 20.0 * r, 50.0 * c + 49, 20.0 * r + 19))
            cells.append(Cell(r, column, text, 1, 1 + (column == wide - 1), place, confidence))
    return Document((Paragraph("三、收到和处理政府信息公开申请情况"), Table(tuple(cells), "ocr")), "application/pdf",
                    recognised=True)  # fmt: skip


def test_numbers_in_a_picture_stay_in_the_columns_of_their_cells(inventor) -> None:
    invented = inventor("2021", 5, 0.5)
    row = invented.form.table("table3").rows[20]
    keys = [f"table3.{row.key}.{c.key}" for c in invented.form.table("table3").columns]
    invented.values.update(zip(keys, (0, 0, 0, 0, 8, 49, 57), strict=True))
    read = [("0", 1.0), ("0,", 0.8), ("", 0.0), ("701", 0.3), ("17", 0.7), ("49", 1.0), ("57", 1.0)]
    cells = read_tables(recognised_table(invented, row.label, read)).cells
    assert all(cells[k].value in (None, invented.values[k]) for k in keys)
    seen = [k for k, c in cells.items() if c.value is not None]
    assert len(seen) > 100
    assert all(cells[k].value == invented.values[k] for k in seen)


def test_nothing_is_placed_beside_a_number_in_doubt(inventor) -> None:
    invented = inventor("2021", 5, 0.5)
    row = invented.form.table("table3").rows[20]
    keys = [f"table3.{row.key}.{c.key}" for c in invented.form.table("table3").columns]
    invented.values.update(zip(keys, (0, 0, 0, 0, 8, 49, 57), strict=True))
    read = [("0", 1.0), ("0", 1.0), ("0", 1.0), ("0", 0.6), ("8", 1.0), ("49", 1.0), ("51", 0.4)]
    cells = read_tables(recognised_table(invented, row.label, read)).cells
    assert cells[keys[-1]].value is None
    assert all(cells[k].value in (None, invented.values[k]) for k in keys)
