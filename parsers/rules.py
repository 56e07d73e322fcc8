"""Rules as data: the typed model of ``parsers/forms/rules.yml`` (the identities stand in the forms themselves).

A term names cells: ``table3.granted.total``, with ``*`` for any part, ``{x}`` for each value of the rule's ``each``,
``-`` in front where it is subtracted, ``last:`` in front for the same body's report on the year before.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Annotated, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from parsers.form_model import Form, FormError, load_forms

Severity = Literal["error", "warning", "info"]
Terms = tuple[str, ...]
LAST = "last:"


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    severity: Severity
    form: str | None = None  # None: every form that has the cells
    message_zh: str
    message_en: str
    source: str


class WholeNumbers(_Rule):
    """Every cell of the tables prints a whole number, zero or more, unless its column allows otherwise."""

    kind: Literal["whole_numbers"]
    tables: Terms


class AllZero(_Rule):
    """The cells are zero for organs of these levels."""

    kind: Literal["all_zero"]
    cells: Terms
    levels: tuple[str, ...]


class Limit(_Rule):
    """A cell is not above what is plausible for an organ of that level and scope (``county.whole_area``)."""

    kind: Literal["limit"]
    cell: str
    limits: dict[str, float]


class UnitStated(_Rule):
    """The raw text of a cell above zero names its unit."""

    kind: Literal["unit_stated"]
    cell: str
    pattern: re.Pattern[str]


class Compare(_Rule):
    """The sum over ``left`` equals (or does not exceed) the sum over ``right``, once for each of ``each``."""

    kind: Literal["compare"]
    left: Terms
    op: Literal["=", "<="] = "="
    right: Terms
    each: tuple[str, ...] = ()
    severity_of: dict[str, Severity] = {}  # where one of ``each`` weighs otherwise
    last_form: str | None = None  # the form that last year's report must have


class Suspect(_Rule):
    """All conditions hold (``term op term-or-number``): not wrong by itself, but worth a look."""

    kind: Literal["suspect"]
    when: tuple[str, ...] = Field(min_length=1)


class Factor(_Rule):
    """A cell is not some factor of last year's, up or down, that another unit would explain."""

    kind: Literal["factor"]
    cell: str
    least: float
    most: float


class ClaimEquals(_Rule):
    """A claim equals one of the sums in ``accept``."""

    kind: Literal["claim_equals"]
    claim: str
    accept: tuple[Terms, ...]
    scope_may_differ: bool = False  # prose and table may speak of different issuers


class ClaimsSum(_Rule):
    """Claims of one sentence, all quoted, add up to one of ``accept`` (cells, or ``claim:kind`` of that sentence)."""

    kind: Literal["claims_sum"]
    parts: tuple[tuple[str, ...], ...]  # sets of kinds; the first that is quoted in full counts
    accept: tuple[Terms, ...]
    unless: re.Pattern[str] | None = None  # the sentence names parts that are no claims


class ClaimsAgree(_Rule):
    """All exact statements of one kind give the same number."""

    kind: Literal["claims_agree"]
    claim: str


class PhraseCase(BaseModel):
    """What a phrase says about which cells: ``needs`` must stand in its sentence, then ``zero`` cells are zero."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    needs: re.Pattern[str]
    zero: Terms


class ClaimsFit(_Rule):
    """Where a number is stated more than once and one statement fits the table, so do the others.

    ``of`` are ids of ``claim_equals`` rules, which look for one statement that fits.
    """

    kind: Literal["claims_fit"]
    of: tuple[str, ...] = Field(min_length=1)


class Phrase(_Rule):
    """A wording (全部办结, 均获维持) says that some cells are zero."""

    kind: Literal["phrase"]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    cases: tuple[PhraseCase, ...]


class MustMention(_Rule):
    """A part of the report, if it is there, speaks of something."""

    kind: Literal["must_mention"]
    section: int
    pattern: re.Pattern[str]


class MustNotMention(_Rule):
    """No sentence holds the pattern (an unfilled place of a template)."""

    kind: Literal["must_not_mention"]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


class Share(_Rule):
    """A quoted percentage agrees with the quoted counts to its printed precision."""

    kind: Literal["share"]
    pattern: re.Pattern[str]  # groups n and p
    needs: re.Pattern[str]  # the sentence is about requests
    unless: re.Pattern[str] | None = None
    wholes: tuple[Terms, ...]


class YearStated(_Rule):
    """Wherever the report names the year it covers, it is the report's year. Each pattern has a group ``year``."""

    kind: Literal["year_stated"]
    title: re.Pattern[str]
    anywhere: tuple[re.Pattern[str], ...]  # in a sentence; a group ``until`` is the last year of a period
    opening: re.Pattern[str]  # at the start of part one, in a sentence that does not name the right year too


class ScopeStated(_Rule):
    """The text does not limit a whole-area report to one organ, nor speak for all in the report of one organ."""

    kind: Literal["scope_stated"]
    narrow: re.Pattern[str]
    wide: re.Pattern[str]


class Analysis(_Rule):
    """Assessed over many reports by the archive; ``formula`` says how, in words."""

    kind: Literal["analysis"]
    formula: str


AnyRule = (
    WholeNumbers | AllZero | Limit | UnitStated | Compare | Suspect | Factor | ClaimEquals | ClaimsSum | ClaimsAgree
    | ClaimsFit | Phrase | MustMention | MustNotMention | Share | YearStated | ScopeStated | Analysis
)  # fmt: skip
Rule = Annotated[AnyRule, Field(discriminator="kind")]
_FILE = TypeAdapter(dict[Literal["rules"], tuple[Rule, ...]])


class Term(NamedTuple):
    """A term read: its sign, whether it is about the year before, and its pattern."""

    sign: int
    last: bool
    pattern: str


@cache
def read_term(text: str, x: str = "") -> Term:
    """``-last:table2.*`` -> its parts, ``{x}`` filled in."""
    sign = -1 if text.startswith("-") else 1
    rest = text.removeprefix("-")
    return Term(sign, rest.startswith(LAST), rest.removeprefix(LAST).replace("{x}", x))


def _expanded(form: Form, pattern: str) -> tuple[str, ...]:
    return tuple(f.key for f in form.fields() if fnmatchcase(f.key, pattern))


def expand(form: Form, pattern: str) -> tuple[str, ...]:
    """The cell keys of a form that a pattern names, in printed order."""
    return plan_of(form).expand(pattern)


class Plan:
    """A form as printed with its sums written out and its patterns expanded, made once for all reports like it."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.fields = tuple(form.fields())
        self.equations = tuple(form.equations())
        self.sums = frozenset(e.id for e in self.equations)
        self.signed = frozenset(f.key for f in self.fields if f.column.number == "signed")
        self._expanded: dict[str, tuple[str, ...]] = {}
        self._whole: dict[tuple[str, ...], tuple[str, ...]] = {}

    def expand(self, pattern: str) -> tuple[str, ...]:
        """The cell keys that a pattern names, in printed order."""
        found = self._expanded.get(pattern)
        if found is None:
            # Patterns come from the rules alone, so this stays small.
            found = self._expanded[pattern] = _expanded(self.form, pattern)
        return found


    def whole(self, tables: tuple[str, ...]) -> tuple[str, ...]:
        """The keys of the cells of these tables that hold whole numbers."""
        if tables not in self._whole:
            fields = (f for f in self.fields if f.table.key in tables and f.column.number not in ("decimal", "money"))
            self._whole[tables] = tuple(f.key for f in fields)
        return self._whole[tables]


_PLANS: dict[tuple[str, ...], Plan] = {}


def plan_of(form: Form) -> Plan:
    """The plan of a form; forms with the same rows and columns share one."""
    rows = (row.key for table in form.tables for row in table.rows)
    columns = (column.key for table in form.tables for column in table.columns)
    shape = (form.id, *rows, *columns)
    if shape not in _PLANS:
        _PLANS[shape] = Plan(form)
    return _PLANS[shape]


def read_condition(text: str) -> tuple[str, str, str]:
    """``term op term-or-number`` -> its three parts."""
    left, op, right = text.split(" ")
    return left, op, right


def parse_rules(text: str, forms: dict[str, Form]) -> tuple[AnyRule, ...]:
    """Read rules.yml; every term must name cells of a form it applies to. Raises FormError."""
    try:
        rules = _FILE.validate_python(yaml.safe_load(text))["rules"]
        named = [(rule, patterns_of(rule)) for rule in rules]
    except (yaml.YAMLError, ValidationError, ValueError) as error:
        raise FormError(f"rules.yml: {error}") from error
    ids = [rule.id for rule in rules]
    if twice := {i for i in ids if ids.count(i) > 1}:
        raise FormError(f"rules.yml: rule id used twice: {', '.join(sorted(twice))}")
    claim_rules = {rule.id for rule in rules if isinstance(rule, ClaimEquals)}
    for rule in rules:
        if isinstance(rule, ClaimsFit) and (unknown := set(rule.of) - claim_rules):
            raise FormError(f"rules.yml: rule {rule.id} names {min(unknown)}, which is no claim_equals rule")
    for rule, patterns in named:
        chosen = [f for f in forms.values() if rule.form in (None, f.id)]
        for pattern in patterns:
            if not any(_expanded(form, pattern) for form in chosen):
                raise FormError(f"rules.yml: rule {rule.id} names {pattern}, which no form has")
    return rules


def patterns_of(rule: AnyRule) -> list[str]:
    """The cell patterns a rule rests on, without signs and years."""
    terms: list[str] = []
    match rule:
        case WholeNumbers():
            return [f"{t}.*" for t in rule.tables]
        case AllZero():
            terms = list(rule.cells)
        case Limit() | UnitStated() | Factor():
            terms = [rule.cell]
        case Compare():
            terms = [*rule.left, *rule.right]
            return [read_term(t, x).pattern for t in terms for x in rule.each or ("",)]
        case Suspect():
            parts = [read_condition(c) for c in rule.when]
            terms = [t for left, _, right in parts for t in (left, right) if not is_number(t)]
        case ClaimEquals() | ClaimsSum():
            terms = [t for option in rule.accept for t in option if not t.startswith("claim:")]
        case Phrase():
            terms = [t for c in rule.cases for t in c.zero]
        case Share():
            terms = [t for option in rule.wholes for t in option]
        case _:
            terms = []
    return [read_term(t).pattern for t in terms]


def is_number(text: str) -> bool:
    """Whether a side of a condition is a plain number."""
    return text.replace(".", "", 1).isdigit()


@cache
def load_rules() -> tuple[AnyRule, ...]:
    """The rules of rules.yml."""
    text = (resources.files("parsers") / "forms" / "rules.yml").read_text("utf-8")
    return parse_rules(text, load_forms())
