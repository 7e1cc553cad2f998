"""Cells in quotation marks of another kind than the file's."""

from __future__ import annotations

import re

import numpy as np

from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.tokens import Layout

_MOST = 10_000


def quoted_otherwise(data: bytes, records: Records, layout: Layout) -> IntArray:
    """Return the records with a cell in single quotation marks, in a text quoted otherwise.

    Where most cells are quoted so, these are the file's marks; here they stayed on a few cells.
    """
    if layout.quote != '"' or b"'" not in data:
        return np.empty(0, dtype=np.int64)
    delimiter = re.escape(layout.delimiter.encode())
    wrapped = re.compile(rb"'(?:[^'\r\n" + delimiter + rb"]|'')+'(?=[" + delimiter + rb"\r\n]|\Z)")
    found: list[int] = []
    for before in (layout.delimiter.encode(), b"\n", b"\r"):
        at, sought = 0, before + b"'"
        for _ in range(_MOST):
            at = data.find(sought, at) + 1
            if not at:
                break
            if wrapped.match(data, at):
                found.append(at)
    if wrapped.match(data):
        found.append(0)
    which = np.searchsorted(records.starts, np.array(found, dtype=np.int64), side="right") - 1
    return np.unique(which)
