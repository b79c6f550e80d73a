"""How documents are called: names are compared in one form, whatever a system writes them in.

One and the same name may be spelt with composed letters (NFC) or with letters and marks (NFD, as
some file systems give it). Names are kept composed; paths stay as they lie on the disk.
"""

from __future__ import annotations

import os
import unicodedata


def as_kept(name: str) -> str:
    """The form in which a name is kept and looked for; what is no text in it is replaced."""
    return unicodedata.normalize("NFC", name.encode(errors="replace").decode())


def is_text(name: str | os.PathLike[str]) -> bool:
    """Whether a file's name is text: bytes that are no UTF-8 stand in it as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in str(name))


def readable(name: str | os.PathLike[str]) -> str:
    """The name with such bytes written out (caf\\xe9.txt), so that it can be shown anywhere."""
    return os.fsencode(name).decode(errors="backslashreplace") if not is_text(name) else str(name)
