"""Numbers, units, dates, times and names: read in both languages, compared, and put over.

words.py    the small words beside values, English and Arabic side by side
units.py    what is counted, and how it agrees with its number
tokens.py   a text in words, numbers and signs
numbers.py  numbers in digits and in words
dates.py    dates, weekdays and times of day
item.py     a value or small word as either language writes it
readers.py  amounts, places, bounds and the rest of what stands in values
render.py   values in the other language, and the values that two texts share
figures.py  whether each figure of a sentence stands in its sources
amounts.py  numbers with units, to reckon with
names.py    Arabic names in Latin letters

Each file uses only those above it; names.py uses none.
"""

from rag.values.amounts import Amount, agree, amounts, unit_named, with_unit
from rag.values.dates import spelt_day
from rag.values.figures import figures_held, full_dates
from rag.values.names import is_name, latin_name
from rag.values.render import facts, rendered, values_in, with_values
from rag.values.units import MONEY, TIMES, unit_of
from rag.values.words import MONTHS, WEEKDAYS

__all__ = [
    "MONEY",
    "MONTHS",
    "TIMES",
    "WEEKDAYS",
    "Amount",
    "agree",
    "amounts",
    "facts",
    "figures_held",
    "full_dates",
    "is_name",
    "latin_name",
    "rendered",
    "spelt_day",
    "unit_named",
    "unit_of",
    "values_in",
    "with_unit",
    "with_values",
]
