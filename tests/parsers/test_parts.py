"""Several reports in one document are read one by one."""

from __future__ import annotations

import pytest

from parsers import parse, parse_all
from parsers.parts import split_reports
from parsers.readers import read


def titled(invented, year):
    period = f"所列数据的统计期限自{year}年1月1日起至12月31日止。"
    head = f"<h1>青溪县{year}年政府信息公开工作年度报告</h1><p>{period}</p>"
    return invented.html().decode().replace("<body>", f"<body>{head}", 1)


def joined(*pages):
    bodies = [p.partition("<body>")[2].partition("</body>")[0] for p in pages]
    return f"<html><body>{''.join(bodies)}</body></html>".encode()


@pytest.mark.parametrize(("one", "two"), [(("2021", 2023), ("2019", 2020)), (("2021", 2023), ("2021", 2022))])
def test_two_reports_are_two_results(inventor, one, two):
    made = [inventor(form, year, 0.3) for form, year in (one, two)]
    results = parse_all(joined(*(titled(i, year) for i, (_, year) in zip(made, (one, two), strict=True))))
    assert [(r.form, r.year) for r in results] == [one, two]
    for result, invented in zip(results, made, strict=True):
        assert {k: c.value for k, c in result.cells.items()} == invented.values


def test_tables_of_another_form_without_a_title_have_the_title_of_the_document(inventor):
    main, other = inventor("2021", 3, 0.3), inventor("2019", 4, 0.3)
    data = joined(titled(main, 2023), other.html().decode())
    assert [(r.form, r.year) for r in parse_all(data)] == [("2021", 2023), ("2019", 2023)]
    assert {k: c.value for k, c in parse(data).cells.items()} == main.values


def test_one_report_stays_one(inventor):
    invented = inventor("2021", 5, 0.3)
    grids = invented.grids()
    grids["table3"][10:10] = [["PAGE"], *grids["table3"][:1]]  # a page break with the heading again
    for data in (invented.html(), invented.text(), invented.html(grids)):
        assert len(split_reports(read(data))) == 1
