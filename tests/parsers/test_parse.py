"""The public door: whole documents in, whole results out."""

from __future__ import annotations

import json

import pytest

import parsers
from parsers import Hints, UnreadableDocument, parse

SEEDS = [
    "000_3662427a01d71352", "001_ff1f8276dec07d75", "002_ca7c6a4c8b1a7e82", "003_cc3da1527fd013d4",
    "004_19ace9a49f2df35a",
]  # fmt: skip


def report(invented, year=2023):
    head = (
        f"清河县人民政府办公室{year}年政府信息公开工作年度报告\n\n本报告统计期限为{year}年1月1日至12月31日。\n\n"
        "一、总体情况\n\n全年工作平稳。\n\n"
    )
    tail = "\n\n五、存在的主要问题及改进情况\n\n继续改进。\n\n六、其他需要报告的事项\n\n无。\n"
    return head.encode() + invented.text() + tail.encode()


def test_a_report_is_read_whole(inventor):
    invented = inventor("2021", 11, 0.3)
    result = parse(report(invented))
    assert result.is_report
    assert (result.year, result.form, result.organ_kind) == (2023, "2021", "government_office")
    assert {k: c.value for k, c in result.cells.items()} == invented.values
    assert [s.number for s in result.sections] == [1, 2, 3, 4, 5, 6]


def test_the_result_is_json_with_the_promised_names(inventor):
    printed = json.loads(json.dumps(parse(report(inventor("2019", 5, 0.2), 2020)).as_dict()))
    assert {"organ", "area_code", "year", "scope", "form", "title", "published_on", "signed_on", "index_no", "cells",
            "sections", "claims", "findings", "is_report"} <= printed.keys()  # fmt: skip
    cell = printed["cells"]["table3.new_requests.total"]
    assert cell.keys() >= {"value", "raw", "status", "place"}
    assert cell["raw"] == str(cell["value"])
    assert cell["place"]["line"] > 0


def test_what_is_no_report_says_why():
    result = parse("清河县人民政府2023年政府工作报告\n\n各位代表：现在我代表县人民政府作工作报告，请予审议。".encode())
    assert not result.is_report
    assert result.as_dict()["reason"]


def test_garbage_is_refused_in_one_sentence():
    with pytest.raises(UnreadableDocument, match=r"^[^\n]+\.$"):
        parse(bytes(range(256)) * 40)


def test_the_package_gives_only_its_door():
    assert parsers.parse is parse
    with pytest.raises(AttributeError):
        _ = parsers.nothing


@pytest.mark.shared
@pytest.mark.parametrize("seed", SEEDS)
def test_everything_else_of_a_seed(seed, shared_dir):
    gold = json.loads((shared_dir / "gold" / f"{seed}.json").read_text("utf-8"))
    result = parse((shared_dir / "seeds" / f"{seed}.txt").read_bytes(), hints=Hints())
    assert (result.organ, result.organ_printed, result.year) == (gold["org"], gold["org_printed"], gold["year"])
    assert (result.signatory, result.signed_on) == (gold["signatory"], gold["date_printed"])
    assert (result.form, result.admin_level) == ("2021", "county")
    assert result.checks["assessed"] == gold["summary"]["rules_assessed"]
    assert result.checks["not_assessable"] == gold["summary"]["rules_not_assessable"]
    assert result.checks["failed"] == 0
    first = {}
    for claim in result.claims:
        first.setdefault(claim.kind, (claim.value, claim.approx))
    said = {k: (v["value"], v.get("approx", False)) for k, v in gold["narrative"].items()}
    assert {k: first.get(k) for k in said} == said


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "form", "n_blank"), [("huaian-city-2024.pdf", "2021", 0), ("shanghai-office-2019.html", "2019", 130)]
)
def test_real_documents(file, form, n_blank, shared_dir):
    gold = next(g for g in json.loads((shared_dir / "realdata" / "gold.json").read_text("utf-8")) if g["file"] == file)
    result = parse((shared_dir / "realdata" / "documents" / file).read_bytes())
    assert result.form == form
    assert {k: result.cells[k].value for k in gold["cells"]} == gold["cells"]
    assert sum(v is None for v in gold["cells"].values()) == n_blank
