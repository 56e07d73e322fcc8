"""Cases saved with ``nianbao fixture save``, each compared by a person with its page before it came here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parsers import Hints, parse

SAVED = Path(__file__).resolve().parents[1] / "golden" / "saved"
FACTS = ("is_report", "organ", "area_code", "year", "scope", "form", "title", "published_on", "signed_on", "index_no")


@pytest.mark.parametrize("case", sorted(SAVED.glob("*.json")), ids=lambda path: path.stem)
def test_reads_as_it_was_saved(case):
    saved = json.loads(case.read_text("utf-8"))
    (document,) = (path for path in case.parent.glob(f"{case.stem}.*") if path != case)
    found = parse(document.read_bytes(), None, Hints(saved["url"])).as_dict()
    expected = saved["result"]
    assert {name: found[name] for name in FACTS} == {name: expected[name] for name in FACTS}
    for key, cell in expected["cells"].items():
        assert {name: found["cells"][key][name] for name in ("value", "raw", "status")} == {
            name: cell[name] for name in ("value", "raw", "status")
        }, key
    assert [(c["kind"], c["value"]) for c in found["claims"]] == [(c["kind"], c["value"]) for c in expected["claims"]]
    verdicts = {(f["rule"], f["verdict"]) for f in found["findings"]}
    assert verdicts == {(f["rule"], f["verdict"]) for f in expected["findings"]}
