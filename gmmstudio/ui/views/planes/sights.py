"""What a scatter looks at: two columns, one of them as a histogram, or a plane through all."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.document import FitRecord
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.projection import (
    Directions,
    Moments,
    moments,
    principal_directions,
    separating_directions,
)
from gmmstudio.table.errors import TableError
from gmmstudio.table.preparation import Preparation, used_rows
from gmmstudio.table.table import Table
from gmmstudio.table.weights import weights_values
from gmmstudio.ui.views.planes.planes import Plane, columns_plane
from gmmstudio.ui.views.planes.scatter_axes import Axes, Side, default_axes
from gmmstudio.ui.views.planes.tour_space import TourSpace, first_frame, tour_space

Floats = NDArray[np.float64]
Kind = Literal["columns", "principal", "separating", "tour"]
_NAMED = 2  # columns named along an axis
_LISTED = 8  # columns listed in a tooltip
_NOTABLE = 0.6  # of the largest loading

NO_MODEL = "No model of these columns yet, so the principal plane is shown"
NOTHING_SEPARATES = "No plane separates the clusters, so the principal plane is shown"
NO_DIRECTIONS = "Too few rows for a principal plane, so two columns are shown"


@dataclass(frozen=True, eq=False)
class Sight:
    """What is looked at.

    Attributes
    ----------
    key
        Equal for what is the same; a picture of one key may be kept for the other.
    kind
        What was asked for.
    axes
        The columns shown; for a plane those that were shown before.
    plane
        None for the histogram of ``axes.x``.
    across, up
        What the axes say.
    steps : (d, 2) float64
        Where a row moves when a column of the plane rises by one standard deviation; None for
        columns.
    names
        Names of the plane's columns, where there are steps.
    caution
        Why it is not what was asked for; "" where it is.
    space, frame
        What a tour goes through, and the orthonormal frame (d, 2) it is at; None without a tour.
    """

    key: Hashable
    kind: Kind
    axes: Axes
    plane: Plane | None
    across: Side
    up: Side
    steps: Floats | None = None
    names: tuple[str, ...] = ()
    caution: str = ""
    space: TourSpace | None = None
    frame: Floats | None = None


def key_of(kind: Kind, axes: Axes, preparation: Preparation, record: FitRecord | None) -> Hashable:
    """Return what tells sights apart before they are computed: all that they depend on."""
    if kind == "columns":
        logged = set(preparation.log) & {axes.x, axes.y}
        return (axes, *sorted(logged)) if logged else axes
    if (
        kind == "separating"
        and record is not None
        and record.preparation.measures == preparation.measures
    ):
        return kind, record.id, record.table_id
    asked = preparation.measures, preparation.excluded, preparation.weights, preparation.weights_as
    return kind, preparation.missing, *asked


def sight_of(
    table: Table, kind: Kind, axes: Axes, preparation: Preparation, record: FitRecord | None
) -> Sight:
    """Work out what is looked at; may take a while where there are many rows.

    Parameters
    ----------
    table
        As the fit sees it: `fitted_table`.
    kind
        What is asked for.
    axes
        The columns to show where columns are asked for, or where there is no plane.
    preparation
        Whose columns and rows make the principal plane.
    record
        The fit whose clusters the separating plane separates, if there is one.
    """
    if kind == "columns":
        return columns_sight(table, axes, key_of(kind, axes, preparation, record))
    key = key_of(kind, axes, preparation, record)
    caution = ""
    columns = preparation.columns
    if kind == "separating":
        if record is None or record.preparation.measures != preparation.measures:
            caution = NO_MODEL
        elif found := separating_directions(record.fit.parameters):
            return _plane_sight(table, key, kind, axes, columns, found, _SEPARATING)
        else:
            caution = NOTHING_SEPARATES
    found_moments = _moments(table, preparation)
    if found_moments is None:
        other = default_axes(table, columns) or axes
        return replace(columns_sight(table, other), key=key, kind=kind, caution=NO_DIRECTIONS)
    directions = principal_directions(found_moments)
    sight = _plane_sight(table, key, kind, axes, columns, directions, _PRINCIPAL)
    if kind == "tour":
        space = tour_space(table, columns, found_moments)
        return tour_sight(replace(sight, space=space), first_frame(directions))
    return replace(sight, caution=caution)


def tour_sight(sight: Sight, frame: Floats, *, named: bool = True) -> Sight:
    """Return the sight of another frame of the same tour; not `named`: its words stay."""
    space = sight.space
    assert space is not None, "only a tour has frames"
    plane, steps = space.plane(frame), frame
    if not named:
        return replace(sight, plane=plane, steps=steps, frame=frame)
    directions = space.directions(frame)
    across, up = (
        _side(
            _TOUR, side, float(directions.shares[side]), directions.loadings[:, side], space.names
        )
        for side in range(2)
    )
    return replace(sight, plane=plane, steps=steps, frame=frame, across=across, up=up)


def columns_sight(table: Table, axes: Axes, key: Hashable = None) -> Sight:
    """Look at two columns, or the histogram of one."""
    key = axes if key is None else key
    x = table.columns[axes.x].name
    across = Side((x,), f"{x}\nChoose the column drawn across.")
    if axes.y is None:
        name = "density (histogram)"
        tip = (
            f"{name}\nHow many rows lie where: the bars' areas add up to one.\n"
            "Choose the column drawn up."
        )
        return Sight(key, "columns", axes, None, across, Side((name,), tip))
    y = table.columns[axes.y].name
    up = Side((y,), f"{y}\nChoose the column drawn up.")
    return Sight(key, "columns", axes, columns_plane(axes.x, axes.y), across, up)


def _moments(table: Table, preparation: Preparation) -> Moments | None:
    columns = [table.columns[i].values for i in preparation.columns]
    values = [column for column in columns if column is not None]
    if len(values) < 2 or len(values) < len(columns):
        return None
    try:
        rows = used_rows(table, preparation).rows
        weights = None
        if preparation.weights is not None:
            weights = weights_values(table, preparation.weights, preparation.columns)
        used = np.zeros(table.n_rows, bool)
        used[rows] = True
        return moments(values, used, weights)
    except (TableError, MixtureError):
        return None  # too few rows, which is said elsewhere too


@dataclass(frozen=True)
class _Words:
    name: str
    share: str
    tip: str


_PRINCIPAL = _Words(
    "principal direction",
    "of the variance",
    "The two directions in which the rows of the fit vary most, all columns counting alike\n"
    "(principal components of the standardised columns). Numbers are in standard deviations.",
)
_SEPARATING = _Words(
    "separating direction",
    "of the separation",
    "The two directions that tell the clusters apart best for their spread (linear discriminants\n"
    "of the model). Numbers are in standard deviations within the clusters. The plane belongs to\n"
    "the fit that is open: during a run it stays as it is, so that the picture does not swim.",
)
_TOUR = _Words(
    "tour direction",
    "of the variance",
    "One of the many planes through the columns of the fit, all of them counting alike. The tour\n"
    "goes from plane to plane; it rests while something else is in front or the picture is moved\n"
    "by hand. Numbers are in standard deviations.",
)
_ONE_ONLY = "The clusters' means lie on one line: this direction shows their largest spread."


def _plane_sight(
    table: Table,
    key: Hashable,
    kind: Kind,
    axes: Axes,
    columns: tuple[int, ...],
    directions: Directions,
    words: _Words,
) -> Sight:
    names = [table.columns[i].name for i in columns]
    across, up = (
        _side(words, side, float(directions.shares[side]), directions.loadings[:, side], names)
        for side in range(2)
    )
    plane = Plane(columns, directions.axes, directions.centre)
    steps = directions.axes * directions.scale[:, None]
    return Sight(key, kind, axes, plane, across, up, steps, tuple(names))


def _side(words: _Words, side: int, share: float, loadings: Floats, names: Sequence[str]) -> Side:
    name = f"{words.name} {side + 1}"
    percent = f"{100 * share:.0f} %"
    order = np.argsort(-np.abs(loadings), kind="stable")
    told = notable(loadings)
    mostly = ", ".join(names[j] for j in told)
    full = f"{name} ({percent} {words.share})"
    texts: tuple[str, ...] = full, f"{name} ({percent})", name
    if told:
        first = names[told[0]]
        fuller = f"{full}: mostly {mostly}", f"{name} ({percent}): {mostly}"
        texts = *fuller, f"{name} ({percent}): {first}", f"{name}: {first}", name
    lines = [full, words.tip]
    if words is _SEPARATING and side == 1 and share == 0:
        lines.append(_ONE_ONLY)
    where = " within the clusters" if words is _SEPARATING else ""
    lines.append(f"How closely each column goes with it{where} (correlation, −1 to 1):")
    lines += [f"  {names[j]}  {signed_text(loadings[j])}" for j in order[:_LISTED]]
    if len(names) > _LISTED:
        lines.append(f"  and {len(names) - _LISTED} columns that go with it less")
    return Side(texts, "\n".join(lines))


def notable(loadings: Floats) -> list[int]:
    """Return the few columns that a direction is mostly made of, the closest first."""
    size = np.abs(loadings)
    if not size.max() > 0:
        return []
    order = np.argsort(-size, kind="stable")[:_NAMED]
    return [int(j) for j in order if size[j] >= _NOTABLE * size.max()]


def signed_text(value: float) -> str:
    """Write a correlation with its sign."""
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text[1:] == "0.00" else text
