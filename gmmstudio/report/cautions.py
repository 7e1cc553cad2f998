"""What to know about a fit and what to do about it: sentences made from numbers, as `phrases`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.errors import Collapse
from gmmstudio.report import formats
from gmmstudio.report.markup import Text, bold, text
from gmmstudio.report.phrases import capital, listed


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


def some_collapsed(n_collapsed: int, n_tries: int, *, prior_helps: bool = False) -> Text:
    """Say how many tries were dropped because a component collapsed; empty if none.

    Parameters
    ----------
    n_collapsed, n_tries
        Tries that collapsed, of so many.
    prior_helps
        Whether the shape has a conjugate prior that was not used.
    """
    if n_collapsed == 0:
        return ()
    were = "was" if n_collapsed == 1 else "were"
    remedies = "Fewer clusters or a simpler shape"
    if prior_helps:
        remedies = "The prior, fewer clusters or a simpler shape"
    return text(
        f"{formats.count(n_collapsed)} of {formats.count(n_tries)} tries collapsed and {were} not "
        f"used. {remedies} would be safer."
    )


def not_converged(n_iterations: int) -> Text:
    """Say that the largest number of iterations ended the fit."""
    return text(
        bold("Not converged"),
        f": stopped after the {formats.count(n_iterations)} iterations allowed while the "
        "log-likelihood was still rising. Allow more iterations (Advanced) and press Fit.",
    )


def near() -> Text:
    """Say that a fit of a search was only looked at quickly."""
    return text(
        bold("Looked at quickly"),
        ": the search came near the maximum of this model, which is enough to compare it. "
        "Press Fit for the maximum itself.",
    )


def cancelled(n_iterations: int) -> Text:
    """Say that the user ended the fit."""
    after = "1 iteration" if n_iterations == 1 else f"{formats.count(n_iterations)} iterations"
    return text(
        bold("Stopped early"), f": you ended the fit after {after}. Press Fit to finish it."
    )


def fell(*, prior: bool = False) -> Text:
    """Say that the log-likelihood, with the prior where there is one, fell: it should not."""
    what = "The log-likelihood with its prior fell" if prior else "The log-likelihood fell"
    return text(
        bold(what),
        " during the fit by more than rounding explains, which must not happen. Do not rely on "
        "this fit; try another seed or a simpler shape, and please report it.",
    )


def empty_clusters(names: Sequence[str]) -> Text:
    """Say that no row belongs to some clusters more than to others; empty if there are none."""
    if not names:
        return ()
    holds = "holds" if len(names) == 1 else "hold"
    return text(
        bold(listed(names)),
        f" {holds} no row of its own: every row fits another cluster better. Try a smaller K.",
    )


def tiny_clusters(found: Sequence[tuple[str, int]]) -> Text:
    """Say which clusters (name, rows) hold so few rows that they are no groups; empty if none."""
    if not found:
        return ()
    named = listed([f"{name} ({formats.rows(n)})" for name, n in found])
    if len(found) > 1:
        return text(
            bold(named), " hold very few rows: rather outliers than groups. See whether their "
            "values are right, or exclude them."
        )  # fmt: skip
    name, n = found[0]
    if n == 1:
        said = " holds a single row: rather an outlier than a group. See whether its values are "
        return text(bold(name), f"{said}right, or exclude it.")
    return text(
        bold(name), f" holds only {formats.rows(n)}: rather outliers than a group. See whether "
        "their values are right, or exclude them."
    )  # fmt: skip


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
    return text(capital("; ".join(parts)) + ".") if parts else ()


def not_at_hand(n_away: int, n_here: int) -> Text:
    """Say that only some rows are there, as in a project without the file of its table."""
    here = formats.rows(n_here)
    return text(
        f"{formats.rows(n_away)} {'is' if n_away == 1 else 'are'} not at hand, since the file of "
        f"the table was not found: all figures of rows are those of the {here} that the project "
        "keeps. The clusters are those of the fit to all rows."
    )


def filled(n_cells: int, n_rows: int, how: str, columns: Sequence[str]) -> Text:
    """Say how many missing cells were filled in, and with what; empty if none were.

    Parameters
    ----------
    n_cells, n_rows
        The cells, and the rows they are in.
    how
        "median" or "nearest".
    columns
        The columns they are in.
    """
    if n_cells == 0:
        return ()
    cells = "1 missing cell was" if n_cells == 1 else f"{formats.count(n_cells)} missing cells were"
    rows = "" if n_cells == 1 else f" of {formats.rows(n_rows)}"
    by = {
        "median": "the median of the column" if len(columns) == 1 else "the medians of the columns",
        "nearest": "the mean of the nearest complete rows",
    }[how]
    named = listed(columns) if len(columns) <= 3 else f"{formats.count(len(columns))} columns"
    return text(
        f"{cells} filled in with {by} ({named}{rows}): the clusters look a little tighter there "
        "than they are."
    )


def without_weight(n_rows: int) -> Text:
    """Say that rows of weight zero do not count; empty if there are none."""
    if n_rows == 0:
        return ()
    has, they = ("has", "it is") if n_rows == 1 else ("have", "they are")
    does = "does" if n_rows == 1 else "do"
    return text(f"{formats.rows(n_rows)} {has} weight 0: {they} labelled but {does} not count.")
