"""The tables of a report as HTML. In Python, not in a template: two hundred cells took a template 10 ms, this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from archive.plugins.grid import Grid, Head, Slot, make_grid
from archive.words import Lang, word
from parsers.form_model import FormTable

_WORDS = {
    "zh": ("单位：", "（{}）", "，见核查{}", "、", "，本版有改动", "更正：{}"),
    "en": ("unit: ", " ({})", ", see check {}", ", ", ", changed in this edition", "corrected: {}"),
}


def draw_table(table: FormTable, lang: Lang, cells: Mapping[str, Any], base: str) -> Markup:
    """One table of a form with its values.

    Args:
        table: the table as the document prints it.
        lang: the language of headings and hidden words.
        cells: ``CellView`` by key; a place without one stays empty.
        base: the address in front of a key that leads to the page of that number.
    """
    frame = _frame(table, lang)
    drawn = (part if isinstance(part, str) else _value(part, cells.get(part.key), lang, base) for part in frame)
    return Markup("".join(drawn))  # noqa: S704 - every piece from outside went through escape()


# By identity: comparing two tables of a form compares everything that was worked out for them. The table is kept with
# its frame, so that no other one can come to have its id.
_FRAMES: dict[tuple[int, Lang], tuple[FormTable, tuple[str | Slot, ...]]] = {}
_MOST_FRAMES = 256


def _frame(table: FormTable, lang: Lang) -> tuple[str | Slot, ...]:
    """The table with its places open: pieces of HTML and slots, the same for every report."""
    name = (id(table), lang)
    if name not in _FRAMES:
        if len(_FRAMES) >= _MOST_FRAMES:
            _FRAMES.clear()
        _FRAMES[name] = table, _made_frame(table, lang)
    return _FRAMES[name][1]


def _made_frame(table: FormTable, lang: Lang) -> tuple[str | Slot, ...]:
    grid = make_grid(table, lang)
    parts: list[str | Slot] = [_opening(grid, lang)]
    for tag, lines in (("thead", grid.head), ("tbody", grid.body)):
        if lines:
            parts.append(f"<{tag}>")
            for line in lines:
                parts += ["<tr>", *(_head(piece) if isinstance(piece, Head) else piece for piece in line), "</tr>\n"]
            parts.append(f"</{tag}>")
    return (*parts, "</table>\n</div>\n</figure>")


def _opening(grid: Grid, lang: Lang) -> str:
    title, unit = escape(grid.title), escape(word("unit", grid.unit, lang))
    return (
        f'<figure class="form"><figcaption>{title} <small>{_WORDS[lang][0]}{unit}</small></figcaption>\n'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}">\n'
        f'<table class="grid {grid.layout}"><caption class="vh">{title}</caption>\n'
    )


def _spans(colspan: int, rowspan: int = 1) -> str:
    return (f' colspan="{colspan}"' if colspan > 1 else "") + (f' rowspan="{rowspan}"' if rowspan > 1 else "")


def _head(head: Head) -> str:
    kind = f' class="{head.kind}"' if head.kind else ""
    text = f"<span>{escape(head.text)}</span>" if head.kind == "tall" else escape(head.text)
    return f'<th scope="{head.scope}"{_spans(head.colspan, head.rowspan)}{kind}>{text}</th>'


def _value(slot: Slot, cell: Any, lang: Lang, base: str) -> str:
    if cell is None:
        return f"<td{_spans(slot.colspan)}></td>"
    _, status, see, comma, changed, corrected = _WORDS[lang]
    marks = f"v s-{cell.status}" + (" bad" if cell.findings else "") + (" changed" if cell.changed else "")
    marks += " zero" if cell.value == 0 else ""
    text = str(escape(cell.text))
    if cell.tag:
        text += f'<span class="tag" aria-hidden="true">{cell.tag}</span>'
        text += f'<span class="vh">{status.format(cell.status_label)}</span>'
    if cell.findings:
        text += f'<span class="vh">{see.format(comma.join(map(str, cell.findings)))}</span>'
    if cell.changed:
        text += f'<span class="vh">{changed}</span>'
    if cell.corrected:
        text += f' <span class="corrected">{corrected.format(escape(cell.corrected))}</span>'
    link = f'<a id="{cell.key}" href="{escape(base)}{cell.key}" title="{escape(cell.notes)}">{text}</a>'
    return f'<td class="{marks}"{_spans(slot.colspan)}>{link}</td>'
