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
    return ImageFont.truetype(FONTS[name], pixels, index=SIMPLIFIED)


def _drawn(sheet: Sheet, setting: Setting, wear: Wear) -> Image.Image:
    scale = wear.dpi / 72
    page = Image.new("L", (round(setting.width * scale), round(setting.height * scale)), 255)
    draw = ImageDraw.Draw(page)
    thick = max(round(0.5 * scale), 1)
    for f in sheet.fields:
        x0, y0, x1, y1 = (round(v * scale) for v in (f.x0, f.top, f.x1, f.bottom))
        draw.line((x0, y0, x1, y0), fill=0, width=thick)
        draw.line((x0, y1, x1, y1), fill=0, width=thick)
        if wear.upright_rules:
            draw.line((x0, y0, x0, y1), fill=0, width=thick)
            draw.line((x1, y0, x1, y1), fill=0, width=thick)
    for words in sheet.words:
        anchor = "ms" if words.anchor == "middle" else "ls"
        font = _font(wear.font, round(words.size * scale))
        draw.text((words.x * scale, words.y * scale), words.text, fill=20, font=font, anchor=anchor)
    return page


def _worn(page: Image.Image, wear: Wear, rng: np.random.Generator) -> Image.Image:
    grey = np.asarray(page).astype(np.float32)
    height, width = grey.shape
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
    return Image.fromarray(grey)


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
        pages[0].quantize(8).save(out, "PNG", optimize=True)
    else:
        pages[0].save(out, "JPEG", quality=wear.quality)
    return out.getvalue()
