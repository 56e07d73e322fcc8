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


def recognised_table(invented, read: dict[str, list[tuple[str, float]]]) -> Document:
    """Table 3 from a picture in which a pen's stroke has parted a column, with other readings in some rows."""
    parted = 3  # grid column of the value column of which the stroke has cut off a part
    cells = []
    for r, texts in enumerate(invented.grids()["table3"]):
        here = read.get(texts[1]) or [(text, 1.0) for text in texts[2:]]
        for c, (text, confidence) in enumerate([(text, 1.0) for text in texts[:2]] + here):
            place = Place(page=1, box=(50.0 * c, 20.0 * r, 50.0 * c + 49, 20.0 * r + 19))
            cells.append(Cell(r, c + (c > parted), text, 1, 1 + (c == parted), place, confidence))
    return Document((Paragraph("三、收到和处理政府信息公开申请情况"), Table(tuple(cells), "ocr")), "application/pdf",
                    recognised=True)  # fmt: skip


@pytest.mark.parametrize("doubt", [0.3, 1.0])
def test_numbers_in_a_picture_stay_in_the_columns_of_their_cells(inventor, doubt) -> None:
    """A stroke has changed two numbers and hidden one: only with the last number no total would the sums come out."""
    invented = inventor("2021", 5, 0.5)
    one, other = invented.form.table("table3").rows[16:18]
    keys = [f"table3.{one.key}.{c.key}" for c in invented.form.table("table3").columns]
    invented.values.update(zip(keys, (0, 0, 0, 0, 8, 49, 57), strict=True))
    read = [("0", 1.0), ("0", 1.0), ("", 0.0), ("701", doubt), ("17", doubt), ("49", 1.0), ("57", 1.0)]
    illegible = [("V", 0.5)] * 7
    cells = read_tables(recognised_table(invented, {one.label: read, other.label: illegible})).cells
    assert {k: cells[k].value for k in keys if cells[k].value is not None} == {}
    seen = {k: c.value for k, c in cells.items() if c.value is not None}
    assert len(seen) > 100
    assert seen == {k: invented.values[k] for k in seen}
