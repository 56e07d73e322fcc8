"""Rules as data: the typed model of ``parsers/forms/rules.yml`` (the identities stand in the forms themselves)."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from parsers.form_model import Form, FormError, load_forms


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    severity: Literal["error", "warning", "info"]
    form: str | None = None  # None: every form that has the cells
    message_zh: str
    message_en: str
    source: str


class WholeNumbers(_Rule):
    """Every cell of the tables prints a whole number, zero or more, unless its column allows otherwise."""

    kind: Literal["whole_numbers"]
    tables: tuple[str, ...]


class AllZero(_Rule):
    """The cells are zero for organs of these levels."""

    kind: Literal["all_zero"]
    cells: tuple[str, ...]
    levels: tuple[str, ...]


class ClaimEquals(_Rule):
    """A claim equals one of the sums in ``accept``; a key with a minus in front is subtracted."""

    kind: Literal["claim_equals"]
    claim: str
    accept: tuple[tuple[str, ...], ...]


Rule = Annotated[WholeNumbers | AllZero | ClaimEquals, Field(discriminator="kind")]
_FILE = TypeAdapter(dict[Literal["rules"], tuple[Rule, ...]])


def expand(form: Form, pattern: str) -> tuple[str, ...]:
    """The cell keys of a form that a pattern names, in printed order."""
    return tuple(f.key for f in form.fields() if fnmatchcase(f.key, pattern))


def parse_rules(text: str, forms: dict[str, Form]) -> tuple[WholeNumbers | AllZero | ClaimEquals, ...]:
    """Read rules.yml; every pattern must name cells of a form it applies to. Raises FormError."""
    try:
        rules = _FILE.validate_python(yaml.safe_load(text))["rules"]
    except (yaml.YAMLError, ValidationError) as error:
        raise FormError(f"rules.yml: {error}") from error
    for rule in rules:
        chosen = [f for f in forms.values() if rule.form in (None, f.id)]
        for pattern in patterns_of(rule):
            if not any(expand(form, pattern) for form in chosen):
                raise FormError(f"rules.yml: rule {rule.id} names {pattern}, which no form has")
    return rules


def patterns_of(rule: WholeNumbers | AllZero | ClaimEquals) -> list[str]:
    """The cell patterns a rule rests on, without signs."""
    if isinstance(rule, ClaimEquals):
        return [p.removeprefix("-") for terms in rule.accept for p in terms]
    return list(rule.cells) if isinstance(rule, AllZero) else [f"{t}.*" for t in rule.tables]


@cache
def load_rules() -> tuple[WholeNumbers | AllZero | ClaimEquals, ...]:
    """The rules of rules.yml."""
    text = (resources.files("parsers") / "forms" / "rules.yml").read_text("utf-8")
    return parse_rules(text, load_forms())
