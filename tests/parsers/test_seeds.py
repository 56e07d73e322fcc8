"""The five real reports: every cell, strictly against the truth. The figures are printed for the record."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from parsers.readers import read
from parsers.tables import read_tables

SEEDS = [
    "000_3662427a01d71352", "001_ff1f8276dec07d75", "002_ca7c6a4c8b1a7e82", "003_cc3da1527fd013d4",
    "004_19ace9a49f2df35a",
]  # fmt: skip
pytestmark = pytest.mark.shared


def truth_of(gold):
    """{key: (value, status)} with status unknown where there is no number."""
    out = {}
    for table in ("table2", "table3", "table4"):
        for row, columns in gold[table].items():
            for column, value in columns.items():
                key = f"{table}.{row}.{column}"
                out[key] = (value, gold["status"].get(key, "printed"))
    return out


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_of_a_seed(seed, shared_dir, capsys):
    gold = json.loads((shared_dir / "gold" / f"{seed}.json").read_text("utf-8"))
    tables = read_tables(read((shared_dir / "seeds" / f"{seed}.txt").read_bytes()))
    truth = truth_of(gold)
    got = {k: (c.value, str(c.status) if c.value is not None else "unknown") for k, c in tables.cells.items()}
    assert len(got) == 200
    assert {k: (got[k], truth[k]) for k in truth if got[k] != truth[k]} == {}
    counts = Counter(status for _, status in got.values())
    with capsys.disabled():
        print(f"\n{seed}: {dict(counts)} of {len(truth)} right")
    assert {s: counts[s] for s in ("printed", "aligned", "derived", "unknown")} == {
        s: gold["summary"][s] for s in ("printed", "aligned", "derived", "unknown")
    }
    assert tables.findings == ()
