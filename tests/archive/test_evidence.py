"""The very spot: regions of PDFs and pictures, tables of everything else; nothing hostile comes through."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture
from archive.evidence import Evidence, Spot, draw_region, show, table_around
from archive.outcomes import Outcome
from archive.store import open_store
from parsers.document import Cell, Table

Image = pytest.importorskip("PIL.Image")


def _pdf() -> bytes:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    out = io.BytesIO()
    made = canvas.Canvas(out, pagesize=(595, 842))
    for number in (1, 2):
        made.drawString(400, 842 - 500, f"page {number}: 30")
        made.showPage()
    made.save()
    return out.getvalue()


def _reds(evidence: Evidence) -> list[tuple[int, int]]:
    """Where the frame is drawn."""
    picture = Image.open(io.BytesIO(evidence.image)).convert("RGB")
    data = picture.load()
    return [(x, y) for x in range(picture.width) for y in range(picture.height)
            if data[x, y][0] > 150 and data[x, y][1] < 90 and data[x, y][2] < 90]  # fmt: skip


def test_the_region_of_a_pdf_has_the_cell_framed() -> None:
    evidence = draw_region(_pdf(), {"page": 2, "box": [395.0, 488.0, 480.0, 505.0]})
    assert evidence is not None
    xs, ys = zip(*_reds(evidence), strict=True)
    assert (min(xs) // 2, max(xs) // 2) == pytest.approx((392, 483), abs=3)
    top = 488 - 130
    assert (min(ys) // 2, max(ys) // 2) == pytest.approx((488 - top - 3, 505 - top + 3), abs=3)
    assert evidence.across == pytest.approx(437 / 595, abs=0.01)


def test_the_region_of_a_picture_is_on_the_scale_of_a_page() -> None:
    out = io.BytesIO()
    Image.new("L", (1190, 3000), 255).save(out, "PNG")
    evidence = draw_region(out.getvalue(), {"page": 1, "box": [100, 900, 150, 915]})
    assert evidence is not None
    xs, _ = zip(*_reds(evidence), strict=True)
    assert min(xs) == pytest.approx(2 * 97, abs=4)


def test_other_documents_have_no_region() -> None:
    assert draw_region(b"<html>", {"box": [0, 0, 1, 1]}) is None


def test_a_spanned_cell_is_marked_once_and_long_tables_are_cut() -> None:
    cells = [Cell(r, c, f"{r}.{c}" * 200) for r in range(500) for c in range(3) if (r, c) not in {(250, 1), (251, 1)}]
    table = Table((*cells, Cell(250, 1, "here", rowspan=2)), "exact")
    shown = table_around(table, 251, 1)
    assert shown.first_row == 212
    assert len(shown.rows) == 81
    assert [c.text for row in shown.rows for c in row if c.here] == ["here"]
    assert max(len(c.text) for row in shown.rows for c in row) == 240


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    """Stores bytes and gives the spot of a place in them."""

    def keep(body: bytes, media_type: str, place: dict[str, Any]) -> Spot:
        root = tmp_path / "data"
        with open_store(root, vantage="t") as store:
            run = store.ledger.start_run("add", {}, "t")
            url = "http://www.qinghe.example/a"
            capture = Capture(run_id=run, url=url, final_url=url, role="document", outcome=Outcome.OK,
                              fetched_at="2026-10-01T02:00:00Z", via="local", media_type=media_type)  # fmt: skip
            store.add_resource(capture, body)
            row = store.ledger.conn.execute("SELECT * FROM captures ORDER BY capture_id DESC LIMIT 1").fetchone()
        return Spot(str(root), row["warc_file"], row["warc_offset"], row["warc_length"], media_type, url, place)

    return keep


def test_a_table_of_a_page_comes_as_plain_text(kept: Any) -> None:
    html = "<table><tr><td>新收</td><td><script>alert(1)</script><b onclick=x>30</b></td></tr></table>".encode()
    evidence = show(kept(html, "text/html", {"table": 0, "row": 0, "column": 1}))
    assert [(c.text, c.here) for c in evidence.rows[0]] == [("新收", False), ("30", True)]


@pytest.mark.parametrize(
    ("body", "media_type", "place", "reason"),
    [
        (b"%PDF-1.4 broken", "application/pdf", {"page": 1, "box": [1, 2, 3, 4]}, "not_drawn"),
        (b"\x89PNG broken", "image/png", {"page": 1, "box": [1, 2, 3, 4]}, "not_drawn"),
        (b"<p>x</p>", "text/html", {"table": 3, "row": 0, "column": 0}, "no_place"),
        (b"<p>x</p>", "text/html", {"line": 3}, "no_place"),
    ],
)
def test_what_cannot_be_drawn_says_why(kept: Any, body: bytes, media_type: str, place: Any, reason: str) -> None:
    assert show(kept(body, media_type, place)) == Evidence(reason=reason)


def test_a_missing_capture_file_says_so(kept: Any) -> None:
    spot = kept(b"<p>x</p>", "text/html", {"table": 0, "row": 0, "column": 0})
    for file in (Path(spot.archive_dir) / "warc").iterdir():
        file.unlink()
    assert show(spot) == Evidence(reason="not_at_hand")
