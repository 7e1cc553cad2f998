"""What a search over K and shapes takes: its starts, and the time, going by the fit shown."""

from __future__ import annotations

from collections.abc import Sequence

from gmmstudio.document.document import Document
from gmmstudio.mixture.spec import Spec

LESS_THAN = ((10, "a few seconds"), (30, "less than half a minute"), (60, "less than a minute"))


def expected_seconds(document: Document, components: Sequence[int], n_shapes: int) -> float | None:
    """Guess the time of a sweep; None where no fit of these rows and columns tells.

    An iteration takes time in proportion to K; larger K need more iterations, about as many more.

    Parameters
    ----------
    document
        With the fit to go by.
    components
        The numbers of clusters.
    n_shapes
        How many different structures.
    """
    record = document.record
    if record is None or record.table_id != document.table_id or record.seconds <= 0:
        return None
    fit = record.fit
    if fit.collapsed is not None or record.preparation.columns != document.preparation.columns:
        return None
    if fit.ended == "cancelled":
        return None
    tries, one_try = drawn_tries(document.spec), record.seconds / max(len(fit.attempts), 1)
    per_shape = sum(
        one_try * (tries if k > 1 else 1) * (k / fit.n_components) ** 1.5 for k in components
    )
    return per_shape * n_shapes


def drawn_tries(spec: Spec) -> int:
    """Return how many starts a model of a sweep gets.

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
