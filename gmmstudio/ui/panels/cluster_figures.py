"""What the cards and the quality lines show of a frame: pure functions without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, among, mean_certainty, shares, sizes
from gmmstudio.document.document import Document
from gmmstudio.mixture import criteria
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats, markup, phrases, sentences
from gmmstudio.table.date_words import day_words
from gmmstudio.table.logs import LOG
from gmmstudio.ui.stage import Shown

NONE = "–"
ORIGINAL = (
    "BIC of the columns as they are in the file, without logarithms (the density of log x is that\n"
    "of x times 1/x). Fits with and without a logarithm can be compared by it, and only by it."
)
MEAN = "Mean ± standard deviation of this cluster"


class Measure(NamedTuple):
    """One column of a card: its name and the mean ± s.d. of the component."""

    column: str
    value: str
    explanation: str = MEAN


@dataclass(frozen=True)
class CardFigures:
    """What one card shows."""

    identity: int
    name: str
    size: str
    size_tooltip: str
    measures: tuple[Measure, ...]
    short_size: str = ""  # where the whole size has no room


def cards(
    document: Document, shown: Shown, assignment: Assignment | None
) -> tuple[CardFigures, ...]:
    """Return the cards of a frame in the order of their letters.

    Sizes are counts of rows where the frame is the fit itself; under way, where rows still move
    from iteration to iteration, they are the weights, marked "≈".
    """
    parameters = shown.parameters
    exact = shown.final and assignment is not None
    counts = portions = None
    weighted = assignment is not None and assignment.weights is not None
    if exact and assignment is not None:
        counts = sizes(assignment, parameters.n_components)
        portions = shares(assignment, parameters.n_components)
    deviations = np.sqrt(np.einsum("kjj->kj", parameters.covariances).clip(min=0.0))
    log, table = set(shown.preparation.log), document.table
    dated = set() if table is None else {j for j, c in enumerate(table.columns) if c.kind == "date"}
    found = []
    for component in np.argsort(shown.identities, kind="stable").tolist():
        measures = tuple(
            _measure(name, float(mean), float(deviation), index in log, index in dated)
            for name, mean, deviation, index in zip(
                shown.column_names,
                parameters.means[component],
                deviations[component],
                shown.preparation.columns,
                strict=True,
            )
        )
        short = ""
        if counts is not None and portions is not None:
            share = float(portions[component])
            size = phrases.size_words(int(counts[component]), share, weighted=weighted)
            tooltip = "Rows that belong to this cluster more than to any other, of those fitted."
            if weighted:
                short = phrases.share_words(share, weighted=True)
                tooltip += "\nThe share is of the weight of all rows."
        else:
            size = f"≈ {formats.percent(float(parameters.weights[component]))}"
            tooltip = "Share of this cluster by its weight; rows are counted when the fit is done."
        identity = shown.identities[component]
        found.append(
            CardFigures(identity, document.cluster_name(identity), size, tooltip, measures, short)
        )
    return tuple(found)


def _measure(name: str, mean: float, deviation: float, is_log: bool, is_date: bool) -> Measure:
    if is_log:
        words = formats.mean_and_deviation(mean, deviation)
        return Measure(name, words, logged_words(name, mean, deviation))
    if is_date:
        spread = formats.fixed(deviation, 0 if deviation >= 10 else 1)
        words = f"{day_words(mean, short=True)} ± {spread} d"
        return Measure(name, words, f"{MEAN}, in days")
    return Measure(name, formats.mean_and_deviation(mean, deviation))


def logged_words(name: str, mean: float, deviation: float) -> str:
    """Say a mean ± s.d. of logarithms in the column's own unit: exactly its median and range."""
    with np.errstate(over="ignore"):
        low, middle, high = np.exp([mean - deviation, mean, mean + deviation]).tolist()
    column = name.removeprefix(LOG)
    return (
        f"{MEAN}, of the logarithm.\n"
        f"In {column} itself: half of this cluster lies below {_plainly(middle)},\n"
        f"and two thirds between {_plainly(low)} and {_plainly(high)}."
    )


def _plainly(value: float) -> str:
    """Write a positive number with three or more digits."""
    if not 1e-3 <= value < 1e7:
        return f"{value:.3g}"
    return formats.fixed(value, max(0, 2 - int(np.floor(np.log10(value)))))


def selected_in(
    shown: Shown, assignment: Assignment | None, mask: NDArray[np.bool_] | None
) -> NDArray[np.int64] | None:
    """Count the selected rows in each component (K,) of a frame.

    None where nothing is selected, or the frame does not know the cluster of every row.
    """
    if mask is None:
        return None
    k = shown.parameters.n_components
    if shown.final and assignment is not None:
        labels = assignment.labels[among(mask, assignment)]
    elif shown.rows is None:
        labels = shown.labels[mask]
        labels = labels[labels >= 0]
    else:
        return None
    return np.bincount(labels, minlength=k)


def sizes_of(shown: Shown, assignment: Assignment | None) -> NDArray[np.int64]:
    """Count the rows in each component (K,) of a frame that knows them."""
    k = shown.parameters.n_components
    if shown.final and assignment is not None:
        return sizes(assignment, k)
    return np.bincount(shown.labels[shown.labels >= 0], minlength=k)


def rows_in(shown: Shown, assignment: Assignment | None, identity: int) -> NDArray[np.int64] | None:
    """Return the table rows of a frame's cluster; None where it does not know those of all."""
    if identity not in shown.identities:
        return None
    component = shown.identities.index(identity)
    if shown.final and assignment is not None:
        return assignment.rows[assignment.labels == component]
    if shown.rows is None:
        return np.flatnonzero(shown.labels == component)
    return None


@dataclass(frozen=True)
class Quality:
    """The figures of quality, ready to be shown."""

    log_likelihood: str
    bic_aic: str
    icl: str
    parameters: str
    iterations: str
    certainty: str
    weights: str = ""
    prior: str = ""
    original: str = ""


def quality(shown: Shown, fit: Fit | None, assignment: Assignment | None, n_rows: int) -> Quality:
    """Return the figures of a frame.

    Parameters
    ----------
    shown
        The frame.
    fit
        The fit of the active record, used where the frame is its last one.
    assignment
        Of the active record, if known.
    n_rows
        Rows that the whole fit uses: a try on a sample of them has no BIC to compare.
    """
    d = shown.parameters.n_columns
    p = STRUCTURES[shown.structure].n_parameters(shown.parameters.n_components, d)
    if shown.final and fit is not None:
        certainty = NONE if assignment is None else _certainty(mean_certainty(assignment))
        return Quality(
            formats.log_likelihood(fit.log_likelihood),
            f"{formats.log_likelihood(fit.bic)} / {formats.log_likelihood(fit.aic)}",
            formats.log_likelihood(fit.icl),
            formats.count(p),
            f"{formats.count(fit.n_iterations)} · {phrases.ended_words(fit.ended)}",
            certainty,
            _weights(fit, assignment),
            "holds the shapes" if fit.spec.prior else "",
            _original(fit, assignment),
        )
    counted = _observations(shown, fit)
    whole = shown.n_rows == n_rows and np.isfinite(counted)
    bic = criteria.bic(shown.log_likelihood, p, counted) if whole else np.nan
    aic = criteria.aic(shown.log_likelihood, p) if whole else np.nan
    known = shown.max_probability[shown.labels >= 0]
    certainty = f"≈ {_certainty(float(known.mean()))}" if known.size else NONE
    return Quality(
        formats.log_likelihood(shown.log_likelihood),
        f"{formats.log_likelihood(bic)} / {formats.log_likelihood(aic)}" if whole else NONE,
        NONE,
        formats.count(p),
        f"{formats.count(shown.iteration)} · {_how_shown(shown)}",
        certainty,
    )


def _how_shown(shown: Shown) -> str:
    """Say in a word why a frame is not the fit itself."""
    if shown.live:
        return "under way"
    return "by hand" if shown.by_hand else "replay"


def explained(document: Document, assignment: Assignment | None) -> dict[str, str]:
    """Explain the lines that few fits have, by their name; empty where the fit has none."""
    fit = None if document.record is None else document.record.fit
    weights = "" if assignment is None else markup.plain(sentences.weighted(assignment))
    held = fit is not None and fit.spec.prior
    prior = markup.plain(phrases.held_by_prior(fit.n_components)) if fit and held else ""
    logged = assignment is not None and assignment.sample.logged is not None
    return {"weights": weights, "prior": prior, "original": ORIGINAL if logged else ""}


def _original(fit: Fit, assignment: Assignment | None) -> str:
    """Write BIC as it is for the columns in their own units; empty where none is logged."""
    if assignment is None or assignment.sample.logged is None:
        return ""
    return formats.log_likelihood(fit.bic + 2.0 * assignment.sample.log_volume)


def _weights(fit: Fit, assignment: Assignment | None) -> str:
    """Say what weighted rows count for; empty where every row counts once."""
    weights = None if assignment is None else assignment.sample.row_weights
    if weights is None:
        return ""
    return formats.observations(fit.n_observations) if weights.are == "counts" else weights.column


def _observations(shown: Shown, fit: Fit | None) -> float:
    """Return what the rows of a frame count for; NaN where nobody knows their weights."""
    if shown.preparation.weights is None:
        return float(shown.n_rows)
    known = fit is not None and not shown.live and fit.n_rows == shown.n_rows
    return fit.n_observations if fit is not None and known else np.nan


def _certainty(share: float) -> str:
    return formats.percent(share, 1)
