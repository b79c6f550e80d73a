"""Pictures of pages: scans, photographs and screenshots, whose text is recognised."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from index.errors import FileDamaged, FileDisguised, FileUnsafe, OcrMissing
from index.readers.ocr import available, recognise
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning, WarningKind

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_MOST_PIXELS = 80_000_000  # a page of A3 at 600 dots per inch holds 70 million
_MOST_FRAMES = 500
# What Pillow raises for files that end early or contradict themselves.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


def read_image(source: Source) -> Document:
    """The document in a picture, a page for each frame where there are several.

    Raises FileDisguised for what is no picture, FileDamaged for one that breaks off, FileUnsafe
    for one that unpacks to more than a page can hold, OcrMissing without Tesseract, FileEmpty
    where no text is found.
    """
    with _opened(source) as image:
        if not available():
            raise OcrMissing(path=source.path)
        held = _frame_count(image, source)
        frames = min(held, _MOST_FRAMES)
        writer = TextWriter()
        found_wrong: dict[WarningKind, list[int]] = {}
        for number, frame in enumerate(_frames(image, frames, source), start=1):
            found = recognise(frame, source)
            if frames > 1:
                writer.page(number)
            for paragraph in found.text.split("\n\n"):
                writer.block(paragraph)
            for kind in found.warnings if found.text else ():
                found_wrong.setdefault(kind, []).append(number)
    notes = [
        ReadWarning(kind, tuple(numbers) if frames > 1 else ())
        for kind, numbers in found_wrong.items()
    ]
    if held > frames:
        notes.append(ReadWarning("partial"))
    return writer.document(source, notes)


def _opened(source: Source) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(source.content), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise FileDisguised(path=source.path, found="no picture that can be read") from error
    except Image.DecompressionBombError as error:
        raise _too_large(source) from error
    except _DAMAGE as error:
        raise _damaged(source) from error
    return image


def _frame_count(image: Image.Image, source: Source) -> int:
    """How many pages there are: in other formats further frames are previews and animations."""
    if image.format != "TIFF":
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except _DAMAGE as error:
        raise _damaged(source) from error


def _frames(image: Image.Image, count: int, source: Source) -> Iterator[Image.Image]:
    for number in range(count):
        try:
            image.seek(number)
            if image.width * image.height > _MOST_PIXELS:
                raise _too_large(source)
            image.load()
        except Image.DecompressionBombError as error:
            raise _too_large(source) from error
        except _DAMAGE as error:
            raise _damaged(source) from error
        yield image


def _too_large(source: Source) -> FileUnsafe:
    return FileUnsafe(
        path=source.path, detail=f"it unpacks to over {_MOST_PIXELS // 1_000_000} million pixels"
    )


def _damaged(source: Source) -> FileDamaged:
    return FileDamaged(path=source.path, detail="the picture breaks off or contradicts itself")
