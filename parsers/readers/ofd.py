"""OFD files (GB/T 33190-2016), the national page format: characters and paths with places, read as a PDF page is."""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.document import Document
from parsers.readers.embedded import with_pictures
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import number_tables
from parsers.readers.pdf import lay_out, to_blocks
from parsers.readers.pdf_parts import Box, Char, Page
from parsers.readers.pdf_paths import add_path
from parsers.readers.zipsafe import open_zip, parse_xml, read_member
from parsers.sniff import OFD

_WHAT = "OFD file"
_POINTS = 72 / 25.4  # to the millimetre, which is OFD's unit
_A4 = [0.0, 0.0, 210.0, 297.0]
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_STEP = re.compile(r"([SMLQBAC])([^SMLQBAC]*)")
_PICTURE = 0.5  # of the page: a picture this large may hold the text
_FEWEST_CHARS = 8  # on a page that shows a picture, fewer are a stamp or a page number

Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class _Budget:
    """What a page may still hold, and the pictures it holds: share of the page and number of the resource."""

    objects: int = LIMITS.max_page_objects
    pictures: list[tuple[float, str]] = field(default_factory=list)


def read_ofd(data: bytes) -> Document:
    """Read an OFD file. Tables are of kind ``ruled`` or ``aligned``.

    Pages that are pictures are recognised (kind ``ocr``, behind the others, the picture's name as ``part``); those
    that cannot be are named in warnings. Raises UnreadableDocument for damaged files, and where nothing can be read.
    """
    warnings: list[str] = []
    with open_zip(data, _WHAT) as archive:
        package = _Package(archive)
        root = package.xml("OFD.xml")
        start = next((_text(n) for n in _named(root, "DocRoot")), "")
        if not start:
            raise UnreadableDocument(f"The {_WHAT} names no document; it is damaged.")
        document = package.xml(start)
        folder = posixpath.dirname(_inside(start))
        templates = {n.get("ID", ""): n.get("BaseLoc", "") for n in _named(document, "TemplatePage")}
        area = next((_numbers(_text(n)) for n in _named(document, "PhysicalBox")), _A4)
        locations = [n.get("BaseLoc", "") for n in _named(document, "Page") if n.get("BaseLoc")]
        pages, pictures = [], []
        for number, location in enumerate(locations[: LIMITS.max_pages], 1):
            page, held = _read_page(package, folder, location, number, area, templates)
            pages.append(page)
            if page.image_area >= _PICTURE and len(page.chars) < _FEWEST_CHARS:
                pictures.append((number, max(held)[1]))
        media = _media(package, document, folder) if pictures else {}
        scans = [(media[one], package.raw(media[one])) for _, one in pictures if one in media]
        properties = _named(root, "Title", "Author", "CreationDate")
        meta = {etree.QName(n).localname.lower(): _text(n)[:500] for n in properties}
    if lost := [str(number) for number, one in pictures if one not in media]:
        warnings.append(f"Pages that are pictures were not read: {', '.join(lost)}.")
    if any(p.cut for p in pages):
        warnings.append("Some pages hold too many objects and were read only in part.")
    blocks = number_tables(to_blocks([lay_out(page) for page in pages]))
    found = Document(blocks, OFD, {k: v for k, v in meta.items() if v}, tuple(warnings))
    found = with_pictures(found, scans) if scans else found
    if not found.blocks and pictures:
        reason = found.warnings[-1] if found.warnings else "look for a PDF copy of the report."
        raise UnreadableDocument(f"The {_WHAT} holds only pictures of its pages: {reason}")
    return found


def _media(package: _Package, document: etree._Element, folder: str) -> dict[str, str]:
    """Paths of the pictures in the package, by the number of the resource."""
    out = {}
    for listed in _named(document, "PublicRes", "DocumentRes"):
        path = posixpath.join(folder, _text(listed))
        if not package.has(path):
            continue
        root = package.xml(path)
        base = posixpath.join(posixpath.dirname(path), root.get("BaseLoc", ""))
        for media in _named(root, "MultiMedia"):
            file = next((_text(n) for n in _named(media, "MediaFile")), "")
            place = _inside(posixpath.join(base, file))
            if file and package.has(place):
                out[media.get("ID", "")] = place
    return out


class _Package:
    """The parts of the zip file by their path."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())

    def xml(self, path: str) -> etree._Element:
        """Parse one part. Raises UnreadableDocument where it is missing or damaged."""
        return parse_xml(read_member(self._archive, _inside(path), LIMITS.max_markup_bytes, _WHAT), _WHAT)


    def has(self, path: str) -> bool:
        """Whether the package has this part."""
        return _inside(path) in self._names

    def raw(self, path: str) -> bytes:
        """One part as it is."""
        return read_member(self._archive, _inside(path), LIMITS.max_bytes, _WHAT)


def _inside(path: str) -> str:
    return posixpath.normpath("/" + path).lstrip("/")


def _read_page(
    package: _Package, folder: str, location: str, number: int, area: list[float], templates: dict[str, str]
) -> tuple[Page, list[tuple[float, str]]]:
    """One page, and the pictures on it."""
    content = package.xml(posixpath.join(folder, location))
    own = next((_numbers(_text(n)) for n in _named(content, "PhysicalBox")), area)
    x, y, width, height = own if len(own) == 4 else _A4
    page = Page(number, width * _POINTS, height * _POINTS)
    budget = _Budget()
    used = [templates.get(n.get("TemplateID", ""), "") for n in _named(content, "Template")]
    for part in [*(package.xml(posixpath.join(folder, path)) for path in used[:2] if path), content]:
        for node in _named(part, "TextObject", "PathObject", "ImageObject"):
            budget.objects -= 1
            if budget.objects < 0:
                page.cut = True
                break
            if node.get("Visible") != "false":
                _add_object(page, node, (x, y), budget)
    return page, budget.pictures


def _add_object(page: Page, node: etree._Element, origin: tuple[float, float], budget: _Budget) -> None:
    box = _numbers(node.get("Boundary", ""))
    if len(box) != 4:
        return
    m = _numbers(node.get("CTM", ""))
    a, b, c, d, e, f = m if len(m) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    left, top = box[0] - origin[0], box[1] - origin[1]
    matrix = (a * _POINTS, b * _POINTS, c * _POINTS, d * _POINTS, (e + left) * _POINTS, (f + top) * _POINTS)
    kind = etree.QName(node).localname
    if kind == "ImageObject":
        share = box[2] * box[3] * _POINTS * _POINTS / max(page.width * page.height, 1.0)
        page.image_area = max(page.image_area, min(share, 1.0))
        budget.pictures.append((share, node.get("ResourceID", "")))
    elif kind == "TextObject":
        _add_text(page, node, matrix, budget)
    else:
        fill, stroke = node.get("Fill") == "true", node.get("Stroke", "true") == "true"
        for data in _named(node, "AbbreviatedData"):
            for points in _subpaths(_text(data)[:200_000], matrix):
                add_path(page, points, fill=fill, stroke=stroke)


def _add_text(page: Page, node: etree._Element, m: Matrix, budget: _Budget) -> None:
    stated = _numbers(node.get("Size", ""))
    size = (stated[0] if stated else 3.5) * math.hypot(m[2], m[3])
    for code in _named(node, "TextCode"):
        x, y = (_first(code.get(name)) for name in ("X", "Y"))
        along, down = _deltas(code.get("DeltaX", "")), _deltas(code.get("DeltaY", ""))
        for i, ch in enumerate(_text(code, strip=False)):
            budget.objects -= 1
            if budget.objects < 0:
                page.cut = True
                return
            px, py = _apply(m, x, y)
            step = along[i] if i < len(along) else 0.0
            width = step * math.hypot(m[0], m[1]) if step > 0 else size * (1.0 if ch > "\u2e7f" else 0.5)
            if all(map(math.isfinite, (px, py, width, size))) and 0.5 < size < 500:
                box = Box(px, py - 0.85 * size, px + min(width, 1.2 * size), py + 0.15 * size)
                page.chars.append(Char(" " if ch.isspace() else ch, box.x0, box.top, box.x1, box.bottom, size))
            x, y = x + step, y + (down[i] if i < len(down) else 0.0)


def _subpaths(data: str, m: Matrix) -> Iterator[list[tuple[float, float]]]:
    """Corner points of each subpath of an ``AbbreviatedData`` string; curves count by their end points."""
    points: list[tuple[float, float]] = []
    for step, rest in _STEP.findall(data):
        numbers = _numbers(rest)
        if step in "SM":
            if len(points) > 1:
                yield points
            points = []
        if step == "C" and points:
            points.append(points[0])
        elif len(numbers) >= 2:
            points.append(_apply(m, numbers[-2], numbers[-1]))
    if len(points) > 1:
        yield points


def _apply(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _deltas(text: str) -> list[float]:
    """Steps between characters; ``g 3 1.5`` stands for three steps of 1.5."""
    out: list[float] = []
    tokens = text.split()
    i = 0
    while i < len(tokens) and len(out) < LIMITS.max_page_objects:
        if tokens[i] == "g" and i + 2 < len(tokens):
            out.extend([_first(tokens[i + 2])] * min(int(_first(tokens[i + 1])), LIMITS.max_page_objects))
            i += 3
        else:
            out.append(_first(tokens[i]))
            i += 1
    return out


def _numbers(text: str) -> list[float]:
    return [float(n) for n in _NUMBER.findall(text)]


def _first(text: str | None) -> float:
    found = _numbers(text or "")
    return found[0] if found and math.isfinite(found[0]) and abs(found[0]) < 1e6 else 0.0


def _named(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Elements with these local names in document order, whatever the namespace."""
    return (node for node in root.iter(*(f"{{*}}{name}" for name in names)))


def _text(node: etree._Element, *, strip: bool = True) -> str:
    text = node.text or ""
    return text.strip() if strip else text
