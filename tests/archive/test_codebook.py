from __future__ import annotations

from pathlib import Path

from archive import codebook
from parsers.form_model import load_forms


def test_the_committed_codebook_is_current(repo_dir: Path) -> None:
    committed = (repo_dir / "docs" / "codebook.md").read_text("utf-8")
    assert committed == codebook.markdown(), "run `python -m archive.codebook`"


def test_every_key_and_rule_is_in_it() -> None:
    text = codebook.markdown()
    keys = {f.key for form in load_forms().values() for f in form.fields()}
    assert not [key for key in keys if f"| `{key}` |" not in text]
    assert not [rule.rule_id for rule in codebook.rule_rows() if f"| `{rule.rule_id}` |" not in text]


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    lines = [line for line in codebook.markdown().splitlines() if line.startswith("| `N_")]
    assert lines
    assert {line.replace("\\|", "").count("|") for line in lines} == {6}
