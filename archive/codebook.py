"""The codebook: every cell key and every rule with its words, as rows for the public database and as a document.

``python -m archive.codebook`` writes ``docs/codebook.md``; a test fails when the committed file is not current.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from archive import words
from archive.wide import made_columns
from parsers.crosswalk import Crosswalk, load_crosswalk
from parsers.form_model import Form, FormField, Identity, load_forms
from parsers.rules import (
    AllZero,
    Analysis,
    AnyRule,
    ClaimEquals,
    ClaimsSum,
    Compare,
    Limit,
    Phrase,
    Suspect,
    WholeNumbers,
    load_rules,
)


class Comparison(NamedTuple):
    """How a cell compares with the neighbouring form: a relation of crosswalk.csv or ``new``, keys there, note."""

    relation: str
    keys: tuple[str, ...]
    note: str


class RuleRow(NamedTuple):
    """A row of the public table ``rules``."""

    rule_id: str
    severity: str
    forms: str
    message_zh: str
    message_en: str
    formula: str
    source: str


def compare(form: str, key: str) -> Comparison | None:
    """How the cell ``key`` of ``form`` compares with the form before or after it; None if no crosswalk covers it.

    Of several rows of the crosswalk that match, the most specific ones count.
    """
    forward = [c for c in load_crosswalk() if c.from_form == form and _covers(c.from_key, key)]
    backward = [c for c in load_crosswalk() if c.to_form == form and c.to_key and _covers(c.to_key, key)]
    if forward:
        best = _most_specific(forward, "from_key")
        keys = tuple(_fill(c.to_key, key) for c in best if c.to_key)
        return _checked(best[0], best[0].to_form, keys)
    if backward:
        best = _most_specific(backward, "to_key")
        return _checked(best[0], best[0].from_form, tuple(_fill(c.from_key, key) for c in best))
    if any(c.to_form == form for c in load_crosswalk()):
        return Comparison("new", (), "")
    return None


def comparable(earlier: str, earlier_keys: Sequence[str], later: str, later_keys: Sequence[str]) -> bool:
    """Whether sums over these cells of two neighbouring forms count the same thing, by the crosswalk."""
    found = [compare(earlier, key) for key in earlier_keys]
    there = set(later_keys)
    return all(c is not None and c.relation in ("same", "part_of_sum") and c.keys and there.issuperset(c.keys)
               for c in found)  # fmt: skip


def _checked(row: Crosswalk, other: str, keys: tuple[str, ...]) -> Comparison:
    there = {f.key for f in load_forms()[other].fields()}
    known = tuple(k for k in keys if k in there)
    # "same" over a whole table means: wherever the other form has that key.
    relation = "new" if row.relation == "same" and not known else row.relation
    return Comparison(relation, known, row.note if relation == row.relation else "")


def _covers(pattern: str, key: str) -> bool:
    return all(p in ("*", k) for p, k in zip(pattern.split("."), key.split("."), strict=False))


def _most_specific(rows: list[Crosswalk], side: str) -> list[Crosswalk]:
    def rank(row: Crosswalk) -> int:
        return sum(part != "*" for part in getattr(row, side).split("."))

    top = max(rank(row) for row in rows)
    return [row for row in rows if rank(row) == top]


def _fill(pattern: str, key: str) -> str:
    parts = key.split(".")
    named = [*pattern.split("."), "*", "*"][: len(parts)]
    return ".".join(part if name == "*" else name for name, part in zip(named, parts, strict=True))


def field_rows() -> list[tuple[object, ...]]:
    """The rows of the public table ``fields``, in printed order, without ``field_no``."""
    out: list[tuple[object, ...]] = []
    for form in load_forms().values():
        for field in form.fields():
            found = compare(form.id, field.key)
            relation, keys, note = found or (None, (), "")
            out.append((form.id, field.key, field.table.key, field.row.key, field.column.key, field.label_zh,
                        field.label_en, field.unit, field.column.number, relation, " ".join(keys) or None,
                        note or None))  # fmt: skip
    return out


def rule_rows() -> list[RuleRow]:
    """The rows of the public table ``rules``: the sums of the forms, then ``parsers/forms/rules.yml``."""
    by_id: dict[str, list[tuple[Form, Identity]]] = {}
    for form in load_forms().values():
        for identity in form.identities:
            by_id.setdefault(identity.id, []).append((form, identity))
    rows = [_rule_row(rule_id, uses) for rule_id, uses in by_id.items()]
    for rule in load_rules():
        forms = rule.form or " ".join(load_forms())
        formula = _words_of(rule)
        rows.append(RuleRow(rule.id, rule.severity, forms, rule.message_zh, rule.message_en, formula, rule.source))
    return rows


def _words_of(rule: AnyRule) -> str:
    """A rule in one line: what is compared with what."""
    match rule:
        case WholeNumbers():
            return f"{', '.join(rule.tables)} ∈ {{0, 1, 2, …}}"
        case AllZero():
            return f"{', '.join(rule.cells)} = 0 ({', '.join(rule.levels)})"
        case Compare():
            each = f" ({{x}}: {', '.join(rule.each)})" if rule.each else ""
            return f"{_added(rule.left)} {rule.op.replace('<=', '≤')} {_added(rule.right)}{each}"
        case ClaimEquals():
            return f"claim {rule.claim} = {' | '.join(map(_added, rule.accept))}"
        case ClaimsSum():
            parts = " | ".join(_added(p) for p in rule.parts)
            return f"{parts} = {' | '.join(map(_added, rule.accept))}"
        case Suspect():
            return " ∧ ".join(rule.when)
        case Limit():
            return f"{rule.cell} ≤ {', '.join(f'{k}: {v:g}' for k, v in rule.limits.items())}"
        case Phrase():
            return " ; ".join(f"{c.name}: {_added(c.zero)} = 0" for c in rule.cases)
        case Analysis():
            return rule.formula
    return rule.kind


def _added(terms: tuple[str, ...]) -> str:
    return " + ".join(terms).replace("+ -", "− ")


def _rule_row(rule_id: str, uses: list[tuple[Form, Identity]]) -> RuleRow:
    formulas = {form.id: _formula(identity) for form, identity in uses}
    if len(set(formulas.values())) == 1:
        formula = next(iter(formulas.values()))
    else:
        formula = "\n".join(f"{form}: {text}" for form, text in formulas.items())
    last = uses[-1][1]
    forms = " ".join(form.id for form, _ in uses)
    return RuleRow(rule_id, last.severity, forms, last.message_zh, last.message_en, formula, last.source)


def _formula(identity: Identity) -> str:
    return f"{' + '.join(identity.left)} = {' + '.join(identity.right)}"


# ---- the document ----


def markdown() -> str:
    """The whole codebook as Markdown."""
    parts = [
        "# 数据说明 · Codebook",
        "由 `python -m archive.codebook` 生成，请勿手工修改。Generated; do not edit.",
        "空值（NULL）不是零。只有状态为“原文数字”和“位置推定”的，才是原件上印出的数。",
        "NULL is never zero. Only `printed` and `aligned` values are printed in the source.",
        "## 单元格状态 · Statuses",
        _table(("status", "名称", "含义", "meaning"), [
            (f"`{name}`", f"{s.label[0]} {s.label[1]}", s.meaning[0], s.meaning[1])
            for name, s in words.statuses().items()
        ]),
        "## 表 · Tables",
        *(_table_part(name) for name in words.tables()),
        "## 核查规则 · Rules",
        _table(("rule", "forms", "severity", "说明", "formula"), [
            (f"`{r.rule_id}`", r.forms, r.severity, f"{r.message_zh}<br>{r.message_en}",
             r.formula.replace("\n", "<br>")) for r in rule_rows()
        ]),
        *(_form_part(form) for form in load_forms().values()),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _table_part(name: str) -> str:
    about = words.tables()[name]
    rows = [(f"`{column}`", *pair) for column, pair in about.columns.items()]
    text = f"### `{name}` {about.title[0]} · {about.title[1]}\n\n{about.about[0]}\n{about.about[1]}\n\n"
    text += _table(("column", "说明", "meaning"), rows)
    if made := made_columns(name):
        wide = [(f"`{column}`", *pair) for column, pair in made.items()]
        text += "\n\n数值列 · value columns:\n\n" + _table(("column", "说明", "meaning"), wide)
    return text


def _form_part(form: Form) -> str:
    rows = [_field_row(form, field) for field in form.fields()]
    head = ("key", "名称", "meaning", "unit", "comparability")
    return f"## 指标：{form.label} · Keys, {form.gloss}\n\n{form.source}\n\n{_table(head, rows)}"


def _field_row(form: Form, field: FormField) -> tuple[str, ...]:
    found = compare(form.id, field.key)
    note = "" if found is None else " ".join([found.relation, *(f"`{k}`" for k in found.keys if k != field.key)])
    return (f"`{field.key}`", field.label_zh, field.label_en, field.unit, note)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "docs" / "codebook.md"
    target.write_text(markdown(), "utf-8")
