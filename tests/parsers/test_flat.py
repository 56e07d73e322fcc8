"""Tables run together into plain text: right or honest, never wrong."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.readers import read
from parsers.tables import read_tables


def run_together(invented, between=""):
    parts = []
    for table in invented.form.tables:
        rows = invented.grids()[table.key]
        parts.append(f"{'一二三四五六'[table.section - 1]}、{table.label}")
        parts += [between.join(c for c in row if c) + between for row in rows]
    return ("2023年政府信息公开工作年度报告\n" + "".join(parts) + "\n五、存在的主要问题及改进情况\n无。").encode()


def line_by_line(invented):
    """Each printed row a line, its cells parted by blanks."""
    parts = ["2023年政府信息公开工作年度报告"]
    for table in invented.form.tables:
        parts.append(f"{'一二三四五六'[table.section - 1]}、{table.label}")
        parts += [" ".join(c for c in row if c) for row in invented.grids()[table.key]]
    return "\n".join(parts).encode()


@pytest.mark.parametrize("form_id", ["2021", "2019"])
@pytest.mark.parametrize("render", [lambda i: run_together(i, " "), line_by_line])
def test_blanks_between_numbers_are_enough(inventor, form_id, render):
    invented = inventor(form_id, 4, 0.4)
    tables = read_tables(read(render(invented)))
    assert tables.form.id == form_id
    assert {k: c.value for k, c in tables.cells.items()} == invented.values
    assert Counter(str(c.status) for c in tables.cells.values()) == {"printed": len(invented.values)}


def test_digits_without_blanks_are_split_by_the_sums(inventor):
    invented = inventor("2021", 8, 0.06)
    tables = read_tables(read(run_together(invented)))
    right = {k for k, c in tables.cells.items() if c.value == invented.values[k]}
    assert {k for k, c in tables.cells.items() if c.value is not None} <= right
    assert len(right) >= 190
    many_digits = [k for k, c in tables.cells.items() if c.value is not None and c.value > 9]
    assert all(str(tables.cells[k].status) == "aligned" for k in many_digits if not k.startswith("table2."))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), density=st.sampled_from([0.02, 0.1, 0.5]), form_id=st.sampled_from(["2021", "2019"]),
    between=st.sampled_from(["", " ", "  ", "\n"]),
)  # fmt: skip
def test_run_together_is_never_wrong(inventor, seed, density, form_id, between):
    invented = inventor(form_id, seed, density)
    tables = read_tables(read(run_together(invented, between)))
    wrong = {k: (c.value, invented.values.get(k)) for k, c in tables.cells.items()
             if c.value is not None and c.value != invented.values.get(k)}  # fmt: skip
    assert wrong == {}


def test_a_blank_cell_leaves_no_trace_and_nothing_is_guessed():
    text = "第二十条第（一）项 规章 0 0 0 行政规范性文件 2 15 行政许可 7 行政处罚 3 行政强制 0 行政事业性收费 18.2"
    cells = read_tables(read(f"报告\n{text}\n三、其他".encode())).cells
    assert {cells[f"table2.normative_documents.{c}"].value for c in ("issued", "repealed", "in_force")} == {None}
    assert cells["table2.administrative_licensing.decisions"].value == 7
    assert cells["table2.administrative_fees.amount_wan_yuan"].value == 18.2


def test_a_label_for_two_things_is_neither():
    text = (
        "政府信息公开情况统计表 主动公开政府信息数 条 12 （一）收到申请数 件 1 1.当面申请数 件 0 "
        "3、信函、传真申请数 件 1 网络申请数 件 0"
    )
    cells = read_tables(read(f"报告\n{text}".encode())).cells
    assert cells["statistics.b_req_received.this_year"].value == 1
    assert cells["statistics.b_req_online.this_year"].value == 0
    assert cells["statistics.b_req_fax.this_year"].value is None


@pytest.mark.shared
def test_real_run_together_reports(shared_dir):
    gold = {g["file"]: g["cells"] for g in json.loads((shared_dir / "realdata" / "gold.json").read_text("utf-8"))}
    for file, unread in (("pingtan-2021.page.extract.txt", 3), ("pingtan-2019.page.extract.txt", 18)):
        cells = read_tables(read((shared_dir / "realdata" / "documents" / file).read_bytes())).cells
        shown = {k: cells[k].value for k in gold[file] if cells[k].value is not None}
        assert shown == {k: gold[file][k] for k in shown}
        assert len(gold[file]) - len(shown) == unread


@pytest.mark.shared
def test_a_real_provincial_annex_keeps_its_two_columns(shared_dir):
    path = shared_dir / "realdata" / "documents" / "pingtan-2014.page.extract.txt"
    tables = read_tables(read(path.read_bytes()))
    assert tables.form.id == "2014"
    values = {k.split(".", 1)[1]: c.value for k, c in tables.cells.items() if c.value}
    assert values["b_disclosed_total.this_year"] == 2543
    assert values["b_disclosed_total.cumulative"] == 78967
    assert tables.cells["statistics.b_req_fax.this_year"].value is None  # printed for letter and fax together
