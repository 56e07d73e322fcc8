from __future__ import annotations

import json

import pytest

from parsers.claimrules import ClaimRuleError, load_rules, parse_rules
from parsers.claimscope import Owner, owner_of
from parsers.metadata import read_metadata
from parsers.prose import read_claims
from parsers.readers import read
from parsers.result import Section
from parsers.sections import cut_sections


def claims(text: str, year: int | None = 2023, number: int = 1) -> dict[str, float]:
    """The first value of each kind."""
    out: dict[str, float] = {}
    for claim in read_claims([Section(number, "", text)], year):
        out.setdefault(claim.kind, claim.value)
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年共受理政府信息公开申请12件，已全部办结。", {"requests_accepted": 12, "requests_completed": 12}),
        ("全年受理并办结政府信息公开申请5件。", {"requests_accepted": 5, "requests_completed": 5}),
        ("收到政府信息公开申请10件，已办结9件，结转下年度1件。",
         {"requests_accepted": 10, "requests_completed": 9, "carried_out": 1}),
        ("收到信息公开申请12件，其中网络申请8件、信函申请3件、当面申请1件，比2022年增加5件。",
         {"requests_accepted": 12, "requests_online": 8, "requests_by_letter": 3, "requests_in_person": 1}),
        ("共办结依申请公开9件，其中予以公开4件、部分公开1件、不予公开2件、无法提供1件、不予处理1件。",
         {"requests_completed": 9, "granted": 4, "partially_granted": 1, "denied_all": 2, "unavailable_all": 1,
          "rejected_all": 1}),
        ("未收到公民、法人和其他组织提出的政府信息公开申请。", {"requests_accepted": 0}),
        ("未发生因政府信息公开引起的行政复议、行政诉讼案件。", {"review_cases": 0, "litigation_cases": 0}),
        ("政府信息公开行政复议、行政诉讼案件均为0件。", {"review_cases": 0, "litigation_cases": 0}),
        ("因信息公开引发行政复议案件一件，行政诉讼三十二件。", {"review_cases": 1, "litigation_cases": 32}),
        ("因政府信息公开发生行政复议2起，无行政诉讼。", {"review_cases": 2, "litigation_cases": 0}),
        ("制发规范性文件3件，废止规范性文件2件，现行有效的行政规范性文件共计1,015件。",
         {"normative_documents_issued": 3, "normative_documents_repealed": 2, "normative_documents_in_force": 1015}),
        ("通过县政府网站公开信息6888条，同时通过政务新媒体发布信息700条，编发政府公报6期。",
         {"website_items": 6888, "new_media_items": 700, "gazette_issues": 6}),
        ("受理12345热线诉求200件，办结198件，办结率99%。",
         {"hotline_received": 200, "hotline_completed": 198, "hotline_rate_percent": 99}),
        ("全年收取政府信息公开信息处理费1.2万元。", {"info_processing_fee_collected": 12000}),
        ("本机关2023年度未收取信息处理费。", {"info_processing_fee_collected": 0}),
        ("信息处理费收取情况：无。", {"info_processing_fee_collected": 0}),
    ],
)  # fmt: skip
def test_what_is_stated_is_read(text: str, expected: dict[str, float]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2022年共受理政府信息公开申请25件。",
        "上年度受理政府信息公开申请8件。",
        "受理政府信息公开申请的数量比上年增加5件。",
        "不予受理政府信息公开申请2件。",
        "没有政府信息公开申请积压。",
        "共收到行政复议申请3件。",
        "全县办理行政复议案件120件。",
        "除一件外，未发生其他因信息公开引起的行政复议。",
        "未发生因政府信息公开引起的行政诉讼败诉案件。",
        "未发生因政府信息公开被纠错的行政复议。",
        "政府信息公开行政复议和行政诉讼共3件。",
        "受理低保申请300件，推进政府信息公开。",
        "县教育局受理政府信息公开申请3件，县民政局受理政府信息公开申请2件。",
        "对每月10件以下的申请不收取信息处理费。",
        "解读材料3个工作日内发布，图文解读8份。",
        "截至2023年底，门户网站累计公开信息50000条。",
        "自2008年以来网站公开信息5万条。",
        "政务微信发布信息500条，政务微博发布信息300条。",
        "各乡镇通过网站公开信息856条。",
        "2024年拟制发规范性文件5件。",
        "答复网民留言20条。",
    ],
)
def test_what_is_not_this_report_s_total_is_not_read(text: str) -> None:
    assert claims(text) == {}


@pytest.mark.parametrize("clause", ["力争发布政策解读31篇", "明年计划编印政府公报12期", "计划组织在线访谈5次"])
def test_aims_are_no_facts(clause: str) -> None:
    assert claims(f"进一步规范工作，{clause}。") == {}
    done = clause.removeprefix("明年").removeprefix("计划").removeprefix("力争")
    assert claims(f"全年发布规划计划类信息若干，{done}。")


COUNTY = owner_of("义县人民政府", "government", "义县")
BUREAU = owner_of("义县教育局", "department", "义县")
CITY = owner_of("固原市人民政府办公室", "government_office", "固原市")


@pytest.mark.parametrize(
    ("text", "owner", "expected"),
    [
        ("全省共收到政府信息公开申请872件，办结860件。", COUNTY, {}),
        ("全市收到政府信息公开申请80件，我县收到政府信息公开申请12件。", COUNTY, {"requests_accepted": 12}),
        ("全市收到政府信息公开申请80件，办结78件。", CITY, {"requests_accepted": 80, "requests_completed": 78}),
        ("全县收到政府信息公开申请80件，办结78件。", COUNTY, {"requests_accepted": 80, "requests_completed": 78}),
        ("市本级收到政府信息公开申请80件，我县收到政府信息公开申请12件。", COUNTY, {"requests_accepted": 12}),
        ("全县收到政府信息公开申请80件，办结78件。", BUREAU, {}),
        ("县公安局收到政府信息公开申请80件，办结78件。", COUNTY, {}),
        ("县教育局收到政府信息公开申请80件，办结78件。", BUREAU,
         {"requests_accepted": 80, "requests_completed": 78}),
        ("在全市考核中名列前茅，收到政府信息公开申请5件。", COUNTY, {"requests_accepted": 5}),
        ("因政府信息公开被诉方面，县法院审理行政诉讼68件。", COUNTY, {}),
    ],
)  # fmt: skip
def test_only_the_report_s_own_organ_counts(text: str, owner: Owner, expected: dict[str, float]) -> None:
    found = read_claims([Section(1, "", text)], 2023, owner)
    assert {claim.kind: claim.value for claim in found} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年至2023年，累计收到政府信息公开申请35件，办结30件。", {}),
        ("2021年、2022年、2023年分别收到政府信息公开申请29件、48件和23件。", {}),
        ("自《条例》实施以来，累计受理政府信息公开申请36件，办结2件。", {}),
        ("去年收到政府信息公开申请15件，办结14件。", {}),
        ("今年以来，受理政府信息公开申请15件，比2022年减少4件，办结14件。",
         {"requests_accepted": 15, "requests_completed": 14}),
        ("平均每月收到政府信息公开申请27件。", {}),
        ("收到政府信息公开申请3至5件。", {}),
        ("门户网站公开信息数百条。", {}),
        ("依申请公开：办结83件人大代表建议。", {}),
        ("推进依申请公开，受理法律援助申请56件，全部办结。", {}),
        ("制发公文200件，其中主动公开150件、依申请公开30件、不予公开20件。", {}),
        ("答复申请方面，属于国家秘密不予公开8件。", {}),
        ("予以公开4件，部分公开1件，不予公开2件。", {"granted": 4, "partially_granted": 1, "denied_all": 2}),
        ("转载上级政策解读26篇；文字解读15件，负责人解读8件。", {}),
        ("政府信息公开行政复议、行政诉讼分别为3件、1件。", {"review_cases": 3, "litigation_cases": 1}),
        ("县发改局、县住建局分别收到政府信息公开申请35件、7件。", {}),
        ("“十三五”期间，网站累计发布信息15000条。", {}),
        ("网上申请办理居住证676件，窗口申请32件。", {}),
        ("与2022年收到政府信息公开申请83件相比，2023年收到政府信息公开申请55件。", {"requests_accepted": 55}),
        ("结转至下一年度办理的政府信息公开申请为18件。", {"carried_out": 18}),
        ("本机关未向申请人收取信息处理费。", {"info_processing_fee_collected": 0}),
        ("县12345平台受理申请类诉求16件，办结34件，推进依申请公开。", {"hotline_completed": 34}),
        ("公开低保信息。农村低保审批：收到申请28件，推进信息公开。", {}),
        ("主动公开政府信息总数300条。", {"disclosed_items": 300}),
        ("本单位未收到任何形式的政府信息公开申请。", {"requests_accepted": 0}),
        ("信息处理费收取情况为：未收取。", {"info_processing_fee_collected": 0}),
        ("收取信息处理费3件，共计300元。", {"info_processing_fee_collected": 300}),
    ],
)  # fmt: skip
def test_other_times_shares_and_neighbours_are_told_apart(text: str, expected: dict[str, float]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(("printed", "unit"), [("3份", "份"), ("3条", "条"), ("三宗", "宗")])
def test_the_unit_is_the_printed_one(printed: str, unit: str) -> None:
    (claim,) = read_claims([Section(3, "", f"收到政府信息公开申请{printed}。")], 2023)
    assert (claim.value, claim.unit) == (3, unit)


def test_plans_for_next_year_are_no_facts() -> None:
    text = "共受理政府信息公开申请12件。"
    assert claims(text, number=5) == {}
    assert claims(text, number=1) == {"requests_accepted": 12}


def test_the_year_of_a_sentence_counts() -> None:
    text = "2023年共受理政府信息公开申请30件，2022年受理政府信息公开申请25件。"
    assert claims(text, 2023) == {"requests_accepted": 30}
    assert claims(text, 2022) == {"requests_accepted": 25}
    assert claims(text, None) == {}
    assert claims("按照《2022年工作要点》，收到信息公开申请7件。") == {"requests_accepted": 7}


@pytest.mark.parametrize(("text", "value"), [("10000 余条", 10000), ("近300条", 300), ("1.2万多条", 12000)])
def test_approximate_numbers_say_so(text: str, value: int) -> None:
    (claim,) = read_claims([Section(1, "", f"全年在政府网站主动公开各类信息{text}。")], 2023)
    assert (claim.kind, claim.value, claim.approx, claim.unit) == ("website_items", value, True, "条")


def test_a_claim_carries_its_sentence_and_part() -> None:
    text = "前一句。2023年，共受理政府信息公开\n申请3件。\n（二）依申请公开。收到信息公开申请 3 件。"
    found = read_claims([Section(3, "", text)], 2023)
    assert [(c.sentence, c.section) for c in found] == [("收到信息公开申请 3 件。", 3)]


def test_a_part_of_the_reviews_needs_no_word_on_its_subject() -> None:
    assert claims("本年度行政复议2件。", number=4) == {"review_cases": 2}
    assert claims("本年度行政复议2件。", number=1) == {}


def test_in_the_part_on_requests_they_need_no_word() -> None:
    text = "全年新收申请5件，通过信函方式申请的有3件，予以公开4件。"
    expected = {"requests_accepted": 5, "requests_by_letter": 3, "granted": 4}
    assert claims(text, number=3) == expected
    assert claims("全年新收申请5件。", number=1) == {}
    assert claims("受理居住证申请5件。", number=3) == {}


def test_a_huge_text_without_sentences_is_passed_over() -> None:
    assert read_claims([Section(1, "", "受理申请" * 50_000)], 2023) == ()


RULES = 'topics: {}\nnot_before: a\nnot_in_clause: a\nwhose: {subject: a, mine: a}\n'
RULES += 'when: {year: a, current: a, then: a}\n'
ONE = "claims: [{kind: a, zh: a, en: a, unit: a, patterns: ['%s']}]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "not a list"),
        ("claims: 1", "not a list"),
        ("claims: [", "not a list"),
        (RULES + "claims: []", "at least 1"),
        (RULES + ONE % "b", "no number"),
        (RULES + ONE % "{x}", "not a list"),
        (RULES + ONE.replace("zh: a", "zh: a, subject: b") % "{n}", "unknown subject"),
        (RULES.replace("{}", "{subject: {b: '('}}") + ONE % "{n}", "subject"),
    ],
)
def test_nonsense_rules_are_refused(text: str, message: str) -> None:
    with pytest.raises(ClaimRuleError, match=message):
        parse_rules(text)


def test_every_kind_has_words_for_people() -> None:
    rules = load_rules()
    assert all(rule.zh and rule.en and rule.unit for rule in rules.claims)
    assert {"requests_accepted", "review_cases", "info_processing_fee_collected"} <= {r.kind for r in rules.claims}


# True statements that the gold files leave out.
ALSO_TRUE = {"002": {("documents_published", 20), ("online_interviews", 4)}}


@pytest.mark.shared
def test_seeds_state_what_their_gold_says(shared_dir) -> None:
    for file in sorted((shared_dir / "seeds").glob("*.txt")):
        gold = json.loads((shared_dir / "gold" / f"{file.stem}.json").read_text("utf-8"))
        document = read(file.read_bytes())
        found = read_claims(cut_sections(document), read_metadata(document).year)
        expected = {(kind, c["value"], c.get("approx", False)) for kind, c in gold["narrative"].items()}
        extra = {(kind, value, False) for kind, value in ALSO_TRUE.get(file.name[:3], set())}
        assert {(c.kind, c.value, c.approx) for c in found} == expected | extra
