"""Numbers stated in prose as facts, each with its sentence. How they are worded is data: ``data/claims.yml``.

A false number is worse than a missing one: a clause about another year, a comparison, a share of a total or a
sentence that gives two totals yields nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from parsers.claimrules import ClaimRule, Rules, load_rules
from parsers.claimscope import Owner
from parsers.result import Claim, Number, Section
from parsers.textnorm import arabic_years, squeeze

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_UNIT = re.compile("人次|[件条份次宗起例个项封篇期部场%]")
_TOTAL = re.compile(r"共|全年|累计|总")
# Numbers with nothing but blanks or units between them are a row of a flattened table.
_ROW = re.compile(r"(?:\d[\d,.]*[件条项]?[ \t\u3000]+){4}\d|(?:\d+[件条项]){5}")
_PLANS = 5  # part 五 tells what is to be done next year
_LONGEST_SENTENCE = 1500
_CONTEXT = 600
_MOST_OF_A_KIND = 3
_LARGEST = 10**10

_CHINESE_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ONE = "[一二两三四五六七八九]"
_CHINESE_NUMBER = re.compile(f"(?:{_ONE}千零?)?(?:{_ONE}百零?)?(?:{_ONE}?十)?[零〇]?{_ONE}?|[零〇]")
_CHINESE_UNIT = {"十": 10, "百": 100, "千": 1000}


class _Sentence(NamedTuple):
    printed: str
    text: str  # squeezed
    before: str  # squeezed text of the paragraph before it, with the line above
    section: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for: the rules, and whose and which year's numbers."""

    rules: Rules
    owner: Owner
    year: int | None


def read_claims(sections: Iterable[Section], year: int | None, owner: Owner | None = None) -> tuple[Claim, ...]:
    """The numbers that the sections state about ``year`` and ``owner``, in order of kinds and then of the text.

    At most three of a kind, the first statement first; the same value is not repeated. Without ``year`` a sentence
    that names two years says nothing; without ``owner`` only other provinces' and named organs' numbers are left out.
    """
    rules = load_rules()
    asked = _Asked(rules, owner or Owner(), year)
    sentences = [s for section in sections if section.number != _PLANS for s in _sentences(section)]
    possible = [(sentence, rules.possible(sentence.text)) for sentence in sentences]
    claims: list[Claim] = []
    for rule in rules.claims:
        found: dict[Number, Claim] = {}
        for sentence in (one for one, kinds in possible if rule.kind in kinds):
            for claim in _read(rule, asked, sentence):
                found.setdefault(claim.value, claim)
        claims += list(found.values())[:_MOST_OF_A_KIND]
    return tuple(claims)


def _sentences(section: Section) -> Iterator[_Sentence]:
    above = ""
    for line in section.text.split("\n"):
        before = above
        for found in _SENTENCE.finditer(line):
            text = arabic_years(squeeze(found.group()))
            if text and len(text) <= _LONGEST_SENTENCE and not _ROW.search(found.group()):
                yield _Sentence(" ".join(found.group().split()), text, before, section.number)
            before = (before + text)[-_CONTEXT:]
        above = squeeze(line)[:40]


def _read(rule: ClaimRule, asked: _Asked, sentence: _Sentence) -> list[Claim]:
    """The claims of one kind in one sentence; none where two totals contradict each other."""
    if not _in_context(rule, sentence):
        return []
    found: dict[int, Claim] = {}
    for pattern in rule.patterns:
        for match in pattern.finditer(sentence.text):
            at = match.start("n")
            value = _value(match)
            if value is not None and _about(rule, asked, sentence, match):
                approx = bool(match["about"] or match["more"])
                unit = _unit(match) or rule.unit
                found.setdefault(at, Claim(rule.kind, value, unit, sentence.printed, approx, _part(sentence)))
    nothing = (m for pattern in rule.zero for m in pattern.finditer(sentence.text))
    if not found and any(_about(rule, asked, sentence, m) for m in nothing):
        return [Claim(rule.kind, 0, rule.unit, sentence.printed, False, _part(sentence))]
    claims = [found[at] for at in sorted(found)]
    if not rule.sub_count and len({c.value for c in claims}) > 1:
        # Several totals in one sentence are parts of something, unless the first says that it is the whole.
        return claims[:1] if _TOTAL.search(sentence.text[: min(found)]) else []
    return claims


def _part(sentence: _Sentence) -> int | None:
    return sentence.section or None


def _in_context(rule: ClaimRule, sentence: _Sentence) -> bool:
    if rule.excludes and rule.excludes.search(sentence.text):
        return False
    if sentence.section == rule.own_section:
        return True
    if rule.needs and not rule.needs.search(sentence.before + sentence.text):
        return False
    return not rule.context or bool(rule.context.search(sentence.text))


def _about(rule: ClaimRule, asked: _Asked, sentence: _Sentence, match: re.Match[str]) -> bool:
    """Whether a match speaks of the report's organ and year, of the rule's topic, and of a total where one is meant."""
    rules, text = asked.rules, sentence.text
    at = match.start("n") if "n" in match.re.groupindex else match.end()
    clause = _clause(text[:at])
    if rules.not_in_clause.search(clause) or rules.not_before.match(text, match.end()):
        return False
    if rule.clause_excludes and rule.clause_excludes.search(clause):
        return False
    if not rules.when.is_of(text, at, asked.year) or not rules.whose.is_own(text[:at], asked.owner):
        return False
    if not rule.sub_count and "其中" in re.split(r"[;。]", text[: match.start()])[-1]:
        return False
    if rule.subject and not _has_subject(rule, rules, sentence, text[: match.end()]):
        return False
    return not rule.channel or (rules.topic("channel", text[:at]) or "none") == rule.channel


def _has_subject(rule: ClaimRule, rules: Rules, sentence: _Sentence, before: str) -> bool:
    """Whether the rule's subject is the last one mentioned; its own part and some wordings need not mention it."""
    own = sentence.section == rule.own_section
    if own or (rule.unsaid and rule.unsaid.search(sentence.text)):
        return rules.topic("subject", before) in (rule.subject, None)
    return rules.topic("subject", sentence.before + before) == rule.subject


def _clause(before: str) -> str:
    """The clause that ends here; with 累计 the one before it too, which may say since when."""
    clauses = re.split(r"[;:,。]", before)
    return ",".join(clauses[-2:]) if "累计" in clauses[-1] else clauses[-1]


def _unit(match: re.Match[str]) -> str | None:
    """The unit as printed behind the number; 元 where 万元 has been worked into the value."""
    if scale := match.groupdict().get("scale"):
        return scale.removeprefix("万")
    found = _UNIT.match(match.string, max(match.end("n"), match.end("wan"), match.end("more")))
    return found.group() if found else None


def _value(match: re.Match[str]) -> Number | None:
    digits = match["n"].replace(",", "")
    value = float(digits) if digits[0].isdigit() else _chinese_number(digits)
    if value is None:
        return None
    scale = (10_000 if match["wan"] else 1) * (10_000 if match.groupdict().get("scale") == "万元" else 1)
    scaled = round(value * scale, 6)
    if scaled > _LARGEST:
        return None
    return int(scaled) if float(scaled).is_integer() else scaled


def _chinese_number(text: str) -> int | None:
    """三十二 -> 32, 一百零五 -> 105, 十 -> 10; None for anything that is no number of this form."""
    if not _CHINESE_NUMBER.fullmatch(text):
        return None
    total, digit = 0, 0
    for char in text:
        if char in _CHINESE_UNIT:
            total += (digit or 1) * _CHINESE_UNIT[char]
            digit = 0
        else:
            digit = _CHINESE_DIGIT[char]
    return total + digit
