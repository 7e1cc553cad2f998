"""Sentences of the report, beyond those that the window says too: made from numbers alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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


NEAR = (
    " Models that cannot be the best were only brought near their maximum, so that their last "
    "digits may differ from those of a full fit."
)

BLENDED = (
    ": for many rows another cluster is nearly as likely, so a single label says little, and fewer "
    "clusters may do as well."
)

ABOUT_OUTLIERS = (
    "Rows are counted from the first below the names. Log-density: how expected the model finds a "
    "row, the lower the less. Squared distance: how far a row lies from the middle of its cluster, "
    "measured in the cluster's spread (squared Mahalanobis distance)."
)


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


def row_list(numbers: NDArray[np.int64], most: int = 16) -> str:
    """Name rows by their number in the table: "row 4", "rows 4–9, 12 and 3 more"."""
    if len(numbers) == 1:
        return f"row {formats.count(int(numbers[0]))}"
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
    parts = [part for run in runs[:most] for part in _run(run.tolist())]
    if len(runs) <= most:
        return f"rows {listed(parts)}"
    more = sum(len(run) for run in runs[most:])
    return f"rows {', '.join(parts)} and {formats.count(more)} more"


def _run(numbers: list[int]) -> tuple[str, ...]:
    """Write numbers that follow each other: as they are, or the first and the last."""
    if len(numbers) > 2:
        return (f"{formats.count(numbers[0])}–{formats.count(numbers[-1])}",)
    return tuple(map(formats.count, numbers))


def scaled(scale: str, *, free: bool) -> str:
    """Say in what columns were measured, and whether that matters for the shape."""
    if scale == "none":
        said = "The columns were fitted in their own units. "
        if free:
            return f"{said}With this shape other units would lead to the same clusters."
        return f"{said}With this shape other units, such as cm for m, would lead to other clusters."
    how = SCALES.get(scale, f"was scaled ({scale})")
    said = f"For the fit each column {how}; every figure here is in the column's own units again. "
    would = "the same clusters" if free else "other clusters"
    return f"{said}With this shape a fit without that would lead to {would}."


def logged(names: Sequence[str]) -> Text:
    """Say which columns are natural logarithms; empty if none are."""
    if not names:
        return ()
    if len(names) == 1:
        return text(
            f"The column {names[0]} holds natural logarithms, and so do all figures of it here."
        )
    said = "hold natural logarithms, and so do all figures of them here."
    return text(f"The columns {listed(names)} {said}")


def dated(names: Sequence[str]) -> Text:
    """Say in what dates are counted; empty where none take part."""
    if not names:
        return ()
    return text(f"Dates are counted in days from the first of January 1970: {listed(names)}.")


def began(start: str, n_tries: int, seed: int | None, n_sampled: int = 0) -> str:
    """Say where EM began.

    Parameters
    ----------
    start
        What the starts are called, or what a single one was made from.
    n_tries
        How many there were.
    seed
        Of those drawn.
    n_sampled
        The rows on which they were compared, where these were not all.
    """
    if start not in STARTS:
        return f"EM began from {start}."
    how = STARTS[start]
    if n_tries == 1:
        tries = f"EM began from one start {how}"
    else:
        tries = f"EM began from {formats.count(n_tries)} starts {how}"
    if seed is not None:
        tries += f" (seed {seed})"
    if n_sampled:
        best = "went on with all rows" if n_tries == 1 else "the best of them went on with all rows"
        tries += f", at first on {formats.rows(n_sampled)} drawn at random; {best}"
    return f"{tries}."


def found_in_search(n_tries: int, seed: int) -> str:
    """Say where EM began for a model of a search: from the best of many starts."""
    best = "the best one" if n_tries == 1 else f"the {formats.count(n_tries)} best"
    return f"The search looked briefly at many starts (seed {seed}), and EM went on from {best}."


ONE_STEP = "One cluster needs no search: its one maximum is known at once."


def in_doubt(kind: str, n_iterations: int) -> Text:
    """Say to a reader, who has no button to press, what is wrong with a fit; empty if known.

    Parameters
    ----------
    kind
        Of `sentences.Advice`.
    n_iterations
        Of the fit.
    """
    after = n_of(n_iterations, "iteration")
    said = {
        "out-of-date": (
            "Out of date", ": data or model were changed after this fit, and it was not repeated."
        ),
        "cancelled": ("Stopped early", f": the fit was ended by hand after {after}."),
        "not-converged": (
            "Not converged",
            f": the fit was stopped after the {after} allowed, while the log-likelihood was still "
            "rising.",
        ),
        "near": (
            "Looked at quickly",
            ": this model is from a search, which came near its maximum and no further.",
        ),
    }.get(kind)  # fmt: skip
    return () if said is None else text(bold(said[0]), said[1])


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


def compared_before(least: int, most: int, best: Model) -> Text:
    """Say that models were compared on other data than those of the fit."""
    gap = formats.GAP
    return text(
        f"The best K was looked for before data or model were changed: from K{gap}={gap}{least} to "
        f"{most}, BIC preferred {model_words(best)} then. For what this report is about it was not "
        "looked for again: “Find the best K” does so."
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


def not_comparable(shown: Model) -> Text:
    """Say that the model of the report collapsed, so that its BIC cannot be compared."""
    return text(
        f"This report is about {model_words(shown)}, in which a cluster collapsed: its likelihood "
        "has no maximum, and its BIC compares with none of these."
    )


def sizes(name: str, size: str) -> Text:
    """Say how large a cluster is."""
    return text(bold(name), f" holds {size}.")


def traits(said: Sequence[tuple[str, float, str, str]], *, others: str) -> Text:
    """Say what sets a cluster apart.

    Parameters
    ----------
    said
        For each column its name, the difference in standard deviations, and both means written.
    others
        "the other clusters", or what the only other one is called.
    """
    if not said:
        return text(f"In no column does its mean differ clearly from that of {others}.")
    parts = [
        f"{trait(name, difference)} ({own} against {other})"
        for name, difference, own, other in said
    ]
    return text(
        f"Compared with the mean of {others}: {listed(parts)}"
        f"{'' if abs(said[0][1]) >= apart.CLEARLY else '; no column sets it clearly apart'}."
    )


def nearest(name: str, column: str, own: str, other: str) -> str:
    """Say which cluster is most like one, and in what they differ most."""
    return f"Most like it is {name}; they differ most in {column} ({own} against {other})."


def trait(name: str, difference: float) -> str:
    """Say how a column differs: "mass much higher"."""
    way = "higher" if difference > 0 else "lower"
    if abs(difference) >= apart.MUCH:
        return f"{name} much {way}"
    return f"{name} {way}" if abs(difference) >= apart.CLEARLY else f"{name} slightly {way}"


def correlated(first: str, second: str, correlation: float) -> str:
    """Say how two columns go together within a cluster."""
    way = "rise together" if correlation > 0 else "go opposite ways"
    written = formats.fixed(correlation, 2)
    return f"Within it, {first} and {second} {way} (correlation {written})."


def certainty(n_rows: int, share: str, n_between: int, neighbour: str, n_neighbour: int) -> str:
    """Say how certain the rows of a cluster are, and to which cluster those between it lean.

    Parameters
    ----------
    n_rows
        Its rows.
    share
        The mean certainty, written.
    n_between
        Its rows that sit between clusters.
    neighbour, n_neighbour
        The other cluster that most of them are near, and how many; empty where that is not known.
    """
    if n_rows == 1:
        where = f", between it and {neighbour}" if n_between and neighbour else ""
        return f"Its row belongs to it with a certainty of {share}{where}."
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
    are = "is marked as an outlier" if n == 1 else "are marked as outliers"
    return f"{capital(n_of(n, 'row'))} of it {are}."


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
