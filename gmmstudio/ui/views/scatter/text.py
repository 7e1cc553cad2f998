"""What the scatter says in words: which rows are drawn, and which are not."""

from __future__ import annotations

from gmmstudio.report.formats import count
from gmmstudio.table.table import Table
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.planes.sights import Sight

_NAMED = 3  # columns named in a note


def rows_note(
    table: Table, sight: Sight, n_drawn: int, n_apart: int, n_excluded: int, seen: str = ""
) -> str:
    """Say how many rows are drawn, how many of them are `seen`, and why the others are not."""
    missing = table.n_rows - n_drawn
    if missing:
        where = "here" if sight.plane is not None else f"in {table.columns[sight.axes.x].name}"
        parts = [
            f"{count(n_drawn)} of {count(table.n_rows)} rows drawn, "
            f"{count(missing)} {'has' if missing == 1 else 'have'} no value {where}"
        ]
        parts += [seen] if seen else []
    else:
        all_rows = "One row" if table.n_rows == 1 else f"All {count(table.n_rows)} rows"
        parts = [f"{all_rows}: {seen}" if seen else f"{all_rows} drawn"]
    skipped = n_apart - n_excluded
    grey = []
    if n_excluded:
        grey.append(f"{count(n_excluded)} excluded")
    if skipped > 0:
        grey.append(f"{count(skipped)} with a value missing elsewhere")
    if grey:
        parts.append(f"in grey: {' and '.join(grey)}")
    return "; ".join(parts)


def seen_note(n_points: int, n_seen: int, n_in_view: int) -> str:
    """Say where the points are that are not seen; nothing where all are."""
    under, outside = n_in_view - n_seen, n_points - n_in_view
    if under <= 0 and outside <= 0:
        return ""
    parts = [f"{count(n_seen)} seen"]
    if under > 0:
        parts.append(f"{count(under)} under them")
    if outside > 0:
        parts.append(f"{count(outside)} outside")
    return ", ".join(parts)


def short_note(
    n_rows: int, n_drawn: int, n_apart: int, seen: tuple[int, int] | None
) -> tuple[str, ...]:
    """Say the same in few words, and in fewer.

    Parameters
    ----------
    n_rows, n_drawn, n_apart
        Rows of the table, those drawn, and those of them in grey.
    seen
        How many points are seen, and how many lie in view; None where nobody knows.
    """
    missing = n_rows - n_drawn
    drawn = f"{count(n_drawn)} of {count(n_rows)} drawn" if missing else f"{count(n_drawn)} drawn"
    hidden = []
    if seen is not None:
        n_seen, n_in_view = seen
        if n_in_view > n_seen:
            hidden.append(f"{count(n_in_view - n_seen)} hidden")
        if n_drawn > n_in_view:
            hidden.append(f"{count(n_drawn - n_in_view)} outside")
    grey = [f"{count(n_apart)} grey"] if n_apart else []
    least = ", ".join([drawn, *hidden])
    if not missing:
        return ", ".join([drawn, *hidden, *grey]), least
    return ", ".join([drawn, f"{count(missing)} missing", *hidden, *grey]), least


def tour_note(sight: Sight) -> str:
    """Say which rows a tour moves."""
    space = sight.space
    if space is None or len(space.rows) == space.n_complete:
        return "On tour; all rows move"
    return f"On tour; {count(len(space.rows))} of {count(space.n_complete)} rows move"


def ellipse_note(table: Table, sight: Sight, shown: Shown | None) -> str:
    """Say why there are no ellipses, where there are none."""
    if shown is None:
        return ""
    wanted = [sight.axes.x] if sight.plane is None else sight.plane.columns
    outside = [table.columns[i].name for i in wanted if i not in shown.preparation.columns]
    if not outside:
        return ""
    names = " and ".join(outside[:_NAMED])
    if len(outside) > _NAMED:
        names = f"{', '.join(outside[:_NAMED])} and {len(outside) - _NAMED} more"
    kind = "density curves" if sight.plane is None else "ellipses"
    return f"No {kind}: {names} {'is' if len(outside) == 1 else 'are'} not in the fit"


def shown_columns(sight: Sight | None) -> list[int]:
    """Return the columns along the axes; none for a plane through all of them."""
    if sight is None or sight.kind != "columns":
        return []
    return [sight.axes.x] if sight.axes.y is None else [sight.axes.x, sight.axes.y]


def probability_text(probability: float) -> str:
    """Write a probability in percent without rounding it to certainty, either way."""
    percent = 100 * probability
    if percent >= 99.95:
        return "> 99.9 %" if percent < 100 else "100 %"
    if 0 < percent < 0.05:
        return "< 0.1 %"
    return f"{percent:.1f} %"
