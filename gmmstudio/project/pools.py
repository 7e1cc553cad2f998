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


class Taken:
    """Gives the arrays of a pool back, each a read-only view.

    Parameters
    ----------
    numbers
        All numbers (n,) of the pool.
    """

    def __init__(self, numbers: NDArray[Any]) -> None:
        numbers.flags.writeable = False
        self._numbers = numbers
        self._known: dict[Hashable, NDArray[Any]] = {}

    def get(self, block: Block, n_dimensions: int = 1) -> NDArray[Any]:
        """Return an array.

        Raises
        ------
        ProjectError
            It does not lie in the pool, or has not so many dimensions.
        """
        key = block.at, block.shape
        known = self._known.get(key)
        if known is not None and known.ndim == n_dimensions:
            return known
        if len(block.shape) != n_dimensions or min(block.shape, default=0) < 0:
            raise damaged(f"an array has the shape {block.shape}")
        array = self.slice(block.at, math.prod(block.shape)).reshape(block.shape)
        self._known[key] = array
        return array

    def slice(self, at: int, size: int) -> NDArray[Any]:
        """Return ``size`` numbers in a row."""
        if not 0 <= at <= at + size <= self._numbers.size:
            raise damaged("an array reaches beyond the numbers of the file")
        return self._numbers[at : at + size]
