"""The typed loader of ``data/claims.yml``: macros expanded, patterns compiled, nonsense refused."""

from __future__ import annotations

import re
from functools import cache, cached_property
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from parsers.claimscope import When, Whose
from parsers.needles import words_of

# The number in a pattern: 近/约 before, 万 and 余/多 behind. Nothing of a longer number, of a range (3至5件) or of
# a vague one (数十条) is taken.
_NUMBER = (
    r"(?P<about>近|约|大约|将近|超过?|逾|达近|上(?=[百千万]))?(?<![\d.])(?<!\d[-~至到—])"
    r"(?P<n>(?:\d{1,3}(?:,\d{3})+|\d{1,10})(?:\.\d{1,4})?|(?<![数几第])[零〇一二两三四五六七八九十百千]{1,8})"
    r"(?P<wan>万)?(?P<more>余|多|来|几)?(?![\d.])"
)


class ClaimRuleError(ValueError):
    """A rule file that cannot be used; the message is one sentence that names the place."""


class ClaimRule(BaseModel):
    """One kind of claim.

    ``needs`` must occur in the sentence or before it in its paragraph, ``context`` in the sentence itself (neither in
    part ``own_section``); ``excludes`` must not occur in the sentence nor ``clause_excludes`` in the clause before
    the number. ``subject`` and ``channel`` name the topic that must be the last one mentioned (``none``: no channel
    at all); in part ``own_section``, or with ``unsaid`` in the sentence, the subject need not be mentioned.
    ``sub_count``: may follow 其中, and several may stand in a sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str = Field(pattern=r"^[a-z][a-z_]*$")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    unit: str
    patterns: tuple[re.Pattern[str], ...] = Field(min_length=1)
    zero: tuple[re.Pattern[str], ...] = ()
    needs: re.Pattern[str] | None = None
    context: re.Pattern[str] | None = None
    excludes: re.Pattern[str] | None = None
    clause_excludes: re.Pattern[str] | None = None
    own_section: int | None = None
    subject: str | None = None
    unsaid: re.Pattern[str] | None = None
    channel: str | None = None
    sub_count: bool = False

    @model_validator(mode="after")
    def _has_numbers(self) -> ClaimRule:
        if lacking := [p.pattern for p in self.patterns if "n" not in p.groupindex]:
            raise ValueError(f"a pattern of {self.kind} has no number: {lacking[0][:60]}")
        return self


class Rules(BaseModel):
    """All rules, the topics they speak of, and what rules a number out for all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    topics: dict[str, dict[str, re.Pattern[str]]]
    not_before: re.Pattern[str]
    not_in_clause: re.Pattern[str]
    whose: Whose
    when: When
    claims: tuple[ClaimRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Rules:
        kinds = [c.kind for c in self.claims]
        if len(set(kinds)) < len(kinds):
            raise ValueError("a kind stands twice")
        for claim in self.claims:
            for group, name in (("subject", claim.subject), ("channel", claim.channel)):
                if name not in (None, "none") and name not in self.topics.get(group, {}):
                    raise ValueError(f"{claim.kind} names an unknown {group} {name}")
        return self

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        """Words, and the kinds of claims that cannot be made without one of theirs; "" for kinds that can."""
        out: dict[str, set[str]] = {}
        for rule in self.claims:
            for word in words_of((*rule.patterns, *rule.zero)) or ("",):
                out.setdefault(word, set()).add(rule.kind)
        return {word: frozenset(kinds) for word, kinds in out.items()}

    def possible(self, text: str) -> set[str]:
        """The kinds of claims that a sentence may make, by its words."""
        return {kind for word, kinds in self._words.items() if word in text for kind in kinds}

    def topic(self, group: str, text: str) -> str | None:
        """The topic of ``group`` that ``text`` mentions last, None if none."""
        ends = {
            name: max((m.end() for m in pattern.finditer(text)), default=-1)
            for name, pattern in self.topics[group].items()
        }
        last = max(ends, key=lambda name: ends[name])
        return last if ends[last] >= 0 else None


def parse_rules(text: str) -> Rules:
    """Read rules from YAML ``text``. Raises ClaimRuleError with one sentence that names the fault."""
    try:
        raw: dict[str, Any] = yaml.safe_load(text)
        macros = {name: str(value) for name, value in raw.pop("macros", {}).items()} | {"n": _NUMBER}
        for rule in raw["claims"]:
            for name in ("patterns", "zero"):
                rule[name] = [_expand(p, macros) for p in rule.get(name, [])]
            for name in {"excludes", "clause_excludes", "unsaid"} & rule.keys():
                rule[name] = _expand(rule[name], macros)
        for name in raw.get("whose", {}):
            raw["whose"][name] = _expand(raw["whose"][name], macros)
        return Rules.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise ClaimRuleError(f"claims.yml: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ClaimRuleError(f"claims.yml: not a list of claims: {error}") from error


def _expand(pattern: str, macros: dict[str, str]) -> str:
    for _ in range(3):  # macros may use macros
        pattern = re.sub(r"\{([a-z_]+)\}", lambda m: macros[m[1]], pattern)
    return pattern


@cache
def load_rules() -> Rules:
    """The rules of the product."""
    return parse_rules((resources.files("parsers") / "data/claims.yml").read_text("utf-8"))
