"""The colours of a winner image with sub-pixels: of each pixel the mean of those seen in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.marks import Ints

Words = NDArray[np.uint32]


class Averager:
    """Averages the colours of one image, frame after frame, into the same memory.

    What does not change is made ready once: slots as the integers that NumPy looks up by (it would
    turn others into these every time), and the arrays written to (fresh memory from the system
    costs as much as a look-up). Together that halves the time of a frame. Used by one thread.

    Parameters
    ----------
    slots : (n, p) int32
        What is seen in each of the `n` (at most 16) sub-pixels of the pixels that show anything, as
        in :class:`~gmmstudio.ui.views.points.winners.WinnerImage`.
    pixels : (p,) integers
        Those pixels, as positions in the flattened image.
    shape
        Lines and columns of the image.
    """

    def __init__(self, slots: NDArray[np.int32], pixels: Ints, shape: tuple[int, int]) -> None:
        self._slots, self._pixels = slots.astype(np.intp), pixels
        self._sums = np.empty(len(pixels), np.uint64)
        self._part = np.empty(len(pixels), np.uint64)
        self._means = np.empty(len(pixels), np.uint32)
        self._image = np.zeros(shape, np.uint32)

    def image(self, colours: Words, rim: np.uint32 | Words) -> Words:
        """Return the image (lines, columns) in these colours; the next call overwrites it.

        `colours` (m,) are those of the painted points, `rim` is that of all rims or (m,) of each.
        """
        m, n = len(colours), len(self._slots)
        table = np.zeros(1 + 2 * m, np.uint32)
        table[1 : 1 + m], table[1 + m :] = colours, rim
        # All four channels of a colour in one long word: 16 bits hold the sum of 16 bytes.
        words = table.view(np.uint8).astype(np.uint16).view(np.uint64)
        np.take(words, self._slots[0], out=self._sums, mode="clip")
        for slots in self._slots[1:]:
            np.take(words, slots, out=self._part, mode="clip")
            self._sums += self._part
        channels = self._sums.view(np.uint16)
        channels += np.uint16(n // 2)
        channels //= np.uint16(n)
        np.copyto(self._means.view(np.uint8), channels, casting="unsafe")
        self._image.reshape(-1)[self._pixels] = self._means
        return self._image
