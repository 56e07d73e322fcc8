"""Reports as pictures: drawn, turned a little, dirtied and packed as copiers, faxes and telephones do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from maker.paged import Setting, Sheet, set_pages
from maker.printed import Report

FONTS = {
    "serif": "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "sans": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "bold": "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
}
DIGITS = {  # fonts without Chinese: organs set numbers in Times, Arial and the like
    "times": "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "arial": "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "narrow": "/usr/share/fonts/truetype/liberation/LiberationSansNarrow-Regular.ttf",
    "italic": "/usr/share/fonts/truetype/liberation/LiberationSerif-Italic.ttf",
    "verdana": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "slab": "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf",
}
SIMPLIFIED = 2  # index of the SC face in the collection


@dataclass(frozen=True)
class Wear:
    """What the picture has gone through."""

    dpi: int = 200
    font: str = "serif"
    angle: float = 0.0  # degrees
    noise: float = 0.0  # grey levels
    blur: float = 0.0  # pixels
    quality: int = 60  # of JPEG
    fax: int = 0  # black and white, with specks: what is darker than this is black; low values lose strokes
    shade: float = 0.0  # how much darker the far corner is, 0 to 1
    upright_rules: bool = True
    screen: bool = False  # one long picture
    digits: str = ""  # font of numbers, if not that of the text
    rules: int = 0  # grey level of the rules
    gaps: float = 0.0  # share of the rules that is worn off
    stamp: bool = False  # a red seal lies over numbers
    tilt: float = 0.0  # how much narrower the far side of a photographed page is, 0 to 1
    streaks: int = 0  # lines that a dirty glass leaves down the page
    box: str = "pdf"  # pdf, jpg, png or tiff


def render(report: Report, wear: Wear, rng: np.random.Generator, setting: Setting | None = None) -> bytes:
    """The report as one file of pictures."""
    setting = setting or Setting()
    if wear.screen:
        setting = Setting(height=2600.0, size=setting.size, table_size=setting.table_size)
    sheets = set_pages(report, setting)
    pages = [_worn(_drawn(sheet, setting, wear), wear, rng) for sheet in sheets]
    if wear.screen:
        pages = [page.crop((0, 0, page.width, _used(page))) for page in pages]
    return _packed(pages, wear)


def pictures(report: Report, wear: Wear, rng: np.random.Generator) -> list[bytes]:
    """The report as one JPEG a page."""
    setting = Setting()
    return [
        _packed([_worn(_drawn(sheet, setting, wear), wear, rng)], wear) for sheet in set_pages(report, setting)
    ]  # fmt: skip


@cache
def _font(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    if name in DIGITS:
        return ImageFont.truetype(DIGITS[name], round(pixels * 1.1))  # Latin fonts look smaller
    return ImageFont.truetype(FONTS[name], pixels, index=SIMPLIFIED)


def _drawn(sheet: Sheet, setting: Setting, wear: Wear) -> Image.Image:
    scale = wear.dpi / 72
    page = Image.new("L", (round(setting.width * scale), round(setting.height * scale)), 255)
    draw = ImageDraw.Draw(page)
    thick = max(round(0.5 * scale), 1)
    for f in sheet.fields:
        x0, y0, x1, y1 = (round(v * scale) for v in (f.x0, f.top, f.x1, f.bottom))
        draw.line((x0, y0, x1, y0), fill=wear.rules, width=thick)
        draw.line((x0, y1, x1, y1), fill=wear.rules, width=thick)
        if wear.upright_rules:
            draw.line((x0, y0, x0, y1), fill=wear.rules, width=thick)
            draw.line((x1, y0, x1, y1), fill=wear.rules, width=thick)
    for words in sheet.words:
        anchor = "ms" if words.anchor == "middle" else "ls"
        numeric = wear.digits and words.text.strip("0123456789.,+-") == ""
        font = _font(wear.digits if numeric else wear.font, round(words.size * scale))
        draw.text((words.x * scale, words.y * scale), words.text, fill=20, font=font, anchor=anchor)
    return page


def _worn(page: Image.Image, wear: Wear, rng: np.random.Generator) -> Image.Image:
    grey = np.asarray(page).astype(np.float32)
    height, width = grey.shape
    if wear.gaps:
        grey[(_rules_of(grey) > 0) & _patches(grey.shape, wear.gaps, rng)] = 255
    for _ in range(wear.streaks):
        x = int(rng.integers(width // 10, width * 9 // 10))
        grey[:, x : x + 1] = np.minimum(grey[:, x : x + 1], 150)
    red = _stamp(grey.shape, wear, rng) if wear.stamp else None
    if wear.tilt:
        grey = _tilted(grey, wear.tilt, rng)
    if wear.angle:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), wear.angle, 1.0)
        grey = cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    if wear.blur:
        grey = cv2.GaussianBlur(grey, (0, 0), wear.blur)
    if wear.shade:
        slope = np.linspace(0, 1, height)[:, None] * np.linspace(0, 1, width)[None, :]
        grey = grey * (1 - wear.shade * slope)
    if wear.noise:
        grey = grey + rng.normal(0, wear.noise, grey.shape)
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    if wear.fax:
        grey = np.where(grey < wear.fax, 0, 255).astype(np.uint8)
        specks = rng.random(grey.shape)
        grey[specks < 0.0004] = 0
        grey[(specks > 0.9985) & (grey == 0)] = 255
        return Image.fromarray(grey).convert("1", dither=Image.Dither.NONE)
    if red is not None:
        under = np.where(red, np.minimum(grey, 90), grey).astype(np.uint8)
        return Image.merge("RGB", [Image.fromarray(c) for c in (np.where(red, np.minimum(grey, 215), grey),
                                                                under, under)])  # fmt: skip
    return Image.fromarray(grey)


def _rules_of(grey: np.ndarray) -> np.ndarray:
    """What of a drawn page is a rule: long straight runs of ink."""
    ink = (grey < 250).astype(np.uint8)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, 60), np.uint8))
    upright = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((45, 1), np.uint8))
    return np.asarray(level | upright)


def _patches(shape: tuple[int, int], share: float, rng: np.random.Generator) -> np.ndarray:
    """Small areas that cover a share of the page."""
    coarse = rng.random((shape[0] // 12 + 1, shape[1] // 12 + 1)) < share
    return np.kron(coarse, np.ones((12, 12), bool))[: shape[0], : shape[1]]


def _stamp(shape: tuple[int, int], wear: Wear, rng: np.random.Generator) -> np.ndarray:
    """Where a round seal of four centimetres lies: its rim and a star."""
    mask = np.zeros(shape, np.uint8)
    radius = round(20 / 25.4 * wear.dpi)
    middle = (int(rng.integers(shape[1] // 2, shape[1] * 4 // 5)), int(rng.integers(shape[0] // 4, shape[0] * 3 // 4)))
    cv2.circle(mask, middle, radius, 1, max(wear.dpi // 40, 2))
    points = [(round(middle[0] + r * np.sin(a)), round(middle[1] - r * np.cos(a))) for r, a in
              ((radius * (0.35 if i % 2 == 0 else 0.14), i * np.pi / 5) for i in range(10))]  # fmt: skip
    cv2.fillPoly(mask, [np.array(points, np.int32)], 1)
    return mask.astype(bool)


def _tilted(grey: np.ndarray, tilt: float, rng: np.random.Generator) -> np.ndarray:
    """The page as a camera sees it that is not held straight above it."""
    height, width = grey.shape
    dx, dy = tilt * width / 2, tilt * height * rng.uniform(-0.3, 0.3)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[dx, max(dy, 0)], [width - dx, max(-dy, 0)], [width, height], [0, height]], np.float32)
    return cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, seen), (width, height),
                               flags=cv2.INTER_CUBIC, borderValue=255)  # fmt: skip


def _used(page: Image.Image) -> int:
    rows = np.flatnonzero(np.asarray(page).min(axis=1) < 128)
    return int(rows[-1]) + 60


def _packed(pages: list[Image.Image], wear: Wear) -> bytes:
    out = io.BytesIO()
    if wear.box == "tiff":
        pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(wear.dpi,) * 2)
    elif wear.box == "pdf":
        quality = {} if wear.fax else {"quality": wear.quality}
        pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=wear.dpi, creationDate=None,
                      modDate=None, **quality)  # fmt: skip
    elif wear.box == "png":
        pages[0].quantize(8 if pages[0].mode == "L" else 64).save(out, "PNG", optimize=True)
    else:
        pages[0].save(out, "JPEG", quality=wear.quality)
    return out.getvalue()
