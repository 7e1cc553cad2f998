"""Where each record of a delimited text begins and ends, and how many fields it has.

The text is looked at line by line with NumPy. A line whose quotation marks follow the rules and
close on the line is a record as it stands; only the other lines are read field by field, where a
quoted cell may run over several lines or a stray quotation mark has to be understood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import Stopped
from gmmstudio.table.tokens import Layout, Tokens

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_BLOCK = 1 << 24


@dataclass(frozen=True, eq=False)
class Records:
    """The records of a text in their order.

    Attributes
    ----------
    starts, stops
        int64 (m,): byte offsets of each record, without its line ending.
    counts
        int64 (m,): number of fields.
    lines
        int64 (m,): line number in the file, from 1; of a sheet, what ``unit`` says, the row.
    blank
        bool (m,): nothing on the line, or a comment.
    comments
        Records that are comments.
    fields
        Fields of the records whose quotation marks break the rules, as they were understood.
    stray
        Records among those whose quotation marks were ambiguous.
    swallowed
        Well-formed records over several lines of which one looks like a row of its own.
    """

    starts: IntArray
    stops: IntArray
    counts: IntArray
    lines: IntArray
    blank: BoolArray
    fields: dict[int, list[bytes]]
    stray: tuple[int, ...]
    swallowed: tuple[int, ...]
    comments: tuple[int, ...] = ()
    unit: str = "line"

    def __len__(self) -> int:
        return len(self.starts)


def find_records(
    data: bytes,
    layout: Layout,
    should_stop: Callable[[], bool] = lambda: False,
) -> Records:
    """Find the records of a UTF-8 text without a mark."""
    starts, stops = line_spans(data, should_stop)
    counts, broken = _count_fields(data, starts, stops, layout, should_stop)
    blank = _blank(data, starts, stops, layout.delimiter)
    comment = beginning_with(data, starts, layout.comment) if layout.comment else None
    if comment is not None:
        blank |= comment
        broken &= ~comment
    lines = np.flatnonzero(broken)
    walk = _Walk(data, starts, stops, counts, Tokens(layout))
    if not walk.by_the_rules(lines, blank, should_stop):
        walk = _Walk(data, starts, stops, counts, Tokens(layout), walk.width(blank, broken))
        walk.by_what_fits(lines, should_stop)
    return walk.records(blank, comment)


def usual_width(counts: IntArray) -> int:
    """Return the most frequent number of fields (the larger of two equally frequent ones)."""
    if counts.size == 0:
        return 0
    frequency = np.bincount(counts)
    return int(frequency.size - 1 - np.argmax(frequency[::-1]))


def line_spans(data: bytes, should_stop: Callable[[], bool]) -> tuple[IntArray, IntArray]:
    """Return where each line starts and stops, its ending left out.

    Lines end with LF, CR LF or CR; an ending at the very end begins no further line.
    """
    array = np.frombuffer(data, dtype=np.uint8)
    has_cr = b"\r" in data
    ends: list[IntArray] = []
    for begin in range(0, len(data), _BLOCK):
        if should_stop():
            raise Stopped
        block = array[begin : begin + _BLOCK]
        hits = block == 10
        if has_cr:
            following = array[begin + 1 : begin + 1 + len(block)]
            lone = block == 13
            lone[: len(following)] &= following != 10
            hits |= lone
        ends.append(np.flatnonzero(hits) + begin)
    stops = np.concatenate(ends) if ends else np.empty(0, dtype=np.int64)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), stops + 1])
    stops = np.append(stops, len(data))
    if starts[-1] >= len(data):
        starts, stops = starts[:-1], stops[:-1]
    if has_cr and stops.size:
        before = array[np.maximum(stops - 1, 0)] == 13
        stops = stops - (before & (stops > starts) & (stops < len(data)))
    return starts, stops


def beginning_with(data: bytes, starts: IntArray, mark: str) -> BoolArray:
    """Tell which lines, or records, begin with this mark."""
    array = np.frombuffer(data, dtype=np.uint8)
    found = np.ones(starts.size, dtype=bool)
    for place, sign in enumerate(mark.encode()):
        at = starts + place
        found &= (at < array.size) & (array[np.minimum(at, array.size - 1)] == sign)
    return found


def _blank(data: bytes, starts: IntArray, stops: IntArray, delimiter: str) -> BoolArray:
    blank: BoolArray = stops == starts
    if delimiter.isspace():
        return blank
    array = np.frombuffer(data, dtype=np.uint8)
    first = array[np.minimum(starts, len(data) - 1)]
    for line in np.flatnonzero(((first == 32) | (first == 9)) & ~blank):
        blank[line] = not data[starts[line] : stops[line]].strip(b" \t")
    return blank


def _count_fields(
    data: bytes,
    starts: IntArray,
    stops: IntArray,
    layout: Layout,
    should_stop: Callable[[], bool],
) -> tuple[IntArray, BoolArray]:
    """Return the fields per line, and the lines whose quotation marks need a closer look."""
    n = len(starts)
    counts = np.ones(n, dtype=np.int64)
    broken = np.zeros(n, dtype=bool)
    array = np.frombuffer(data, dtype=np.uint8)
    delimiter, quote = layout.delimiter, layout.quote
    quoted = bool(quote) and quote.encode() in data
    escape = layout.escaping
    first = 0
    while first < n:
        if should_stop():
            raise Stopped
        last = int(np.searchsorted(starts, starts[first] + _BLOCK))
        last = max(last, first + 1)
        begin, end = int(starts[first]), int(stops[last - 1])
        block = array[begin:end]
        marks = np.flatnonzero(block == ord(delimiter))
        heads, tails = starts[first:last] - begin, stops[first:last] - begin
        if quoted:
            quotes = np.flatnonzero(block == ord(quote))
            if quotes.size:
                broken[first:last] = _broken_lines(block, quotes, heads, tails, ord(delimiter))
                marks = _outside(block, marks, heads, ord(quote))
                if escape:
                    at = np.flatnonzero(block == escape[0])
                    broken[first + np.searchsorted(heads, at, side="right") - 1] = True
        counts[first:last] += np.searchsorted(marks, tails) - np.searchsorted(marks, heads)
        first = last
    return counts, broken


def _outside(block: NDArray[np.uint8], marks: IntArray, heads: IntArray, quote: int) -> IntArray:
    """Keep the delimiters with an even number of quotation marks before them on their line."""
    odd = np.cumsum(block == quote, dtype=np.uint8)  # wraps around, which leaves it even or odd
    odd &= 1
    inside = odd[marks]
    before_line = np.where(heads > 0, odd[heads - 1], 0).astype(np.uint8)
    if before_line.any():
        per_line = np.diff(np.append(np.searchsorted(marks, heads), marks.size))
        inside ^= np.repeat(before_line, per_line)
    outside: IntArray = marks[inside == 0]
    return outside


def _broken_lines(
    block: NDArray[np.uint8], quotes: IntArray, heads: IntArray, tails: IntArray, delimiter: int
) -> BoolArray:
    """Return the lines on which a quotation mark is out of place or does not close."""
    line = np.searchsorted(heads, quotes, side="right") - 1
    before_line = np.searchsorted(quotes, heads)
    order = np.arange(quotes.size) - before_line[line]
    opening = order % 2 == 0
    previous = block[np.maximum(quotes - 1, 0)]
    following = block[np.minimum(quotes + 1, block.size - 1)]
    mark = block[quotes[0]]
    at_head, at_tail = quotes == heads[line], quotes + 1 == tails[line]
    fine_open = at_head | (previous == delimiter) | ((previous == mark) & (order > 0))
    fine_close = at_tail | (following == delimiter) | (following == mark)
    wrong = np.where(opening, ~fine_open, ~fine_close)
    per_line = np.append(before_line[1:], quotes.size) - before_line
    broken: BoolArray = per_line % 2 == 1
    broken[line[wrong]] = True
    return broken


class _Walk:
    """Reads the lines with unusual quotation marks and joins those that belong together."""

    def __init__(
        self,
        data: bytes,
        starts: IntArray,
        stops: IntArray,
        counts: IntArray,
        tokens: Tokens,
        width: int = 0,
    ) -> None:
        self.data, self.starts, self.stops = data, starts, stops.copy()
        self.counts, self.usual, self.tokens = counts.copy(), width, tokens
        self.joined = np.zeros(len(starts), dtype=bool)
        self.complete = False
        self.fields: dict[int, list[bytes]] = {}
        self.stray: list[int] = []
        self.swallowed: list[int] = []

    def by_the_rules(
        self, lines: IntArray, blank: BoolArray, should_stop: Callable[[], bool]
    ) -> bool:
        """Read these lines strictly; tell whether that explains the whole text.

        It does if every quotation mark keeps to the rules and all records have the same width.
        """
        self.usual = usual_width(self.counts[~blank])
        for step, line in enumerate(lines):
            if step % 4096 == 0 and should_stop():
                raise Stopped
            if self.joined[line]:
                continue
            fields, end, clean = self.tokens.strict(self.data, int(self.starts[line]))
            if not clean:
                return False
            self._store(int(line), fields, end, clean)
        self.complete = True
        counts = self.counts[~self.joined & ~blank]
        return counts.size > 0 and bool(np.all(counts == counts[0]))

    def width(self, blank: BoolArray, broken: BoolArray) -> int:
        """Return the usual width, of all records if they could be read strictly."""
        known = ~self.joined & ~blank if self.complete else ~broken & ~blank
        return usual_width(self.counts[known])

    def by_what_fits(self, lines: IntArray, should_stop: Callable[[], bool]) -> None:
        """Read these lines, preferring for each what gives a record of the usual width."""
        for step, line in enumerate(lines):
            if step % 4096 == 0 and should_stop():
                raise Stopped
            if not self.joined[line]:
                self._read(int(line))

    def _read(self, line: int) -> None:
        start, stop = int(self.starts[line]), int(self.stops[line])
        fields, end, clean = self.tokens.strict(self.data, start)
        if not clean or (self.usual and len(fields) != self.usual):
            single = self._on_one_line(start, stop)
            if not clean or len(single) == self.usual:
                clean = clean and single == fields
                fields, end = single, stop
        self._store(line, fields, end, clean)

    def _on_one_line(self, start: int, stop: int) -> list[bytes]:
        """Return the first reading of one line that has the usual number of fields."""
        line = self.data[start:stop]
        lenient, strict = self.tokens.lenient(line), self.tokens.strict(line, 0)[0]
        for fields in (lenient, strict, self.tokens.literal(line)):
            if len(fields) == self.usual:
                return fields
        return lenient

    def _store(self, line: int, fields: list[bytes], end: int, clean: bool) -> None:
        last = int(np.searchsorted(self.starts, end, side="right")) - 1
        self.joined[line + 1 : last + 1] = True
        if self.usual > 1 and np.any(self.counts[line + 1 : last + 1] == self.usual):
            self.swallowed.append(line)
        start = int(self.starts[line])
        self.stops[line], self.counts[line] = max(end, start), len(fields)
        escape = self.tokens.escape
        if not clean or (escape and self.data.find(escape, start, end) >= 0):
            self.fields[line] = fields
        if not clean:
            self.stray.append(line)

    def records(self, blank: BoolArray, comment: BoolArray | None) -> Records:
        keep = np.flatnonzero(~self.joined)
        number = {int(line): record for record, line in enumerate(keep)} if self._any() else {}
        return Records(
            starts=self.starts[keep],
            stops=self.stops[keep],
            counts=self.counts[keep],
            lines=keep + 1,
            blank=blank[keep],
            fields={number[line]: fields for line, fields in self.fields.items()},
            stray=tuple(number[line] for line in self.stray),
            swallowed=tuple(number[line] for line in self.swallowed),
            comments=() if comment is None else tuple(np.flatnonzero(comment[keep]).tolist()),
        )

    def _any(self) -> bool:
        return bool(self.fields or self.stray or self.swallowed)
