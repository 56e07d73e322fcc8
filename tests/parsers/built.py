"""Documents made of lines, for tests of what stands around the tables."""

from __future__ import annotations

from parsers.document import Document, Paragraph
from parsers.sections import section_spellings

TITLE = "岚县2023年政府信息公开工作年度报告"
PERIOD = "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
HEADINGS = [f"{'一二三四五六'[n - 1]}、{names[0]}" for n, names in section_spellings().items()]


def document(*lines: str, meta: dict[str, str] | None = None) -> Document:
    return Document(tuple(Paragraph(line) for line in lines), "text/html", meta or {})


def report(*top: str, meta: dict[str, str] | None = None, end: tuple[str, ...] = ()) -> Document:
    body = [piece for heading in HEADINGS for piece in (heading, "本部分内容。")]
    return document(*(top or (TITLE, PERIOD)), *body, *end, meta=meta)
