"""Numbers recognised in running text count only where the form's sums hold with them."""

from dataclasses import replace

import pytest

from parsers.document import Document, Paragraph
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
