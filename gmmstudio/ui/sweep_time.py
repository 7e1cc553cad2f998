"""What a search over K and shapes takes: its starts, and about how long it runs."""

from __future__ import annotations

from collections.abc import Sequence

from gmmstudio.document.document import Document
from gmmstudio.mixture.spec import Spec

MODEL = 0.02  # seconds for a model, however few rows there are
FIGURE = 3e-9  # seconds to go over one figure of a row in one pass (measured, one busy processor)
PASSES, SAMPLE_PASSES, SAMPLE_ROWS = 20, 80, 10_000  # over all rows, and over a sample at most
LESS_THAN = ((10, "a few seconds"), (30, "less than half a minute"), (60, "less than a minute"))


def expected_seconds(
    n_rows: int, n_columns: int, components: Sequence[int], n_shapes: int
) -> float:
    """Guess the time of a sweep from the size of its data, to a factor of two or three.

    Parameters
    ----------
    n_rows, n_columns
        Of the data.
    components
        The numbers of clusters.
    n_shapes
        How many different structures.
    """
    passes = PASSES * n_rows + SAMPLE_PASSES * min(n_rows, SAMPLE_ROWS)
    figures = n_columns * (n_columns + 3) / 2
    per_component = FIGURE * passes * figures
    return n_shapes * sum(MODEL + per_component * k for k in components)


def drawn_tries(spec: Spec) -> int:
    """Return how many starts a model of a sweep gets at most.

    Labels and centres serve one K only: a sweep draws its starts in their place.
    """
    if not isinstance(spec.start, str):
        return spec.tries
    return spec.replace(n_components=2).n_tries


def start_note(document: Document) -> str:
    """Say what a sweep starts from where that is not the start chosen; empty where it is."""
    start, table = document.spec.start, document.table
    if document.start_column is not None and table is not None:
        name = table.columns[document.start_column].name
        return f"They start from {start}: the labels of {name} serve one K only."
    if not isinstance(start, str):
        return "They start from k-means++: the start given serves one K only."
    return ""


def time_words(seconds: float) -> str:
    """Say a time as roughly as it is known.

    Examples
    --------
    >>> time_words(3.0), time_words(100.0), time_words(7200.0)
    ('a few seconds', 'about 2 minutes', 'about 2 hours')
    """
    for limit, words in LESS_THAN:
        if seconds < limit:
            return words
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"about {minutes} {'minute' if minutes == 1 else 'minutes'}"
    return f"about {round(minutes / 60)} hours"
