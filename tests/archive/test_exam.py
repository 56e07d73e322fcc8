"""Faults planted by hand into rendered documents of several formats, from the file to the public tables.

Independent of the generated panel: the numbers and the renderings are those of the golden documents.
"""

from __future__ import annotations

import random
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive import build
from archive.assess import put_together
from archive.ingest import store_reading
from archive.store import open_store
from archive.worker import read_bytes
from parsers import Hints

sys.path.append(str(Path(__file__).resolve().parents[1] / "golden"))

from maker import html, office, pdf, text
from maker.figures import form_of, invented
from maker.printed import NUMERALS, Report, tables_of

COLUMNS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org")
OUTCOMES = ("upheld", "corrected", "other_result", "pending", "total")
NORM = "table2.normative_documents.{}".format
RENDER = {
    "html": lambda r: html.render(r, html.Style(word=True, layout=1), random.Random(5)), "docx": office.docx_bytes,
    "xlsx": office.xlsx_bytes, "pdf": pdf.render, "text": lambda r: text.render(r, "tabs"),
    "lines": lambda r: text.render(r, "dump"),
}  # fmt: skip
WORDS = (
    "县政务服务大厅设公开专区，备有电脑和打印机供群众免费使用。", "围绕粮食收购价格发布解读稿件，配有图表和问答。",
    "组织各镇文书到档案馆跟班学习两天，逐卷核对目录。", "聘请退休教师担任公开监督员，按月反馈意见。",
    "把供水、供电、供气企业的办事指南集中到一个页面。", "清理多年未更新的栏目，注明停止更新的日期。",
    "新建村级公示栏，由驻村干部负责张贴和撤换。", "对群众看不懂的公文逐篇配写短文，说明办理流程。",
    "春耕期间在集市上摆摊，发放农机补贴办法。", "年底请第三方暗访各局电话，结果贴在大厅。",
)  # fmt: skip


class Sheet:
    """A report in the making: its numbers, its sentences, and what stands around them."""

    def __init__(self, place, year, form="2021", seed=1, last=None):
        self.place, self.year, self.last = place, year, last
        self.figures = invented(form_of(form), random.Random(seed), 0.25, 60)
        self.cells = c = self.figures.cells
        c |= {k: 0 for k in c if k.startswith("table2.regulations")}
        c |= {f"table3.carried_out.{x}": 2 * (x in ("natural_person", "total")) for x in (*COLUMNS, "total")}
        for x in (*COLUMNS, "total"):
            c[f"table3.carried_in.{x}"] = last.cells[f"table3.carried_out.{x}"] if last else 0
        for x in (*COLUMNS, "total"):
            key = "table3.{}.{}".format
            c[key("new_requests", x)] = c[key("total_handled", x)] + c[key("carried_out", x)] - c[key("carried_in", x)]
        for row in ("review", "suit_direct", "suit_after_review"):
            c |= {f"table4.{row}.{x}": n for x, n in zip(OUTCOMES, (3, 1, 0, 1, 5), strict=True)}
        if form == "2021":
            stock = last.cells[NORM("in_force")] + 2 if last else 25
            c |= {NORM("issued"): 3, NORM("repealed"): 1, NORM("in_force"): stock}
            c["table2.administrative_fees.amount_wan_yuan"] = 812.5
        else:
            c |= {NORM("made_this_year"): 2, NORM("newly_disclosed"): 2, NORM("total_disclosed"): 40}
            amount = "table2.central_procurement.total_amount"
            self.figures.shown[amount] = f"{c[amount]}元"
        self.title = f"{place}人民政府{year}年政府信息公开工作年度报告"
        self.preamble = f"根据条例编制本报告。所列数据的统计期限自{year}年1月1日起至12月31日止。"
        self.fee = "本年度未收取政府信息公开信息处理费。"
        mood = random.Random(seed)
        ends = ["效果较好", "群众满意", "反响良好", "得到肯定"]
        self.idle = [w.replace("。", f"，{mood.choice(ends)}。") for w in mood.sample(WORDS, 9)]
        self.extra = []
        self.replaced = ("", "")

    def total(self, row):
        return int(self.cells[f"table3.{row}.total"])

    def sum(self, rows):
        return sum(int(v) for k, v in self.cells.items() if re.fullmatch(rf"table3\.{rows}.*\.total", k))

    def said(self):
        c = self.cells
        facts = (
            f"全年共收到政府信息公开申请{self.total('new_requests')}件，办结{self.total('total_handled')}件，其中予以公开"
            f"{self.total('granted')}件，部分公开{self.total('partially_granted')}件，不予公开{self.sum('denied_')}件，"
            f"无法提供{self.sum('unavailable_')}件；结转下年度继续办理{self.total('carried_out')}件。"
        )
        suits = c["table4.suit_direct.total"] + c["table4.suit_after_review.total"]
        cases = f"因政府信息公开引起的行政复议{c['table4.review.total']}件，行政诉讼{suits}件。"
        opening = f"{self.year}年，{self.place}认真贯彻条例，稳步推进各项公开工作。"
        return [line.replace(*self.replaced) if self.replaced[0] else line for line in (opening, facts, cases)]

    def report(self):
        out = Report(self.title, f"{self.place}人民政府", self.year, self.figures, [self.preamble])
        tables = tables_of(self.figures)
        for section in self.figures.form.sections:
            out.blocks.append(f"#{NUMERALS[section.number - 1]}、{section.label}")
            matching = [tables[t.key] for t in self.figures.form.tables if t.section == section.number]
            prose = {1: [*self.said(), *self.extra, *self.idle], 6: [self.fee]}.get(section.number, [])
            out.blocks += [*prose, *matching] or ["栏目更新不够及时，下一步逐项改进。"]
        out.blocks += [f"{self.place}人民政府", f"{self.year + 1}年1月18日"]
        return out


def put(**cells):
    """A fault of the table: keys with ``__`` for dots; a string adds to the number there."""

    def plant(sheet):
        for name, value in cells.items():
            key = name.replace("__", ".")
            sheet.cells[key] = sheet.cells[key] + int(value) if isinstance(value, str) else value

    return plant


def say(line):
    return lambda sheet: sheet.extra.append(line)


def instead(old, new):
    return lambda sheet: setattr(sheet, "replaced", (old, new))


def copied_lightly(sheet):
    for old, new in (("免费", "无偿"), ("集中", "汇总"), ("按月", "每月"), ("负责", "承担"), ("逐篇", "逐份")):
        sheet.last.idle = [line.replace(old, new) for line in sheet.last.idle]
    sheet.idle = sheet.last.idle + [line.replace("。", "，并常年坚持。") for line in sheet.last.idle]


STATED = {"table2__normative_documents__issued": 0, "table2__normative_documents__repealed": 16,
          "table2__normative_documents__in_force": 16}  # fmt: skip
# Place, format, year, fault, rules that must fail; with "2" the fault is in the second of two years.
CASES = [
    ("岚县", "html", 2023, None, set()), ("古县", "pdf", 2023, None, set()), ("隆德县", "lines", 2023, None, set()),
    ("新绛县", "docx", 2019, None, set()), ("合江县", "xlsx", 2023.2, None, set()),
    ("山阳县", "html", 2023, put(table3__new_requests__natural_person="1", table3__new_requests__total="1"),
     {"T3_BALANCE.natural_person", "T3_BALANCE.total"}),
    ("淳安县", "docx", 2023, put(table3__denied_internal_affairs__research="2"),
     {"T3_ROW_SUM.denied_internal_affairs", "T3_RESULT_SUM.research"}),
    ("城口县", "pdf", 2023, put(table3__total_handled__business="4"),
     {"T3_RESULT_SUM.business", "T3_BALANCE.business", "T3_ROW_SUM.total_handled"}),
    ("绥宁县", "xlsx", 2023, put(table4__review__upheld="1"), {"T4_SUM.review"}),
    ("微山县", "text", 2023, put(table2__administrative_penalty__decisions=12.5), {"T2_INT"}),
    ("保康县", "lines", 2023, put(table2__regulations__issued=1), {"T2_RULES_AT_COUNTY"}),
    ("舒兰市", "html", 2023, put(table2__administrative_fees__amount_wan_yuan=8_125_000), {"T2_FEE_UNIT"}),
    ("永靖县", "pdf", 2023, put(**STATED), {"T2_REPEAT"}),
    ("随县", "docx", 2020, put(table2__normative_documents__newly_disclosed=55),
     {"T2_DISCLOSED_LE_TOTAL.normative_documents"}),
    ("桃江县", "text", 2023, instead("其中予以公开", "其中予以公开9"), {"N_GRANTED"}),
    ("洱源县", "docx", 2023, say("收到的政府信息公开申请全部按期办结。"), {"N_ALL_DONE.total"}),
    ("府谷县", "html", 2023, say("信息公开行政复议案件结果均为维持。"), {"N_OUTCOME.review"}),
    ("柞水县", "xlsx", 2023, instead("行政复议5件，行政诉讼10件", "行政复议、行政诉讼各0件"), {"N_REVIEW", "N_SUIT"}),
    ("大竹县", "pdf", 2023, say("全年举办业务培训××期。"), {"C_PLACEHOLDER"}),
    ("盱眙县", "text", 2023, say("绥中县人民政府门户网站设置了检索功能。"), {"C_OTHER_NAME"}),
    ("涟水县", "docx", 2023, lambda s: setattr(s, "title", s.title.replace("2023", "2022")), {"X_YEAR"}),
    ("金湖县", "html", 2023, lambda s: setattr(s, "fee", "除以上情况外，没有其他需要报告的事项。"), {"N_FEE"}),
    ("泗阳县", "docx", 2023.2, put(table3__carried_in__business="1", table3__carried_in__total="1",
                                 table3__new_requests__business="-1", table3__new_requests__total="-1"),
     {"X_CARRY.business", "X_CARRY.total"}),
    ("泗洪县", "text", 2023.2, put(table2__normative_documents__in_force="9"), {"X_NORMATIVE"}),
    ("沭阳县", "html", 2023.2, copied_lightly, {"X_SAME_TEXT"}),
]  # fmt: skip


def documents():
    for n, (place, kind, when, fault, _) in enumerate(CASES, start=1):
        year = int(when)
        form = "2019" if year < 2021 else "2021"
        last = Sheet(place, year - 1, form, n) if when != year else None
        sheet = Sheet(place, year, form, n + 100, last)
        if last is not None:
            yield f"{n}-{place}-{year - 1}-{kind}", RENDER[kind](last.report())
        if fault is not None:
            fault(sheet)
        yield f"{n}-{place}-{year}-{kind}", RENDER[kind](sheet.report())


@pytest.fixture(scope="module")
def fails(tmp_path_factory):
    """Failed rules with their doubt, by county and year, as published."""
    root = tmp_path_factory.mktemp("exam")
    with open_store(root / "archive") as store:
        run = store.ledger.start_run("add", {}, store.vantage)
        for name, data in documents():
            (root / name).write_bytes(data)
            one = read_bytes(data, None, Hints())
            assert one.is_report, (name, one.reason)
            store.add_capture_from_local(root / name, run, None)
            store_reading(store.ledger.conn, one)
        put_together(store.ledger.conn)
    build.build(root / "archive")
    out = {}
    with closing(sqlite3.connect(root / "archive" / "public.db")) as conn:
        for place, year in conn.execute("SELECT county, year FROM reports"):
            out[place, year] = {}
        for place, year, rule, doubt in conn.execute(
            "SELECT r.county, r.year, f.rule, f.doubt FROM findings AS f JOIN reports AS r ON r.report_id = f.report_id"
            " WHERE f.verdict = 'fail' AND f.rule <> 'METADATA'"
        ):
            out[place, year][rule] = doubt
    return out


@pytest.mark.parametrize(("place", "kind", "when", "expected"), [(p, k, w, e) for p, k, w, _, e in CASES])
def test_what_was_planted_is_published_and_nothing_else(fails, place, kind, when, expected):
    assert set(fails[place, int(when)]) == expected
    assert set(fails[place, int(when)].values()) <= {"source"}
    if when != int(when):
        assert fails[place, int(when) - 1] == {}
