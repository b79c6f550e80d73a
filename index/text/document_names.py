"""How documents are called: names are compared in one form, whatever a system writes them in.

One and the same name may be spelt with composed letters (NFC) or with letters and marks (NFD, as
some file systems give it). Names are kept composed; paths stay as they lie on the disk.
"""

from __future__ import annotations

import itertools
import os
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath

TEXT = "text:"
"""How the path of a document begins whose text was handed in under a name."""
READER = "reader:"
"""How that of a document begins which another program's reader made of the file behind it."""


def as_kept(name: str) -> str:
    """The form in which a name is kept and looked for; what is no text in it is replaced."""
    return unicodedata.normalize("NFC", name.encode(errors="replace").decode())


def is_text(name: str | os.PathLike[str]) -> bool:
    """Whether a file's name is text: bytes that are no UTF-8 stand in it as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in str(name))


def readable(name: str | os.PathLike[str]) -> str:
    """The name with such bytes written out (caf\\xe9.txt), so that it can be shown anywhere."""
    return os.fsencode(name).decode(errors="backslashreplace") if not is_text(name) else str(name)


def has_file(path: str) -> bool:
    """Whether a document of that path was read from a file that may still lie there."""
    return not path.startswith((TEXT, READER))  # the paths of files begin at a root


def names_for(path: str) -> Iterator[str]:
    """What a document of that path may be called, the best first, without end."""
    if path.startswith(TEXT):
        ends = [as_kept(path.removeprefix(TEXT))]
    else:
        whole = as_kept(path.removeprefix(READER))
        parts = PurePath(whole).parts
        ends = [*("/".join(parts[-count:]) for count in range(1, len(parts))), whole]
    yield from ends
    # Paths may differ and yet be one name, in two forms.
    yield from (f"{ends[0]} ({count})" for count in itertools.count(2))
