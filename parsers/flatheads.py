"""What the heading of a table in running text says: whether its columns are the form's, in the form's order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from unicodedata import east_asian_width

from parsers.form_model import Form, FormTable
from parsers.headings import spellings
from parsers.known import remembered
from parsers.labels import LONGEST, core

GAP = r"[\s\"'“”‘’、,，.。;；:：·\-—()（）/]*"
GAPS = re.compile(GAP.removesuffix("*") + "+")
# The head of the one table with a column of units.
STUB = re.compile(r"(?:指标|项目)\D{0,8}?单位")
_SEVERAL_COLUMNS = "法人或其他组织"  # over the columns of organisations in table 3
_OVER_ALL = "申请人情况"  # over all columns of table 3
_FIRST_COLUMN = "信息内容"  # over the labels of table 2
_OF_THE_COLUMN = re.compile(
    r"(?:计量)?单位[为]?[十百千万亿]*(?:元|件|条|项)|20\d\d年度?|本年度?|统计数据?|数[量值据]|[一二三四五六七八九十]"
)
_NAME = 4  # characters of the shortest name of a column in table 2
_TELLING = 5  # characters of a heading's label that tell it
_FEW = 2  # columns of a table in which no sum stands in a row
_LONGEST = 40  # letters between the head of a table and its first row


@remembered(LONGEST)
def bare(label: str) -> str:
    """The letters of a label alone."""
    return GAPS.sub("", core(label))


def in_order(labels: Sequence[str], head: str, *, strict: bool = False) -> bool:
    """Whether a heading names columns in the order of the form; what it does not name is no objection.

    A heading over several columns may stand between them, so the last column (总计) only has to come behind the first;
    where none can (``strict``), behind all.
    """
    letters = GAPS.sub("", head[max(head.rfind(_OVER_ALL), 0) :])  # what stands in front is another table's
    at = {label: _last_place(bare(label), letters) for label in labels}
    told = [at[label] for label in labels[:-1] if at[label] >= 0]
    behind = at[labels[-1]] < 0 or not told or at[labels[-1]] > told[-1 if strict else 0]
    return told == sorted(told) and behind


def fills_gaps(labels: Sequence[str], head: str) -> bool:
    """Whether a name that was not recognised stands where the form has that column, and nowhere else.

    Of 本年增減, 上一年项目数量, 处理决定数量 the last two are in the form's order; but in the form something stands
    between them.
    """
    letters = GAPS.sub("", head)
    names = [_FIRST_COLUMN, *(bare(label) for label in labels)]
    told = [(n, at, at + len(name)) for n, name in enumerate(names) if (at := _last_place(name, letters)) >= 0]
    between = ((letters[end:there], m > n + 1) for (n, _, end), (m, there, _) in pairwise(told) if there >= end)
    # Digits in between: the first name is another block's.
    return all((len(text) >= _NAME) == missing for text, missing in between if not re.search(r"\d", text))


def heads_columns(head: str, drawn: str, first: str, form: Form, table: FormTable) -> bool:
    """Whether what stands in front of the first row found heads columns in the form's order.

    Where several columns are told by their order alone, the heading must be there: its first column before that over
    several columns, and both before the total. Numbers right in front of the first row of the form are its own,
    behind which the labels stand.
    """
    n = len(table.columns)
    if table.layout != "matrix" or n <= _FEW:
        return True
    other = spellings(form, table.key, "column")
    names = [[c.label, *other.get(c.key, [])] for c in (table.columns[0], table.columns[-1])]
    letters = GAPS.sub("", head)
    letters = letters[letters.rfind(_OVER_ALL) + 1 :]
    at = [_first_place(spelled, letters) for spelled in (names[0], [_SEVERAL_COLUMNS], names[1])]
    if -1 not in (at[1], letters.find(names[0][0][:-1])):  # narrow cells break 自然人 and 总计 over several lines
        broken = ((names[0], -1), ([_SEVERAL_COLUMNS], None), (names[1], -1))
        parts = ([name[:cut] for name in spelled] for spelled, cut in broken)
        at = [x if x >= 0 else _first_place(p, letters) for x, p in zip(at, parts, strict=True)]
    numbers = re.search(r"\d[\d\s]*$", head) if first == table.rows[0].key else None
    counted = "".join(map(str, range(1, n + 1)))
    there = [x for x in at if x >= 0]
    ordered = there == sorted(there) or _in_one_line(table, names[0], head) or _stand_in_order(names, drawn)
    told = at[0] >= 0 and at[2] >= 0 and ordered
    return told and (numbers is None or "".join(numbers[0].split()) == counted)


def _in_one_line(table: FormTable, firsts: Sequence[str], head: str) -> bool:
    """Whether a line of the heading names the first column and behind it one of the others; the name over several
    columns stands in a line above."""
    for line in head.split("\n"):
        letters = GAPS.sub("", line)
        at = _first_place(firsts, letters)
        others = (letters.find(GAPS.sub("", core(c.label))[:_NAME]) for c in table.columns[1:-2])
        if _SEVERAL_COLUMNS not in letters and 0 <= at < max(others):
            return True
    return False


def _stand_in_order(names: Sequence[Sequence[str]], drawn: str) -> bool:
    """Whether a text that keeps the page's layout sets the first column before those of organisations and these before
    the last, in whatever line each stands."""
    spelled = [*names[0]], [_SEVERAL_COLUMNS], [*names[1]]
    spots: list[list[tuple[int, int]]] = [[], [], []]
    for line in drawn[max(drawn.rfind(_OVER_ALL), 0) :].split("\n"):
        for found, words in zip(spots, spelled, strict=True):
            for m in re.finditer(rf"(?<!\S)(?:{'|'.join(map(re.escape, words))})(?!\S)", line):
                found.append((_width(line[: m.start()]), _width(line[: m.end()])))
    if any(len(found) != 1 for found in spots):
        return False
    (first,), (several,), (last,) = spots
    return first[1] < several[0] and several[1] < last[0]


def _width(text: str) -> int:
    """Columns of a line that a text takes: two for a Chinese letter."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _first_place(spelled: Sequence[str], letters: str) -> int:
    return min((at for label in spelled if (at := letters.find(GAPS.sub("", core(label)))) >= 0), default=-1)


def names_no_more(table: FormTable, labels: Sequence[str], head: str) -> bool:
    """Whether a heading ends with the last column of a row: where it goes on (上年数量), more numbers stand in the row.

    Digits that run together are one number only in a row of one column.
    """
    letters = GAPS.sub("", head)
    if table.layout == "blocks":
        name = GAPS.sub("", core(labels[-1]))
        at = letters.rfind(name)
        behind = letters[at + len(name) :] if at >= 0 else ""
    else:
        stubs = [m.end() for m in STUB.finditer(letters)] if len(labels) <= _FEW else []
        behind = letters[stubs[-1] :] if stubs and len(letters) - stubs[-1] <= _LONGEST else ""
    known = [*(r.label for r in table.rows), *(g.label for g in table.groups), *labels]
    for label in sorted(map(bare, known), key=len, reverse=True):
        behind = behind.replace(label, "") if len(label) > 1 else behind
    return len(re.split(r"\d", _OF_THE_COLUMN.sub("", behind))[0]) < (_NAME if table.layout == "blocks" else _FEW)


def _last_place(label: str, letters: str) -> int:
    """Where a label stands last in folded text; -1 if nowhere. A short one is no part of a longer (法人或其他组织)."""
    if len(label) > 2:
        return letters.rfind(label[:_TELLING])
    found = [m.start() for m in re.finditer(f"(?<!或){re.escape(label)}(?!组织)", letters)] if label else []
    return found[-1] if found else -1


def begins_at(table: FormTable, text: str) -> int:
    """Where in running text the rows of a table may begin: prose may use the words of rows with one number."""
    stub = STUB.search(text) if table.layout == "matrix" and len(table.columns) <= _FEW else None
    return stub.end() if stub else 0
