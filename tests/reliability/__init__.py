"""Counts of what must never happen, with seeds; ``python -m tests.reliability`` prints them."""
