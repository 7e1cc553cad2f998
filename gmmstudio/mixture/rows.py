"""Going over the rows: in blocks that fit the cache, on several threads, always to the same sum."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any, TypeVar

from gmmstudio.mixture.arrays import ShouldStop, never
from gmmstudio.mixture.errors import Cancelled, MixtureError

T = TypeVar("T")
S = TypeVar("S")

CACHE_BYTES = 1 << 21
"""What the scratch of one block may take: about one core's share of the cache."""

LEAST_BLOCK, LARGEST_BLOCK = 1024, 16384

CHUNK_BLOCKS = 4
"""Blocks a thread sums up by itself before it takes the next ones."""


def default_threads() -> int:
    """Return how many threads to use: the processors this process may run on, at most 8."""
    try:
        available = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        available = os.cpu_count() or 1
    return max(1, min(8, available))


def check_threads(threads: int | None) -> int:
    """Return the number of threads asked for, by default `default_threads`."""
    if threads is None:
        return default_threads()
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise MixtureError(f"The number of threads must be at least 1, not {threads!r}.")
    return threads


class Rows:
    """The rows 0 … n−1, cut into blocks and chunks that depend on nothing but the sizes.

    Whatever the number of threads, every chunk is summed by one thread, block after block, and the
    chunks are handed back in order: so sums over rows come out the same to the last bit.
    """

    def __init__(self, n_rows: int, threads: int = 1, should_stop: ShouldStop = never) -> None:
        self.n_rows = n_rows
        self._threads = threads
        self._should_stop = should_stop
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def check(self) -> None:
        """Raise `Cancelled` if it is time to stop."""
        if self._should_stop():
            raise Cancelled("Cancelled before the first iteration.")

    def block_rows(self, bytes_per_row: int) -> int:
        """Return how many rows make a block whose scratch fits the cache."""
        block = LEAST_BLOCK
        while block < LARGEST_BLOCK and 2 * block * bytes_per_row <= CACHE_BYTES:
            block *= 2
        # A block of its own costs calls, so few rows are one block.
        return max(1, self.n_rows if self.n_rows <= 2 * block else block)

    def sum_up(
        self,
        chunk: Callable[[Iterator[slice], S], T],
        scratch: Callable[[], S],
        block_rows: int,
    ) -> list[T]:
        """Let `chunk` go over the blocks of every chunk of rows.

        Parameters
        ----------
        chunk : callable (blocks, scratch) -> T
            Gets the row slices of its blocks and a scratch no other thread uses.
        scratch : callable () -> S
        block_rows : int

        Returns
        -------
        list of T
            One per chunk, in the order of the rows.

        Raises
        ------
        Cancelled
            `should_stop` said so between two blocks.
        """
        size = block_rows * CHUNK_BLOCKS
        starts = range(0, self.n_rows, size)
        if len(starts) == 1 or self._threads == 1:
            mine = scratch()
            return [chunk(self._blocks(a, size, block_rows), mine) for a in starts]
        results: list[Any] = [None] * len(starts)
        turn = count()

        def work() -> None:
            mine = scratch()
            while (index := next(turn)) < len(starts):
                results[index] = chunk(self._blocks(starts[index], size, block_rows), mine)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="gmm-rows")
        workers = min(self._threads, len(starts))
        futures = [self._pool.submit(work) for _ in range(workers)]
        errors = [future.exception() for future in futures]
        for error in errors:
            if error is not None:
                raise error
        return results

    def _blocks(self, start: int, size: int, block_rows: int) -> Iterator[slice]:
        end = min(start + size, self.n_rows)
        for a in range(start, end, block_rows):
            self.check()
            yield slice(a, min(a + block_rows, end))


_blas_lock = threading.Lock()
_blas_users = 0
_blas_limit: Any = None


@cache
def _thread_pools() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # looking the libraries up takes a millisecond


@contextmanager
def single_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread while anybody is inside: the threads over rows are ours."""
    global _blas_users, _blas_limit
    with _blas_lock:
        if _blas_users == 0:
            _blas_limit = _thread_pools().limit(limits=1, user_api="blas")
        _blas_users += 1
    try:
        yield
    finally:
        with _blas_lock:
            _blas_users -= 1
            if _blas_users == 0:
                _blas_limit.restore_original_limits()
                _blas_limit = None
