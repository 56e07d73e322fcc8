"""Faults of the text: years, scope, templates left unfilled, text that is another report's."""

from __future__ import annotations

import random

from panelkit.made import Made
from panelkit.places import YEARS
from panelkit.plant import source
from panelkit.told import far


@source
def period(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.period = m.year - 1
    return {"X_YEAR"}


@source
def year_of_the_title(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.years["title"] = m.year + rng.choice((-1, 1))
    return {"X_YEAR"}


@source
def year_of_the_preamble(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.years["preamble"] = m.year - 1
    return {"X_YEAR"}


@source
def year_of_the_opening(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.years["opening"] = m.year - 1
    return {"X_YEAR"}


@source
def scope_of_the_office(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.preamble = "本报告数据仅统计县政府办公室，不含各部门。"
    return {"H_SCOPE_TEXT"}


@source
def placeholder(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("全年组织政务公开业务培训××次，参训人员较多。")
    return {"C_PLACEHOLDER"}


@source
def placeholder_in_the_preamble(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.preamble = rng.choice(("联系电话：______。", "如有疑问，请与×××县政务公开办联系。"))
    return {"C_PLACEHOLDER"}


@source
def placeholder_of_another_kind(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append(rng.choice((
        "XX县政务公开领导小组召开会议研究部署。", "全年发布政策解读【】篇。", "（此处填写本单位工作亮点）。",
        "全年公开政府信息()条。", "受理咨询??件。",
    )))  # fmt: skip
    return {"C_PLACEHOLDER"}


@source
def text_of_last_year(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.planted or last.form.id != m.form.id:
        return None
    m.text_of = last
    return {"X_SAME_TEXT"}


@source
def text_of_another(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    return {"X_SAME_TEXT"}  # whose text it is, is known when all reports are made


@source
def older_text_of_another(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    return {"X_SAME_TEXT"} if m.year > YEARS[0] else None  # that of a report on the year before


@source
def another_name(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.level == "prefecture":  # it may name counties by right
        return None
    m.lines.append(f"{far(m, rng)}人民政府门户网站全年运行平稳。")
    return {"C_OTHER_NAME"}


@source
def lightly_edited_text_of_another(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.edited = True
    return {"X_SAME_TEXT"}


@source
def lightly_edited_text_of_last_year(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.edited = True
    return text_of_last_year(m, last, rng)


@source
def another_name_in_the_preamble(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.level == "prefecture":  # it may name counties by right
        return None
    m.preamble = f"现将{far(m, rng)}人民政府有关情况公布如下。"
    return {"C_OTHER_NAME"}
