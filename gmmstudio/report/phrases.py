"""Sentences made from numbers: what was found. Pure: no document, no table, no screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gmmstudio.mixture.fit import Ended
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats
from gmmstudio.report.markup import Text, bold, text
from gmmstudio.table.weights import WeightsAre

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


def weighted(column: str, are: WeightsAre, n_observations: float, n_rows: int) -> Text:
    """Say by which column rows are weighted, and how.

    Parameters
    ----------
    column
        Name of the column.
    are
        Whether the weights count rows or are relative.
    n_observations
        What they add up to.
    n_rows
        Rows that have a weight above zero.
    """
    if are == "counts":
        counted = formats.observations(n_observations)
        return text(f"Each row counts as often as “{column}” says: ", bold(counted), " in all.")
    return text(f"Rows are weighted by “{column}”, scaled to add up to {formats.rows(n_rows)}.")


def held_by_prior(n_clusters: int) -> Text:
    """Say that a prior held the covariances of a fit."""
    return text(
        "Its shape is " if n_clusters == 1 else "Their shapes are ",
        bold("held by a prior"),
        ", which keeps small clusters from collapsing; log-likelihood and BIC leave it out.",
    )


def clearness(
    n_rows: int, n_between: int, share_clear: float | None = None, of: str = "rows"
) -> Text:
    """Say how many rows belong clearly to one cluster, and how many sit between.

    Parameters
    ----------
    n_rows, n_between
        Rows in all, and those between clusters.
    share_clear
        Share of those that belong clearly, where it is not one of rows.
    of
        What it is a share of: "rows", "observations" or "weight".
    """
    if n_between == 0:
        return text("Every row belongs clearly to one of them.")
    if share_clear is None:
        share_clear = 1 - n_between / max(n_rows, 1)
    share = formats.percent(share_clear)
    sits = "sits" if n_between == 1 else "sit"
    belong = "belongs" if of == "weight" else "belong"
    if n_between == n_rows:
        return text(
            "No row belongs clearly to one of them: all sit ", bold("between clusters"), "."
        )
    return text(
        f"{capital(share)} of the {of} {belong} clearly to one of them; ",
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


def nothing_else(best: Model) -> Text:
    """Say that one cluster stands alone because no more could be fitted; empty otherwise."""
    if best.n_components > 1:
        return ()
    return text(
        "No model with more clusters could be fitted, so BIC does not say whether there are any."
    )


def gaps(n_gaps: int, n_total: int) -> Text:
    """Say how many models of a sweep could not be fitted; empty if all could."""
    if n_gaps == 0:
        return ()
    were = "was" if n_gaps == 1 else "were"
    return text(
        f"{formats.count(n_gaps)} of the {formats.count(n_total)} models {were} left out of the "
        "comparison because they could not be fitted."
    )


def not_the_best(n_agree: int, n_tries: int, n_best: int) -> Text:
    """Say that a fit is another optimum than the best that the tries came to.

    Parameters
    ----------
    n_agree, n_tries
        Tries that came to this one, of so many.
    n_best
        Tries that came to the best one.
    """
    return text(
        f"{formats.count(n_agree)} of {formats.count(n_tries)} tries came to this optimum; "
        f"{formats.count(n_best)} came to a better one."
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


def written(
    table_name: str,
    n_rows: int,
    model: Model,
    log_likelihood: float,
    bic: float,
    n_outliers: int,
    files: Sequence[str] = (),
    *,
    counted: str = "",
    prior: bool = False,
) -> str:
    """Say in one sentence what was found and where it went, for a terminal.

    Parameters
    ----------
    table_name, n_rows, model, log_likelihood, bic, n_outliers, files
        What was found in what, and where it went.
    counted
        `weighting`, where rows are weighted.
    prior
        Whether a prior held the shapes.
    """
    found = formats.clusters(model.n_components)
    fall = "are described as" if model.n_components == 1 else "fall into"
    marked = f"{formats.count(n_outliers)} {'outlier' if n_outliers == 1 else 'outliers'}"
    held = ", held by a prior" if prior else ""
    of_table = f"{table_name} ({counted})" if counted else table_name
    sentence = (
        f"The {formats.rows(n_rows)} of {of_table} {fall} {found} "
        f"({structure_words(model)}{held}): log-likelihood {formats.fixed(log_likelihood, 3)}, "
        f"BIC {formats.fixed(bic, 2)}, {marked}"
    )
    return f"{sentence}; written to {listed(files)}." if files else f"{sentence}."


def weighting(column: str, are: WeightsAre, n_observations: float) -> str:
    """Return "1234 observations by freq", or "weighted by w", for a terminal."""
    if are == "counts":
        return f"{formats.observations(n_observations)} by {column}"
    return f"weighted by {column}"


def size_words(n: int, share: float, *, weighted: bool = False) -> str:
    """Say a cluster's size: ``"152 rows · 44 %"``."""
    return f"{formats.rows(n)} · {share_words(share, weighted=weighted)}"


def share_words(share: float, *, weighted: bool) -> str:
    """Say a cluster's share, and of what where that is not the rows."""
    return f"{formats.percent(share)}{' of weight' if weighted else ''}"


def ended_words(ended: Ended) -> str:
    """Say in a word how a fit ended."""
    return {
        "converged": "converged",
        "max_iter": "limit reached",
        "cancelled": "stopped early",
        "collapsed": "collapsed",
        "near": "near the maximum",
    }[ended]


def listed(words: Sequence[str]) -> str:
    """Return "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capital(sentence: str) -> str:
    """Return the sentence with its first letter large."""
    return sentence[:1].upper() + sentence[1:]
