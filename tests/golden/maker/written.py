"""The forms of 2019 and 2021 in words of our own: labels as organs write them, not read from the reader's form files.

What the forms print is known from the notices that prescribe them; brackets, numbering, commas and short forms differ
from organ to organ and are drawn at random. Numbers are given by cell key.
"""

from __future__ import annotations

import random

from maker.figures import Figures
from maker.printed import Printed, Report, Slot

_BRACKETS = ("（{}）", "({})")
_POINTS = ("{}.", "{}、", "{}．")

_REASONS = {
    "denied": ("三", "不予公开", (
        ("state_secret", "属于国家秘密"), ("prohibited_by_law", "其他法律行政法规禁止公开"),
        ("security_stability", "危及“三安全一稳定”"), ("third_party", "保护第三方合法权益"),
        ("internal_affairs", "属于三类内部事务信息"), ("process_info", "属于四类过程性信息"),
        ("enforcement_file", "属于行政执法案卷"), ("admin_query", "属于行政查询事项"),
    )),
    "unavailable": ("四", "无法提供", (
        ("not_held", "本机关不掌握相关政府信息"), ("needs_creation", "没有现成信息需要另行制作"),
        ("unclear", "补正后申请内容仍不明确"),
    )),
    "rejected": ("五", "不予处理", (
        ("petition_complaint", "信访举报投诉类申请"), ("repeat", "重复申请"),
        ("publication", "要求提供公开出版物"), ("excessive", "无正当理由大量反复申请"),
        ("reconfirm", "要求行政机关确认或重新出具已获取信息"),
    )),
    "other": ("六", "其他处理", (
        ("no_correction", "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("fee_unpaid", "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"), ("misc", "其他"),
    )),
}  # fmt: skip
_APPLICANTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org", "total")
_COMPANIES = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
_OUTCOMES = ("upheld", "corrected", "other_result", "pending", "total")
_OUTCOME_LABELS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
_TABLE2 = {
    "2021": (
        ("一", ("本年制发件数", "本年废止件数", "现行有效件数"), ("issued", "repealed", "in_force"),
         (("regulations", "规章"), ("normative_documents", "行政规范性文件"))),
        ("五", ("本年处理决定数量",), ("decisions",), (("administrative_licensing", "行政许可"),)),
        ("六", ("本年处理决定数量",), ("decisions",),
         (("administrative_penalty", "行政处罚"), ("administrative_coercion", "行政强制"))),
        ("八", ("本年收费金额（单位：万元）",), ("amount_wan_yuan",), (("administrative_fees", "行政事业性收费"),)),
    ),
    "2019": (
        ("一", ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
         ("made_this_year", "newly_disclosed", "total_disclosed"),
         (("regulations", "规章"), ("normative_documents", "规范性文件"))),
        ("五", ("上一年项目数量", "本年增/减", "处理决定数量"), ("items_last_year", "items_change", "decisions"),
         (("administrative_licensing", "行政许可"), ("other_external_services", "其他对外管理服务事项"))),
        ("六", ("上一年项目数量", "本年增/减", "处理决定数量"), ("items_last_year", "items_change", "decisions"),
         (("administrative_penalty", "行政处罚"), ("administrative_coercion", "行政强制"))),
        ("八", ("上一年项目数量", "本年增/减"), ("items_last_year", "items_change"),
         (("administrative_fees", "行政事业性收费"),)),
        ("九", ("采购项目数量", "采购总金额"), ("project_count", "total_amount"),
         (("central_procurement", "政府集中采购"),)),
    ),
}  # fmt: skip
_PARTS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况",
          "政府信息公开行政复议、行政诉讼情况", "存在的主要问题及改进情况", "其他需要报告的事项")  # fmt: skip
_SENTENCES = (
    "全县各级行政机关坚持以公开为常态、不公开为例外，不断规范公开内容和流程，及时回应社会关切。",
    "通过政府网站主动公开各类信息，设置专题专栏，方便群众查询，并对信息发布实行审核登记。",
    "下一步将加强业务培训，提高人员水平，完善制度，把公开工作做细做实。",
    "部分单位信息更新不够及时，公开内容还不够全面，政策解读的形式比较单一。",
    "本机关无其他需要报告的事项，信息处理费收取情况为零。",
)


def report(figures: Figures, organ: str, year: int, rng: random.Random, *, prose: int = 2) -> Report:
    """A whole report in our own words. ``figures``: by cell key, form 2019 or 2021."""
    title = f"{organ}{year}年政府信息公开工作年度报告"
    out = Report(title, organ, year, figures)
    tables = {2: _table2(figures, rng), 3: _table3(figures, rng), 4: _table4(figures)}
    out.blocks.append(f"本报告依据政府信息公开条例编制，统计期限为{year}年1月1日至{year}年12月31日。")
    for number, name in enumerate(_PARTS, 1):
        out.blocks.append(f"#{'一二三四五六'[number - 1]}、{name}")
        if number in tables:
            out.blocks.append(tables[number])
        else:
            out.blocks.extend(rng.choice(_SENTENCES) for _ in range(prose))
    out.blocks += [organ, f"{year + 1}年1月{rng.randrange(5, 29)}日"]
    return out


def _table2(figures: Figures, rng: random.Random) -> Printed:
    bracket = rng.choice(_BRACKETS)
    wide = max(len(heads) for _, heads, _, _ in _TABLE2[figures.form.id])
    rows = []
    for part, heads, columns, items in _TABLE2[figures.form.id]:
        rows.append([Slot(f"第二十条第{bracket.format(part)}项", columns=wide + 1)])
        spans = [1] * (len(heads) - 1) + [wide - len(heads) + 1]
        rows.append([Slot("信息内容"), *(Slot(h, columns=s) for h, s in zip(heads, spans, strict=True))])
        for row, label in items:
            keys = [f"table2.{row}.{column}" for column in columns]
            rows.append([Slot(label), *(_number(figures, k, s) for k, s in zip(keys, spans, strict=True))])
    return Printed(rows, 0, [2.0, *[1.4] * wide])


def _number(figures: Figures, key: str, columns: int = 1) -> Slot:
    return Slot(figures.text(key), columns=columns, key=key)


def _table3(figures: Figures, rng: random.Random) -> Printed:
    bracket, point = rng.choice(_BRACKETS), rng.choice(_POINTS)
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    rows = [
        [Slot(note, 3, 3), Slot("申请人情况", columns=7)],
        [Slot("自然人", rows=2), Slot("法人或其他组织", columns=5), Slot("总计", rows=2)],
        [Slot(label) for label in _COMPANIES],
    ]

    def add(labels: list[Slot], row: str) -> None:
        rows.append([*labels, *(_number(figures, f"table3.{row}.{column}") for column in _APPLICANTS)])

    one_row = figures.form.id == "2019"
    add([Slot("一、本年新收政府信息公开申请数量", columns=3)], "new_requests")
    add([Slot("二、上年结转政府信息公开申请数量", columns=3)], "carried_in")
    results = 20 if one_row else 22
    head = Slot("三、本年度办理结果", rows=results, upright=True)
    add([head, Slot(f"{bracket.format('一')}予以公开", columns=2)], "granted")
    partial = f"{bracket.format('二')}部分公开（区分处理的，只计这一情形，不计其他情形）"
    add([Slot(partial, columns=2)], "partially_granted")
    for key, (number, name, reasons) in _REASONS.items():
        if key == "other" and one_row:
            add([Slot(f"{bracket.format(number)}{name}", columns=2)], "other_handling")
            continue
        for n, (reason, label) in enumerate(reasons, 1):
            group = [Slot(f"{bracket.format(number)}{name}", rows=len(reasons))] if n == 1 else []
            add([*group, Slot(f"{point.format(n)}{label}")], f"{key}_{reason}")
    add([Slot(f"{bracket.format('七')}总计", columns=2)], "total_handled")
    add([Slot("四、结转下年度继续办理", columns=3)], "carried_out")
    return Printed(rows, 3, [0.9, 1.5, 3.2, *[1.0] * 7])


def _table4(figures: Figures) -> Printed:
    labels = _OUTCOME_LABELS
    keys = [f"table4.{row}.{column}" for row in ("review", "suit_direct", "suit_after_review") for column in _OUTCOMES]
    return Printed([
        [Slot("行政复议", columns=5), Slot("行政诉讼", columns=10)],
        [*(Slot(x, rows=2) for x in labels), Slot("未经复议直接起诉", columns=5), Slot("复议后起诉", columns=5)],
        [Slot(x) for x in labels * 2],
        [_number(figures, k) for k in keys],
    ], 3, [1.0] * 15)  # fmt: skip
