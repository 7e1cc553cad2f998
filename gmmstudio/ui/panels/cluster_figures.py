"""What the cards and the quality lines show of a frame: pure functions without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gmmstudio.document.assignment import Assignment, mean_certainty, sizes
from gmmstudio.document.document import Document
from gmmstudio.mixture import criteria
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats
from gmmstudio.ui.stage import Shown

NONE = "–"


class Measure(NamedTuple):
    """One column of a card: its name and the mean ± s.d. of the component."""

    column: str
    value: str


@dataclass(frozen=True)
class CardFigures:
    """What one card shows."""

    identity: int
    name: str
    size: str
    size_tooltip: str
    measures: tuple[Measure, ...]


def cards(
    document: Document, shown: Shown, assignment: Assignment | None
) -> tuple[CardFigures, ...]:
    """Return the cards of a frame in the order of their letters.

    Sizes are counts of rows where the frame is the fit itself; under way, where rows still move
    from iteration to iteration, they are the weights, marked "≈".
    """
    parameters = shown.parameters
    exact = shown.final and assignment is not None
    counts = sizes(assignment, parameters.n_components) if exact and assignment else None
    deviations = np.sqrt(np.einsum("kjj->kj", parameters.covariances).clip(min=0.0))
    found = []
    for component in np.argsort(shown.identities, kind="stable").tolist():
        measures = tuple(
            Measure(name, formats.mean_and_deviation(float(mean), float(deviation)))
            for name, mean, deviation in zip(
                shown.column_names,
                parameters.means[component],
                deviations[component],
                strict=True,
            )
        )
        if counts is not None:
            size = size_words(int(counts[component]), int(counts.sum()))
            tooltip = "Rows that belong to this cluster more than to any other, of those fitted."
        else:
            size = f"≈ {formats.percent(float(parameters.weights[component]))}"
            tooltip = "Share of this cluster by its weight; rows are counted when the fit is done."
        identity = shown.identities[component]
        found.append(
            CardFigures(identity, document.cluster_name(identity), size, tooltip, measures)
        )
    return tuple(found)


def size_words(n: int, total: int) -> str:
    """Say a cluster's size: ``"152 rows · 44 %"``."""
    return f"{formats.rows(n)} · {formats.percent(n / max(total, 1))}"


@dataclass(frozen=True)
class Quality:
    """The figures of quality, ready to be shown."""

    log_likelihood: str
    bic_aic: str
    icl: str
    parameters: str
    iterations: str
    certainty: str


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
            f"{formats.count(fit.n_iterations)} · {ended_words(fit)}",
            certainty,
        )
    whole = shown.n_rows == n_rows
    bic = criteria.bic(shown.log_likelihood, p, shown.n_rows) if whole else np.nan
    aic = criteria.aic(shown.log_likelihood, p) if whole else np.nan
    known = shown.max_probability[shown.labels >= 0]
    certainty = f"≈ {_certainty(float(known.mean()))}" if known.size else NONE
    return Quality(
        formats.log_likelihood(shown.log_likelihood),
        f"{formats.log_likelihood(bic)} / {formats.log_likelihood(aic)}" if whole else NONE,
        NONE,
        formats.count(p),
        f"{formats.count(shown.iteration)} · {'under way' if shown.live else 'replay'}",
        certainty,
    )


def ended_words(fit: Fit) -> str:
    """Say in a word how a fit ended."""
    return {
        "converged": "converged",
        "max_iter": "limit reached",
        "cancelled": "stopped early",
        "collapsed": "collapsed",
    }[fit.ended]


def _certainty(share: float) -> str:
    return formats.percent(share, 1)
