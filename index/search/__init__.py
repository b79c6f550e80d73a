"""Search: query -> candidates -> signals -> hits."""
