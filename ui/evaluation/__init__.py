"""Measuring Sanad and fitting its gate: `sanad eval` and `sanad calibrate`; no answer needs it.

commands.py     the commands themselves, and tables.py: what they print for people
retrieval.py    how good the search is, on files in SQuAD format (squad.py)
answers.py      how good the answers are; parallel.py asks several questions at once
answer_log.py   every answer of an evaluation, on disk
compare.py      two such logs, question by question
calibrate.py    the rules of the gate, fitted to the embedding models in force
metrics.py      the figures of all of them
"""
