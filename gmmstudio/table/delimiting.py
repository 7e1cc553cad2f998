"""Which character separates the fields, by how evenly and cleanly it splits the first lines."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.numbers import is_missing, is_number
from gmmstudio.table.records import IntArray, Records, find_records, usual_width
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.tokens import Layout, Tokens

CANDIDATES = (",", ";", "\t", "|", " ")
_SAMPLE_BYTES = 1 << 18
_SAMPLE_RECORDS = 300
_SAMPLE_CELLS = 50_000
_WORST = 0.3
_SELDOM = (":", "^", "~", "\x1f", "\x01", " ")
# Signs that may part what was left in one cell: delimiters within quotes, those of other scripts …
_SIGNS = {
    sign: re.compile(re.escape(sign.encode())) for sign in ",;\t|:^~，、；\\/=&*#@!?+%$<>(){}[]"
}
_SIGNS |= {" ": re.compile(rb"(?<=\S) (?=\S)"), "  ": re.compile(rb"(?<=\S) {2,}(?=\S)")}
_NEARLY_ALL = 0.95
_TIME = re.compile(rb'"?\d{1,2}(?::\d\d){1,2}(?:[.,]\d+)?"?')  # a colon within is no delimiter
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*\Z")


def choose_layout(data: bytes, settings: ReadSettings | None = None) -> Layout:
    """Choose what tells the cells apart from the beginning of a UTF-8 text.

    What the settings say is not asked again. A text that no candidate splits evenly is one column;
    its delimiter is one that does not occur.
    """
    asked = settings or ReadSettings()
    head = _head(data)
    quote = _quote(head) if asked.quote is None else asked.quote
    base = Layout(",", quote, asked.escape or quote, asked.comment or "")
    if asked.delimiter is not None:
        return _with_delimiter(head, base, asked.delimiter, bool(quote) and quote.encode() in data)
    if declared := re.match(rb"(?i)\"?sep=([,;\t| ])\"?[\r\n]", head):
        return replace(base, delimiter=declared[1].decode(), declared=True)
    aligned = b"  " in head and not (quote and quote.encode() in data)
    layouts = [
        replace(base, delimiter=c, aligned=c == " " and aligned)
        for c in CANDIDATES
        if c.encode() in head
    ]
    scores = [_score(head, layout) for layout in layouts]
    if scores and max(scores) > _WORST:
        best = layouts[int(np.argmax(scores))]  # the first of equals, in the order of CANDIDATES
    else:
        best = _seldom(data, head, base)
        if not best.seldom:
            return replace(best, uneven=any(score > 0 for score in scores))
    padding = padding_of(head, best)
    if padding and (len(head) == len(data) or padding_of(data, best) == padding):
        best = replace(best, padding=padding)
    # One sign is found ten times as fast as two, and most files have no backslash.
    if asked.escape is None and quote and b"\\" in data and b"\\" + quote.encode() in data:
        best = replace(best, escape=_escape(data, best))
    return best


def _seldom(data: bytes, head: bytes, base: Layout) -> Layout:
    """Choose a delimiter that seldom is one, if it splits every line into the same number of cells.

    Spaces between words count if there are three words or more on every line. Else each line is one
    cell; a sign is named that stands equally often on every line, and in the names, too.
    """
    lines = [line for line in head.splitlines() if line.strip()][:_SAMPLE_RECORDS]
    times = 2 * sum(_TIME.fullmatch(line.strip()) is not None for line in lines) > len(lines)
    for sign in _SELDOM[1:] if times else _SELDOM:
        counts = _counts(head, replace(base, delimiter=sign))
        width = _even(counts)
        if counts.size and counts[0] == width > (2 if sign == " " else 1):
            return replace(base, delimiter=sign, seldom=True)
    for name, pattern in _SIGNS.items():
        found = np.array([len(pattern.findall(line)) for line in lines])
        if found.size > 1 and found[0] and _even(found):
            return replace(base, delimiter=_absent(data), evenly=name)
    return replace(base, delimiter=_absent(data))


def _counts(head: bytes, layout: Layout) -> IntArray:
    """Return the number of cells of the first records; none if the delimiter does not occur."""
    if layout.delimiter.encode() not in head:
        return np.empty(0, dtype=np.int64)
    records = find_records(head, layout)
    return records.counts[~records.blank][:_SAMPLE_RECORDS]


def _even(counts: IntArray) -> int:
    """Return the number that nearly all after the first share, or 0."""
    usual = usual_width(counts[1:])
    return usual if counts.size > 1 and np.mean(counts[1:] == usual) >= _NEARLY_ALL else 0


def _escape(data: bytes, layout: Layout) -> str:
    """Return what stands before a quotation mark inside quotes: another one, or a backslash.

    It is the one under which fewer quotation marks are out of place, by the text around the first.
    """
    first = data.find(b"\\" + layout.quote.encode())
    start = max(0, data.rfind(b"\n", 0, max(0, first - _SAMPLE_BYTES // 2)) + 1)
    part = _head(data[start : start + 2 * _SAMPLE_BYTES] if start else data)
    if layout.padding:
        part = take_out_padding(part, layout)
    stray = {
        escape: len(find_records(part, replace(layout, escape=escape)).stray)
        for escape in (layout.quote, "\\")
    }
    return min(stray, key=lambda escape: stray[escape])


def _with_delimiter(head: bytes, base: Layout, delimiter: str, quoted: bool) -> Layout:
    if not delimiter or delimiter in "\r\n" or not delimiter.isascii() or delimiter == base.quote:
        raise TableError(
            f"“{delimiter}” cannot separate cells; choose one plain character that is neither a "
            "line end nor the quotation mark."
        )
    if len(delimiter) == 2 and delimiter[1] in (" ", delimiter[0]):
        return replace(base, delimiter=delimiter[0], padding=delimiter[1])
    if len(delimiter) > 1:
        raise TableError(f"“{delimiter}” cannot separate cells; choose a single character.")
    aligned = delimiter == " " and b"  " in head and not quoted
    return replace(base, delimiter=delimiter, aligned=aligned)


def _absent(data: bytes) -> str:
    """Return a delimiter that does not occur, so that every line is one cell."""
    return next((c for c in (*CANDIDATES[:4], "\x1f") if c.encode() not in data), "\x1f")


def collapse_spaces(text: bytes) -> bytes:
    """Make every run of spaces one, and none at the ends of lines."""
    text = re.sub(rb"  +", b" ", text)
    text = re.sub(rb"(?<![^\r\n]) ", b"", text)
    return re.sub(rb" (?=[\r\n]|\Z)", b"", text)


def take_out_padding(text: bytes, layout: Layout) -> bytes:
    """Take out what belongs to every delimiter that stands outside quotation marks."""
    array = np.frombuffer(text, dtype=np.uint8)
    marks = _outside(text, array, layout)
    kept = np.ones(array.size, dtype=bool)
    if layout.padding == layout.delimiter:
        kept[marks[1::2]] = False
    else:
        after = marks[marks + 1 < array.size] + 1
        kept[after[array[after] == ord(layout.padding)]] = False
    return array[kept].tobytes()


def padding_of(text: bytes, layout: Layout) -> str:
    """Return what follows every delimiter: a space unless it ends the line, itself, or nothing.

    Commas and semicolons twice are an empty cell, as they are where a column was left free.
    """
    delimiter = layout.delimiter
    if delimiter != " " and delimiter.encode() + b" " in text:
        array = np.frombuffer(text, dtype=np.uint8)
        after = _outside(text, array, layout) + 1
        following = array[after[after < array.size]]
        spaces = following == 32
        ends = (following == 10) | (following == 13)
        return " " if bool(np.all(spaces | ends) and spaces.sum() > 1) else ""
    if delimiter not in ",; " and delimiter.encode() * 2 in text:
        marks = _outside(text, np.frombuffer(text, dtype=np.uint8), layout)
        even = marks.size % 2 == 0 and bool(np.all(np.diff(marks)[::2] == 1))
        return delimiter if even else ""
    return ""


def _outside(text: bytes, array: NDArray[np.uint8], layout: Layout) -> IntArray:
    """Return where delimiters stand outside quotation marks.

    Where one mark is not closed, marks are counted from the beginning of each line.
    """
    marks = np.flatnonzero(array == ord(layout.delimiter))
    if layout.quote and layout.quote.encode() in text:
        odd = np.cumsum(array == ord(layout.quote), dtype=np.uint8)  # wraps, but stays even or odd
        inside = odd[marks] & 1
        if odd[-1] & 1:
            ends = np.flatnonzero((array == 10) | (array == 13))
            before = np.concatenate([np.zeros(1, dtype=np.uint8), odd[ends] & 1])
            inside ^= before[np.searchsorted(ends, marks)]
        marks = marks[inside == 0]
    return marks


def _head(data: bytes) -> bytes:
    """Return whole lines from the beginning."""
    if len(data) <= _SAMPLE_BYTES:
        return data
    head = data[:_SAMPLE_BYTES]
    cut = max(head.rfind(b"\n"), head.rfind(b"\r"))
    return head[: cut + 1] if cut > 0 else head


def _quote(head: bytes) -> str:
    """Return the quotation mark: ``'`` only if it wraps cells and more of them than ``"`` does."""
    opened, single = _wrapped(head, b"'")
    if single < 2 or single < 0.8 * opened or single <= _wrapped(head, b'"')[1]:
        return '"'
    return "'"


def _wrapped(head: bytes, mark: bytes) -> tuple[int, int]:
    """Return how many cells begin with a mark, and how many of these end with it."""
    if mark not in head:
        return 0, 0
    begin = rb"(?:(?<=[,;\t|\r\n])|\A) ?" + mark
    wrapped = begin + rb"[^\r\n]*?" + mark + rb"(?= ?[,;\t|\r\n]|\Z)"
    return len(re.findall(begin, head)), len(re.findall(wrapped, head))


def _score(head: bytes, layout: Layout) -> float:
    """Return how evenly (0…1) and how cleanly the delimiter splits, 0 if it does not."""
    delimiter = layout.delimiter
    if layout.aligned:
        head = collapse_spaces(head)
    records = find_records(head, layout)
    used = np.flatnonzero(~records.blank)[:_SAMPLE_RECORDS]
    if used.size == 0:
        return 0.0
    counts = records.counts[used]
    width = usual_width(counts)
    if width < 2:
        width = usual_width(counts[counts > 1])
    if width < 2:
        return 0.0
    rows = used[counts == width]
    below = rows[1:] if rows.size > 1 else rows
    cells = [
        c
        for row in below[: max(10, min(100, _SAMPLE_CELLS // width))]
        for c in cells_of(head, records, int(row), layout)
    ]
    numbers = _share_numbers(cells)
    if delimiter == " " and numbers < 0.5:
        return 0.0
    one_name = delimiter == "," and width == 2 and counts[0] == 1
    if one_name and 2 * rows.size > used.size and _are_decimals(cells):
        return 0.0
    even = float(rows.size / used.size)
    return even * (0.5 + 0.5 * _share_clean(cells, delimiter)) + 0.05 * numbers


def cells_of(data: bytes, records: Records, record: int, layout: Layout) -> list[str]:
    """Return the cells of one record as text."""
    fields = records.fields.get(record)
    if fields is None:
        start, stop = int(records.starts[record]), int(records.stops[record])
        fields, _, _ = Tokens(layout).strict(data[start:stop], 0)
    return [field.decode("utf-8", "replace") for field in fields]


def _share_numbers(cells: list[str]) -> float:
    filled = [cell for cell in cells if not is_missing(cell)]
    hits = sum(is_number(cell) or is_number(cell, ",") for cell in filled)
    return hits / max(len(filled), 1)


def _share_clean(cells: list[str], delimiter: str) -> float:
    """Return the share of cells in which no other candidate is left over."""
    others = [c for c in CANDIDATES if c not in (delimiter, " ")]
    clean = sum(
        _DECIMAL_COMMA.match(cell) is not None or not any(c in cell for c in others)
        for cell in cells
    )
    return clean / max(len(cells), 1)


def _are_decimals(cells: list[str]) -> bool:
    """Tell one column of numbers with decimal comma from two, by the cells in pairs."""
    pairs = [f"{whole},{rest}" for whole, rest in zip(cells[::2], cells[1::2], strict=True)]
    return sum(_DECIMAL_COMMA.match(pair) is not None for pair in pairs) > 0.95 * len(pairs)
