"""SQL: the tables of a store, and every statement that reads or writes them."""

from __future__ import annotations

from index.types import RecordKey

NAMES_BY, NAMES = "names", "NFC"
"""A fact about a store: the form in which its documents are called (`text.document_names`)."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    language TEXT NOT NULL,
    added TEXT NOT NULL,
    pages TEXT NOT NULL,
    headings TEXT NOT NULL,
    tables TEXT NOT NULL,
    warnings TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX documents_of_file ON documents (sha256);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    page INTEGER,
    language TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX passages_of_document ON passages (document);
CREATE INDEX passages_of_language ON passages (language);
CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX sentences_of_passage ON sentences (passage);
CREATE TABLE words (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    language TEXT NOT NULL,
    token TEXT NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (language, token)
);
CREATE TABLE staged (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    recipe TEXT NOT NULL,
    piece INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    passages TEXT NOT NULL,
    passage_vectors BLOB NOT NULL,
    sentence_vectors BLOB NOT NULL,
    PRIMARY KEY (document, recipe, piece)
);
CREATE VIRTUAL TABLE fulltext_ar USING fts5 (tokens, tokenize = 'ascii');
CREATE VIRTUAL TABLE fulltext_en USING fts5 (tokens, tokenize = 'ascii');
CREATE VIRTUAL TABLE terms_ar USING fts5vocab (fulltext_ar, 'row');
CREATE VIRTUAL TABLE terms_en USING fts5vocab (fulltext_en, 'row');
"""

# What makes a store of format 1 one of format 2, and so on. Format 5 keeps vectors of sentences and
# words in fewer bytes; those that are there already stay as they are.
TABLES_COME = "ALTER TABLE documents ADD COLUMN tables TEXT NOT NULL DEFAULT '[]'"
WORDS_COME = (
    "CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " language TEXT NOT NULL, token TEXT NOT NULL, vector BLOB NOT NULL, UNIQUE (language, token))"
)

HASHES_COME = "CREATE INDEX IF NOT EXISTS documents_of_file ON documents (sha256)"

# Documents are staged in pieces; what an interrupted rebuild had staged is done again.
PIECES_COME = (
    "DROP TABLE staged",
    "CREATE TABLE staged ("
    " document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,"
    " recipe TEXT NOT NULL, piece INTEGER NOT NULL, complete INTEGER NOT NULL,"
    " passages TEXT NOT NULL, passage_vectors BLOB NOT NULL, sentence_vectors BLOB NOT NULL,"
    " PRIMARY KEY (document, recipe, piece))",
)

# One statement per language, written out, so that no name is ever pasted into SQL.
BEST_BY_WORDS = {
    "ar": "SELECT rowid FROM fulltext_ar WHERE fulltext_ar MATCH ? ORDER BY rank LIMIT ?",
    "en": "SELECT rowid FROM fulltext_en WHERE fulltext_en MATCH ? ORDER BY rank LIMIT ?",
}
BEST_BY_WORDS_AMONG = {
    "ar": (
        "SELECT rowid FROM fulltext_ar WHERE fulltext_ar MATCH ?"
        " AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?"
    ),
    "en": (
        "SELECT rowid FROM fulltext_en WHERE fulltext_en MATCH ?"
        " AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?"
    ),
}
WORD_VECTORS = (
    "SELECT token, vector FROM words"
    " WHERE language = ? AND token IN (SELECT value FROM json_each(?))"
)
LAST_WORD = "SELECT coalesce(max(id), 0) FROM words"
WORDS_BY_ID = (
    "SELECT vector FROM words WHERE id IN (SELECT value FROM json_each(?)) AND language = ?"
)
KNOWN_WORDS = (
    "SELECT token FROM words WHERE language = ? AND token IN (SELECT value FROM json_each(?))"
)
INSERT_TOKENS = {
    "ar": "INSERT INTO fulltext_ar (rowid, tokens) VALUES (?, ?)",
    "en": "INSERT INTO fulltext_en (rowid, tokens) VALUES (?, ?)",
}
DELETE_TOKENS = {
    "ar": "DELETE FROM fulltext_ar WHERE rowid = ?",
    "en": "DELETE FROM fulltext_en WHERE rowid = ?",
}
MERGE = {
    "ar": "INSERT INTO fulltext_ar (fulltext_ar) VALUES ('optimize')",
    "en": "INSERT INTO fulltext_en (fulltext_en) VALUES ('optimize')",
}
CHECK_TOKENS = {
    "ar": "INSERT INTO fulltext_ar (fulltext_ar) VALUES ('integrity-check')",
    "en": "INSERT INTO fulltext_en (fulltext_en) VALUES ('integrity-check')",
}
# Words that no passage holds any more leave nothing behind.
FORGET_WORDS = {
    "ar": "DELETE FROM words WHERE language = 'ar' AND token NOT IN (SELECT term FROM terms_ar)",
    "en": "DELETE FROM words WHERE language = 'en' AND token NOT IN (SELECT term FROM terms_en)",
}
# Many ids go in as one JSON list.
TOKENS_OF = {
    "ar": "SELECT rowid, tokens FROM fulltext_ar WHERE rowid IN (SELECT value FROM json_each(?))",
    "en": "SELECT rowid, tokens FROM fulltext_en WHERE rowid IN (SELECT value FROM json_each(?))",
}
PASSAGE_VECTORS = (
    "SELECT id, vector FROM passages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
VECTORS_OF_SENTENCES = (
    "SELECT id, vector FROM sentences WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
SENTENCE_VECTORS = (
    "SELECT passage, id, vector FROM sentences"
    " WHERE passage IN (SELECT value FROM json_each(?)) ORDER BY passage, start"
)
TERM_COUNT = {
    "ar": "SELECT doc FROM terms_ar WHERE term = ?",
    "en": "SELECT doc FROM terms_en WHERE term = ?",
}
WORDS_LIKE = (
    "SELECT token FROM words WHERE language = ?1 AND token >= ?2 AND token < ?3"
    " AND length(token) BETWEEN ?4 AND ?5"
    " AND (substr(token, 1, length(?6)) = ?6 OR substr(token, -length(?7)) = ?7)"
)
RECORDS = (
    "SELECT d.id, d.name, d.path, d.language, d.pages, d.sha256, d.added, d.warnings,"
    " (SELECT count(*) FROM passages p WHERE p.document = d.id)"
    " FROM documents d ORDER BY d.name"
)
RECORDS_OF = (
    "SELECT d.id, d.name, d.path, d.language, d.pages, d.sha256, d.added, d.warnings,"
    " (SELECT count(*) FROM passages p WHERE p.document = d.id)"
    " FROM documents d WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.name"
)
DOCUMENT_IDS: dict[RecordKey, str] = {
    "id": "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))",
    "name": "SELECT id FROM documents WHERE name IN (SELECT value FROM json_each(?))",
    "path": "SELECT id FROM documents WHERE path IN (SELECT value FROM json_each(?))",
    "sha256": "SELECT id FROM documents WHERE sha256 IN (SELECT value FROM json_each(?))",
}
PASSAGE_COUNT = "SELECT count(*) FROM passages WHERE language = ? AND id > ?"
IDS_OF_LANGUAGE = "SELECT id FROM passages WHERE language = ? ORDER BY id"
# The same of some documents alone, whose ids are one JSON list.
IDS_OF_DOCUMENTS = (
    "SELECT id FROM passages WHERE language = ?"
    " AND document IN (SELECT value FROM json_each(?)) ORDER BY id"
)
ALL_VECTORS = {
    "passages": "SELECT vector FROM passages",
    "sentences": "SELECT vector FROM sentences",
}
VECTORS_AFTER = "SELECT id, vector FROM passages WHERE language = ? AND id > ? ORDER BY id"
