"""Whose number a sentence states, and of which year: only the report's own organ and year count.

Both are told by the last word before the number that says it, so that 全市收到申请500件，办结480件 gives the city two
numbers and the county none. The words are data: ``whose`` and ``when`` in ``data/claims.yml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

_QUOTED = re.compile(r"《[^》]*》|\([^()]*号\)|〔\d+〕")
_LEVEL = re.compile(r"全(?P<level>[省国市州盟县区旗镇乡])|(?P<itself>[省市州盟县区旗])本级")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose report it is: the organ's name and the last character of the place it reports for (县 in 全县).

    ``level`` is "" for a department (全县 is not its own); None where it is not known.
    """

    organ: str = ""
    level: str | None = None


def owner_of(organ: str | None, kind: str | None, area: str | None) -> Owner:
    """The owner of a report by ``organ`` of ``kind``; ``area`` is the name of its division, if known."""
    if not organ or not kind:
        return Owner(organ or "")
    if kind.startswith("government"):
        return Owner(organ, area[-1] if area else None)
    if kind == "zone":
        return Owner(organ, "区")
    if kind == "township":
        place = organ.removesuffix("人民政府")
        return Owner(organ, place[-1])
    return Owner(organ, "")


class Whose(BaseModel):
    """``subject`` finds who a clause speaks of, ``mine`` are words for the report's own organ among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    subject: re.Pattern[str]
    mine: re.Pattern[str]

    def is_own(self, before: str, owner: Owner) -> bool:
        """Whether the last one named at the start of a clause in ``before`` is the owner; nobody named: yes."""
        last = None
        for found in self.subject.finditer(before):
            last = found["who"]
        return last is None or self._own(last, owner)

    def _own(self, name: str, owner: Owner) -> bool:
        if level := _LEVEL.match(name):
            place = level["level"] or level["itself"]
            return place not in "省国" if owner.level is None else place == owner.level
        return bool(self.mine.match(name)) or (len(name) > 2 and (name in owner.organ or name[1:] in owner.organ))


class When(BaseModel):
    """``current`` are words for the year of the report, ``then`` for another time or a stock of many years."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    year: re.Pattern[str]
    current: re.Pattern[str]
    then: re.Pattern[str]

    def is_of(self, text: str, at: int, year: int | None) -> bool:
        """Whether a number at ``at`` in a sentence is one of ``year``."""
        bare = _QUOTED.sub(lambda m: "。" * len(m.group()), text)
        if year is None and len(set(self.year.findall(bare))) > 1:
            return False
        told = [(m.end(), year is None or int(m[1]) == year) for m in self.year.finditer(bare[:at])]
        told += [(m.end(), True) for m in self.current.finditer(bare[:at])]
        told += [(m.end(), False) for m in self.then.finditer(bare[:at])]
        # At one place the doubt wins: 2021年至2023年 ends in the report's year and is no one year.
        return min(told, key=lambda t: (-t[0], t[1]), default=(0, True))[1]
