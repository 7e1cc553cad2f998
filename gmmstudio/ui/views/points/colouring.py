"""From labels and certainty to colours, for the rows that are seen and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report.symbols import SYMBOL
from gmmstudio.ui.views.points.marks import APART, NORMAL, OUTLIER, Flags, Ints

Rgb = tuple[int, int, int]
LEVELS = 16  # of certainty
_UNKNOWN, _APART, _FIRST = 0, 1, 2
_FAINTEST = 0.3  # how much of its colour the least certain row keeps
_QUIET = 0.22  # how much of its colour a row keeps while others are selected


def premultiplied(rgb: Rgb, alpha: float = 1.0) -> int:
    """Return a colour as the word that an image holds (premultiplied ARGB)."""
    red, green, blue = (round(channel * alpha) for channel in rgb)
    return (round(255 * alpha) << 24) | (red << 16) | (green << 8) | blue


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Mix two colours, ``share`` of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def make_palette(
    clusters: Sequence[Rgb],
    background: Rgb,
    neutral: Rgb,
    apart: Rgb,
    *,
    faded: bool,
    text: Rgb = (0, 0, 0),
) -> NDArray[np.uint32]:
    """Make the look-up table of colours.

    A row without label, a row not in the fit, 16 per cluster from uncertain to certain, and one
    per cluster for outliers that are no crosses: half way to the colour of text.
    """
    words = [premultiplied(neutral), premultiplied(apart)]
    for rgb in clusters:
        for level in range(LEVELS):
            strength = _FAINTEST + (1 - _FAINTEST) * level / (LEVELS - 1) if faded else 1.0
            words.append(premultiplied(mix(background, rgb, strength)))
    words += [premultiplied(mix(rgb, text, 0.5)) for rgb in clusters]
    return np.array(words, np.uint32)


def step_back(colours: NDArray[np.uint32], share: float = _QUIET) -> NDArray[np.uint32]:
    """Let colours (premultiplied ARGB) show only so much of themselves, the ground the rest."""
    channels = colours.view(np.uint8).astype(np.float32)
    return np.rint(channels * np.float32(share)).astype(np.uint8).view(np.uint32)


def _symbols_of(colouring: Colouring) -> list[int] | None:
    return None if colouring.symbols is None else colouring.symbols.tolist()


@dataclass(frozen=True, eq=False)
class Places:
    """Where the labels of some rows stand in a colouring.

    Attributes
    ----------
    found : (m,) integers
        The place of each row's label; any place for those that have none.
    unknown : (m,) bool or None
        Which rows have none; None: all have one.
    """

    found: NDArray[np.integer]
    unknown: NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class Colouring:
    """What colours the rows of a table.

    Attributes
    ----------
    palette : (2 + 17 K,) uint32
        See :func:`make_palette`.
    n_components : int
        K; 0 while there is no model.
    rows : (m,) integers or None
        Rows of the table that the next two are for; None: all rows, in order.
    labels : (m,) integers
        Component, -1 where the row is not in the fit.
    max_probability : (m,) floats
        Probability of that component.
    ring
        The rim of marks of selected rows.
    symbols : (K,) uint8 or None
        The symbol of each component; None where all marks are round.
    """

    palette: NDArray[np.uint32]
    n_components: int = 0
    rows: NDArray[np.integer] | None = None
    labels: NDArray[np.integer] = field(default_factory=lambda: np.empty(0, np.int32))
    max_probability: NDArray[np.floating] = field(default_factory=lambda: np.empty(0, np.float32))
    ring: int = 0xFF000000
    symbols: NDArray[np.uint8] | None = None

    def is_like(self, other: Colouring) -> bool:
        """Tell whether another gives every row the same colour, without going through the rows."""
        return (
            self.rows is other.rows
            and self.labels is other.labels
            and self.max_probability is other.max_probability
            and (self.n_components, self.ring) == (other.n_components, other.ring)
            and np.array_equal(self.palette, other.palette)
            and _symbols_of(self) == _symbols_of(other)
        )

    def colours(
        self,
        rows: Ints,
        kinds: Flags | None,
        n_rows: int,
        *,
        crossed: bool = True,
        selected: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.uint32]:
        """Return the colour of each of these rows, premultiplied ARGB; see :meth:`shades`.

        `kinds` says of each row of the table whether it is in the fit and an outlier.
        """
        of_rows = None if kinds is None else kinds[rows]
        words, codes = self.shades(rows, of_rows, n_rows, crossed=crossed, selected=selected)
        return words[codes]

    def shades(
        self,
        rows: Ints,
        kinds: Flags | None,
        n_rows: int,
        *,
        crossed: bool = True,
        selected: NDArray[np.bool_] | None = None,
        places: Places | None = None,
    ) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Return the colours there are and which of them each of these rows has.

        The rows are of a table of `n_rows`. Of each of them `kinds` says whether it is in the fit
        and an outlier; with `crossed` outliers are crosses and need no colour of their own.
        `selected` says of each whether it keeps its colour while the others step back; `places`
        is what :meth:`places` returns, where that is known already.
        """
        codes = self.codes(rows, n_rows, places)
        if kinds is not None:
            codes[kinds == APART] = _APART
            if not crossed:
                marked = (kinds == OUTLIER) & (codes >= _FIRST)
                cluster = (codes[marked] - _FIRST) // LEVELS
                codes[marked] = _FIRST + LEVELS * self.n_components + cluster
        if selected is None:
            return self.palette, codes
        codes += selected * np.int32(len(self.palette))
        return np.concatenate([step_back(self.palette), self.palette]), codes

    def with_symbols(self, kinds: Flags | None, n_rows: int) -> Flags | None:
        """Return the kinds of all rows of a table, those in the fit with their symbols."""
        if self.symbols is None or not self.n_components:
            return kinds
        marked = np.zeros(n_rows, np.uint8) if kinds is None else kinds.copy()
        rows = slice(None) if self.rows is None else self.rows
        of_rows = marked[rows]
        chosen = (of_rows == NORMAL) & (self.labels >= 0)
        of_rows[chosen] = SYMBOL + self.symbols[self.labels[chosen]]
        marked[rows] = of_rows
        return marked

    def codes(self, rows: Ints, n_rows: int, places: Places | None = None) -> NDArray[np.int32]:
        """Return where in the palette the colour of each of these rows stands, by its label."""
        if not self.n_components or not len(self.labels):
            return np.full(len(rows), _UNKNOWN, np.int32)
        if self.rows is rows:
            return self._codes(self.labels, self.max_probability)
        if places is None:
            places = self.places(rows, n_rows)
        codes = self._codes(self.labels[places.found], self.max_probability[places.found])
        if places.unknown is not None:
            codes[places.unknown] = _UNKNOWN
        return codes

    def places(self, rows: Ints, n_rows: int) -> Places:
        """Find the labels of some rows of a table of `n_rows`.

        They stand in the same places in all colourings that have the same :attr:`rows`.
        """
        if self.rows is None:
            return Places(rows, None)
        of_table = np.full(n_rows, -1, np.int32)
        of_table[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        found = of_table[rows].astype(np.intp)
        unknown = found < 0
        return Places(np.maximum(found, 0), unknown if unknown.any() else None)

    def _codes(
        self, labels: NDArray[np.integer], max_probability: NDArray[np.floating]
    ) -> NDArray[np.int32]:
        # A single cluster leaves nothing to choose from: its rows are certain, not at the least.
        least = 1 / self.n_components if self.n_components > 1 else 0.0
        steps = (LEVELS - 1) / max(1 - least, 1e-9)
        place = (max_probability - np.float32(least)) * np.float32(steps) + np.float32(0.5)
        level = np.clip(place, 0, LEVELS - 1, out=place).astype(np.int32)
        level += labels.astype(np.int32) * np.int32(LEVELS) + np.int32(_FIRST)
        apart = labels < 0
        if apart.any():
            level[apart] = _APART
        return level
