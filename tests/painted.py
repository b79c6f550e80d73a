"""PDF files painted by hand: what stands where on their pages, with nothing in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WIDTH, HEIGHT = 595, 842


def words(x: float, y: float, text: str, size: float = 11) -> str:
    """Text whose line begins at `x`, `y`, in points from the page's lower left corner."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET"


def lines(
    texts: Iterable[str], *, x: float = 70, top: float = 760, pitch: float = 14, size: float = 11
) -> list[str]:
    """Lines one below the other."""
    return [words(x, top - number * pitch, text, size) for number, text in enumerate(texts)]


def painted(pages: Sequence[Sequence[str]], *, font: str = "Helvetica") -> bytes:
    """A PDF whose pages are painted by these operators, in their order."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}/MediaBox[0 0 {WIDTH} {HEIGHT}]>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding>>",
    ]
    for number, operators in enumerate(pages):
        painting = "\n".join(operators)
        bodies.append(
            "<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>"
        )
        bodies.append(f"<</Length {len(painting.encode('cp1252'))}>>stream\n{painting}\nendstream")
    content = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    content += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    content += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(bodies) + 1)
    return content + b"startxref\n%d\n%%%%EOF\n" % table
