"""The density raster: how many points a pixel holds, told by how strong its colour is.

Of many points on a pixel one is seen, a fair sample of them, and its colour is too; what the
pixel holds besides is told by strength. With few points in view every mark has its full colour;
as they grow more the strength of single marks gives way, so that zooming dissolves the raster
into points without a jump.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.marks import MANY, Ints

LEVELS = 32  # of strength
_WHOLLY = 4 * MANY  # so many points in view are a raster and nothing else
_LONE = 0.42  # strength of a single point then
_LEAST_TOP = 8  # so many points on a pixel at least make its colour full


@dataclass(frozen=True, eq=False)
class Density:
    """What a raster adds to a winner image.

    Attributes
    ----------
    counts : (lines, columns) int32
        How many marks of rows in the fit cover each pixel; of a sample so many of the sample.
    share : float
        0 where all is points, 1 where all is raster.
    pixels : (q,) int64
        The pixels painted, as positions in the flattened image.
    slots : (q,) int32
        Which of the painted points each of them shows.
    levels : (q,) int32
        How strong its colour is, 0 to 31.
    """

    counts: NDArray[np.int32]
    share: float
    pixels: Ints
    slots: NDArray[np.int32]
    levels: NDArray[np.int32]


def share_of_raster(n_visible: int) -> float:
    """Return how far points have dissolved into a raster: from 0 to 1, rising with their number."""
    return float(np.clip(np.log(max(n_visible, 1) / MANY) / np.log(_WHOLLY / MANY), 0.0, 1.0))


def strength(counts: NDArray[np.integer], top: float, share: float) -> NDArray[np.float32]:
    """Return how strong the colour of pixels with so many points is, from 0 to 1.

    It rises with the logarithm of the count, up to `top`.
    """
    grown = np.log(np.maximum(counts, 1), dtype=np.float32) / np.float32(np.log(max(top, 2.0)))
    raster = _LONE + (1 - _LONE) * np.minimum(grown, 1.0)
    return (1 - share + share * raster).astype(np.float32)


def top_of(counts: NDArray[np.integer]) -> float:
    """Return the count from which on pixels have their full colour: few have more."""
    if not len(counts):
        return float(_LEAST_TOP)
    some = counts[:: max(1, len(counts) // 20_000)]
    return max(float(np.quantile(some, 0.995)), float(_LEAST_TOP))


def measure(
    counts: NDArray[np.int32], slots: NDArray[np.int32], n_visible: int, factor: float
) -> Density:
    """Work out the strength of every painted pixel.

    Parameters
    ----------
    counts : (lines, columns) int32
        Marks that cover each pixel; a pixel without any that is painted all the same shows what
        stands for itself, such as a cross, and keeps its full colour.
    slots : (lines, columns) int32
        Number of the point shown plus one, 0 where there is none.
    n_visible
        Points in view.
    factor
        How many points each of those counted stands for.
    """
    share = share_of_raster(n_visible)
    flat = slots.ravel()
    pixels = np.flatnonzero(flat)
    held = counts.ravel()[pixels]
    reckoned = held if factor == 1 else np.rint(held * factor).astype(np.int64)
    top = top_of(reckoned[held > 0])
    strong = strength(reckoned, top, share)
    levels = np.rint(strong * (LEVELS - 1)).astype(np.int32)
    levels[held == 0] = LEVELS - 1
    return Density(counts, share, pixels, flat[pixels] - 1, levels)


def colour_raster(
    density: Density,
    shape: tuple[int, int],
    words: NDArray[np.uint32],
    codes: NDArray[np.integer],
) -> NDArray[np.uint32]:
    """Colour the pixels of a raster.

    Parameters
    ----------
    density, shape
        The raster; its lines and columns.
    words : (c,) uint32
        The colours there are, premultiplied ARGB.
    codes : (m,) integers
        The colour of each painted point, as an index of `words`.

    Returns
    -------
    (lines, columns) uint32
        Premultiplied ARGB.
    """
    strengths = np.arange(LEVELS) / (LEVELS - 1)
    channels = words.view(np.uint8).reshape(-1, 1, 4).astype(np.float32)
    table = np.rint(channels * strengths.astype(np.float32)[:, None]).astype(np.uint8)
    table = table.view(np.uint32).ravel()
    chosen = np.take((codes * LEVELS).astype(np.int32), density.slots, mode="clip")
    chosen += density.levels
    out = np.zeros(shape[0] * shape[1], np.uint32)
    out[density.pixels] = np.take(table, chosen, mode="clip")
    return out.reshape(shape)
