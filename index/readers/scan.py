"""Scanned pages made ready for reading: upright, straight, dark on white, of a fitting size."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import cast

from PIL import Image, ImageChops, ImageFilter, ImageOps

_MOST_PIXELS_LONG = 5000  # on the long side: a page of A4 at 420 dots per inch
_FEWEST_PIXELS_LONG = 1300  # on the long side, for letters that Tesseract can tell apart
_WANTED_PIXELS_LONG = 2300
_MOST_ENLARGED = 3.0
_FINE = 150  # dots per inch from which enlarging does harm

# How cameras and scanners note that a picture lies on its side.
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SMALL = (800, 800)  # pixels that are enough to tell how lines lie
_STEEPEST = 10  # half degrees: steeper lines are no scanning accident
_LEAST_SKEW = 1.0  # degrees; Tesseract copes with less, and turning blurs
_CLEARLY_SHARPER = 1.1


def straightened(image: Image.Image) -> Image.Image:
    """The picture in shades of grey, turned so that its lines run level.

    Shadows are taken out; transparent parts are white; small pictures are enlarged and huge ones
    made smaller.
    """
    page = _evened(_sized(_grey(image), _fineness(image)))
    turn = _TURNS.get(_orientation(image))
    if turn is not None:
        page = page.transpose(turn)
    skew = _skew(page)
    if abs(skew) < _LEAST_SKEW:
        return page
    return page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)


def _grey(image: Image.Image) -> Image.Image:
    """In shades of grey on white; huge pictures made smaller first, which saves the memory."""
    if image.mode in ("1", "P", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode.startswith("I") or image.mode == "F":  # 16 bits and more
        image = image.convert("F")
        low, high = cast(tuple[float, float], image.getextrema())
        scale = 255 / max(1.0, high - low)
        image = image.point(lambda value: value * scale - low * scale)
    if max(image.size) >= 2 * _MOST_PIXELS_LONG:
        image = image.reduce(max(image.size) // _MOST_PIXELS_LONG)
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    return image.convert("L")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (SyntaxError, ValueError, TypeError, struct.error):
        return 1  # notes that contradict themselves say nothing


def _fineness(image: Image.Image) -> float:
    """Dots per inch as the picture tells; 0 where it tells nothing."""
    told = image.info.get("dpi")
    return float(told[0]) if isinstance(told, tuple) and told else 0.0


def _sized(page: Image.Image, fineness: float) -> Image.Image:
    longest = max(page.size)
    factor = 1.0
    if longest > _MOST_PIXELS_LONG:
        factor = _MOST_PIXELS_LONG / longest
    elif longest < _FEWEST_PIXELS_LONG and fineness < _FINE:
        factor = min(_MOST_ENLARGED, _WANTED_PIXELS_LONG / longest)
    if factor == 1.0:
        return page
    size = (max(1, round(page.width * factor)), max(1, round(page.height * factor)))
    return page.resize(size, Image.Resampling.LANCZOS)


def _evened(page: Image.Image) -> Image.Image:
    """The page with its paper, bright or in shadow, made white."""
    shrink = max(1, min(page.size) // 250)
    paper = page.reduce(shrink).filter(ImageFilter.MaxFilter(9))
    paper = paper.filter(ImageFilter.GaussianBlur(6)).resize(page.size, Image.Resampling.BILINEAR)
    return ImageOps.invert(ImageChops.subtract(paper, page))


def _skew(page: Image.Image) -> float:
    """By how many degrees the page has to be turned, against the clock, for level lines.

    Level lines leave rows of ink and rows of none, so neighbouring rows differ most.
    """
    small = ImageOps.invert(page)
    small.thumbnail(_SMALL)

    def sharpness(degrees: float) -> int:
        turned = small.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=0)
        rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
        return sum((a - b) ** 2 for a, b in pairwise(rows))

    coarse = max((n / 2 for n in range(-_STEEPEST, _STEEPEST + 1)), key=sharpness)
    best = max((coarse + n / 10 for n in range(-4, 5)), key=sharpness)
    return best if sharpness(best) > _CLEARLY_SHARPER * sharpness(0.0) else 0.0
