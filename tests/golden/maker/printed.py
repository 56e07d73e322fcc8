"""The printed report: paragraphs and tables of slots with true spans, the same for every renderer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from maker.figures import Figures
from parsers.form_model import FormTable

NUMERALS = "一二三四五六"


@dataclass
class Slot:
    """One cell as printed. ``key`` names the number it holds; ``upright`` labels are set one character a line."""

    text: str
    rows: int = 1
    columns: int = 1
    key: str | None = None
    upright: bool = False


@dataclass
class Printed:
    """One table: its rows of anchor slots, how many of them are heading, relative column widths."""

    rows: list[list[Slot]]
    n_head: int
    widths: list[float]

    def placed(self) -> Iterator[tuple[int, int, Slot]]:
        """Every slot with its grid row and column."""
        taken: set[tuple[int, int]] = set()
        for r, row in enumerate(self.rows):
            c = 0
            for slot in row:
                while (r, c) in taken:
                    c += 1
                yield r, c, slot
                taken |= {(r + i, c + j) for i in range(slot.rows) for j in range(slot.columns)}
                c += slot.columns

    def part(self, first: int, last: int, *, head: bool) -> Printed:
        """Rows ``first`` to ``last`` as a table of their own; spans are cut, cut labels are not repeated."""
        rows: list[list[Slot]] = [[] for _ in range(last - first)]
        for r, _, slot in self.placed():
            top, bottom = max(r, first), min(r + slot.rows, last)
            if top < bottom:
                text = slot.text if r >= first else ""
                rows[top - first].append(Slot(text, bottom - top, slot.columns, slot.key, slot.upright))
        if head:
            return Printed([*self.rows[: self.n_head], *rows], self.n_head, self.widths)
        return Printed(rows, 0, self.widths)


@dataclass
class Report:
    """A whole document: its title, blocks in order, and the figures they print."""

    title: str
    organ: str
    year: int
    figures: Figures
    blocks: list[str | Printed] = field(default_factory=list)  # a paragraph beginning with # is a heading


def tables_of(figures: Figures) -> dict[str, Printed]:
    """The tables of a form, by key."""
    makers = {"blocks": _blocks, "matrix": _matrix, "side_by_side": _side_by_side}
    out = {}
    for table in figures.form.tables:
        out[table.key] = _statistics(table, figures) if table.key == "statistics" else (
            makers[table.layout](table, figures))  # fmt: skip
    return out


def _blocks(table: FormTable, figures: Figures) -> Printed:
    wide = max(len(g.columns) for g in table.groups)
    rows: list[list[Slot]] = []
    for group in table.groups:
        rows.append([Slot(group.label, columns=wide + 1)])
        members = [r for r in table.rows if r.group == group.key]
        columns = table.columns_of(members[0])
        spans = [wide - len(columns) + 1 if n == len(columns) - 1 else 1 for n in range(len(columns))]
        labels = [Slot(c.label, columns=s) for c, s in zip(columns, spans, strict=True)]
        rows.append([Slot(table.stub or ""), *labels])
        for row in members:
            keys = [table.cell_key(row, c) for c in columns]
            values = [Slot(figures.text(k), columns=s, key=k) for k, s in zip(keys, spans, strict=True)]
            rows.append([Slot(row.label), *values])
    return Printed(rows, 0, [2.0, *[1.4] * wide])


def _matrix(table: FormTable, figures: Figures) -> Printed:
    n = len(table.columns)
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    inner = [Slot(c.label) for c in table.columns[1:-1]]
    rows = [
        [Slot(note, 3, 3), Slot("申请人情况", columns=n)],
        [Slot(table.columns[0].label, rows=2), Slot("法人或其他组织", columns=n - 2),
         Slot(table.columns[-1].label, rows=2)],
        inner,
    ]  # fmt: skip
    open_groups: set[str] = set()
    for row in table.rows:
        path = table.group_path(row)
        slots = []
        for depth, group in enumerate(path):
            if group.key not in open_groups:
                open_groups.add(group.key)
                members = sum(group in table.group_path(r) for r in table.rows)
                slots.append(Slot(group.label, rows=members, upright=depth == 0))
        slots.append(Slot(row.label, columns=3 - len(path)))
        keys = [table.cell_key(row, c) for c in table.columns]
        rows.append(slots + [Slot(figures.text(k), key=k) for k in keys])
    return Printed(rows, 3, [0.9, 1.5, 3.2, *[1.0] * n])


def _side_by_side(table: FormTable, figures: Figures) -> Printed:
    n = len(table.columns)
    labels = [c.label for c in table.columns]
    rows = [
        [Slot("行政复议", columns=n), Slot("行政诉讼", columns=2 * n)],
        [*(Slot(x, rows=2) for x in labels), Slot("未经复议直接起诉", columns=n), Slot("复议后起诉", columns=n)],
        [Slot(x) for x in labels * 2],
    ]
    keys = [table.cell_key(r, c) for r in table.rows for c in table.columns]
    rows.append([Slot(figures.text(k), key=k) for k in keys])
    return Printed(rows, 3, [1.0] * (3 * n))


def _statistics(table: FormTable, figures: Figures) -> Printed:
    rows = [[Slot(table.stub or ""), Slot("单位"), *(Slot(c.label) for c in table.columns)]]
    done: set[str] = set()
    for row in table.rows:
        group = table.group_path(row)[0]
        if group.key not in done and group.label != row.label:
            rows.append([Slot(group.label), Slot(""), *(Slot("") for _ in table.columns)])
        done.add(group.key)
        keys = [table.cell_key(row, c) for c in table.columns]
        unit = row.unit or table.unit
        rows.append([Slot(row.label), Slot(unit), *(Slot(figures.text(k), key=k) for k in keys)])
    return Printed(rows, 1, [5.0, 0.8, *[1.2] * len(table.columns)])


def report(figures: Figures, organ: str, year: int, rng: random.Random, *, prose: int = 2) -> Report:
    """The usual report around the tables: title, preamble, six parts. ``prose``: sentences a part."""
    title = f"{organ}{year}年政府信息公开工作年度报告"
    out = Report(title, organ, year, figures)
    tables = tables_of(figures)
    out.blocks.append(
        f"根据《中华人民共和国政府信息公开条例》的要求，编制本报告。所列数据的统计期限自{year}年1月1日起至12月31日止。"
    )
    for section in figures.form.sections:
        out.blocks.append(f"#{NUMERALS[section.number - 1]}、{section.label}")
        matching = [t for t in figures.form.tables if t.section == section.number]
        if not matching or section.number == 6:
            out.blocks.extend(_sentence(rng) for _ in range(prose))
        out.blocks.extend(tables[t.key] for t in matching)
    out.blocks += [organ, f"{year + 1}年1月{rng.randrange(5, 29)}日"]
    return out


def _sentence(rng: random.Random) -> str:
    subject = rng.choice(["各乡镇、各部门", "县政务公开主管科室", "门户网站维护单位", "各公开责任单位"])
    doing = rng.choice(["按季度核对公开目录", "补齐了缺漏的栏目", "组织了业务学习", "答复了群众关心的问题"])
    rest = rng.choice(["问题逐项整改", "内容更新更加及时", "流程更加规范", "责任落实到人"])
    return f"本年度，{subject}{doing}，{rest}，公开工作总体平稳有序。"
