"""Labels as printed -> rows and columns of a form.

Labels are compared after folding width, blanks, quotes and punctuation. A match says how sure it is; two rows
that match equally well match nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from parsers.known import Known, remembered
from parsers.textnorm import nfkc

# Enumerators in front of a label: 一、 （一） 1. (1) ① and their damaged forms.
_ENUMERATOR = re.compile(r"^(?:其中[:：]|\(?[一二三四五六七八九十\d]{1,2}[)、.,．:]+|\([一二三四五六七八九十\d]{1,2})+")
_DROPPED = re.compile(r"[\s\"'“”‘’«»「」『』|、,，.。．;；:：·\-—_*#`]+")
_BRACKETS = tuple(zip("【】〔〕[]{}〈〉", "()()()()()", strict=True))
_LAST_YEAR = re.compile("上年|上一年|去年|往年|上期|同期")
# A label with a remark that the row is last year's: 予以公开（上年）.
_LAST_YEARS = re.compile(rf"[（(][^（()）]{{0,6}}(?:{_LAST_YEAR.pattern})[^（()）]{{0,6}}[）)]\s*$")
LONGEST = 120  # characters of a label with those of its groups
EXACT, CONTAINED, CUT, SIMILAR = 1.0, 0.95, 0.9, 0.8


def fold(text: str) -> str:
    """Fold width, case, blanks, quotes, punctuation and 它 for 他 away: what is left is compared."""
    return _DROPPED.sub("", _round_brackets(nfkc(text)).lower().replace("其它", "其他"))


def _round_brackets(text: str) -> str:
    for sign, bracket in _BRACKETS:  # five times as fast as ``translate`` on the words of a whole document
        text = text.replace(sign, bracket)
    return text


@remembered(LONGEST)
def core(text: str) -> str:
    """``fold`` without the enumerators in front and without remarks in brackets at the end."""
    text = _round_brackets("".join(nfkc(text).split()))
    previous = None
    while previous != text:
        previous, text = text, _ENUMERATOR.sub("", text)
    bare = re.sub(r"\([^()]*\)?$", "", text)
    return fold(bare or text)


@dataclass(frozen=True, slots=True)
class Match:
    """A recognised label: the key, and how sure (1 = the very words)."""

    key: str
    score: float


def _of_another_year(probe: str, known: str) -> bool:
    """Whether a label speaks of last year and the known one does not (上年制发件数, 本年制发件数), or the reverse."""
    return bool(_LAST_YEAR.search(probe)) != bool(_LAST_YEAR.search(known)) and len(probe) >= len(known) / 2


class LabelBook:
    """The known spellings of one set of labels (the rows of a table, say). ``find`` recognises a printed label."""

    def __init__(self, labels: Mapping[str, Iterable[str]]) -> None:
        """``labels``: for each key its spellings, the official one first."""
        self._cores = {key: tuple(dict.fromkeys(core(s) for s in spelled)) for key, spelled in labels.items()}
        self._known = Known(self._find, LONGEST)

    def find(self, text: str) -> Match | None:
        """The key that ``text`` names, or None if it names none or two equally well."""
        return self._known[text]

    def _find(self, text: str) -> Match | None:
        if _LAST_YEARS.search(text):
            return None
        match = self._best(core(text))
        return None if match and match.score == CONTAINED and self._is_one_of_two(match.key, text) else match

    def _best(self, probe: str) -> Match | None:
        if not probe:
            return None
        ranked = self.scores(probe)
        best = ranked[0]
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        if best[0] < SIMILAR or best[0] - second < 0.05:
            return None
        return Match(best[1], best[0])

    def _is_one_of_two(self, key: str, text: str) -> bool:
        """Whether the label is only the second half of one for two things (信函、传真申请数)."""
        plain = "".join(nfkc(text).split())
        return any(f"{joint}{known}" in plain for known in self._cores[key] for joint in "、和及与")

    def score(self, key: str, text: str) -> float:
        """How well ``text`` names ``key``, 0 to 1."""
        probe = core(text)
        return max((_similarity(probe, known) for known in self._cores[key]), default=0.0)

    def scores(self, probe: str) -> list[tuple[float, str]]:
        """All keys with their score for a folded label, best first."""
        found = [(max(_similarity(probe, k) for k in known), key) for key, known in self._cores.items()]
        return sorted(found, key=lambda pair: -pair[0])


def _similarity(probe: str, known: str) -> float:
    if not probe or not known:
        return 0.0
    if probe == known:
        return EXACT
    if _of_another_year(probe, known):
        return 0.0
    # Short labels (其他, 总计, 规章) stand inside many others: they must match whole.
    if len(known) >= 4 and probe.endswith(known):
        return CONTAINED
    if len(probe) >= 5 and known.startswith(probe):
        return CUT
    if min(len(probe), len(known)) < 4:
        return 0.0
    similar = float(Indel.normalized_similarity(probe, known))
    return similar if similar < CUT else CUT
