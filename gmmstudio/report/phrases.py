"""Sentences made from numbers. Pure: no document, no table, no screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats
from gmmstudio.report.markup import Text, bold, text

#: Kass & Raftery (1995), Bayes factors, JASA 90, 773-795: what a difference of BIC is worth.
EVIDENCE = ((2.0, "hardly any"), (6.0, "positive"), (10.0, "strong"))
ONE_COLUMN = {"E": "equal variances", "V": "varying variances"}


@dataclass(frozen=True)
class Model:
    """A model by name: the letters of its structure and its K."""

    structure: str
    n_components: int


def model_words(model: Model) -> str:
    """Return "K = 4 with tied shape"."""
    return f"K{formats.GAP}={formats.GAP}{model.n_components} with {structure_words(model)}"


def structure_words(model: Model) -> str:
    """Return "tied shape", or "equal variances" for one column."""
    if model.structure in ONE_COLUMN:
        return ONE_COLUMN[model.structure]
    known = STRUCTURES.get(model.structure)
    return f"{known.words if known else model.structure} shape"


def evidence(difference: float) -> str:
    """Return how strong a difference of BIC is: "hardly any" … "very strong" evidence."""
    for bound, words in EVIDENCE:
        if difference < bound:
            return f"{words} evidence"
    return "very strong evidence"


def points(difference: float) -> str:
    """Write a difference of BIC; one decimal while that matters."""
    decimals = 1 if difference < 10 else 0
    written = formats.fixed(difference, decimals)
    return f"{written} {'point' if written == '1' else 'points'}"


def clusters_found(table_name: str, n_rows: int, n_clusters: int) -> Text:
    """Say into how many clusters the rows fall."""
    if n_rows == 1:
        return text(f"The one row of {table_name} is ", bold("one cluster"), ".")
    of_table = f"The {formats.rows(n_rows)} of {table_name}"
    if n_clusters == 1:
        return text(f"{of_table} are described as ", bold("one cluster"), ".")
    return text(f"{of_table} fall into ", bold(formats.clusters(n_clusters)), ".")


def not_sound(table_name: str, n_rows: int, n_clusters: int) -> Text:
    """Say that a fit in which a cluster collapsed found nothing to rely on."""
    return text(
        f"No sound result: with the {formats.rows(n_rows)} of {table_name}, ",
        bold(formats.clusters(n_clusters)),
        " of this shape collapse. Do not rely on the figures below.",
    )


def clearness(n_rows: int, n_between: int) -> Text:
    """Say how many rows belong clearly to one cluster, and how many sit between."""
    if n_between == 0:
        return text("Every row belongs clearly to one of them.")
    share = formats.percent(1 - n_between / max(n_rows, 1))
    sits = "sits" if n_between == 1 else "sit"
    if n_between == n_rows:
        return text(
            "No row belongs clearly to one of them: all sit ", bold("between clusters"), "."
        )
    return text(
        f"{_capital(share)} of the rows belong clearly to one of them; ",
        bold(formats.rows(n_between)),
        f" {sits} between clusters.",
    )


def preference(
    shown: Model, best: Model, second: Model | None, lead: float, lead_over_shown: float | None
) -> Text:
    """Say which model BIC prefers, by how much, and what that is worth.

    Parameters
    ----------
    shown
        The model on screen.
    best, second
        The models of lowest and second lowest BIC; no second if only one was fitted.
    lead
        BIC of the second minus that of the best.
    lead_over_shown
        BIC of the fit on screen minus that of the best; None where the two do not compare.
    """
    if second is None:
        return text(f"BIC could only be had for {model_words(best)}.")
    if shown == best:
        return text(
            "BIC prefers this model, ",
            bold(model_words(best)),
            f", by {points(lead)} over {model_words(second)} ({evidence(lead)}).",
        )
    if lead_over_shown is None:
        return text("BIC prefers ", bold(model_words(best)), ".")
    if lead_over_shown < 0:
        return text(
            "BIC prefers this fit to every model tried, by "
            f"{points(-lead_over_shown)} over {model_words(best)} "
            f"({evidence(-lead_over_shown)})."
        )
    return text(
        "BIC prefers ",
        bold(model_words(best)),
        f", by {points(lead_over_shown)} over this one ({evidence(lead_over_shown)}).",
    )


def margin(best: Model, second: Model | None, lead: float) -> Text:
    """Say how far the best model is ahead of the next, for the plot of K."""
    if second is None:
        return text("Only ", bold(model_words(best)), " could be fitted.")
    if lead < EVIDENCE[0][0]:
        return text(
            "BIC hardly tells ",
            bold(model_words(best)),
            f" from {model_words(second)}: {points(lead)} apart.",
        )
    return text(
        "BIC prefers ",
        bold(model_words(best)),
        f", by {points(lead)} over {model_words(second)}: {evidence(lead)}.",
    )


def disagreement(by_bic: Model, by_icl: Model) -> Text:
    """Say what it means that BIC and ICL prefer different models; empty if they agree."""
    if by_bic == by_icl:
        return ()
    start = f"ICL, which also asks that clusters lie well apart, prefers {model_words(by_icl)}"
    if by_icl.n_components < by_bic.n_components:
        return text(f"{start}: some of the clusters that BIC finds overlap.")
    return text(f"{start}: both are worth a look.")


def only_one_cluster(best: Model) -> Text:
    """Say what it means that K = 1 wins; empty otherwise."""
    if best.n_components > 1:
        return ()
    return text("By BIC there are no separate clusters: one is enough to describe the rows.")


def gaps(n_gaps: int, n_total: int) -> Text:
    """Say how many models of a sweep could not be fitted; empty if all could."""
    if n_gaps == 0:
        return ()
    were = "was" if n_gaps == 1 else "were"
    return text(
        f"{formats.count(n_gaps)} of the {formats.count(n_total)} models {were} left out of the "
        "comparison because they could not be fitted."
    )


def out_of_date() -> Text:
    """Say that the fit on screen answers an earlier question."""
    return text(bold("Out of date"), ": data or model were changed since. Press Fit.")


def collapse(
    collapsed: Collapse,
    cluster_name: str,
    column_names: Sequence[str],
    row_numbers: Sequence[int] | NDArray[np.int64] | None = None,
) -> Text:
    """Say which cluster collapsed, why, and what helps.

    Parameters
    ----------
    collapsed
        What happened.
    cluster_name, column_names
        What the user calls the component and the columns.
    row_numbers
        What the user calls the rows of the sample (n,); by default their position.
    """
    reason = collapsed.reason_with(column_names, row_numbers)
    _, _, happened = reason.partition(" collapsed: ")
    return text(bold(f"{cluster_name} collapsed"), f": {happened or reason}")


def some_collapsed(n_collapsed: int, n_tries: int) -> Text:
    """Say how many tries were dropped because a component collapsed; empty if none."""
    if n_collapsed == 0:
        return ()
    were = "was" if n_collapsed == 1 else "were"
    return text(
        f"{formats.count(n_collapsed)} of {formats.count(n_tries)} tries collapsed and {were} not "
        "used. Fewer clusters or a simpler shape would be safer."
    )


def not_converged(n_iterations: int) -> Text:
    """Say that the largest number of iterations ended the fit."""
    return text(
        bold("Not converged"),
        f": stopped after the {formats.count(n_iterations)} iterations allowed while the "
        "log-likelihood was still rising. Allow more iterations (Advanced) and press Fit.",
    )


def cancelled(n_iterations: int) -> Text:
    """Say that the user ended the fit."""
    after = "1 iteration" if n_iterations == 1 else f"{formats.count(n_iterations)} iterations"
    return text(
        bold("Stopped early"), f": you ended the fit after {after}. Press Fit to finish it."
    )


def fell() -> Text:
    """Say that the log-likelihood fell, which it should not."""
    return text(
        bold("The log-likelihood fell"),
        " during the fit by more than rounding explains, which must not happen. Do not rely on "
        "this fit; try another seed or a simpler shape, and please report it.",
    )


def agreement(n_agree: int, n_tries: int) -> Text:
    """Say how many tries came to the same result; empty for a single one."""
    if n_tries < 2:
        return ()
    if n_agree == n_tries:
        return text(f"All {formats.count(n_tries)} tries agree on it.")
    if n_agree == 1:
        return text(
            f"Only 1 of {formats.count(n_tries)} tries came to it; more tries may find better."
        )
    agree = f"{formats.count(n_agree)} of {formats.count(n_tries)}"
    return text(f"{agree} tries agree on it.")


def left_out(n_skipped: int, n_excluded: int, columns: Sequence[str] = ()) -> Text:
    """Say how many rows take no part, and why; empty if all do.

    Parameters
    ----------
    n_skipped, n_excluded
        Rows with a missing value, and rows excluded by hand.
    columns
        The columns in which values are missing; named while there are no more than two.
    """
    named = listed(columns) if len(columns) <= 2 else f"{formats.count(len(columns))} columns"
    parts: list[str] = []
    if n_skipped:
        skipped = "is" if n_skipped == 1 else "are"
        where = f" in {named}" if columns else ""
        parts.append(f"{formats.rows(n_skipped)} {skipped} skipped for a missing value{where}")
    if n_excluded:
        excluded = "is" if n_excluded == 1 else "are"
        parts.append(f"{formats.rows(n_excluded)} {excluded} excluded by hand")
    return text(_capital("; ".join(parts)) + ".") if parts else ()


def empty_clusters(names: Sequence[str]) -> Text:
    """Say that no row belongs to some clusters more than to others; empty if there are none."""
    if not names:
        return ()
    holds = "holds" if len(names) == 1 else "hold"
    return text(
        bold(listed(names)),
        f" {holds} no row of its own: every row fits another cluster better. Try a smaller K.",
    )


def written(
    table_name: str,
    n_rows: int,
    model: Model,
    log_likelihood: float,
    bic: float,
    n_outliers: int,
    files: Sequence[str] = (),
) -> str:
    """Say in one sentence what was found and where it went, for a terminal."""
    found = formats.clusters(model.n_components)
    fall = "are described as" if model.n_components == 1 else "fall into"
    marked = f"{formats.count(n_outliers)} {'outlier' if n_outliers == 1 else 'outliers'}"
    sentence = (
        f"The {formats.rows(n_rows)} of {table_name} {fall} {found} "
        f"({structure_words(model)}): log-likelihood {formats.fixed(log_likelihood, 3)}, "
        f"BIC {formats.fixed(bic, 2)}, {marked}"
    )
    return f"{sentence}; written to {listed(files)}." if files else f"{sentence}."


def listed(words: Sequence[str]) -> str:
    """Return "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
