"""Line charts as SVG, drawn on the server: no script, printable, and each one stands beside its table.

Lines differ in colour (Okabe and Ito's palette, told apart by the colour-blind), dash and mark. A missing year breaks
the line: nothing is drawn where nothing is known. Colours are classes of ``site.css``, as the policy forbids styles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup, escape

MAX_LINES = 8  # as many as there are distinct marks
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 14, 26
_MARKS = (
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0", "M-3.2 -3.2h6.4v6.4h-6.4z", "M0 -4.2L4 3H-4z",
    "M0 -4.4L4.4 0L0 4.4L-4.4 0z", "M0 4.2L4 -3H-4z", "M-4 -1.3h2.7V-4h2.6v2.7H4v2.6H1.3V4h-2.6V1.3H-4z",
    "M-3.5 -1.8h7v3.6h-7z", "M-1.8 -3.5h3.6v7h-3.6z",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and a value or None for each year of the chart."""

    name: str
    values: Sequence[float | None]


def nice_ceiling(value: float) -> float:
    """The next round number that is not below ``value`` and whose quarters are round too; 1 for nothing above zero."""
    if value <= 0:
        return 1.0
    scale = 10.0 ** ceil(log10(value) - 1)
    steps = (0.1, 0.12, 0.16, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.6, 2, 4, 6, 8, 10)
    return next(step * scale for step in steps if step * scale >= value * 0.9999)


def line_chart(title: str, years: Sequence[int], lines: Sequence[Line], width: int = 720, height: int = 260) -> Markup:
    """The chart as an SVG element that names itself ``title``; at most ``MAX_LINES`` lines are drawn."""
    lines = lines[:MAX_LINES]
    top = nice_ceiling(max((v for line in lines for v in line.values if v is not None), default=0))

    def x(n: int) -> float:
        return _LEFT + (width - _LEFT - _RIGHT) * (n + 0.5) / max(len(years), 1)

    def y(value: float) -> float:
        return height - _BOTTOM - (height - _TOP - _BOTTOM) * value / top

    parts = [_axes(years, top, x, y, width, height)]
    for n, line in enumerate(lines):
        points = [None if v is None else (x(k), y(v)) for k, v in enumerate(line.values)]
        parts.append(f'<g class="l{n}"><path class="line" d="{_path(points)}"/>')
        for year, value, point in zip(years, line.values, points, strict=True):
            if point is not None and value is not None:
                parts.append(
                    f'<path class="mark" transform="translate({point[0]:.1f} {point[1]:.1f})" d="{_MARKS[n]}">'
                    f"<title>{escape(line.name)} {year}：{value:g}</title></path>"
                )
        parts.append("</g>")
    return Markup(  # noqa: S704 - names and the title went through escape(), the rest is ours or a number
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def legend_mark(n: int) -> Markup:
    """The mark of line ``n``, for the legend."""
    return Markup(
        '<svg class="key l{0}" viewBox="0 0 34 12" aria-hidden="true"><path class="line" d="M1 6H33"/>'
        '<path class="mark" transform="translate(17 6)" d="{1}"/></svg>'
    ).format(n, _MARKS[n])


def _axes(
    years: Sequence[int], top: float, x: Callable[[int], float], y: Callable[[float], float], width: int, height: int
) -> str:
    out = []
    for share in (0, 0.25, 0.5, 0.75, 1) if top >= 4 or top % 1 else (0, 1):
        at = y(top * share)
        out.append(f'<path class="rule" d="M{_LEFT} {at:.1f}H{width - _RIGHT}"/>')
        out.append(f'<text class="tick" x="{_LEFT - 6}" y="{at + 4:.1f}">{top * share:,.10g}</text>')
    for n, year in enumerate(years):
        out.append(f'<text class="year" x="{x(n):.1f}" y="{height - 7}">{escape(year)}</text>')
    return "".join(out)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    out, pen_down = [], False
    for point in points:
        if point is not None:
            out.append(f"{'L' if pen_down else 'M'}{point[0]:.1f} {point[1]:.1f}")
        pen_down = point is not None
    return "".join(out)
