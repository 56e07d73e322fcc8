"""The next page of a list: next links, numbered links, pagers that a script writes, and forms. Pure.

One page is asked for at a time, so that a list without end, or one that always shows its first page, costs a page or
two: the caller goes on only while a page brings something new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.links import Form, Link, PageFacts, resolve
from crawler.turns import asks_for_more, is_laid, pages_set, read_files, read_turns

MAX_PAGES = 60
LEAST_ROWS = 5  # of a list that may go on without saying so
_NEXT = re.compile(r"^(?:下一页|下页|后一页|下一頁|下翻|next|nextpage|[>›»]{1,2})[>›»]*$", re.IGNORECASE)
_NUMBER = re.compile(r"^\[?(\d{1,3})\]?$")
# createPageHTML(pages, current, "index", "shtml") counts from 0; with the id of an element first, from 1.
_WRITTEN = re.compile(
    r"""createPageHTML\(\s*(?P<id>['"][^'"]*['"]\s*,\s*)?(?P<pages>\d{1,5})\s*,\s*(?P<current>\d+)\s*,"""
    r"""\s*['"](?P<stem>[\w./-]+)['"]\s*,\s*['"]\.?(?P<ending>\w+)['"]"""
)
_VARIABLES = {name: re.compile(rf"\b{name}\s*=\s*['\"]?(\d+)") for name in ("countPage", "currentPage")}
_SERIAL = re.compile(r"_(\d{1,3})\.\w+$")
_GOTO = re.compile(
    r"""(?:href|onclick)\s*=\s*["'](?:javascript:)?\s*\w*(?:page|next|go|turn|list)\w*\(\s*['"]?(\d{1,3})['"]?\s*\)""",
    re.IGNORECASE,
)
_PAGE_FIELD = re.compile(r"^(?:c|cur|current|to|goto)?_?page(?:no|num|index|number)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NextPage:
    """Where the next page is. ``instead`` are addresses to try if it is missing or brings nothing new."""

    url: str
    method: str = "GET"
    body: str = ""
    instead: tuple[str, ...] = ()


def next_page(facts: PageFacts, html: str, url: str, number: int = 1) -> NextPage | None:
    """The page after this one, or None if there is none.

    Args:
        facts: of this page, from ``links.read_page``.
        html: its decoded text.
        url: its address.
        number: which page of the list it is, counted from 1.
    """
    if number >= MAX_PAGES:
        return None
    return (
        _written(html, url, number)
        or _linked(facts, url, number)
        or _posted(facts, number)
        or _by_form(facts, html, number)
        or _turned(facts, url, number)
    )


def _written(html: str, url: str, number: int) -> NextPage | None:
    """A pager that does not exist in the mark-up. Most sites call their second page ``stem_1``, some ``stem_2``."""
    call = _WRITTEN.search(_without_comments(html))
    if call is None:
        return _counted(html, url, number)
    pages, stem, ending = int(call["pages"]), call["stem"], call["ending"]
    if number >= pages:
        return None
    serial = _SERIAL.search(urlsplit(url).path)
    shift = int(serial[1]) - number if serial and number > 1 else -1
    urls = [u for k in dict.fromkeys((number + 1 + shift, number + 1)) if (u := resolve(url, f"{stem}_{k}.{ending}"))]
    return NextPage(urls[0], instead=tuple(urls[1:]) if number == 1 else ()) if urls else None


def _counted(html: str, url: str, number: int) -> NextPage | None:
    """``var countPage = 5``: the older pager of the same product, with its file names built further down."""
    found = _VARIABLES["countPage"].search(html)
    if found is None or number >= int(found[1]) or not _VARIABLES["currentPage"].search(html):
        return None
    name = urlsplit(url).path.rsplit("/", 1)[1]
    stem, _, ending = name.rpartition(".")
    stem = re.sub(r"_\d+$", "", stem) or "index"
    target = resolve(url, f"{stem}_{number}.{ending or 'html'}")
    return NextPage(target) if target else None


def _linked(facts: PageFacts, url: str, number: int) -> NextPage | None:
    plain = [link for link in facts.links if link.how != "postback" and link.url != url]
    ahead = [link for link in plain if _NEXT.match(link.label)]
    if ahead:
        return NextPage(ahead[0].url)
    numbered = {int(m[1]): link for link in plain if (m := _NUMBER.match(link.label)) and not link.dated}
    # A lone number is a date in a calendar or a count; a row of numbers from 1 or 2 on is a pager.
    row = [n for n in numbered if n <= number + 12]
    if number + 1 in numbered and ("页" in facts.text or (len(row) > 1 and min(row) <= 2)) and len(numbered) < 28:
        return NextPage(numbered[number + 1].url)
    return None


def _posted(facts: PageFacts, number: int) -> NextPage | None:
    """The pager of ASP.NET forms: all hidden fields go back, with the pager's target and argument."""
    posts = [link for link in facts.links if link.how == "postback" and link.args]
    wanted = next((p for p in posts if _NEXT.match(p.label)), None) or next(
        (p for p in posts if p.label == str(number + 1)), None
    )
    if wanted is None or wanted.args is None or facts.form is None:
        return None
    fields = dict(facts.form.fields) | {"__EVENTTARGET": wanted.args[0], "__EVENTARGUMENT": wanted.args[1]}
    return NextPage(facts.form.url, "POST", urlencode(fields))


def _by_form(facts: PageFacts, html: str, number: int) -> NextPage | None:
    """A form with a field for the page, beside links like ``javascript:page(2)`` or the number of pages."""
    if facts.form is None:
        return None
    names = [name for name, _ in facts.form.fields if _PAGE_FIELD.match(name)]
    if not names:
        return None
    numbers = {int(found) for found in _GOTO.findall(html)}
    if number + 1 not in numbers and number >= (pages_told(facts) or 0):
        return None
    fields = dict(facts.form.fields) | {names[0]: str(number + 1)}
    return _sent(facts.form, fields)


def pages_told(facts: PageFacts) -> int | None:
    """How many pages a list says that it has; None if it does not say."""
    found = _PAGES.search(facts.text)
    return int(found[1] or found[2]) if found else None


def _turned(facts: PageFacts, url: str, number: int) -> NextPage | None:
    """A script that sends the reader to an address with the page's number in it."""
    pages = pages_told(facts) or pages_set(facts.script)
    if pages is not None and number >= pages:
        return None
    turns = [turn for turn in read_turns(facts.script, url) if not turn.loads] if pages else []
    if turns:
        return NextPage(turns[0].address(number + 1))
    rows = sum(link.dated for link in facts.links)
    files = read_files(facts.script, url, number) if pages or rows >= LEAST_ROWS else []
    return NextPage(files[0], instead=tuple(files[1:]) if number == 1 else ()) if files else None


def chosen_years(facts: PageFacts) -> list[tuple[str, NextPage]]:
    """The lists behind the years of a selection that sends its form off, each with the year's text."""
    form = facts.form
    if form is None:
        return []
    out = []
    for name, value, text, target in form.choices:
        if not _YEAR.match(text):
            continue
        fields = dict(form.fields) | {name: value}
        if target:
            fields |= {"__EVENTTARGET": target, "__EVENTARGUMENT": ""}
        out.append((text, _sent(form, fields)))
    return out[:20]


def _sent(form: Form, fields: dict[str, str]) -> NextPage:
    if form.method == "POST":
        return NextPage(form.url, "POST", urlencode(fields))
    parts = urlsplit(form.url)
    return NextPage(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **fields})).geturl())


_YEAR = re.compile(r"^20[0-4]\d(?:年度?)?$")
_PAGES = re.compile(r"共\D{0,3}(\d{1,4})\s*页|(?:第\s*)?1\s*页?\s*/\s*(?:共\s*)?(\d{1,4})(?:\s*页)?(?!\d|[-/.年])")
_RECORDS = re.compile(r"(?:共|总计|总数)\D{0,6}?(\d{1,5})\s*(?:条|篇|项|个记录)")


def goes_on(facts: PageFacts) -> bool:
    """True if a list has a word for its next page and says that there is one (共5页, 1/5, 共60条 over fewer rows)."""
    if asks_for_more(facts) or is_laid(facts):
        return True
    rows = sum(link.dated for link in facts.links)
    if not re.search(r"下一?页|后一页|[>›»]\s*尾页|加载更多", facts.text):
        return False
    if (told := pages_told(facts)) is not None:
        return told > 1
    return bool((found := _RECORDS.search(facts.text)) and int(found[1]) > rows > 0)


def is_pager(link: Link) -> bool:
    """True if a link's text is that of a pager."""
    return bool(_NEXT.match(link.label) or _NUMBER.match(link.label))


def _without_comments(html: str) -> str:
    return re.sub(r"<!--(?!\[if).*?-->", "", html, flags=re.DOTALL)
