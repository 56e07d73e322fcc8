"""The golden documents: one test a document, each cell held against what the document prints.

Adding a document to tests/golden adds its test. The accuracy table by format, form and damage is printed at the end.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest

from parsers import parse

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
sys.path.append(str(GOLDEN))
from score import score, table  # noqa: E402 - shared with benchmarks/accuracy.py, which is no test

LEAST = {"exact": 1.0, "clean": 1.0, "poor": 0.998, "honest": 0.0}
needs_ocr = pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="needs nianbao[ocr]")
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
needs_unar = pytest.mark.skipif(not (shutil.which("unar") or shutil.which("bsdtar")), reason="needs unar")


@pytest.fixture(scope="module")
def scores(request):
    """Scores of all documents read; printed as a table when the last one is done."""
    found = []
    yield found
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + table(found))


def _case(name):
    expected = EXPECTED[name]
    marks = []
    if expected["bar"] in ("clean", "poor"):
        marks.append(needs_ocr)
    if expected["format"] in ("doc", "rtf", "odt"):
        marks.append(needs_office)
    if expected["format"] == "rar":
        marks.append(needs_unar)
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [_case(name) for name in EXPECTED])
def test_document(name, scores):
    expected = EXPECTED[name]
    result = parse((GOLDEN / expected["file"]).read_bytes())
    one = score(expected, result.cells, result.form)
    scores.append(((expected["format"], expected["form"], expected["damage"]), one))
    assert one.wrong == {}
    assert result.form == expected["form"]
    assert result.year == expected["year"]
    assert one.share >= LEAST[expected["bar"]], one.missing


def test_there_are_enough_documents_of_every_kind():
    assert len(EXPECTED) >= 60
    assert {e["format"] for e in EXPECTED.values()} >= {"html", "pdf", "docx", "doc", "rtf", "xlsx", "xls", "ofd",
                                                        "text", "zip", "scan", "csv", "mht", "rar"}  # fmt: skip
    assert {e["form"] for e in EXPECTED.values()} == {"2014", "2019", "2021"}
    stored = {p.name for p in (GOLDEN / "cases").iterdir()}
    assert stored == {Path(e["file"]).name for e in EXPECTED.values()}
