from __future__ import annotations

import pytest

from parsers.crosswalk import load_crosswalk, parse_crosswalk
from parsers.form_model import FormError, load_forms, parse_form
from parsers.headings import load_spellings, parse_spellings
from parsers.rules import load_rules, parse_rules


@pytest.mark.parametrize(
    ("form_id", "by_table"), [("2021", [10, 175, 15]), ("2019", [22, 161, 15]), ("2014", [58])]
)
def test_number_of_cells_is_the_official_one(form_id, by_table):
    form = load_forms()[form_id]
    always = [f for f in form.fields() if not f.column.optional and not f.row.stands_for]
    assert [sum(f.table.key == t.key for f in always) for t in form.tables] == by_table
    assert len({f.key for f in always}) == sum(by_table)


def test_identities_are_written_out_for_every_row_and_column():
    form = load_forms()["2021"]
    form = form.model_copy(update={"tables": tuple(t.with_rows() for t in form.tables)})
    equations = {e.id: e for e in form.equations()}
    assert len(equations) == 7 + 7 + 25 + 3
    balance = equations["T3_BALANCE.total"]
    assert balance.left == ("table3.new_requests.total", "table3.carried_in.total")
    assert balance.right == ("table3.total_handled.total", "table3.carried_out.total")
    assert len(equations["T3_RESULT_SUM.business"].right) == 21


def test_a_row_that_stands_for_others_takes_their_place_in_sums():
    form = load_forms()["2021"]
    tables = tuple(t.with_rows(["other_handling"] if t.key == "table3" else []) for t in form.tables)
    equations = {e.id: e for e in form.model_copy(update={"tables": tables}).equations()}
    assert "table3.other_handling.total" in equations["T3_RESULT_SUM.total"].right
    assert "table3.other_misc.total" not in equations["T3_RESULT_SUM.total"].right
    assert len(equations["T3_RESULT_SUM.total"].right) == 19


def test_a_form_as_printed_leaves_out_what_is_not_there():
    form = load_forms()["2014"].as_printed(["statistics.b_staff.this_year"])
    assert [c.key for c in form.tables[0].columns] == ["this_year"]
    rows = {r.key for r in load_forms()["2021"].as_printed(["table3.granted.total"]).table("table3").rows}
    assert "other_handling" not in rows
    assert "other_misc" in rows


def test_labels_name_the_groups():
    field = next(f for f in load_forms()["2021"].fields() if f.key == "table3.denied_state_secret.total")
    assert field.label_zh == "三、本年度办理结果 · （三）不予公开 · 1.属于国家秘密 · 总计"
    assert (field.unit, load_forms()["2021"].fields()[9].unit) == ("件", "万元")


def test_every_data_file_loads():
    assert len(load_spellings()) > 20
    assert len(load_rules()) > 10
    assert {c.relation for c in load_crosswalk()} == {"same", "part_of_sum", "not_comparable", "dropped"}


SMALL = """
id: "2099"
years: {from: 2099, to: null}
label: x
gloss: x
source: x
sections: [{number: 1, label: a, gloss: a}]
tables:
  - key: t
    section: 1
    layout: matrix
    label: t
    gloss: t
    unit: 件
    columns: [{key: a, label: 甲, gloss: a}, {key: b, label: 乙, gloss: b}]
    rows: [{key: r, label: 行, gloss: r}]
identities:
  - {id: X, kind: sum_equal, table: t, for_each: row, left: [a], right: [b], severity: error,
     message_zh: m, message_en: m, source: s}
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("key: b,", "key: a,", "column key used twice: a"),
        ("left: [a]", "left: [c]", "names unknown cells ['c']"),
        ("table: t, for", "table: u, for", "unknown table u"),
        ("layout: matrix", "layout: round", "layout"),
        ("kind: sum_equal", "kind: about_equal", "kind"),
        ("gloss: r}", "gloss: r, group: g}", "unknown group g"),
        ('id: "2099"', 'id: "2098"', "must be called 2098.yml"),
        ("gloss: r}", "gloss: r, stands_for: [q]}", "stands for unknown rows ['q']"),
        ("unit: 件", "unit: 件\n    colour: red", "colour"),
        ("tables:", "tables: [", "not valid YAML"),
    ],
)
def test_an_inconsistent_form_is_refused_with_the_place(old, new, says):
    assert parse_form(SMALL, "2099.yml").id == "2099"
    with pytest.raises(FormError, match=r"2099\.yml") as error:
        parse_form(SMALL.replace(old, new), "2099.yml")
    assert says in str(error.value)


def test_spellings_crosswalk_and_rules_must_name_what_exists():
    forms = load_forms()
    with pytest.raises(FormError, match="line 2: no form has row nowhere"):
        parse_spellings("form,table,kind,key,spelling,seen\n2021,table3,row,nowhere,x,y\n", forms)
    with pytest.raises(FormError, match=r"line 2: form 2021 has no cell table9"):
        parse_crosswalk("from_form,from_key,to_form,to_key,relation,note\n2019,table3.*,2021,table9.*,same,\n", forms)
    rule = "rules:\n - {id: A, kind: all_zero, severity: info, cells: [table9.*], levels: [county], "
    with pytest.raises(FormError, match=r"rule A names table9"):
        parse_rules(rule + "message_zh: m, message_en: m, source: s}", forms)
