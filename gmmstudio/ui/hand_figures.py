"""What the bar over the scatter says of a model changed by hand: pure functions without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.draft import Draft
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats, markup
from gmmstudio.report.markup import Text
from gmmstudio.ui.stage import RunState, Shown

NOTHING_YET = "the same"
_LEAST = 0.005  # smaller differences would be written as none


@dataclass(frozen=True)
class Gain:
    """How a model placed by hand compares with the fit before.

    Attributes
    ----------
    log_likelihood, bic
        Differences, new less old.
    n_rows, n_all
        Rows looked at, of so many; the differences are estimates where they are fewer.
    unsure
        How far from a maximum EM stops: two log-likelihoods no further apart are alike.
    """

    log_likelihood: float
    bic: float
    n_rows: int
    n_all: int
    unsure: float = 0.0

    @property
    def estimated(self) -> bool:
        """Whether only some of the rows were looked at."""
        return self.n_rows < self.n_all


def compared(document: Document) -> FitRecord | None:
    """Return the fit before."""
    draft = document.draft
    return document.record if draft is None else document.find(draft.base)


def gain(
    document: Document, shown: Shown | None, before: tuple[Shown | None, float]
) -> Gain | None:
    """Compare a frame with the fit before; None where it is not one placed by hand.

    Parameters
    ----------
    document
        With the fit before.
    shown
        The frame on the screen.
    before
        A frame over some of the rows only, and what the fit before has over the same rows.
    """
    record = compared(document)
    if shown is None or not shown.by_hand or record is None:
        return None
    fit = record.fit
    if shown.n_rows == fit.n_rows:
        more = shown.log_likelihood - fit.log_likelihood
    elif before[0] is shown:
        more = (shown.log_likelihood - before[1]) * (fit.n_rows / shown.n_rows)
    else:
        return None
    unsure = fit.spec.tol * max(1.0, abs(fit.log_likelihood))
    return Gain(more, bic_change(fit, shown, more), shown.n_rows, fit.n_rows, unsure)


def bic_change(fit: Fit, shown: Shown, more: float) -> float:
    """Return ΔBIC = −2 Δℓ + (p' − p) log n."""
    n_columns = shown.parameters.n_columns
    family = STRUCTURES[shown.structure]
    free = family.n_parameters(shown.parameters.n_components, n_columns)
    return -2.0 * more + (free - fit.n_parameters) * log(fit.n_observations)


def change_words(
    value: float, *, lower_is_better: bool, estimated: bool = False, unsure: float = 0.0
) -> tuple[str, str]:
    """Write a difference and say whether it is one for the better: ``("+3.21 better", "good")``.

    One no larger than what EM leaves open is none: the two are as good.
    """
    about = "≈ " if estimated else ""
    if abs(value) < _LEAST:
        return f"{about}{formats.fixed(0.0)} {NOTHING_YET}", "muted"
    better = (value < 0) == lower_is_better
    sign = "+" if value > 0 else ""
    words, role = ("better", "good") if better else ("worse", "warning")
    if abs(value) <= unsure:
        words, role = "as good", "muted"
    return f"{about}{sign}{formats.fixed(value)} {words}", role


def state_words(document: Document, shown: Shown | None, state: RunState, holding: str) -> str:
    """Say what the picture is: what was done by hand, and how far EM has gone since.

    Parameters
    ----------
    document, shown, state
        As they are.
    holding
        What the hand is doing just now; empty if nothing.
    """
    if holding:
        return f"{holding}: as you place it"
    draft = document.draft
    if draft is None:
        return ""
    if state == "idle" and draft.fit is None:
        return f"{draft.words}: as you placed it"
    if shown is None or not shown.by_hand:
        return f"{draft.words}: not kept yet"
    if state == "fitting":
        return f"{draft.words}, then EM: iteration {formats.count(shown.iteration)}"
    if state == "paused":
        return f"{draft.words}, then EM: resting at iteration {formats.count(shown.iteration)}"
    if shown.iteration < shown.last_iteration:
        of = f"{formats.count(shown.iteration)} of {formats.count(shown.last_iteration)}"
        return f"{draft.words}, then EM: looking at iteration {of}"
    return f"{draft.words}, then EM: {ended(document, draft)}"


def ended(document: Document, draft: Draft) -> str:
    """Say how EM ended that went on from a draft."""
    fit = draft.fit
    if fit is None:
        return "as placed"
    n = formats.count(fit.n_iterations) + (" iteration" if fit.n_iterations == 1 else " iterations")
    if fit.collapsed is not None:
        name = document.cluster_name(draft.identities[fit.collapsed.component])
        return f"{name} collapsed after {n}, so do not keep this"
    return {
        "converged": f"converged after {n}",
        "max_iter": f"reached the limit after {n}",
        "cancelled": f"stopped after {n}",
        "near": f"near the maximum after {n}",
    }.get(fit.ended, f"ended after {n}")


def reading(document: Document, shown: Shown, state: RunState) -> Text:
    """Say in the right panel what a frame changed by hand is."""
    stays = "the fit before is what is exported until you keep this."
    figures = "The figures below are those of the picture"
    draft, at = document.draft, markup.bold(f"iteration {formats.count(shown.iteration)}")
    if shown.live:
        climbs = "EM rests at " if state == "paused" else "EM is climbing from what you placed: "
        return markup.text(climbs, at, f". {figures}; {stays}")
    if draft is None or draft.fit is None or shown.last_iteration == 0:
        placed = markup.bold("as you place it")
        return markup.text("This is the model ", placed, f" by hand. {figures}; {stays}")
    if shown.iteration < shown.last_iteration:
        of = f" of {formats.count(shown.last_iteration)}"
        return markup.text("EM on its way from what you placed: ", at, f"{of}. {figures}; {stays}")
    end = markup.bold(ended(document, draft))
    return markup.text("EM went on from what you placed and ", end, f". {figures}; {stays}")
