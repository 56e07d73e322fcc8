"""What is known to be wrong in real reports is found and laid to the source; nothing else fails."""

from __future__ import annotations

import pytest

from parsers import parse

pytestmark = pytest.mark.shared

KNOWN = {
    "seeds/000_3662427a01d71352.txt": set(),
    "seeds/001_ff1f8276dec07d75.txt": set(),
    "seeds/002_ca7c6a4c8b1a7e82.txt": set(),
    "seeds/003_cc3da1527fd013d4.txt": {"T2_REPEAT"},  # 0 issued, 16 repealed, 16 in force: worth a look
    "seeds/004_19ace9a49f2df35a.txt": set(),
    "realdata/documents/huaian-city-2024.pdf": set(),
    "realdata/documents/pingtan-2021.page.extract.txt": set(),
    "realdata/documents/pingtan-2019.page.extract.txt": set(),
    "realdata/documents/pingtan-2019-tables.reconstructed.html": set(),
    "realdata/documents/pingtan-2014.page.extract.txt": set(),
    "realdata/documents/pingtan-county-2011.page.extract.txt": set(),
    # The prose gives the natural persons' column and the first row for whole classes, and all cases as upheld.
    "realdata/documents/shanghai-office-2019.html": {
        "N_GRANTED_ANY", "N_UNAVAILABLE", "N_PARTS", "N_OUTCOME.review", "N_OUTCOME.suit",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_known_contradictions_and_no_others(name, shared_dir):
    result = parse((shared_dir / name).read_bytes())
    fails = [f for f in result.findings if f.verdict == "fail" and f.rule != "METADATA"]
    assert {f.rule for f in fails} == KNOWN[name]
    assert {f.doubt for f in fails} <= {"source"}
    assert all(f.ground_zh and f.ground_en for f in fails)
