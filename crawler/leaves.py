"""The leaves of a flip book: a report that is shown as one picture a page. Pure.

Their addresses stand in the mark-up or in the book's settings as a numbered series (``files/large/1.jpg``,
``2.jpg`` …), or as a folder, an ending and the number of pages.
"""

from __future__ import annotations

import re

from crawler.texts import squash

MAX_LEAVES = 60
LEAST = 2  # a single numbered picture is no series
_PICTURE = re.compile(
    r"""["'(=]\s*((?:https?:)?[\w./%~:-]{0,300}?)(\d{1,3})(\.(?:jpe?g|png|webp|gif))(?:\?[^"'\s)]{0,80})?\s*["')]""",
    re.IGNORECASE,
)
# 'files/large/' + n + '.jpg'
_BUILT = re.compile(
    r"""["']([\w./%~:-]{1,300}[/_-])["']\s*\+\s*[\w.()\s+-]{1,40}\+\s*["'](\.(?:jpe?g|png|webp))["']""", re.IGNORECASE
)
_COUNT = re.compile(
    r"\b(?:total)?(?:page_?count|pages|page_?num|page_?total|total_?pages?|total)\b['\"]?\s*[:=]\s*['\"]?(\d{1,3})\b",
    re.IGNORECASE,
)
_SMALL = re.compile(r"thumb|small|icon|face|emot|banner|slide|logo|button|/ui/|skin|theme", re.IGNORECASE)
_LARGE = re.compile(r"large|big|high|origin", re.IGNORECASE)


def leaves(html: str) -> tuple[str, ...]:
    """Addresses of a page's numbered pictures in their order, as written; empty if there is no such series."""
    text = html[:1_000_000].replace("\\/", "/")
    series: dict[tuple[str, str], dict[int, str]] = {}
    for found in _PICTURE.finditer(text):
        stem, number, end = found[1], found[2], found[3]
        if not _SMALL.search(stem):
            series.setdefault((stem, end), {}).setdefault(int(number), f"{stem}{number}{end}")
    whole = [numbers for numbers in series.values() if len(numbers) >= LEAST and _runs(sorted(numbers))]
    if whole:
        best = max(whole, key=lambda numbers: (bool(_LARGE.search(next(iter(numbers.values())))), len(numbers)))
        return tuple(best[n] for n in sorted(best))[:MAX_LEAVES]
    return _counted(text)


def _counted(text: str) -> tuple[str, ...]:
    built, count = _BUILT.search(text), _COUNT.search(text)
    if built is None or count is None or not LEAST <= int(count[1]) <= MAX_LEAVES or _SMALL.search(built[1]):
        return ()
    return tuple(f"{built[1]}{n}{built[2]}" for n in range(1, int(count[1]) + 1))


def _runs(numbers: list[int]) -> bool:
    """True if numbers run on without a gap, from 0 or 1."""
    return numbers[0] in (0, 1) and numbers[-1] - numbers[0] == len(numbers) - 1


def is_book(html: str) -> bool:
    """True if a page looks like a flip book: it has such a library, or calls itself one."""
    return bool(_BOOK.search(squash(html[:200_000])))


_BOOK = re.compile(r"turn(?:\.min)?\.js|flip|bookconfig|翻页|翻书|电子书|pageflip|wowbook|\.turn\(", re.IGNORECASE)
