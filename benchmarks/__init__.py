"""Measurements, each a module to run by itself: `python -m benchmarks.growth`.

Machines are noisy: compare what one run prints side by side, not figures of different runs.
"""
