"""Which files are to be read: new ones, changed ones, and those that would be read better now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.errors import DocumentMissing, ReadError
from index.folders import Hashes, is_gone
from index.readers.doubtful import DOUBTFUL
from index.readers.reading import Reading
from index.report import Failure, Report
from index.store.store import Store
from index.text.document_names import readable
from index.types import DocumentRecord


def files_to_read(
    files: Sequence[Path],
    known: Mapping[str, DocumentRecord],
    store: Store,
    hashes: Hashes,
    report: Report,
    strict: bool,
    again: bool,
) -> Iterator[Path]:
    """The files that have to be read; of the others the report is told.

    `known` are the documents of these files by their paths. A file that was only moved keeps its
    document. With `again` a file that has not changed is read too.
    """
    for file in files:
        try:
            sha256 = hashes.of(file)
        except ReadError as error:
            report.failed.append(Failure(readable(file), error))
            continue
        record = known.get(str(file))
        kept = record is not None and record.sha256 == sha256 and not again
        if record is not None and kept and not _reads_better(record, strict):
            report.unchanged.append(record.name)
            continue
        twins = store.records_where("sha256", [sha256]) if record is None else []
        moved = next((twin for twin in twins if _was_moved(twin, file)), None)
        if moved is not None:
            report.renamed.append(store.move(moved.id, str(file)))
            continue
        yield file


def reads_as_kept(reading: Reading, record: DocumentRecord, store: Store) -> bool:
    """Whether the store holds exactly what was read, so that nothing has to be embedded."""
    try:
        kept = store.document(record.name)
    except DocumentMissing:  # removed meanwhile
        return False
    return reading.sha256 == record.sha256 and replace(reading.document, name=record.name) == kept


def _was_moved(record: DocumentRecord, file: Path) -> bool:
    """Whether `file`, of the same contents, is the file of the record under another name."""
    if record.file is None or record.file.suffix.lower() != file.suffix.lower():
        return False
    return is_gone(record.path)


def _reads_better(record: DocumentRecord, strict: bool) -> bool:
    """Whether reading the same file again would give more, or less, than the store holds."""
    kinds = {warning.kind for warning in record.warnings}
    if "ocr_missing" in kinds:
        from index.readers.ocr import available

        if available():
            return True
    return bool(kinds & DOUBTFUL) if strict else "left_out" in kinds
