"""Another county's name where a report speaks of its own government: text taken over with the name left in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from archive.bodies import names_of_root, root
from parsers.divisions import load_divisions
from parsers.prosechecks import sentences
from parsers.reading import Reading
from parsers.result import Finding
from parsers.rules import load_rules
from parsers.verdicts import Outcome

# A county's name speaks of the reporting body only where its government or its disclosure follows.
_SUBJECT = re.compile(
    r"([\u4e00-\u9fff]{1,14}[县区市旗])(?:人民政府|政府办|政府信息公开|政府门户网站|政务公开|政府网站|年政府信息公开)"
)
# A visit, a model to learn from, a court case, a document's name: another county may well be named there.
_MAY_NAME = re.compile(
    r"学习|考察|借鉴|交流|对口|帮扶|赴|调研|兄弟|法院|检察院|原告|被告|申请人|原属|撤销|合并|设立|《|代管|毗邻|联合"
    r"|移[交送]|转[交送]|告知|管辖|属于"
)
_LONGEST = 15  # 双江拉祜族佤族布朗族傣族自治县


@cache
def _counties() -> dict[str, frozenset[str]]:
    """Full names of counties of three characters and more, with the codes that bear them."""
    found: dict[str, set[str]] = {}
    for one in load_divisions():
        if one.level == "county" and len(one.name) >= 3:
            found.setdefault(one.name, set()).add(one.code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _neighbours(prefecture: str) -> frozenset[str]:
    """Every code under a prefecture (four digits), and the codes that places there had before."""
    return frozenset(a.code for a in load_divisions() if prefecture in (a.code[:4], root(a.code)[:4]))


@cache
def _own_names(area_code: str) -> frozenset[str]:
    return names_of_root().get(root(area_code), frozenset())


def other_counties(reading: Reading, area_code: str | None) -> Iterator[Outcome]:
    """``C_OTHER_NAME``: names of counties outside the report's own prefecture in the place of its own."""
    # What lies under a prefecture or a province is named in its reports by right.
    if not area_code or area_code.endswith("00") or not reading.prose:
        return
    rule = next(r for r in load_rules() if r.id == "C_OTHER_NAME")
    for folded, printed in sentences(reading.prose):
        if _MAY_NAME.search(folded):
            continue
        for found in _SUBJECT.finditer(folded):
            name = _name_at_end(found[1])
            if name and name not in _own_names(area_code) and not _counties()[name] & _neighbours(root(area_code)[:4]):
                yield Outcome(rule.id, Finding(
                    rule.id, "fail", rule.severity, f"{rule.message_zh}：{name}", f"{rule.message_en}: {name}", (),
                    doubt="open" if reading.grid == "ocr" else "source", ground_zh="原句所写县名不属于本机关所在地",
                    ground_en="the county named in the sentence is not the report's own",
                    evidence=(("sentence", printed[:300]),),
                ))  # fmt: skip
                return
    yield Outcome(rule.id)


def _name_at_end(text: str) -> str | None:
    """The longest county name that a run of characters ends in."""
    for start in range(max(0, len(text) - _LONGEST), len(text) - 2):
        if text[start:] in _counties():
            return text[start:]
    return None
