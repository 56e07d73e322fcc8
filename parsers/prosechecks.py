"""Prose against tables, and prose against itself. Wordings and what they imply are data (``forms/rules.yml``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from parsers.doubt import of_unknown
from parsers.reading import Reading
from parsers.result import Claim, Finding, Number, Section
from parsers.rules import (
    ClaimEquals,
    ClaimsAgree,
    ClaimsFit,
    ClaimsSum,
    MustMention,
    MustNotMention,
    Phrase,
    ScopeStated,
    Share,
    Terms,
    YearStated,
    load_rules,
    read_term,
)
from parsers.textnorm import arabic_years, squeeze
from parsers.verdicts import Outcome, Total, show, total

ProseRule = (
    ClaimEquals | ClaimsSum | ClaimsAgree | ClaimsFit | Phrase | MustMention | MustNotMention | Share | YearStated
    | ScopeStated
)  # fmt: skip
_SENTENCE = re.compile(r"(?:[?？]{2,}(?=[件条份])|[^。！？!?\n])+")  # a number left out (??件) ends no sentence
_NUMBER = re.compile(r"(?<![\d.])\d{1,7}(?![\d.%])")
_PLANS = 5  # part five tells of problems and plans, not of what was
_LONGEST = 1500
_SHORTEST_PART = 10
_EPSILON = 1e-6


def sentences(sections: Sequence[Section]) -> list[tuple[str, str]]:
    """Sentences of all parts but the fifth: folded (blanks gone, width folded) and as printed."""
    return [pair for s in sections if s.number != _PLANS for pair in _cut(s.text)]


@cache
def _cut_cached(text: str) -> tuple[tuple[str, str], ...]:
    found = (m.group() for m in _SENTENCE.finditer(text[:100_000]))
    return tuple((arabic_years(squeeze(one)), one.strip()) for one in found if len(one) <= _LONGEST)


def _cut(text: str) -> tuple[tuple[str, str], ...]:
    # Several rules look at the same text one after the other; more than the last few are not kept.
    if _cut_cached.cache_info().currsize > 64:
        _cut_cached.cache_clear()
    return _cut_cached(text)


def _sum(reading: Reading, terms: Terms) -> Total | None:
    """The sum over terms of this report; None where its form has not all of them."""
    out: list[tuple[int, str]] = []
    for text in terms:
        term = read_term(text)
        keys = reading.plan.expand(term.pattern)
        if not keys:
            return None
        out += [(term.sign, k) for k in keys]
    return total(reading, out)


def _floor(reading: Reading, terms: Terms) -> Total | None:
    """Like ``_sum``, with a blank total replaced by what the row's own columns print."""
    whole = _sum(reading, terms)
    if whole is None or not whole.unknown or any(t.startswith("-") for t in terms):
        return whole
    out: list[tuple[int, str]] = []
    for text in terms:
        for key in reading.plan.expand(read_term(text).pattern):
            row = [k for k in reading.plan.expand(key.rsplit(".", 1)[0] + ".*") if k != key]
            out += [(1, key)] if reading.value(key) is not None or not key.endswith(".total") else [(1, k) for k in row]
    return total(reading, out)


def _keys(reading: Reading, options: Sequence[Terms]) -> tuple[str, ...]:
    terms = (read_term(t) for terms in options for t in terms if not t.startswith("claim:"))
    return tuple(dict.fromkeys(k for t in terms for k in reading.plan.expand(t.pattern)))


def _failed(
    rule: ProseRule, name: str, said: Number | None, right: Number | None, keys: Sequence[str], sentence: str,
    at_least: bool = False,
) -> Outcome:  # fmt: skip
    more_zh, more_en = ("至少", "at least ") if at_least else ("", "")
    zh = f"{rule.message_zh}：正文{show(said)}，表格{more_zh}{show(right)}"
    en = f"{rule.message_en}: {show(said)} ≠ {more_en}{show(right)}"
    return Outcome(rule.id, Finding(name, "fail", rule.severity, zh, en, tuple(keys), said, right,
                                    evidence=(("sentence", sentence[:300]),)))  # fmt: skip


def _claim_equals(reading: Reading, rule: ClaimEquals) -> Iterator[Outcome]:
    """Compare the exact claims of a kind; one that fits is enough, the first is shown where none does."""
    claims = [c for c in reading.claims if c.kind == rule.claim and not c.approx]
    sums = [s for s in (_sum(reading, terms) for terms in rule.accept) if s is not None] if claims else []
    if not sums:
        return
    keys = _keys(reading, rule.accept)
    cells = (f"claim.{rule.claim}", *keys)
    known = [s.value for s in sums if not s.unknown]
    if any(abs(c.value - value) < _EPSILON for c in claims for value in known):
        yield Outcome(rule.id)
        return
    claim = claims[0]
    floors = [f for f in (_floor(reading, terms) for terms in rule.accept) if f is not None]
    if len(known) == len(sums):
        yield _failed(rule, rule.id, claim.value, sums[0].value, cells, claim.sentence)
    elif all((f.is_floor or not f.unknown) and f.value > claim.value for f in floors):
        yield _failed(rule, rule.id, claim.value, floors[0].value, cells, claim.sentence, at_least=True)
    else:
        yield Outcome(rule.id, Finding(
            rule.id, "not_assessable", rule.severity, f"无法核对：正文为{show(claim.value)}，表格缺数",
            f"cannot be assessed, the table lacks numbers: {rule.message_en}", cells, claim.value,
            doubt=of_unknown(reading, [k for k in keys if reading.value(k) is None]),
            evidence=(("sentence", claim.sentence[:300]),),
        ))  # fmt: skip


def _claims_fit(reading: Reading, rule: ClaimsFit) -> Iterator[Outcome]:
    said = Counter(kind for kind, _ in {(c.kind, c.value) for c in reading.claims if not c.approx})
    if max(said.values(), default=0) < 2:
        return
    for one in load_rules():
        if not isinstance(one, ClaimEquals) or one.id not in rule.of or one.form not in (None, reading.form.id):
            continue
        claims = [c for c in reading.claims if c.kind == one.claim and not c.approx]
        if len({c.value for c in claims}) < 2:
            continue
        sums = [s for s in (_sum(reading, terms) for terms in one.accept) if s is not None]
        if not sums or any(s.unknown for s in sums):
            continue
        fits = [any(abs(c.value - s.value) < _EPSILON for s in sums) for c in claims]
        if all(fits):
            yield Outcome(rule.id)
        elif any(fits):
            stray = claims[fits.index(False)]
            keys = (f"claim.{one.claim}", *_keys(reading, one.accept))
            yield _failed(rule, f"{rule.id}.{one.id}", stray.value, sums[0].value, keys, stray.sentence)


def _claims_sum(reading: Reading, rule: ClaimsSum) -> Iterator[Outcome]:
    by_sentence: dict[str, dict[str, Claim]] = {}
    for claim in reading.claims:
        by_sentence.setdefault(claim.sentence, {}).setdefault(claim.kind, claim)
    for sentence, quoted in by_sentence.items():
        kinds = next((p for p in rule.parts if set(p) <= quoted.keys()), None)
        if kinds is None or any(quoted[k].approx for k in kinds):
            continue
        if rule.unless and rule.unless.search(_without(sentence, kinds)):
            continue
        added = sum(quoted[k].value for k in kinds)
        wholes = [w for w in (_whole(reading, terms, quoted) for terms in rule.accept) if w is not None]
        if not wholes:
            continue
        cells = (*(f"claim.{k}" for k in kinds), *_keys(reading, rule.accept))
        ok = any(abs(added - w) < _EPSILON for w in wholes)
        yield Outcome(rule.id) if ok else _failed(rule, rule.id, added, wholes[0], cells, sentence)


def _without(sentence: str, kinds: Sequence[str]) -> str:
    """The sentence without the words of channels that are counted themselves."""
    own = {"requests_in_person": "当面|现场|窗口", "requests_online": "平台"}
    words = "|".join(own[k] for k in kinds if k in own)
    return re.sub(words, "", sentence) if words else sentence


def _whole(reading: Reading, terms: Terms, quoted: dict[str, Claim]) -> Number | None:
    if terms[0].startswith("claim:"):
        claim = quoted.get(terms[0].removeprefix("claim:"))
        return None if claim is None or claim.approx else claim.value
    found = _sum(reading, terms)
    return None if found is None or found.unknown else found.value


def _claims_agree(reading: Reading, rule: ClaimsAgree) -> Iterator[Outcome]:
    claims = [c for c in reading.claims if c.kind == rule.claim and not c.approx]
    if len(claims) < 2:
        return
    values = sorted({c.value for c in claims})
    if len(values) == 1:
        yield Outcome(rule.id)
        return
    yield Outcome(rule.id, Finding(
        rule.id, "fail", rule.severity, f"{rule.message_zh}：{'、'.join(map(show, values))}",
        f"{rule.message_en}: {', '.join(map(show, values))}", (f"claim.{rule.claim}",), values[0], values[-1],
        evidence=tuple(("sentence", c.sentence[:300]) for c in claims),
    ))  # fmt: skip


def _phrase(reading: Reading, rule: Phrase) -> Iterator[Outcome]:
    for case in rule.cases:
        keys = [k for text in case.zero for k in reading.plan.expand(read_term(text).pattern)]
        said = next((printed for folded, printed in sentences(reading.sections)
                     if rule.pattern.search(folded) and case.needs.search(folded)
                     and not (rule.unless and rule.unless.search(folded))), None)  # fmt: skip
        if said is None or not keys:
            continue
        wrong = tuple(k for k in keys if reading.value(k))
        if wrong:
            added = sum(reading.value(k) or 0 for k in wrong)
            yield Outcome(rule.id, Finding(
                f"{rule.id}.{case.name}", "fail", rule.severity, f"{rule.message_zh}：表格为{show(added)}件",
                f"{rule.message_en}: {show(added)} in the table", wrong, 0, added,
                evidence=(("sentence", said[:300]),),
            ))  # fmt: skip
        elif all(reading.value(k) is not None for k in keys):
            yield Outcome(rule.id)


def _must_mention(reading: Reading, rule: MustMention) -> Iterator[Outcome]:
    text = "".join(s.text for s in reading.sections if s.number == rule.section)
    folded = squeeze(text[:20_000])
    if len(folded) < _SHORTEST_PART:  # the part is not there, or says 无 and no more
        return
    if rule.pattern.search(folded):
        yield Outcome(rule.id)
    else:
        yield Outcome(rule.id, Finding(rule.id, "fail", rule.severity, rule.message_zh, rule.message_en,
                                       (f"section.{rule.section}",), evidence=(("text", text[:200]),)))  # fmt: skip


def _must_not_mention(reading: Reading, rule: MustNotMention) -> Iterator[Outcome]:
    if not reading.prose:
        return
    for folded, printed in sentences(reading.prose):
        found = rule.pattern.search(folded)
        if found and not (rule.unless and rule.unless.search(folded)):
            yield Outcome(rule.id, Finding(
                rule.id, "fail", rule.severity, f"{rule.message_zh}：{found.group()}",
                f"{rule.message_en}: {found.group()}", (), evidence=(("sentence", printed[:300]),),
            ))  # fmt: skip
            return
    yield Outcome(rule.id)


def _share(reading: Reading, rule: Share) -> Iterator[Outcome]:
    """A share fits if any whole that the sentence or the table offers gives it; else no whole does."""
    sums = [s for s in (_sum(reading, terms) for terms in rule.wholes) if s is not None and not s.unknown]
    if not sums:
        return
    for folded, printed in sentences(reading.sections):
        if not rule.needs.search(folded) or (rule.unless and rule.unless.search(folded)):
            continue
        for found in rule.pattern.finditer(folded):
            part, percent = int(found["n"]), float(found["p"])
            wholes = {float(s.value) for s in sums} | {float(n) for n in _NUMBER.findall(folded)}
            step = 10.0 ** -len(found["p"].partition(".")[2])
            if any(w > 0 and w >= part and abs(100 * part / w - percent) <= step for w in wholes):
                yield Outcome(rule.id)
            elif shares := [100 * part / s.value for s in sums if s.value and part <= s.value]:
                right = round(min((abs(share - percent), share) for share in shares)[1], 2)
                yield Outcome(rule.id, Finding(
                    rule.id, "fail", rule.severity,
                    f"{rule.message_zh}：{part}件，称占{found['p']}%，按表应为{show(right)}%",
                    f"{rule.message_en}: {part} is said to be {found['p']} %, by the table {show(right)} %",
                    _keys(reading, rule.wholes), percent, right, evidence=(("sentence", printed[:300]),),
                ))  # fmt: skip


def _year_stated(reading: Reading, rule: YearStated) -> Iterator[Outcome]:
    if reading.year is None:
        return
    said = list(_years_said(reading, rule))
    wrong = [(year, printed) for year, printed in said if year != reading.year]
    if said and not wrong:
        yield Outcome(rule.id)
    elif wrong:
        yield Outcome(rule.id, Finding(
            rule.id, "fail", rule.severity, f"{rule.message_zh}：{wrong[0][0]} ≠ {reading.year}",
            f"{rule.message_en}: {wrong[0][0]} ≠ {reading.year}", (), wrong[0][0], reading.year,
            evidence=tuple(("sentence", printed[:300]) for _, printed in wrong),
        ))  # fmt: skip


def _years_said(reading: Reading, rule: YearStated) -> Iterator[tuple[int, str]]:
    """Every year that the report names as its own, with the words."""
    if found := rule.title.search(arabic_years(squeeze(reading.title))):
        yield int(found["year"]), reading.title
    for folded, printed in sentences(reading.prose):
        for pattern in rule.anywhere:
            if found := pattern.search(folded):
                years = {int(y) for name, y in found.groupdict().items() if y}
                yield next(iter(years - {reading.year}), int(found["year"])), printed
    first = next(iter(sentences([s for s in reading.sections if s.number == 1])), None)
    if first and (found := rule.opening.search(first[0])) and f"{reading.year}年" not in first[0]:
        yield int(found["year"]), first[1]


def _scope_stated(reading: Reading, rule: ScopeStated) -> Iterator[Outcome]:
    pattern = {"whole_area": rule.narrow, "government_and_office": rule.wide, "single_organ": rule.wide}.get(
        reading.scope
    )
    if pattern is None or not reading.prose:
        return
    said = next((printed for folded, printed in sentences(reading.prose) if pattern.search(folded)), None)
    if said is None:
        yield Outcome(rule.id)
    else:
        yield Outcome(rule.id, Finding(rule.id, "fail", rule.severity, rule.message_zh, rule.message_en,
                                       evidence=(("sentence", said[:300]),)))  # fmt: skip


PROSE_CHECKS: Mapping[type, Callable[[Reading, Any], Iterator[Outcome]]] = {
    ClaimEquals: _claim_equals, ClaimsSum: _claims_sum, ClaimsAgree: _claims_agree, ClaimsFit: _claims_fit,
    Phrase: _phrase, MustMention: _must_mention, MustNotMention: _must_not_mention, Share: _share,
    YearStated: _year_stated, ScopeStated: _scope_stated,
}  # fmt: skip
