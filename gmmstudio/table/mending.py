"""Broken rows mended where there is one way to do it: a delimiter too few, too many, or another.

A row with the wrong number of cells is read in every way that gives the right number. The reading
is taken whose cells look like those of their columns, if it does so clearly better than the row as
it stands and than every other reading; else the row stays as it is. What was mended is listed with
its line, always as a doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gmmstudio.table.delimiting import CANDIDATES, cells_of
from gmmstudio.table.likeness import Likeness
from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.tokens import Layout, Tokens

How = Literal["as it is", "missing", "empty", "unquoted", "other"]

_FEWEST = 10  # regular rows to learn from
_SAMPLE = 400
_MOST = 200  # broken rows; where there are more, the file is of another kind
_SHARE = 0.1
_LONGEST = 20_000
_WIDEST = 200
_MOST_PIECES = 80
_BUDGET = 400_000  # cells looked at, some seconds at most
_MARGIN = 3.0  # nats by which a reading must beat the row as it stands …
_SECOND = 1.0  # … and the next best reading
_WORSE = 6.0  # nats by which it may look worse than the worst regular row
_PENALTY = {"as it is": 0.0, "missing": 2.0, "empty": 1.0, "unquoted": 2.0, "other": 2.0}


@dataclass(frozen=True)
class Reading:
    """One way to read a row."""

    cells: tuple[str, ...]
    how: How
    cost: float


@dataclass(frozen=True, eq=False)
class Mended:
    """The records with the mended ones in their place, and how each was mended."""

    records: Records
    how: dict[int, How]


def mend(data: bytes, records: Records, rows: IntArray, layout: Layout, width: int) -> Mended:
    """Mend the broken ones among these records, of which most have this width."""
    broken = _broken(records, rows, width)
    if not broken.size or not 1 < width <= _WIDEST:
        return Mended(records, {})
    regular = np.setdiff1d(rows[records.counts[rows] == width], broken)
    few = broken.size <= min(_MOST, _SHARE * rows.size + 1)
    if not few or regular.size < _FEWEST:
        return Mended(records, {})
    step = max(1, regular.size // _SAMPLE)
    sample = [cells_of(data, records, int(record), layout) for record in regular[::step]]
    mender = _Mender(layout, width, [cells for cells in sample if len(cells) == width])
    found: dict[int, Reading] = {}
    for record in broken.tolist():
        raw = data[records.starts[record] : records.stops[record]]
        if _one_line(raw):
            best = mender.best(raw, cells_of(data, records, record, layout))
            if best is not None:
                found[record] = best
    return _with(records, {record: list(r.cells) for record, r in found.items()}, found)


def mend_header(data: bytes, records: Records, record: int, layout: Layout, width: int) -> Mended:
    """Mend the names of the columns, which look like nothing else: only where it is plain how."""
    count = int(records.counts[record])
    raw = data[records.starts[record] : records.stops[record]]
    if (
        not 1 < width <= _WIDEST
        or count == width
        or len(raw) > _LONGEST
        or b"\n" in raw
        or b"\r" in raw
    ):
        return Mended(records, {})
    readings = _readings(raw, layout, width, only_at_quotes=True)
    full = [r for r in readings if r.how == "other" or all(cell.strip() for cell in r.cells)]
    if len({r.cells for r in full}) != 1:
        return Mended(records, {})
    return _with(records, {record: list(full[0].cells)}, {record: full[0]})


def _one_line(raw: bytes) -> bool:
    return len(raw) <= _LONGEST and b"\n" not in raw and b"\r" not in raw


def _broken(records: Records, rows: IntArray, width: int) -> IntArray:
    broken: IntArray = rows[records.counts[rows] != width]
    if records.stray:
        broken = np.union1d(broken, np.intersect1d(rows, records.stray))
    return broken


def _with(records: Records, cells: dict[int, list[str]], found: dict[int, Reading]) -> Mended:
    if not found:
        return Mended(records, {})
    counts = records.counts.copy()
    fields = dict(records.fields)
    for record, row in cells.items():
        counts[record] = len(row)
        fields[record] = [cell.encode("utf-8", "surrogateescape") for cell in row]
    stray = tuple(record for record in records.stray if record not in found)
    mended = replace(records, counts=counts, fields=fields, stray=stray)
    return Mended(mended, {record: reading.how for record, reading in found.items()})


class _Mender:
    """Finds the best reading of one row after the other."""

    def __init__(self, layout: Layout, width: int, regular: Sequence[list[str]]) -> None:
        self._layout, self._width = layout, width
        self._like = Likeness(regular)
        self._worst = max(self._like.total(cells) for cells in regular)
        self._left = _BUDGET

    def best(self, raw: bytes, cells: list[str]) -> Reading | None:
        """Return the one reading that is clearly better than the row as it stands, or None."""
        stands = self._as_it_stands(cells)
        others: dict[tuple[str, ...], Reading] = {}
        for reading in self._all(raw):
            known = others.get(reading.cells)
            if known is None or reading.cost < known.cost:
                others[reading.cells] = reading
        others.pop(stands.cells, None)
        ranked = sorted(others.values(), key=lambda reading: reading.cost)
        if not ranked or ranked[0].cost > stands.cost - _MARGIN:
            return None
        if len(ranked) > 1 and ranked[1].cost < ranked[0].cost + _SECOND:
            return None
        return ranked[0] if ranked[0].cost <= self._worst + _WORSE else None

    def _as_it_stands(self, cells: list[str]) -> Reading:
        padded = cells + [""] * (self._width - len(cells))
        beyond = padded[self._width :]
        cost = self._like.total(padded[: self._width]) + len(beyond)
        cost += 20.0 * sum(bool(cell) for cell in beyond)
        return Reading(tuple(padded[: self._width]), "as it is", cost)

    def _all(self, raw: bytes) -> Iterator[Reading]:
        for reading in _readings(raw, self._layout, self._width):
            if self._left < 0:
                return
            self._left -= self._width
            if reading.how == "missing" and self._halves_a_number(raw, reading):
                continue
            yield replace(reading, cost=self._like.total(reading.cells) + _PENALTY[reading.how])
        for delimiter in CANDIDATES:
            if self._left < 0:
                return
            if delimiter.encode() in raw:
                yield from self._joined(raw, delimiter)

    def _halves_a_number(self, raw: bytes, reading: Reading) -> bool:
        """Tell whether two numbers that stand together would be told apart: nobody can know where.

        ``12`` may be 1 and 2 or 12 with a number missing; dates and codes have a pattern.
        """
        numeric = self._like.numeric
        for j in range(self._width - 1):
            if numeric[j] and numeric[j + 1] and reading.cells[j] and reading.cells[j + 1]:
                run_on = (reading.cells[j] + reading.cells[j + 1]).encode()
                if run_on in raw:
                    return True
        return False

    def _joined(self, raw: bytes, delimiter: str) -> Iterator[Reading]:
        """Read pieces that one delimiter makes, several of which may belong to one cell."""
        own = delimiter == self._layout.delimiter
        tokens = Tokens(replace(self._layout, delimiter=delimiter, aligned=False))
        pieces, clean = tokens.pieces(raw)
        n, width = len(pieces), self._width
        if not clean or not width < n <= max(_MOST_PIECES, width + 8):
            return
        texts = [piece.decode("utf-8", "surrogateescape") for piece, _ in pieces]
        closed = [quoted for _, quoted in pieces]
        how: How = "unquoted" if own else "other"
        for cost, cells in self._align(texts, closed, delimiter):
            yield Reading(cells, how, cost + _PENALTY[how])

    def _align(
        self, texts: list[str], closed: list[bool], delimiter: str
    ) -> list[tuple[float, tuple[str, ...]]]:
        """Share the pieces out over the columns, in order; return the two best ways.

        Dynamic programming over (column, pieces used), which keeps the best two of each state.
        """
        n, width = len(texts), self._width
        states: list[list[tuple[float, tuple[str, ...]]]] = [[] for _ in range(n + 1)]
        states[0] = [(0.0, ())]
        for j in range(width):
            following: list[list[tuple[float, tuple[str, ...]]]] = [[] for _ in range(n + 1)]
            for first in range(n):
                if not states[first]:
                    continue
                for last in range(first + 1, n - (width - j - 1) + 1):
                    if last > first + 1 and (closed[first] or closed[last - 1]):
                        break
                    cell = delimiter.join(texts[first:last])
                    self._left -= 1
                    cost = self._like.cost(j, cell)
                    following[last] += [(c + cost, (*cells, cell)) for c, cells in states[first]]
            states = [sorted(ways, key=lambda way: way[0])[:2] for ways in following]
        return states[n]


def _readings(
    raw: bytes, layout: Layout, width: int, *, only_at_quotes: bool = False
) -> Iterator[Reading]:
    """Read a row with one delimiter more, one empty cell less, or another delimiter."""
    tokens = Tokens(layout)
    pieces, clean = tokens.pieces(raw)
    if clean and len(pieces) == width + 1:
        for j, (piece, quoted) in enumerate(pieces):
            if not piece and not quoted:
                yield Reading(_texts(pieces[:j] + pieces[j + 1 :]), "empty", 0.0)
    if not clean or len(pieces) == width - 1:
        delimiter = layout.delimiter.encode()
        for at in _places(raw, layout, only_at_quotes=only_at_quotes):
            pieces, fine = tokens.pieces(raw[:at] + delimiter + raw[at:])
            if fine and len(pieces) == width:
                yield Reading(_texts(pieces), "missing", 0.0)
    for other in CANDIDATES:
        if other != layout.delimiter and other.encode() in raw:
            pieces, fine = Tokens(replace(layout, delimiter=other, aligned=False)).pieces(raw)
            if fine and len(pieces) == width:
                yield Reading(_texts(pieces), "other", 0.0)


def _places(raw: bytes, layout: Layout, *, only_at_quotes: bool) -> Iterator[int]:
    """Return where a delimiter may be missing: beside quotation marks and between other letters."""
    quote = layout.quote.encode()
    inside = False
    for at in range(len(raw) + 1):
        before, after = raw[at - 1 : at], raw[at : at + 1]
        beside = bool(quote) and quote in (before, after)
        if before == quote and at:
            inside = not inside
        if beside or (not inside and not only_at_quotes and not _one_word(before, after)):
            yield at


def _one_word(before: bytes, after: bytes) -> bool:
    """Tell whether no cell ends here: within a word, beside a space, inside a letter."""
    if not before or not after:
        return False
    if before.islower() and after.islower():
        return True
    return after[0] & 0xC0 == 0x80 or before == b" " or after == b" "


def _texts(pieces: Sequence[tuple[bytes, bool]]) -> tuple[str, ...]:
    return tuple(piece.decode("utf-8", "surrogateescape") for piece, _ in pieces)
