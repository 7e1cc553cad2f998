"""What the comparison of shapes says in words. Pure: no widget, no thread."""

from __future__ import annotations

from gmmstudio.mixture.fit import Fit
from gmmstudio.report import formats
from gmmstudio.ui.comparison import Candidate
from gmmstudio.ui.views.compare.tile import Figures
from gmmstudio.ui.widgets.shape_tile import SHAPES, SPREADS, Shape

_NUMBERS = {2: "two", 4: "four"}
_SAME = 0.005  # of BIC: such a difference is not written
TAKE = (
    "Click it, or press Enter, to take this shape: K and shape on the left follow,\n"
    "and undo brings back what was there."
)
NOW = "This is the fit shown in the other views."


def shape_of(letters: str) -> Shape:
    """Return the tile of the left panel that stands for a structure."""
    wanted = {"E": "EEE", "V": "VVV"}.get(letters)
    if wanted is not None:
        return next(shape for shape in SPREADS if shape.key == wanted)
    return next(shape for shape in SHAPES if shape.key == letters)


def how_many(n: int) -> str:
    """Write a number of shapes."""
    return _NUMBERS.get(n, str(n))


def waiting_figures(letters: str, words: str) -> Figures:
    """Say of a shape that has not been fitted yet what it waits for."""
    shape = shape_of(letters)
    return Figures(shape.name, verdicts=(words,), tip=shape.tooltip)


def figures(
    candidate: Candidate,
    best: Candidate | None,
    n_shapes: int,
    *,
    n_sound: int,
    complete: bool,
    shown: bool,
) -> Figures:
    """Say how a shape did.

    Parameters
    ----------
    candidate
        The shape.
    best
        The one of lowest BIC so far.
    n_shapes
        How many are compared.
    n_sound
        How many of them have a fit to rely on.
    complete
        Whether all of them are done.
    shown
        Whether it is the fit shown in the other views.
    """
    shape, fit = shape_of(candidate.structure), candidate.sound
    mark = "shown now" if shown else ""
    if fit is None:
        collapsed = candidate.fit is not None
        words = "Collapsed" if collapsed else "Could not be fitted"
        tip = f"{shape.tooltip}\n\n{candidate.reason}"
        return Figures(
            shape.name,
            mark,
            verdicts=(f"{words}, so not ranked", "not ranked"),
            instead=candidate.reason,
            tip=f"{tip}\n\n{TAKE}" if collapsed and not shown else tip,
        )
    bic = f"BIC {formats.log_likelihood(fit.bic)}"
    verdicts = _verdicts(fit, best, n_shapes, n_sound, complete)
    likelihood = f"log-likelihood {formats.log_likelihood(fit.log_likelihood)}"
    short = f"log-lik. {formats.log_likelihood(fit.log_likelihood)}"
    ended = {"converged": "converged", "max_iter": "not converged"}.get(fit.ended, fit.ended)
    n = formats.count(fit.n_parameters)
    parameters = f"{n} parameters · {ended}"
    tip = f"{shape.tooltip}\n\n{bic} (lower is better): {verdicts[0]}\n{likelihood}\n{parameters}"
    return Figures(
        shape.name,
        mark,
        bic,
        verdicts,
        best is candidate,
        ((likelihood, short), (parameters, f"{n} param. · {ended}")),
        tip=f"{tip}\n\n{NOW if shown else TAKE}",
    )


def _verdicts(
    fit: Fit, best: Candidate | None, n_shapes: int, n_sound: int, complete: bool
) -> tuple[str, ...]:
    lowest = None if best is None else best.sound
    if lowest is None:
        return ("",)
    if fit is lowest:
        if not complete:
            return ("best so far",)
        if n_sound == 1:
            return "the only sound fit", "only one"
        return f"best of the {how_many(n_shapes)}", "best"
    above = fit.bic - lowest.bic
    if above < _SAME:
        return "as good as the best", "as good"
    points = formats.fixed(above, 1 if above < 10 else 0)
    return f"{points} above the best", f"+ {points}"


def heading(n_shapes: int, n_components: int, n_drawn: int, n_rows: int) -> str:
    """Say what is compared, and which rows are drawn where not all are."""
    words = f"{how_many(n_shapes).capitalize()} shapes of {formats.clusters(n_components)}"
    words += " · BIC: lower is better"
    if n_drawn < n_rows:
        words += f" · a sample of {formats.count(n_drawn)} of {formats.rows(n_rows)} drawn"
    return words
