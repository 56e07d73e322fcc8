"""What a report's prose says: sentences that state the tables' numbers, true ones that must not mislead, and others."""

from __future__ import annotations

import random
import re
from functools import cache

from panelkit.made import Made
from parsers.divisions import Area, load_divisions
from parsers.result import Section

WORDS = (
    "政务", "公开", "群众", "平台", "目录", "专栏", "培训", "考核", "制度", "流程", "窗口", "基层", "标准", "解读",
    "互动", "台账", "保密", "审查", "回应", "热点", "民生", "项目", "资金", "教育", "卫生", "就业", "环保", "安全",
    "农业", "乡村", "交通", "住房", "市场", "监管", "执法", "预算", "决算", "采购", "招标", "土地",
)  # fmt: skip
VERBS = (
    "持续推进", "切实加强", "不断完善", "全面梳理", "及时更新", "认真落实", "统筹安排", "定期检查", "重点抓好",
    "逐步规范",
)  # fmt: skip


def prose(made: Made) -> list[Section]:
    """Sentences that state the tables' numbers, among others that nobody else writes."""
    if made.text_of is not None:
        return [Section(s.number, s.title, _taken(s.text, made)) for s in prose(made.text_of)]
    said = {k: int(made.spoken.get(k, made.cells.get(k, 0))) for k in (*made.cells, *made.spoken)}
    rng = random.Random(f"{made.place.code}{made.year}")
    idle = [_idle(rng) for _ in range(14)]
    t = "table3.{}.total".format
    # What came in may be told with what was carried in, what was done without it.
    carried, way = made.total("carried_in"), rng.random()
    said[t("new_requests")] += carried if way < 0.2 and t("new_requests") not in made.spoken else 0
    said[t("total_handled")] -= carried if way > 0.8 and t("total_handled") not in made.spoken else 0
    denied = said[t("denied_third_party")] + said[t("denied_process_info")]
    lost = said[t("unavailable_not_held")] + said[t("unavailable_unclear")]
    other = said[t(made.other)]
    counts = [
        ("受理政府信息公开申请", said[t("new_requests")]), ("办结政府信息公开申请", said[t("total_handled")]),
        ("其中予以公开", said[t("granted")]), ("部分公开", said[t("partially_granted")]),
        ("不予公开", said.get("denied", denied)), ("无法提供", said.get("unavailable", lost)),
        ("不予处理", said[t("rejected_repeat")]), ("其他处理", said.get("other", other)),
        ("结转下年度继续办理", said[t("carried_out")]),
    ]  # fmt: skip
    facts = ["全年共" + "，".join(f"{name}{n}件" for name, n in counts) + "。"]
    if made.year >= 2021:
        facts.append(f"制发行政规范性文件{said['table2.normative_documents.issued']}件，现行有效的行政规范性文件共计"
                     f"{said['table2.normative_documents.in_force']}件。")  # fmt: skip
    suits = said["table4.suit_direct.total"] + said["table4.suit_after_review.total"]
    facts.append(
        f"因政府信息公开引起的行政复议{said['table4.review.total']}件、行政诉讼{said.get('suits', suits)}件。"
        if made.cases_said else "本年度未发生因政府信息公开引起的行政复议、行政诉讼案件。"
    )
    facts += _true_things(made, rng)
    facts.append(f"本报告数据统计期限为{made.period}年1月1日至12月{rng.choice((31, 31, 31, 21))}日。")
    opening = f"{made.years.get('opening', made.year)}年，{made.place.name}人民政府{''.join(rng.sample(WORDS, 5))}。"
    text = "\n".join([opening, *facts, *made.lines, *idle, *_model(made, rng)])
    return [Section(1, "一、总体情况", text), Section(6, "六、其他需要报告的事项", made.fee)]


def _true_things(made: Made, rng: random.Random) -> list[str]:
    """Sentences as reports have them, all true: none of them may become a finding."""
    new, done = made.total("new_requests"), made.total("total_handled")
    online, letters = new // 2, new // 3
    said = [
        f"在收到的政府信息公开申请中，网络申请{online}件，信函申请{letters}件，当面申请{new - online - letters}件。",
        f"较上年收到的政府信息公开申请{new + 3}件有所变化。",
        "12345热线转办事项均已按期办结。",
        f"全年举办培训{rng.randrange(2, 9)}场次，约{rng.randrange(20, 90)}0余人次参加。",
        "没有因政府信息公开工作被追究责任的情形。",
        "申请人主动撤回政府信息公开申请2件。",
        f"复议机关今年审结的1件系{made.year - 1}年提出的申请。",
        f"全县各类行政复议案件{new + 40}件，均与政府信息公开无关。",
        f"全年办理行政许可申请{new + 300}件。",
        f"公开各类信息约{new + 900}余条。",
        "申请人王××、李××的申请已依法答复。",
        f"组织人员赴{far(made, rng)}人民政府学习考察政务公开工作。",
    ]  # fmt: skip
    if "table3.new_requests.total" not in made.spoken:
        said.append(f"{made.year - 1}年收到政府信息公开申请{new + 7}件，{made.year}年收到政府信息公开申请{new}件。")
    if new > 10:
        part = rng.randrange(1, new)
        said.append(f"征地拆迁类申请{part}件，{rng.choice(('占', '占比', '约占'))}{100 * part / new:.1f}%。")
    if not made.total("carried_out"):
        said.append("收到的政府信息公开申请均已按期办结。")
    outcomes = [made.cells[f"table4.review.{c}"] for c in ("corrected", "other_result", "pending")]
    if made.total_of("review") and not any(outcomes):
        said.append("上述信息公开行政复议案件均获维持。")
    if not made.total("denied_third_party") + made.total("denied_process_info"):
        said.append("没有不予公开的情形。")
    if done and made.said_right:
        said.append(f"全年答复政府信息公开申请{done}件。")
    return rng.sample(said, min(6, len(said)))


def far(made: Made, rng: random.Random) -> str:
    """The name of a county in another province."""
    while (found := rng.choice(_counties())).code[:2] == made.place.code[:2]:
        pass
    return found.name


@cache
def _counties() -> list[Area]:
    return [a for a in load_divisions() if a.kind == "county" and not a.valid_to and len(a.name) > 2]


@cache
def _models(province: str) -> tuple[str, ...]:
    rng = random.Random(f"model of {province}")
    return tuple(_idle(rng) for _ in range(12))


def _model(made: Made, rng: random.Random) -> list[str]:
    """Sentences of the province's own model, which many of its places use, some with other words."""
    taken = rng.sample(_models(made.place.code[:2]), 6)
    return [_reworded(line) if rng.random() < 0.5 else line for line in taken]


def _idle(rng: random.Random) -> str:
    pairs = ((rng.choice((rng.choice(VERBS), rng.choice(WORDS), "和", "的")), rng.choice(WORDS)) for _ in range(5))
    first = "".join(a + b for a, b in pairs)
    return f"{first}，{rng.choice(VERBS)}{''.join(rng.sample(WORDS, 3))}工作。"


def _taken(text: str, made: Made) -> str:
    """Another report's text with this place and year put in, perhaps lightly edited; numbers are left as they are."""
    other = made.text_of
    assert other is not None
    text = text.replace(other.place.name, made.place.name).replace(f"{other.year}年", f"{made.year}年")
    return _reworded(text) if made.edited else text


def _reworded(text: str) -> str:
    """Lightly edited."""
    after = dict(zip(VERBS, (*VERBS[1:], VERBS[0]), strict=True))
    text = re.sub("(?<=，)(?:" + "|".join(VERBS) + ")", lambda m: after[m[0]], text)
    return text.replace("工作。", "各项工作。")
