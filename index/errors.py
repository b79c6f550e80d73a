"""Everything that can go wrong, as one tree; every message says what the person can do.

    SanadError
    ├── ReadError               a file could not be read as a document
    │   ├── FileMissing
    │   ├── FormatUnknown
    │   ├── FileEmpty
    │   ├── FileTooLarge
    │   ├── TextTooLong         more characters than one file may hold
    │   ├── EncodingUnknown
    │   ├── FileLocked          a password is needed
    │   ├── FileDamaged         cut off, or not what its format says
    │   ├── FileDisguised       another format than its name says
    │   ├── FileUnsafe          made to harm or to fill the machine
    │   ├── ReadingTooLong      stopped: a limit of time
    │   ├── ReadingTooLarge     stopped: a limit of memory
    │   ├── ReadingCrashed      its parser fell over it
    │   ├── FileDoubtful        its text looks wrong, and `strict` was asked for
    │   ├── OcrMissing          a picture, and no Tesseract to read it
    │   ├── NameInvalid         a text cannot be called that
    │   ├── NameTaken           a text is to be called as another document is
    │   └── NoFile              the text was handed in: there is nothing to read again
    ├── DocumentMissing         no document of that name in the store
    ├── CollectionMissing       no collection of that name in the store
    ├── CollectionInvalid       no name for a collection
    ├── FolderRefused           a folder that may not be watched
    ├── FolderUnknown           no watched folder of that id
    ├── FolderUnreachable       a watched folder is not there, or not open
    ├── StoreError
    │   ├── StoreDamaged
    │   ├── StoreNewer          written by a later version of Sanad
    │   ├── StoreBusy           another process holds the write lock
    │   ├── StoreFull           no room left on its disk
    │   ├── StoreReadOnly       its files or its folder cannot be written
    │   ├── StoreInUse          others have it open, and it was to be replaced
    │   ├── StoreRestoring      a backup is being put in its place
    │   ├── StorePresent        something lies where a backup was to be restored
    │   ├── RestoreNoRoom       its disk has too little room for a backup
    │   ├── IndexUnsaved        what is derived from it could not be kept
    │   └── ModelMismatch       the store was made with another embedding model
    ├── BackupError
    │   ├── BackupMissing       no such file
    │   ├── BackupUnknown       a file of another kind
    │   ├── BackupNewer         written by a later version of Sanad
    │   ├── BackupDamaged       a byte of it is not as it was written
    │   ├── BackupBusy          another process writes to it
    │   ├── BackupFull          no room left on its disk
    │   ├── BackupInside        it would lie in the store that it is to save
    │   └── StateMissing        it holds no state of that number or time
    ├── ModelError
    │   ├── ModelUnknown
    │   ├── ModelMissing        known, but its weights are not on this machine
    │   ├── ModelLicence        terms that a person accepts first
    │   ├── ModelDamaged        a SHA-256 that does not match
    │   ├── ModelNoRoom         its disk has too little room
    │   ├── ModelUnreachable    no source answered
    │   └── ModelNotLoaded      no model of a kind that runs here, or too large for the memory
    └── QuestionInvalid         empty, or longer than can be answered

`rag.errors` adds the errors of answering, `ui.evaluation.errors` that of measuring.

A message is a template with named fields. Callers that show errors in another language
take `type(error)` and `error.fields` and fill a template of their own.
"""

from __future__ import annotations

from typing import ClassVar


class SanadError(Exception):
    """The root. `str(error)` is one line in English that says what to do."""

    template: ClassVar[str] = "Something went wrong: {detail}"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.template.format(**fields))


class ReadError(SanadError):
    template = "{path} could not be read: {detail}. Check the file and add it again."


class FileMissing(ReadError):
    template = "{path} does not exist. Check the path."


class FormatUnknown(ReadError):
    template = "{path} is in a format that is not read. Give one of: {known}."


class FileEmpty(ReadError):
    template = "{path} holds no text. Add a file with text in it."


class FileTooLarge(ReadError):
    template = "{path} holds {size} MB, the limit is {limit} MB. Split it and add the parts."


class TextTooLong(ReadError):
    template = (
        "{path} holds more than {limit} characters of text. Split it and add the parts, "
        "or allow more with SANAD_FILE_CHARACTERS."
    )


class EncodingUnknown(ReadError):
    template = "{path} is not UTF-8 text (byte {byte}). Save it as UTF-8 and add it again."


class FileLocked(ReadError):
    template = "{path} is protected by a password. Save a copy without one and add that."


class FileDamaged(ReadError):
    template = "{path} is damaged: {detail}. Get or save it again, and add it."


class FileDisguised(ReadError):
    template = "{path} is not what its name says: it is {found}. Rename or convert it."


class FileUnsafe(ReadError):
    template = "{path} was not opened: {detail}. Do not add it unless you made it yourself."


class ReadingTooLong(ReadError):
    template = (
        "{path} was given up: one step of reading it took over {seconds} s. "
        "Save it in another format, or split it."
    )


class ReadingTooLarge(ReadError):
    template = (
        "{path} was given up: reading it takes over {limit} MB of memory. "
        "Save it in another format, or split it."
    )


class ReadingCrashed(ReadError):
    template = "{path} was given up: its reader crashed. Save it in another format and add that."


class FileDoubtful(ReadError):
    template = "{path} was left out: its text looks wrong. Add it without --strict to keep it."


class OcrMissing(ReadError):
    template = (
        "{path} is a picture, and reading pictures needs Tesseract with Arabic and English. "
        "Install tesseract-ocr and tesseract-ocr-ara, and add it again."
    )


class NameInvalid(ReadError):
    template = "{path} cannot be the name of a document: {detail}. Give the text another name."


class NameTaken(ReadError):
    template = (
        "{path} is the name of another document, which is not replaced. "
        "Give the text another name, or remove that document first."
    )


class NoFile(ReadError):
    template = (
        "{path} has no file that could be read again, since its text was handed in. "
        "Hand in the text again where it has changed."
    )


class DocumentMissing(SanadError):
    template = "There is no document named {name}. `sanad list` shows the names."


class CollectionMissing(SanadError):
    template = "There is no collection named {name}. `sanad collections` shows the names."


class CollectionInvalid(SanadError):
    template = (
        "{name} cannot be the name of a collection. "
        "Take letters, digits, spaces and - _ . between them, at most {limit}."
    )


class FolderRefused(SanadError):
    template = "{path} cannot be followed: {detail}. Name another folder."


class FolderUnknown(SanadError):
    template = "No watched folder has the id {id}. The list of watched folders has their ids."


class FolderUnreachable(SanadError):
    template = (
        "{path} cannot be reached: {detail}. Its documents stay; "
        "it is watched again as soon as it is back."
    )


class StoreError(SanadError):
    template = "The store at {path} cannot be used: {detail}."


class StoreDamaged(StoreError):
    template = (
        "The store at {path} is damaged: {detail}. `sanad verify` says what, "
        "and `sanad repair` saves what can be read."
    )


class StoreNewer(StoreError):
    template = "The store at {path} was written by a later version of Sanad. Update Sanad."


class StoreBusy(StoreError):
    template = "Another program is writing to the store at {path}. Try again when it has finished."


class StoreFull(StoreError):
    template = (
        "The disk of the store at {path} is full. What was finished is kept. Free some room there "
        "(removing documents does too), and do the same again."
    )


class StoreReadOnly(StoreError):
    template = (
        "The store at {path} cannot be changed: its files or its folder are read-only. "
        "Documents can still be listed, searched and asked."
    )


class StoreInUse(StoreError):
    template = (
        "The store at {path} is in use: a server or another command has it open. Stop it, and "
        "restore again. Nothing was changed."
    )


class StoreRestoring(StoreError):
    template = "The store at {path} is being restored. Try again when that has finished."


class StorePresent(StoreError):
    template = (
        "There are files in {path} already. Add --replace to put the backup in the place of the "
        "store there, or name another folder with --store."
    )


class RestoreNoRoom(StoreError):
    template = (
        "Restoring needs {size} MB of room in {path}, and {free} MB are free there. Free some, or "
        "name a folder on another disk with --store. Nothing was changed."
    )


class IndexUnsaved(StoreError):
    template = (
        "The documents are in the store, but the search index beside them could not be written "
        "to {path}: {detail}. It is made again at each start until it can be."
    )


class ModelMismatch(StoreError):
    template = (
        "The store at {path} was made with {stored}, but {wanted} is set. "
        "Set {stored} again, or run `sanad rebuild` to change the store to {wanted}."
    )


class BackupError(SanadError):
    template = "The backup {path} cannot be used: {detail}."


class BackupMissing(BackupError):
    template = "There is no backup at {path}. Check the path."


class BackupUnknown(BackupError):
    template = (
        "{path} is no backup of Sanad. Name a file that `sanad backup` made, or one that is not "
        "there yet."
    )


class BackupNewer(BackupError):
    template = "The backup {path} was written by a later version of Sanad. Update Sanad."


class BackupDamaged(BackupError):
    template = (
        "The backup {path} is damaged: {detail}. Take another copy of the file, or another state "
        "of it with --at."
    )


class BackupBusy(BackupError):
    template = "Another backup is being written to {path}. Try again when it has finished."


class BackupFull(BackupError):
    template = (
        "The disk of the backup {path} is full. What it held before is kept. Free some room "
        "there, or name a file on another disk."
    )


class BackupInside(BackupError):
    template = (
        "{path} lies in the folder of the store. Name a file outside of it, best on another disk."
    )


class StateMissing(BackupError):
    template = (
        "The backup {path} holds no state {wanted}. `sanad backup --list {path}` shows what it "
        "holds."
    )


class ModelError(SanadError):
    template = "The model {name} cannot be used: {detail}."


class ModelUnknown(ModelError):
    template = (
        "There is no model {name}. `sanad models` lists the known ones; "
        "a folder, a GGUF file or a hub name (owner/model) can be given too."
    )


class ModelMissing(ModelError):
    template = "The model {name} is not on this machine. Run `sanad models pull {name}`."


class ModelLicence(ModelError):
    template = (
        "{name} is under the {licence} ({terms}). Read them, and if you accept, run "
        "`sanad models pull {name} --accept-licence`."
    )


class ModelDamaged(ModelError):
    template = (
        "{file} of {name} has another SHA-256 than it should and was thrown away. "
        "Run `sanad models pull {name}` again."
    )


class ModelNoRoom(ModelError):
    template = (
        "{name} needs {size} MB of room in {path}, and {free} MB are free there. Free some, or "
        "name a folder on another disk in SANAD_CACHE, and run `sanad models pull {name}` again."
    )


class ModelUnreachable(ModelError):
    template = (
        "{name} could not be fetched: {detail}. Check the connection and run "
        "`sanad models pull {name}` again; finished parts are kept."
    )


class ModelNotLoaded(ModelError):
    template = (
        "The model {name} could not be loaded: {file} is damaged, of a kind that does not run "
        "here, or too large for this machine's memory. Choose another model."
    )


class QuestionInvalid(SanadError):
    template = "The question cannot be asked: {detail}."
