"""Labelled lines in which a page states its own index number, issuer and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsers.known import remembered

# Labels of the catalogue heads of disclosure pages; blanks inside them are layout (索 引 号).
LABELS = (
    "信息索引号", "索引号", "索引编号", "发布机构", "发文机关", "发文机构", "发布单位", "发布部门", "公开机构",
    "责任部门", "信息来源", "来源", "作者", "文件编号", "发文字号", "文号", "信息分类", "主题分类", "组配分类",
    "公开目录", "体裁分类", "体裁", "成文日期", "成文时间", "生成日期", "生成时间", "发文日期", "发文时间",
    "发布日期", "发布时间", "公开日期", "公开时间", "更新时间", "有效性", "公文时效", "时效性", "时效",
    "发表时间", "发稿时间", "时间", "日期", "信息名称", "公开方式", "名称", "标题", "统一登记号", "主题词", "原文链接",
)  # fmt: skip
_ONE = "|".join(r"\s*".join(label) for label in sorted(LABELS, key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|(?<=[\s|【\[（(]))[【\[]?\s*({_ONE})\s*(?:[】\]]?\s*[:：]|[】\]])", re.MULTILINE)
_KNOWN = frozenset(LABELS)
_LONGEST_LINE = 400
_LONGEST_LABEL = 20
_LONGEST_VALUE = 200


def label_of(text: str) -> str | None:
    """The label that ``text`` is, without blanks and colon, or None. For heads set as tables."""
    return _label_of(text) if len(text) <= _LONGEST_LABEL else None


@remembered(_LONGEST_LABEL)
def _label_of(text: str) -> str | None:
    bare = re.sub(r"[\s:：【】\[\]]+", "", text)
    return bare if bare in _KNOWN else None


def labelled(lines: Iterable[str]) -> dict[str, str]:
    """Collect ``label: value`` statements from short lines. The first of each label wins."""
    out: dict[str, str] = {}
    for line in lines:
        if len(line) > _LONGEST_LINE or not (":" in line or "：" in line or "】" in line or "]" in line):
            continue
        found = list(_LABEL.finditer(line))
        for i, match in enumerate(found):
            end = found[i + 1].start() if i + 1 < len(found) else len(line)
            # Two blanks or a bar end a value: what follows is a neighbour such as 浏览次数 or 字体.
            value = re.split(r"\s{2,}|[|｜\n\t]|\s(?=[^\s:：]{2,6}[:：])", line[match.end() : end].strip())[0]
            value = value.strip(" 　【】[]")
            if value and len(value) <= _LONGEST_VALUE:
                out.setdefault(re.sub(r"\s+", "", match.group(1)), value)
    return out
