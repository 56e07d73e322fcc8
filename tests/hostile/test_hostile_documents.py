"""Documents made to hurt: whatever comes, the answer is a document of bounded size or one plain sentence."""

import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from parsers.document import Document, Table
from parsers.readers import LIMITS, UnreadableDocument, read_all, reader_of
from parsers.sniff import DOCX, HTML, MHTML, OFD, PDF, TEXT, XLS, XLSX

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 9))
    + "]>"
)


def size_of(document: Document) -> tuple[int, int, int]:
    tables = document.tables
    return len(document.blocks), sum(len(t.cells) for t in tables), sum(map(len, document.texts()))


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def word(xml: str) -> bytes:
    return zipped({"word/document.xml": xml.encode()})


def outcome(data: bytes, kind: str | None = None) -> list[Document]:
    """The documents read, none where the reader refused with a proper sentence."""
    try:
        return [reader_of(kind)(data, kind, None, None)] if kind else read_all(data)
    except UnreadableDocument as error:
        if re.fullmatch(r"[A-Z].*\.", str(error), re.DOTALL):
            return []
        raise


def page(body: str) -> Table | None:
    (document,) = read_all(f"<html><body>{body}</body></html>".encode())
    return document.tables[0] if document.tables else None


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 4_000 + "x",
        "<b>" * 3_000 + "<p>x" * 3_000,
        "<table><tr><td>a<td>" * 400 + "x",
        "<table><tr><td>1</td><td>2</td></tr><tr><td><p>" * 200 + "x",
        "<ul><li>" * 4_000,
        "<p" + " a=b" * 100_000 + ">x",
        "&amp;" * 200_000,
    ],
)
def test_deep_and_long_mark_up(body: str) -> None:
    (document,) = read_all(f"<html><body>{body}</body></html>".encode())
    assert max(size_of(document)) <= 2_000_000


@pytest.mark.parametrize("tag", ["<div>", "<ul><li>", "<font>", "<table><tr><td>"])
def test_a_nesting_bomb_is_refused_before_it_is_parsed(tag: str) -> None:
    with pytest.raises(UnreadableDocument, match="inside each other"):
        read_all(b"<html><body>" + tag.encode() * 100_000)


def test_many_elements_without_end_tags_are_no_bomb() -> None:
    (document,) = read_all(b"<html><body>" + b"<p>x<br>" * 10_000)
    assert len(document.blocks) == 10_000


def test_spans_of_millions_cost_nothing() -> None:
    rows = "".join(f"<tr>{'<td colspan=1000000 rowspan=1000000>1</td>' * 40}</tr>" for _ in range(40))
    table = page(f"<table>{rows}</table>")
    assert table is not None
    assert len(table.cells) <= 1_600
    assert table.n_columns <= LIMITS.max_columns


def test_a_page_of_cells_beyond_the_limit_is_cut_and_says_so() -> None:
    (document,) = read_all(b"<table>" + b"<tr><td>1<td>2" * (LIMITS.max_cells // 2 + 500) + b"</table><p>x</p>")
    assert size_of(document)[1] <= LIMITS.max_cells


@pytest.mark.parametrize("member", ["word/document.xml", "word/styles.xml", "word/numbering.xml", "docProps/core.xml"])
def test_entities_in_word_parts_are_refused(member: str) -> None:
    parts = {"word/document.xml": f"<w:document {W}><w:body/></w:document>".encode()}
    parts[member] = f"{BOMB}<w:x {W}>&a8;</w:x>".encode()
    with pytest.raises(UnreadableDocument, match=r"document type|damaged"):
        read_all(zipped(parts))


def test_external_entities_are_not_fetched(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("x") / "secret"
    secret.write_text("never-to-be-seen")
    xml = (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(UnreadableDocument) as caught:
        read_all(word(xml))
    assert "never-to-be-seen" not in str(caught.value)


def test_zip_bombs_are_refused_by_what_their_directory_promises() -> None:
    with pytest.raises(UnreadableDocument, match="bomb"):
        read_all(word(f"<w:document {W}><w:body>" + " " * (16 << 20) + "</w:body></w:document>"))
    with pytest.raises(UnreadableDocument, match=r"bomb|unpacks"):
        read_all(zipped({f"{i}.txt": b"0" * (20 << 20) for i in range(3)}))


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    honest = word(f"<w:document {W}><w:body>{'<w:p/>' * 1000}</w:body></w:document>")
    size = len(f"<w:document {W}><w:body>{'<w:p/>' * 1000}</w:body></w:document>")
    lying = honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(UnreadableDocument):
        read_all(lying)


def test_many_members_and_archives_in_archives() -> None:
    (document, *rest) = read_all(zipped({f"{i}.txt": b"x" for i in range(LIMITS.max_members + 50)}))
    assert len(rest) < LIMITS.max_members
    nested = zipped({"a.txt": b"x"})
    for _ in range(6):
        nested = zipped({f"{i}.zip": nested for i in range(2)})
    with pytest.raises(UnreadableDocument, match="deep"):
        read_all(nested)
    assert document.text() == "x"


@pytest.mark.parametrize("depth", [20, 80, 3_000])
def test_word_tables_in_tables(depth: int) -> None:
    xml = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth
    try:
        documents = read_all(word(f"<w:document {W}><w:body>{xml}</w:body></w:document>"))
    except UnreadableDocument:
        assert depth > 80
    else:
        assert documents[0].blocks == ()


def pdf_of(draw: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(100, 700, "text")
    canvas._code.append(draw)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    "draw",
    [
        "0 0 m 500 500 l S " * 60_000,
        "".join(f"{i % 500} 0 m {i % 500} 800 l S 0 {i % 800} m 500 {i % 800} l S " for i in range(4_000)),
        "100 100 m " + "100 200 l 200 100 l " * 30_000 + "S",
        "q 1e30 0 0 1e30 0 0 cm 0 0 m 1e30 1e30 l S Q",
        "BT /F1 12 Tf 10 10 Td " + "(0) Tj 3 0 Td " * 50_000 + "ET",
    ],
    ids=["lines", "lattice", "path", "huge", "characters"],
)
def test_pdf_pages_with_too_much_on_them(draw: str) -> None:
    (document,) = read_all(pdf_of(draw))
    assert size_of(document)[1] <= LIMITS.max_cells
    assert "text" in document.text()


def test_pdf_with_loops_in_its_page_tree() -> None:
    data = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(UnreadableDocument, match="damaged"):
        read_all(data)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_cut_pdf_is_read_in_part_or_refused(share: float) -> None:
    whole = pdf_of("")
    assert all(d.media_type == PDF for d in outcome(whole[: int(len(whole) * share)]))


@pytest.mark.parametrize("data", [b"", b"   ", b"\x00" * 1000, b"MZ\x90\x00" + b"\x00" * 100])
def test_nothing_and_foreign_files(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"^[A-Z].*\.$"):
        read_all(data)


def test_files_beyond_the_size_limit_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableDocument, match="larger than"):
        read_all(b"%PDF-1.4" + b" " * LIMITS.max_bytes)


_PIECES = st.sampled_from(
    ["<table>", "<tr>", "<td>", "</td>", "</table>", "<td colspan=9>", "<td rowspan=0>", "<p>", "<br>", "<div hidden>",
     "</div>", "1", "规章", "\t", "\n", "\f", "|", "-", "# ", "**", "&nbsp;", "\x00", "\ufeff", "<!--", "<h1>",
     "<a href=x>", "<caption>", "<svg>", "<template>", "<select>", "索引号：", "\u2028", "𠮷"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=60), html=st.booleans())
def test_any_mark_up_gives_a_bounded_document(pieces: list[str], html: bool) -> None:
    data = ("<html><body>" * html + "".join(pieces)).encode()
    document = reader_of(HTML if html else TEXT)(data, HTML, None, "https://county.example/")
    blocks, cells, text = size_of(document)
    assert blocks <= len(pieces) + 1
    assert cells <= 4 * len(pieces) * len(pieces) + 10
    assert text <= 8 * len(data)
    for table in document.tables:
        places = [(c.row + i, c.column + j) for c in table.cells for i in range(c.rowspan) for j in range(c.colspan)]
        assert len(places) == len(set(places)), "two cells on one place"


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400), kind=st.sampled_from([DOCX, PDF, XLS, XLSX, HTML, TEXT, MHTML, OFD]))
def test_random_bytes_to_every_reader(data: bytes, kind: str) -> None:
    """Straight to the readers: the net around them in ``read_all`` must not be what catches plain damage."""
    assert all(size_of(d)[2] <= 4 * len(data) + 10 for d in outcome(data, kind))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_documents(data: st.DataObject) -> None:
    """Bytes changed, lost and doubled in the middle of good files."""
    good = data.draw(st.sampled_from(_GOOD))
    at = data.draw(st.integers(0, len(good) - 1))
    until = data.draw(st.integers(at, min(at + 40, len(good))))
    damaged = good[:at] + data.draw(st.binary(max_size=12)) + good[until:]
    assert all(size_of(d)[2] <= 100_000 for d in outcome(damaged))


_ROWS = f"<w:tr>{'<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>' * 3}</w:tr>" * 3
_GOOD = [
    word(f"<w:document {W}><w:body><w:tbl>{_ROWS}</w:tbl></w:body></w:document>"),
    pdf_of("100 100 m 300 100 l 300 200 l 100 200 l s 200 100 m 200 200 l S"),
    zipped({"a.txt": b"a\t1\nb\t2\n"}),
    "<html><body><table><tr><td rowspan=2>规章<td>1<tr><td>2</table>".encode("gb18030"),
]
