"""Which cells of a text stand in quotation marks: those that must, or all text, or all."""

from __future__ import annotations

from gmmstudio.table.numbers import is_missing, is_number
from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.table import Quoted
from gmmstudio.table.tokens import Layout, Tokens

_RECORDS, _CELLS = 100, 4000


def quoting_of(data: bytes, records: Records, used: IntArray, layout: Layout) -> Quoted:
    """Look at the first of these records, names among them.

    Cells that hold nothing, or a word for it, are left bare by many programs and do not tell. A
    way of quoting needs a cell that could stand bare and does not.
    """
    head = used[: max(2, min(_RECORDS, _CELLS // int(records.counts[used[:1]].max(initial=1))))]
    if not head.size or not layout.quote:
        return "needed"
    begin, end = int(records.starts[head[0]]), int(records.stops[head[-1]])
    if layout.quote.encode() not in data[begin:end]:
        return "needed"
    tokens = Tokens(layout)
    must = tuple(mark.encode() for mark in (layout.quote, layout.delimiter, "\n", "\r"))
    bare_text = bare_number = needless = quoted_number = 0
    for record in head.tolist():
        if record in records.fields:
            continue
        pieces, _ = tokens.pieces(data[records.starts[record] : records.stops[record]])
        for cell, quoted in pieces:
            text = cell.decode("utf-8", "replace")
            if is_missing(text):
                continue
            number = is_number(text) or is_number(text, ",")
            if quoted:
                quoted_number += number
                needless += not any(mark in cell for mark in must)
            else:
                bare_number += number
                bare_text += not number
    if bare_text or not needless:
        return "needed"
    if not bare_number:
        return "all"
    return "needed" if quoted_number else "text"
