"""What a Word paragraph says: its runs, its outline level and its automatic number."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from parsers.textnorm import raised

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Content that is not shown: tracked deletions, field codes, properties, what a text box holds (read apart).
_UNSEEN = frozenset(
    [W + n for n in ("del", "moveFrom", "delText", "instrText", "pPr", "txbxContent", "rPr", "footnoteReference")]
    + [_MC + "Fallback"]
)
_BREAKS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_CHINESE = ("chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting")
_OFF = ("0", "false", "off")
_DIGITS = "〇一二三四五六七八九"
_MOST_LEVELS = 9


def paragraph_text(node: etree._Element) -> str:
    """The visible text of ``w:p``; line breaks as ``\\n``, tabs as ``\\t``."""
    return "".join(_pieces(node)).replace("\xa0", " ").strip()


def _pieces(node: etree._Element) -> Iterator[str]:
    for child in node:
        tag = child.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            continue
        if tag == W + "t":
            yield child.text or ""
        elif tag in _BREAKS:
            # A page break is no break in the text.
            yield "" if child.get(W + "type") in ("page", "column") else _BREAKS[tag]
        elif tag == W + "r":
            yield from _run(child)
        else:
            yield from _pieces(child)


def _run(node: etree._Element) -> Iterator[str]:
    """The text of a run; none where it is hidden or struck out. Raised digits come out as such (5¹)."""
    if any(_is_on(node.find(f"{W}rPr/{W}{name}")) for name in ("vanish", "strike", "dstrike")):
        return
    above = _text(node.find(f"{W}rPr/{W}vertAlign")) in ("superscript", "subscript")
    yield from map(raised, _pieces(node)) if above else _pieces(node)


def _is_on(node: etree._Element | None) -> bool:
    return node is not None and node.get(W + "val", "1") not in _OFF


def text_boxes(node: etree._Element) -> list[etree._Element]:
    """The outermost text boxes anchored in ``w:p``, each once: the fallback repeats what the choice holds."""
    found = []
    for box in node.iter(W + "txbxContent"):
        around = {a.tag for a in _ancestors(box, node)}
        if _MC + "Fallback" not in around and W + "txbxContent" not in around:
            found.append(box)
    return found


def _ancestors(node: etree._Element, top: etree._Element) -> Iterator[etree._Element]:
    at = node.getparent()
    while at is not None and at is not top:
        yield at
        at = at.getparent()


class Styles:
    """Outline levels of the paragraph styles."""

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[str, int] = {}
        for style in root.findall(W + "style") if root is not None else ():
            level = _value(style.find(f"{W}pPr/{W}outlineLvl"))
            name = (style.find(W + "name").get(W + "val") or "") if style.find(W + "name") is not None else ""
            if level is None and name.lower().startswith("heading ") and name[8:].isdigit():
                level = int(name[8:10]) - 1
            if level is not None and 0 <= level < _MOST_LEVELS:
                self._levels[style.get(W + "styleId", "")] = level + 1

    def heading_level(self, node: etree._Element) -> int:
        """1 to 6 for headings, 0 for body text."""
        direct = _value(node.find(f"{W}pPr/{W}outlineLvl"))
        if direct is not None:
            return min(direct + 1, 6) if direct < _MOST_LEVELS else 0
        style = node.find(f"{W}pPr/{W}pStyle")
        return min(self._levels.get(style.get(W + "val", ""), 0), 6) if style is not None else 0


class Numbering:
    """Automatic numbers, which Word shows and does not store as text (clause 17.9). Call ``label`` in order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # list -> level -> text, format, start
        self._lists: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        for abstract in root.findall(W + "abstractNum") if root is not None else ():
            levels = {}
            for level in abstract.findall(W + "lvl"):
                start = _value(level.find(W + "start"))
                levels[_int(level.get(W + "ilvl")) or 0] = (
                    _text(level.find(W + "lvlText")), _text(level.find(W + "numFmt")), 1 if start is None else start
                )  # fmt: skip
            self._levels[abstract.get(W + "abstractNumId", "")] = levels
        for num in root.findall(W + "num") if root is not None else ():
            self._lists[num.get(W + "numId", "")] = _text(num.find(W + "abstractNumId"))

    def label(self, node: etree._Element) -> str:
        """The number shown in front of this paragraph, or an empty string. Bullets give none."""
        properties = node.find(f"{W}pPr/{W}numPr")
        if properties is None:
            return ""
        abstract = self._lists.get(_text(properties.find(W + "numId")), "")
        levels = self._levels.get(abstract, {})
        at = _value(properties.find(W + "ilvl")) or 0
        if at not in levels or at >= _MOST_LEVELS:
            return ""
        counts = self._counts.setdefault(abstract, [None] * _MOST_LEVELS)
        before = counts[at]
        counts[at] = levels[at][2] if before is None else before + 1
        counts[at + 1 :] = [None] * (_MOST_LEVELS - at - 1)
        text, style, _ = levels[at]
        if style in ("bullet", "none"):
            return ""
        for i in range(_MOST_LEVELS):
            if f"%{i + 1}" in text:
                count = counts[i]
                shown = _shown(1 if count is None else count, levels.get(i, ("", "", 1))[1])
                text = text.replace(f"%{i + 1}", shown)
        return text


def _shown(n: int, style: str) -> str:
    if 0 < n < 100 and style in _CHINESE:
        tens, ones = divmod(n, 10)
        return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")
    if 0 < n <= 20 and style == "decimalEnclosedCircle":
        return chr(0x2460 + n - 1)
    if 0 < n <= 26 and style in ("lowerLetter", "upperLetter"):
        return chr((97 if style == "lowerLetter" else 65) + n - 1)
    return str(n)


def _text(node: etree._Element | None) -> str:
    return (node.get(W + "val") or "") if node is not None else ""


def _int(value: str | None) -> int | None:
    return int(value[:6]) if value and value.isascii() and value.isdigit() else None


def _value(node: etree._Element | None) -> int | None:
    return _int(node.get(W + "val")) if node is not None else None
