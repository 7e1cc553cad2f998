"""The ``.npy`` members of a project: never a pickle, and no memory before the header is checked."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Iterator
from tokenize import TokenError
from typing import Any, Protocol

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gmmstudio.project.errors import damaged
from gmmstudio.project.limits import MEMBERS
from gmmstudio.project.pools import Pool
from gmmstudio.table.errors import Stopped

DTYPES = {"floats.npy": "<f8", "integers.npy": "<i8", "text.npy": "|u1", "lengths.npy": "<u4"}

_PIECE = 1 << 20
_LONGEST_HEADER = 1024


class Readable(Protocol):
    """What a member of an archive gives."""

    def read(self, n: int, /) -> bytes:
        """Read up to n bytes."""


def npy_pieces(pool: Pool) -> Iterator[bytes | memoryview]:
    """Give the bytes of the ``.npy`` of a pool, piece by piece, without copying its arrays."""
    header = io.BytesIO()
    npy.write_array_header_1_0(
        header, {"descr": pool.dtype.str, "fortran_order": False, "shape": (pool.size,)}
    )
    yield header.getvalue()
    for array in pool.arrays:
        if array.size:
            yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def npy_size(pool: Pool) -> int:
    """Return how many bytes the ``.npy`` of a pool has."""
    return len(next(npy_pieces(pool))) + pool.n_bytes


def read_npy(archive: zipfile.ZipFile, name: str, should_stop: Callable[[], bool]) -> NDArray[Any]:
    """Read a member that holds one row of numbers; empty where there is no such member.

    Raises
    ------
    ProjectError
        It holds something else, or not as many numbers as its header says.
    """
    dtype = np.dtype(DTYPES[name])
    if name not in archive.namelist():
        return np.empty(0, dtype)
    size = archive.getinfo(name).file_size
    with archive.open(name) as file:
        n = _length(file, name, dtype, size)
        numbers = np.empty(n, dtype)
        fill(file, numbers.view(np.uint8).data, name, should_stop)
        if file.read(1):
            raise damaged(f"“{name}” is longer than it says")
    return numbers


def fill(file: Readable, memory: memoryview, name: str, should_stop: Callable[[], bool]) -> None:
    """Fill memory with what a member holds, piece by piece."""
    done = 0
    while done < len(memory):
        if should_stop():
            raise Stopped("Opening")
        piece = file.read(min(_PIECE, len(memory) - done))
        if not piece:
            raise damaged(f"“{name}” is shorter than it says")
        memory[done : done + len(piece)] = piece
        done += len(piece)


def _length(file: Any, name: str, dtype: np.dtype[Any], size: int) -> int:
    """Read the header; return how many numbers follow, which must be as many as there is room for.

    Raises
    ------
    ProjectError
        It is not the header of one row of numbers of this type.
    """
    head = io.BytesIO(file.read(10))
    try:
        version = npy.read_magic(head)
        length = int.from_bytes(head.getvalue()[8:10], "little")
        if version != (1, 0) or length > _LONGEST_HEADER:
            raise ValueError
        text = file.read(length)
        whole = io.BytesIO(head.getvalue()[8:10] + text)
        shape, fortran, found = npy.read_array_header_1_0(whole, max_header_size=_LONGEST_HEADER)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError, TokenError):
        raise damaged(f"“{name}” is no row of numbers") from None
    if found != dtype or fortran or len(shape) != 1:
        raise damaged(f"“{name}” holds other numbers than it may")
    n = math.prod(shape)
    if n < 0 or n * dtype.itemsize != size - 10 - length or size > MEMBERS[name]:
        raise damaged(f"“{name}” has not the length that it says")
    return n
