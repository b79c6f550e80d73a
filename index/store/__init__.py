"""The store: one SQLite file that holds documents, passages, vectors and full text."""
