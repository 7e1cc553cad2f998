"""Lines that are comments, told from rows by what they begin with and by not fitting the table."""

from __future__ import annotations

import numpy as np

from gmmstudio.table.delimiting import cells_of
from gmmstudio.table.headers import is_header, mostly_numbers, number
from gmmstudio.table.numbers import is_missing
from gmmstudio.table.records import IntArray, Records, beginning_with, usual_width
from gmmstudio.table.tokens import Layout

MARKS = ("#", "//", "%", "--", "!", ";")
"""What comments begin with in files of many programs."""

_MOST = 0.5  # of all lines; where more begin with a mark, it belongs to the cells
_FEW = 0.1
_SAMPLE = 200


def find_comments(data: bytes, records: Records, layout: Layout) -> tuple[str, IntArray]:
    """Find the mark of comments, and lines with a mark that may be comments as well as rows.

    The mark is "" unless every record that begins with it is no row of the table: it has another
    number of cells, or words where the other rows have numbers.

    Parameters
    ----------
    data, records
        The text and its records, read as if there were no comments.
    layout
        How they were read.

    Returns
    -------
    str
        The mark, or "".
    int64 (k,)
        Records that may be comments, where no mark was found; few among the records, if any.
    """
    used = np.flatnonzero(~records.blank)
    if not used.size:
        return "", used
    firsts = np.frombuffer(data, dtype=np.uint8)[records.starts[used]]
    present = np.flatnonzero(np.bincount(firsts, minlength=256))
    best, most = "", 0
    unsure = np.empty(0, dtype=np.int64)
    for mark in MARKS:
        if mark == layout.delimiter or ord(mark[0]) not in present:
            continue
        marked = used[beginning_with(data, records.starts[used], mark)]
        if not 0 < marked.size <= _MOST * used.size:
            continue
        others = np.setdiff1d(used, marked, assume_unique=True)
        width = usual_width(records.counts[others])
        fitting = marked[records.counts[marked] == width]
        spaced = all(_spaced(data, int(records.starts[record]), mark) for record in marked)
        if mark == ";" and not spaced:  # rather a row of which the first cell is empty
            continue
        alike = fitting.size < marked.size and spaced  # one that cannot be a row tells of all
        if not fitting.size or alike or _are_odd(data, records, layout, fitting, others):
            if marked.size > most:
                best, most = mark, int(marked.size)
        elif spaced and fitting.size <= _FEW * used.size:
            unsure = np.union1d(unsure, fitting)
    return best, unsure[:0] if best else unsure


def _spaced(data: bytes, start: int, mark: str) -> bool:
    """Tell whether a space follows the mark, written once or several times."""
    return data[start : start + 40].lstrip(mark.encode())[:1] == b" "


def _are_odd(
    data: bytes, records: Records, layout: Layout, fitting: IntArray, others: IntArray
) -> bool:
    """Tell whether words stand in these records where the others have numbers.

    In a header they do, too: it may begin with a mark, if there is no other.
    """
    full = others[records.counts[others] == records.counts[fitting[0]]]
    if full.size < 2:
        return False
    sample = full[:: max(1, full.size // _SAMPLE)]
    rows = [cells_of(data, records, int(record), layout) for record in sample]
    if fitting[0] < full[0] and not is_header(rows[0], rows[1:]):
        return False
    numeric = [j for j, column in enumerate(zip(*rows, strict=True)) if mostly_numbers(column)]
    return bool(numeric) and all(
        any(not is_missing(cells[j]) and not number(cells[j]) for j in numeric)
        for cells in (cells_of(data, records, int(record), layout) for record in fitting)
    )
