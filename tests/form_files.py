"""PDF forms written by hand: printed words at their places, and what was put over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Put = tuple[float, float, str]
"""Left, foot, words: the letters in the order in which they are painted, from left to right."""

_SIZE = 12
_LETTER = 0.5  # the width of every letter, in sizes


def utf16(text: str) -> str:
    """A string of a PDF that holds any character."""
    return f"<feff{text.encode('utf-16-be').hex()}>"


def widget(box: Sequence[float], kind: str, rest: str) -> str:
    """A field that is its own widget."""
    rect = " ".join(map(str, box))
    return f"<< /Type /Annot /Subtype /Widget /Rect [{rect}] /FT /{kind} /F 4 {rest} >>"


def text_field(box: Sequence[float], value: str = "", rest: str = "") -> str:
    return widget(box, "Tx", f"/V {utf16(value)} {rest}" if value else rest)


def tick_box(left: float, foot: float, state: str = "Off", rest: str = "") -> str:
    box = (left, foot, left + 10, foot + 10)
    return widget(box, "Btn", f"/AS /{state} /V /{state} {rest}")


def note(subtype: str, box: Sequence[float], contents: str, rest: str = "") -> str:
    rect = " ".join(map(str, box))
    return (
        f"<< /Type /Annot /Subtype /{subtype} /Rect [{rect}] /F 4 /Contents {utf16(contents)} "
        f"{rest} >>"
    )


@dataclass
class FormFile:
    """A page with words and annotations; `extra` are objects that those refer to, from 20 on."""

    words: Sequence[Put] = ()
    annotations: Sequence[str] = ()
    extra: Sequence[str] = ()
    form: str = ""
    catalog: str = ""
    page: str = ""
    objects: dict[int, str] = field(default_factory=dict)

    def content(self) -> bytes:
        painted = "\n".join(
            f"BT /F {_SIZE} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"
            for x, y, text in self.words
        )
        self.objects = {
            1: f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] {self.form} >> "
            f"{self.catalog} >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
            f"/Resources << /Font << /F 5 0 R >> >> /Annots [{' '.join(self.annotations)}] "
            f"{self.page} >>",
            4: stream(painted),
            5: "<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H "
            "/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
            6: "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /CIDSystemInfo "
            "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/DW {round(1000 * _LETTER)} /FontDescriptor 8 0 R >>",
            7: stream(
                "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange "
                "<0000> <ffff> endcodespacerange 8 beginbfrange "
                + " ".join(f"<{n:02x}00> <{n:02x}ff> <{n:02x}00>" for n in (*range(7), 0x20))
                + " endbfrange endcmap end"
            ),
            8: "<< /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 -200 1000 800] "
            "/ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
            **dict(enumerate(self.extra, start=20)),
        }
        return self._file()

    def _file(self) -> bytes:
        content = b"%PDF-1.7\n"
        places: dict[int, int] = {}
        for number, text in self.objects.items():
            places[number] = len(content)
            content += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
        table = "".join(
            f"{number} 1\n{place:010} 00000 n \n" for number, place in sorted(places.items())
        )
        size = max(places) + 1
        trailer = f"trailer << /Root 1 0 R /Size {size} >>\nstartxref\n{len(content)}\n%%EOF\n"
        return content + f"xref\n0 1\n0000000000 65535 f \n{table}{trailer}".encode("ascii")


def stream(text: str, rest: str = "") -> str:
    return f"<< /Length {len(text)} {rest} >>\nstream\n{text}\nendstream"


def appearance(text: str) -> str:
    """What an annotation paints, in the font of the page."""
    painted = f"BT /F {_SIZE} Tf 2 5 Td <{text.encode('utf-16-be').hex()}> Tj ET"
    return stream(
        painted,
        "/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F 5 0 R >> >>",
    )
