"""Text: its sentences, lines, words, names and codes, and passages cut from it."""
