"""Sentences of the report, beyond those that the window says too: made from numbers alone."""

from __future__ import annotations

from collections.abc import Sequence

from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.report import apart, formats
from gmmstudio.report.markup import Text, bold, text
from gmmstudio.report.outlier_figures import value_words
from gmmstudio.report.phrases import Model, capital, listed, model_words, points

STARTS = {
    "k-means++": "drawn by k-means++",
    "random": "drawn at random",
    "hierarchical": "found by merging rows pair by pair",
}

SCALES = {
    "standard": "was divided by its standard deviation",
    "robust": "was divided by its interquartile range over that of a Gaussian",
}


def n_of(n: int, noun: str, plural: str = "") -> str:
    """Say a number of things: "1 column", "12 columns"."""
    return f"{formats.count(n)} {noun if n == 1 else plural or noun + 's'}"


def source(table_name: str, file: str | None, n_rows: int, n_columns: int) -> str:
    """Say where the table comes from and how large it is."""
    size = f"{formats.rows(n_rows)} and {n_of(n_columns, 'column')}"
    if file is None:
        return f"The table {table_name} has {size}. It was not read from a file."
    return f"The table {table_name} was read from the file {file}. It has {size}."


def sampled(n_rows: int, n_in_file: int, seed: int) -> str:
    """Say that the table is a sample of its file."""
    return (
        f" These {formats.rows(n_rows)} are a random sample of the {formats.rows(n_in_file)} of "
        f"the file (seed {seed}): every figure here is of the sample."
    )


def used(n_used: int, n_rows: int) -> Text:
    """Say how many rows took part."""
    if n_used == n_rows:
        return text(bold(f"All {formats.rows(n_rows)}"), " took part in the fit.")
    return text(bold(f"{formats.count(n_used)} of the {formats.rows(n_rows)}"), " took part.")


def row_list(numbers: Sequence[int], most: int = 20) -> str:
    """Name rows by their number in the table: "row 4", "rows 4, 9 and 3 more"."""
    said = [formats.count(number) for number in numbers[:most]]
    if len(numbers) == 1:
        return f"row {said[0]}"
    if len(numbers) <= most:
        return f"rows {listed(said)}"
    return f"rows {', '.join(said)} and {formats.count(len(numbers) - most)} more"


def scaled(scale: str, *, free: bool) -> str:
    """Say in what columns were measured, and whether that matters for the shape."""
    matters = (
        "The shape does not depend on it: only the starts do."
        if free
        else "This shape depends on the units of the columns."
    )
    if scale == "none":
        return f"The columns were fitted in their own units. {matters}"
    how = SCALES.get(scale, f"was scaled ({scale})")
    return f"For the fit each column {how}; every figure here is in its own units again. {matters}"


def logged(names: Sequence[str]) -> Text:
    """Say which columns are natural logarithms; empty if none are."""
    if not names:
        return ()
    those = (
        "is the natural logarithm of its column"
        if len(names) == 1
        else ("are the natural logarithms of their columns")
    )
    return text(f"{capital(listed(names))} {those}, and so are all figures of it here.")


def began(start: str, n_tries: int, seed: int | None) -> str:
    """Say where EM began."""
    if start not in STARTS:
        return f"EM began from {start}."
    how = STARTS[start]
    if n_tries == 1:
        tries = f"EM began from one start {how}"
    else:
        tries = f"EM began from {formats.count(n_tries)} starts {how}"
    return f"{tries} (seed {seed})." if seed is not None else f"{tries}."


def ended(ended_as: str, n_iterations: int) -> str:
    """Say how a fit ended."""
    after = n_of(n_iterations, "iteration")
    return {
        "converged": f"It converged after {after}.",
        "max_iter": f"It had not converged after the {after} allowed.",
        "cancelled": f"It was stopped by hand after {after}.",
        "collapsed": f"It collapsed after {after}.",
        "near": f"It came near the maximum in {after}, as a search looks.",
    }[ended_as]


def not_compared(k: int) -> Text:
    """Say that only one model was fitted."""
    return text(
        f"No other model was compared with this one: K{formats.GAP}={formats.GAP}"
        f"{formats.count(k)} was chosen by hand, and the data were not asked. “Find the best K” "
        "fits several numbers of clusters and shapes, and compares them by BIC."
    )


def chosen(shown: Model, lead: float) -> Text:
    """Say that the report is about another model than the best.

    Parameters
    ----------
    shown
        The model of the report.
    lead
        Its BIC minus that of the best.
    """
    way = "higher" if lead > 0 else "lower"
    return text(
        f"This report is about {model_words(shown)}, whose BIC is {points(abs(lead))} {way}."
    )


def sizes(name: str, size: str) -> Text:
    """Say how large a cluster is."""
    return text(bold(name), f" holds {size}.")


def traits(said: Sequence[tuple[str, float, str, str]]) -> Text:
    """Say what sets a cluster apart.

    Parameters
    ----------
    said
        For each column its name, the difference in standard deviations, and both means written.
    """
    if not said:
        return text("In no column does its mean differ clearly from that of the other clusters.")
    parts = [
        f"{trait_words(name, difference)} ({own} against {other})"
        for name, difference, own, other in said
    ]
    return text(
        f"Compared with the mean of the other clusters, its {listed(parts)}"
        f"{'' if abs(said[0][1]) >= apart.CLEARLY else '; no column sets it clearly apart'}."
    )


def trait_words(name: str, difference: float) -> str:
    """Say how a column differs: "mass is much higher"."""
    way = "higher" if difference > 0 else "lower"
    if abs(difference) >= apart.MUCH:
        return f"{name} is much {way}"
    return f"{name} is {way}" if abs(difference) >= apart.CLEARLY else f"{name} is slightly {way}"


def trait_in_short(name: str, difference: float) -> str:
    """Say it in a table: "mass much higher"."""
    return trait_words(name, difference).replace(f"{name} is ", f"{name} ", 1)


def correlated(first: str, second: str, correlation: float) -> str:
    """Say how two columns go together within a cluster."""
    way = "rise together" if correlation > 0 else "go opposite ways"
    written = formats.fixed(correlation, 2)
    return f"Within it, {first} and {second} {way} (correlation {written})."


def certainty(share: str, n_between: int, neighbour: str, n_neighbour: int) -> str:
    """Say how certain the rows of a cluster are, and to which cluster those between it lean.

    Parameters
    ----------
    share
        The mean certainty, written.
    n_between
        Its rows that sit between clusters.
    neighbour, n_neighbour
        The other cluster that most of them are near, and how many; empty where that is not known.
    """
    said = f"Its rows belong to it with a mean certainty of {share}"
    if n_between == 0:
        return f"{said}; none sits between clusters."
    sit = "sits" if n_between == 1 else "sit"
    said = f"{said}; {formats.count(n_between)} {sit} between clusters"
    if not neighbour:
        return f"{said}."
    if n_neighbour == n_between:
        which = "" if n_between == 1 else "all of them "
        return f"{said}, {which}next to {neighbour}."
    return f"{said}, {formats.count(n_neighbour)} of them next to {neighbour}."


def marked_in(n: int) -> str:
    """Say how many rows of a cluster are outliers."""
    return f"{capital(n_of(n, 'row'))} of it {'is' if n == 1 else 'are'} marked as outliers."


def rule(which: OutlierRule, line: str) -> str:
    """Say which rows are outliers."""
    value = value_words(which)
    if which.kind == "percentile":
        return (
            f"A row is marked as an outlier if it is among the {value} of the rows that the model "
            f"finds least likely: its log-density is below {line}."
        )
    if which.kind == "density":
        return f"A row is marked as an outlier if its log-density is below {value}."
    return (
        f"A row is marked as an outlier if it lies outside the region that holds the inner {value} "
        f"of its own cluster: its squared Mahalanobis distance is above {line}, the quantile of "
        "the χ² distribution."
    )


def marked(n: int, n_rows: int, share: str) -> Text:
    """Say how many rows are outliers."""
    if n == 0:
        return text("No row is marked.")
    of = f" of the {formats.rows(n_rows)}"
    return text(bold(formats.count(n)), of, f" {'is' if n == 1 else 'are'} marked, {share}.")
