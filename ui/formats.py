"""The formats that are read, as people call them, and what a page is called in each."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal

from index import Language
from ui.isolation import left_to_right

Unit = Literal["page", "slide", "sheet"]

FORMATS: dict[tuple[str, ...], dict[Language, str]] = {
    (".pdf",): {"en": "PDF", "ar": "ملفات PDF"},
    (".docx",): {"en": "Word (.docx)", "ar": "وثائق {Word (.docx)}"},
    (".pptx",): {"en": "PowerPoint (.pptx)", "ar": "عروض {PowerPoint (.pptx)}"},
    (".xlsx",): {"en": "Excel (.xlsx)", "ar": "مصنفات {Excel (.xlsx)}"},
    (".odt",): {"en": "OpenDocument (.odt)", "ar": "نصوص {OpenDocument (.odt)}"},
    (".rtf",): {"en": "RTF", "ar": "وثائق RTF"},
    (".epub",): {"en": "EPUB", "ar": "كتب EPUB"},
    (".html", ".htm", ".xhtml"): {"en": "HTML", "ar": "صفحات HTML"},
    (".md", ".markdown"): {"en": "Markdown", "ar": "نصوص Markdown"},
    (".txt", ".text"): {"en": "plain text (.txt)", "ar": "نص مجرد ({.txt})"},
    (".csv", ".tsv"): {"en": "CSV and TSV tables", "ar": "جداول CSV وTSV"},
    (".json", ".jsonl"): {"en": "JSON", "ar": "بيانات JSON"},
    (".eml",): {"en": "e-mail (.eml)", "ar": "بريد ({.eml})"},
    (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"): {
        "en": "pictures (PNG, JPEG, TIFF, BMP, WebP)",
        "ar": "صور PNG وJPEG وTIFF وBMP وWebP",
    },
}
"""Families of extensions, the most wanted first; what stands in braces is kept left to right."""

_BRACED = re.compile(r"{([^{}]+)}")
_UNITS: dict[str, Unit] = {".pptx": "slide", ".xlsx": "sheet"}


def formats_text(language: Language) -> str:
    """All that is read, in one line for people."""
    separator = "، " if language == "ar" else ", "
    names = separator.join(family[language] for family in FORMATS.values())
    return _BRACED.sub(lambda match: left_to_right(match[1]), names)


def unit_of(document: str) -> Unit:
    """What the numbered parts of a document are called, by its name."""
    return _UNITS.get(PurePath(document).suffix.lower(), "page")
