"""All arrays of one type in a row: each is known by where it begins and by its shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from gmmstudio.project.errors import damaged
from gmmstudio.project.schema import Block

T = TypeVar("T")

_LONGEST = 2**40

_AGAIN = 50
_LITTLE = 1_000_000
"""All numbers of a pool, or so many, may be taken so many times over by parts that share them."""


class Pool:
    """Collects arrays to write; what is added must not change afterwards.

    Parameters
    ----------
    dtype
        NumPy's name of the type with its byte order, such as "<f8".
    """

    def __init__(self, dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.arrays: list[NDArray[Any]] = []
        self.size = 0
        self._known: dict[int, Block] = {}

    def add(self, array: NDArray[Any]) -> Block:
        """Add an array, once; return where it lies."""
        known = self._known.get(id(array))
        if known is None:
            known = self._known[id(array)] = Block(self.size, array.shape)
            self.append(array)
        return known

    def append(self, array: NDArray[Any]) -> None:
        """Add an array at the end, known before or not."""
        if array.dtype != self.dtype:
            raise TypeError(f"an array of {array.dtype} does not belong among {self.dtype}")
        self.arrays.append(array)  # which also keeps its id from being another's
        self.size += array.size

    @property
    def n_bytes(self) -> int:
        """How many bytes the numbers take."""
        return self.size * self.dtype.itemsize


class Shared(Generic[T]):
    """Numbers the objects that several parts share, each packed once."""

    def __init__(self, pack: Callable[[Any], T]) -> None:
        self._pack = pack
        self._numbers: dict[int, int] = {}
        self._held: list[object] = []  # an id is another's once its object is gone
        self.parts: list[T] = []

    def number(self, item: object) -> int:
        """Return the number of an object."""
        known = self._numbers.get(id(item))
        if known is not None:
            return known
        part = self._pack(item)
        self._numbers[id(item)] = len(self.parts)
        self.parts.append(part)
        self._held.append(item)
        return len(self.parts) - 1


def _is_shape(shape: tuple[int, ...]) -> bool:
    """Whether an array can have this shape: beside a 0 even absurd lengths take no memory."""
    return all(0 <= length <= _LONGEST for length in shape)


class Taken:
    """Gives the arrays of a pool back, each a read-only view.

    No number belongs to two arrays, and an array to few parts: else a small file could say how to
    fill the memory with it.

    Parameters
    ----------
    numbers
        All numbers (n,) of the pool.
    """

    def __init__(self, numbers: NDArray[Any]) -> None:
        numbers.flags.writeable = False
        self._numbers = numbers
        self._known: dict[Hashable, NDArray[Any]] = {}
        self._left = numbers.size
        self._left_again = _AGAIN * max(numbers.size, _LITTLE)

    def get(self, block: Block, n_dimensions: int = 1, *, once: bool = False) -> NDArray[Any]:
        """Return an array; ``once`` if no other part may have it, too.

        Raises
        ------
        ProjectError
            It does not lie in the pool, has not so many dimensions, or was taken before.
        """
        key = block.at, block.shape
        known = self._known.get(key)
        if known is not None and known.ndim == n_dimensions:
            self._left_again -= known.size
            if (once and known.size) or self._left_again < 0:
                raise damaged("its parts share numbers that belong to one of them")
            return known
        if len(block.shape) != n_dimensions or not _is_shape(block.shape):
            raise damaged(f"an array has the shape {str(block.shape)[:60]}")
        array = self.slice(block.at, math.prod(block.shape)).reshape(block.shape)
        self._known[key] = array
        return array

    def slice(self, at: int, size: int) -> NDArray[Any]:
        """Return ``size`` numbers in a row, none of which was in another array."""
        if not 0 <= at <= at + size <= self._numbers.size:
            raise damaged("an array reaches beyond the numbers of the file")
        self._left -= size
        if self._left < 0:
            raise damaged("its arrays overlap")
        return self._numbers[at : at + size]
