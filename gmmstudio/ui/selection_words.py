"""Which rows are selected, as text that a project file can keep."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np
from numpy.typing import NDArray

MOST_ROWS = 5_000_000  # of a table; of more it would take a while, and room in the file

BoolArray = NDArray[np.bool_]


def words_of(mask: BoolArray | None) -> str:
    """Return the text of a selection.

    Parameters
    ----------
    mask : (n,) bool
        Whether each row of the table is selected; None where none is.

    Returns
    -------
    str
        A bit for each row, deflated, in base 64; "" for none, or too many rows.
    """
    if mask is None or len(mask) > MOST_ROWS:
        return ""
    return base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 1)).decode("ascii")


def mask_of(words: str, n_rows: int) -> BoolArray | None:
    """Return the selection (n,) that a text tells of; None where it tells of none.

    A text may come from anywhere, so that no more of it is inflated than these rows take.
    """
    if not words or n_rows > MOST_ROWS:
        return None
    n_bytes = (n_rows + 7) // 8
    try:
        inflating = zlib.decompressobj()
        packed = inflating.decompress(base64.b64decode(words, validate=True), n_bytes + 1)
    except (binascii.Error, zlib.error, ValueError):
        return None
    if len(packed) != n_bytes or not inflating.eof:
        return None
    bits = np.unpackbits(np.frombuffer(packed, np.uint8)).astype(bool)
    return None if bits[n_rows:].any() else bits[:n_rows]
