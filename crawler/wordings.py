"""The names of menus, as data (``wordings.yml``): what a link's text says about where it leads."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from parsers.titles import judge_title

# 政务公开 GOVERNMENT AFFAIRS; 【政府信息公开】; 公开年报(12)
_AROUND = re.compile(r"^[\[【《<(〔「·•■◆●>»›|/-]+|[\]】》)〕」>»›|:/-]+$")
_COUNT = re.compile(r"[(\[]\d+(?:条|篇|个)?[)\]]$|(?<=[\u3400-\u9fff])(?:更多|more)?[>»›+.…]+$")
_TRANSLATION = re.compile(r"(?<=[\u3400-\u9fff])[A-Za-z&'.,]{4,60}$|^[A-Za-z&'.,]{4,60}(?=[\u3400-\u9fff])")


class WordingError(ValueError):
    """A file of wordings that cannot be used; the message is one sentence."""


class Menu(BaseModel):
    """The names of one kind of menu; see ``wordings.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    longest: int
    whole: tuple[re.Pattern[str], ...]
    within: re.Pattern[str] | None = None

    def names(self, text: str) -> bool:
        """True if the whole text is such a name."""
        return len(text) <= self.longest and any(pattern.fullmatch(text) for pattern in self.whole)

    def hints(self, text: str) -> bool:
        """True if a short text holds such words."""
        return len(text) <= self.longest and self.within is not None and bool(self.within.search(text))


class Wordings(BaseModel):
    """The contents of ``wordings.yml``, patterns compiled."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    earlier: Menu
    column: Menu
    disclosure: Menu
    openness: Menu
    entrance: Menu
    neighbour: Menu
    sitemap: Menu
    never: re.Pattern[str]
    dull: re.Pattern[str]
    telling: re.Pattern[str]


def parse_wordings(text: str) -> Wordings:
    """Read wordings from YAML. Raises WordingError with one sentence that names the place."""
    try:
        given = yaml.safe_load(text)
        for name in ("never", "dull"):
            given[name] = re.sub(r"\s+", "", given[name])  # folded over several lines
        return Wordings.model_validate(given)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise WordingError(f"wordings.yml: not as it should be: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise WordingError(f"wordings.yml: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@cache
def wordings() -> Wordings:
    """The wordings that come with the crawler."""
    return parse_wordings((resources.files("crawler") / "wordings.yml").read_text("utf-8"))


def names_column(text: str) -> bool:
    """True if a text is a name of the column that holds the reports."""
    return judge_title(text).kind == "column" or wordings().column.names(bare(text))


def bare(label: str) -> str:
    """A menu's text without what is drawn around it: arrows, brackets, counts, a translation."""
    text = _AROUND.sub("", _COUNT.sub("", label))
    return _TRANSLATION.sub("", text) or label
