"""Text of a number cell -> what is printed there. Blank and marks are never turned into 0 (Regulation's tables
print 0 where nothing happened; an empty cell says nothing)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from parsers.result import Number
from parsers.textnorm import RAISED, nfkc

Kind = Literal["number", "blank", "mark", "text"]

# A lone dash, slash, dot row or one of these words says "nothing to report" without printing a number.
_MARK = re.compile(r"[-/\\—–―－_*.…·~～、]+|无|空|没有|不适用|不涉及|未涉及|未发生|无此项|暂无|n/?a", re.IGNORECASE)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]|增加?|新增|减少?)?(?:共计?)?(?P<digits>{_DIGITS})"
    r"(?P<unit>件|条|项|个|份|次|宗|篇|期|家|户|人次|人|万元|亿元|元)?(?P<remark>[(\[【〔].*[)\]】〕]|注\d{0,2}:?)?",
    re.DOTALL,
)
_SIGNS = {"-": -1, "减": -1, "减少": -1}
# What points to a note behind a number. Folding would turn a raised or circled digit into a digit of the number.
# No step back (++): a row of thousands of stars must not cost more than its length.
_SIGN = f"{RAISED}*＊※†‡"
_MARKS = re.compile(
    rf"(?<=[^\s{_SIGN}])\s*+(?:[(（\[［【〔]?[{_SIGN}]++[)）\]］】〕]?[,，、\s]*+)++(?=$|[件条项个份次宗篇期家户人万亿元(（])"
)
_RAISED = re.compile(f"[{RAISED}]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SHORT = 60
_LONGEST = 600  # characters of a number with its remark; more is prose
_MAX_DIGITS = 15  # a float holds 15 decimal digits exactly; no county counts further


class Value(NamedTuple):
    """What one cell prints. ``number`` is set only for kind ``number``; ``unit`` and ``remark`` as printed.

    ``signed``: a sign is printed, which a count has not; ``worded``: it is the word 增 or 减, which only a column of
    changes can hold.
    ``noted``: a note's mark stands behind the number.
    """

    kind: Kind
    raw: str
    number: Number | None = None
    unit: str | None = None
    remark: str | None = None
    signed: bool = False
    worded: bool = False
    noted: bool = False


def read_value(raw: str) -> Value:
    """Read the text of one cell.

    >>> read_value("１,036件").number
    1036
    >>> read_value("—").kind, read_value(" ").kind, read_value("0 0").kind
    ('mark', 'blank', 'text')
    >>> read_value("5¹").number, read_value("5 ①").number, read_value("①5").kind
    (5, 5, 'text')
    """
    return _known(raw) if len(raw) <= _SHORT else _read(raw)


def _read(raw: str) -> Value:
    if len(raw) > _LONGEST:
        return Value("text" if raw.strip() else "blank", raw)
    plain = _MARKS.sub("", raw.translate(_INVISIBLE).strip())
    text = clean(plain)
    if _RAISED.search(plain):
        return Value("text", raw)
    if not text:
        return Value("blank", raw)
    if _MARK.fullmatch(text):
        return Value("mark", raw)
    match = _NUMBER.fullmatch(text)
    if match is None or sum(c.isdigit() for c in match["digits"]) > _MAX_DIGITS:
        return Value("text", raw)
    sign = match["sign"]
    return Value(
        "number", raw, _number(match["digits"]) * _SIGNS.get(sign, 1), match["unit"], match["remark"],
        sign is not None, sign not in (None, "+", "-"), plain != raw.translate(_INVISIBLE).strip(),
    )  # fmt: skip


_known = lru_cache(maxsize=4_096)(_read)  # most cells of all reports hold a small number or a label of the form


def clean(raw: str) -> str:
    """Fold full-width forms and drop invisible characters; inner blanks stay (``3 0`` may be two values)."""
    text = nfkc(raw.translate(_INVISIBLE)).replace("−", "-").strip()
    # A blank inside brackets or before a unit or bracket parts no number from another.
    return re.sub(r"\s+(?=[(\[【〔件条项个份次宗篇期家户人万亿元注])|(?<=[+\-增加减少])\s+", "", text)


def _number(digits: str) -> Number:
    plain = digits.replace(",", "")
    if "." not in plain:
        return int(plain)
    value = float(plain)
    return int(value) if value.is_integer() else value
