"""Synthetic reports of the replica portals, in their forms: pasted tables, pictures, files, shown documents, prose."""

from __future__ import annotations

import hashlib
import io
import random
import re
import zipfile
from urllib.parse import quote

from crawler.replica.reports import Report

MEDIA = {
    "pdf": "application/pdf",
    "png": "image/png",
    "doc": "application/msword",
    "wps": "application/octet-stream",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Synth:
    """A synthetic report: issuer, year and form, the rest seeded.

    ``form``: word, images, pdf, viewer, vsb, docx, doc or prose.
    """

    def __init__(
        self, issuer: str, year: int, form: str = "word", title: str = "", period: int = 0, scope: str = ""
    ) -> None:
        self.issuer, self.year, self.form = issuer, year, form
        self.title = title or f"{issuer}{year}年政府信息公开工作年度报告"
        self.date = f"{year + 1}-01-{10 + len(issuer) % 18:02d}"
        self.key = f"{issuer}|{period or year}|{scope}"
        self.files: list[str] = []
        self.edit = ""
        self._period = period or year
        self._random = random.Random(f"{issuer}{year}{scope}{form}")

    def report(self) -> Report:
        r, y = self._random, self._period
        r.seed(f"{self.issuer}{y}{self.form}")
        n, posts = r.randint(0, 40), r.randint(60, 9000)
        cells: dict[str, dict[str, int]] = {
            "table2.regulations": {"in_force": 0},
            "table2.normative_documents": {"issued": r.randint(0, 9), "in_force": r.randint(9, 90)},
            "table3.new_requests": {"natural_person": n, "total": n},
            "table3.granted": {"natural_person": n, "total": n},
            "table3.total_handled": {"natural_person": n, "total": n},
        }
        words = r.choice(
            ["把公开要求落到收文、办文各个环节", "围绕群众关心的事项逐条公开", "按目录逐项核对应公开的内容"]
        )
        return Report(
            {
                "title": self.title,
                "year": y,
                "cells": cells,
                "intro": f"本报告由{self.issuer}编制，所列数据的统计期限自{y}年1月1日起至{y}年12月31日止。{self.edit}",
                "signatory": self.issuer,
                "signed": f"{y + 1}年1月{10 + n % 18}日",
                "sections": {
                    1: [f"{y}年，{self.issuer}{words}。全年公开信息{posts}条，受理申请{n}件。"],
                    5: ["目前解读形式还比较单一，下一年将多用图表，并轮训工作人员一次。"],
                    6: [f"{y}年度未收取信息处理费。"],
                },
            }
        )

    def body(self, folder: str) -> tuple[str, dict[str, bytes]]:
        """The body as HTML, and the files beside it by address."""
        name = f"P0{int(hashlib.sha256(self.key.encode()).hexdigest()[:14], 16):017d}"[:19]
        report = self.report()
        if self.form == "prose":
            return self._prose(), {}
        if self.form == "images":
            picture = f"{folder}/W{name[1:]}.png"
            text = re.sub(r"<table.*?</table>", f'<p><img src="{picture}"></p>', report.as_word_html(), flags=re.DOTALL)
            return text, {picture: PNG}
        if self.form == "word":
            return report.as_word_html(), {}
        ending = {"viewer": "pdf", "vsb": "pdf"}.get(self.form, self.form)
        address = f"{folder}/{name}.{ending}"
        content = as_pdf(report) if ending == "pdf" else undated(report.as_docx())
        if self.form == "viewer":
            shown = f'<iframe src="/js/pdfjs/web/viewer.html?file={quote(address, safe="")}"></iframe>'
        elif self.form == "vsb":
            shown = f'<script>showVsbpdfIframe("{address}","100%","600","0","","")</script>'
        else:
            shown = (
                f'<p>{self.title}，全文见附件。</p><p>附件：<a href="{address}" appendix="true" '
                f'otitle="{self.title}.{ending}">{self.title}</a></p>'
            )
        return shown, {address: content}

    def _prose(self) -> str:
        parts = (
            "概述",
            "主动公开政府信息的情况",
            "依申请公开政府信息的情况",
            "复议、诉讼和申诉的情况",
            "存在的主要问题和改进措施",
        )
        texts = (
            f"{self.year}年，{self.issuer}按照条例要求开展政府信息公开工作，制度和人员都已落实到位。统计期限自{self.year}年1月1日起至{self.year}年12月31日止。",
            "全年通过门户网站、公告栏和便民窗口公开信息若干条，内容涉及机构职能、财政收支和民生事项，逐月更新。",
            "全年收到申请较少，均在规定的期限内作出答复，没有发生收费和减免的情形。",
            "全年没有因政府信息公开引起的行政复议、行政诉讼和申诉案件。",
            "主动公开的内容还不够细，下一年将补齐栏目、加强培训，并请群众代表每季度评议一次。",
        )
        return f"<p>{self.edit}</p>" + "".join(
            f"<p>{n}、{a}</p><p>{b}</p>" for n, a, b in zip("一二三四五", parts, texts, strict=True)
        )


def undated(packed: bytes) -> bytes:
    """A .docx whose entries have no times, so that it is the same whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = re.sub(rb"20\d\d-\d\d-\d\dT[\d:]+Z", b"2024-01-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_pdf(report: Report) -> bytes:
    """A plain text PDF of the report with ruled tables."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    from crawler.replica.reports import grid

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("p", fontName="STSong-Light", fontSize=10, leading=14, wordWrap="CJK")
    out: list[object] = [Paragraph(report.facts["title"], style), Paragraph(report.facts["intro"], style)]
    for heading, paragraphs, table in report.sections():
        out += [Paragraph(text, style) for text in (heading, *paragraphs)]
        if table:
            texts, places, width = grid(report.rows(table))
            spans = [("SPAN", (x, y), (x + b.columns - 1, y + b.rows - 1)) for y, x, b in places]
            look = [("FONT", (0, 0), (-1, -1), "STSong-Light", 4), ("GRID", (0, 0), (-1, -1), 0.5, "#000000"), *spans]
            cells = [[t[:40] for t in row] for row in texts]
            out.append(Table(cells, colWidths=[480 / width] * width, style=TableStyle(look)))
    out += [Paragraph(text, style) for text in report.ending()]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(out)
    return buffer.getvalue()


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
