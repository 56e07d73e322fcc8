"""Reading or source? Who is at fault where numbers do not fit, and on what grounds.

``source``: the numbers concerned are printed in places that the source itself fixes, or nothing that a reader can
get wrong would explain the misfit. ``reading``: a recogniser was unsure, another document of the same edition
settles it, or one shifted, split, joined or lost cell would repair every broken sum of the table at once. ``open``:
neither can be shown. Method: forms reference, parts 4 and 4.7.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from parsers.reading import Reading
from parsers.repair import Repair, find_repair
from parsers.result import Finding, Status

FIXED_GRIDS = ("exact", "ruled", None)  # the source's own lines or mark-up fix the places; None: nothing else known


class Ground(NamedTuple):
    """A decision with its reason."""

    doubt: str
    zh: str
    en: str


_WEAK = Ground("reading", "文字识别对其中的数字把握不足", "character recognition was unsure of a number concerned")
_PLACED = Ground("open", "其中有位置推定或推算的格子", "a number concerned was placed or derived by inference")
_RECOGNISED = Ground("open", "数字来自图片的文字识别，不能排除误识", "the numbers were recognised from a picture")
_FIXED = Ground("source", "所涉数字均为原文印出，格位由原表确定",
                "all numbers concerned are printed, in places that the source's table fixes")  # fmt: skip
_PRINTED = Ground("source", "所涉数字均为原文印出", "all numbers concerned are printed")
_NO_REPAIR = Ground("source", "所涉数字均为原文印出；移动、拆开或合并任何一格，都不能使各等式同时成立",
                    "all numbers concerned are printed; no shifted, split or joined cell mends them")  # fmt: skip
_SENTENCE = Ground("source", "正文原句与所涉表格数字均为原文印出",
                   "the sentence and the cells concerned are both printed")  # fmt: skip
_TEXT = Ground("source", "依据原文文字", "by the printed text")
_SCOPE = Ground("open", "正文与表格统计的主体范围可能不同", "prose and table may speak of different issuers")
_SCOPE_RULES = ("N_NORM_ISSUED", "N_NORM_IN_FORCE")
_OF_ALL = re.compile(r"全[省市县区旗州盟]|各(?:部门|乡镇|街道|单位|地)")
# Words by which a sentence speaks of others than the tables do, by the report's scope.
_OTHER_SCOPE = {
    "whole_area": re.compile(r"政府办|办公室|本机关|本级"), "government_and_office": _OF_ALL, "single_organ": _OF_ALL,
}  # fmt: skip


def of_unknown(reading: Reading, keys: Iterable[str]) -> str:
    """A blank or a missing table is the source's; what could not be read is ours."""
    return "reading" if any(reading.cell(k).status is Status.UNREADABLE for k in keys) else "source"


def settle(reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """Give every fail its doubt and the grounds; findings without a verdict of fail stay as they are."""
    broken = [f for f in findings if f.verdict == "fail" and f.rule in reading.plan.sums]
    repairs: dict[str, Repair | None] = {}
    for table in {f.cells[0].partition(".")[0] for f in broken}:
        repairs[table] = find_repair(reading, table)
    sums = {f.rule: _of_sum(reading, f, repairs) for f in broken}
    suspects = {k for f in broken if sums[f.rule].doubt == "reading" for k in f.cells}
    out = []
    for finding in findings:
        if finding.verdict == "fail":
            ground = sums.get(finding.rule) or _of_other(reading, finding, suspects)
            finding = replace(finding, doubt=ground.doubt, ground_zh=ground.zh, ground_en=ground.en)
        out.append(finding)
    return out


def _of_sum(reading: Reading, finding: Finding, repairs: Mapping[str, Repair | None]) -> Ground:
    repair = repairs[finding.cells[0].partition(".")[0]]
    if any(reading.is_weak(k) for k in finding.cells):
        return _WEAK
    if repair is not None and reading.grid not in FIXED_GRIDS:
        en = f"{repair.en} would repair every sum of the table"
        return Ground("reading", f"{repair.zh}，本表各等式即全部成立", en)
    if any(reading.cell(k).status in (Status.ALIGNED, Status.DERIVED) for k in finding.cells):
        return _PLACED
    if reading.grid == "ocr":
        return _RECOGNISED
    if repair is not None:
        # The source's own grid puts the number there: whoever filled in the form did.
        en = f"{_FIXED.en}; {repair.en} would repair the sums: perhaps filled in wrongly"
        return Ground("source", f"{_FIXED.zh}；{repair.zh}，各等式即成立，可能是填报时错位", en)
    return _FIXED if reading.grid in FIXED_GRIDS else _NO_REPAIR


def _of_other(reading: Reading, finding: Finding, suspects: set[str]) -> Ground:
    cells = [k for k in finding.cells if not k.startswith(("claim.", "section."))]
    if any(reading.is_weak(k) for k in cells):
        return _WEAK
    if suspects & set(cells):
        return Ground("reading", "所涉格子的读取本身存疑", "our reading of a cell concerned is itself in doubt")
    if finding.rule in _SCOPE_RULES or _speaks_of_others(reading, finding):
        return _SCOPE
    statuses = {reading.cell(k).status for k in cells}
    if Status.UNREADABLE in statuses or statuses & {Status.ALIGNED, Status.DERIVED}:
        return _PLACED
    grids = {reading.grid, reading.last.grid if reading.last and any(k.startswith("last:") for k in cells) else None}
    if "ocr" in grids:
        return _RECOGNISED
    if not cells:
        return _TEXT
    if any(name == "sentence" for name, _ in finding.evidence):
        return _SENTENCE
    return _FIXED if grids <= set(FIXED_GRIDS) else _PRINTED


def _speaks_of_others(reading: Reading, finding: Finding) -> bool:
    words = _OTHER_SCOPE.get(reading.scope)
    said = (text for name, text in finding.evidence if name == "sentence")
    return words is not None and finding.rule.startswith("N_") and any(words.search(text) for text in said)


def with_other_documents(finding: Finding, reading: Reading, others: Mapping[str, Reading]) -> Finding:
    """Look at a broken sum again in the light of further documents of the same edition, by their names.

    One that prints the same numbers confirms the source's contradiction. One whose numbers hold, where ours come
    from a place or a recogniser that can err, shows our reading wrong.
    """
    keys = [k for k in finding.cells if not k.startswith(("claim.", "section.", "last:"))]
    if finding.verdict != "fail" or not keys or finding.doubt == "reading":
        return finding
    for name, other in others.items():
        values = [other.value(k) for k in keys]
        if None in values or other.form.id != reading.form.id:
            continue
        differ = [k for k in keys if other.value(k) != reading.value(k)]
        if not differ:
            zh = f"同一版本的另一份文件（{name}）所印数字相同"
            en = f"another document of the edition prints the same: {name}"
            return replace(finding, doubt="source", ground_zh=zh, ground_en=en)
        if reading.grid not in FIXED_GRIDS and other.grid != "ocr":
            zh = f"同一版本的另一份文件（{name}）有{len(differ)}处数字不同，应以其为准核对"
            en = f"another document of the edition differs in {len(differ)} of these numbers: {name}"
            return replace(finding, doubt="reading", ground_zh=zh, ground_en=en)
    return finding
