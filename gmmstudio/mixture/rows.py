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

CACHE_BYTES = 1 << 22
"""What the scratch of one block may take: about one core's share of the cache."""

LARGEST_BLOCK = 32768


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
    """The rows 0 … n−1, cut into blocks that depend on nothing but the sizes.

    Whatever the number of threads, a block is one thread's and the blocks' results are handed back
    in order: so sums over rows come out the same to the last bit.

    Parameters
    ----------
    n_rows : int
    threads : int
    should_stop : callable
        Asked before every block, from any thread.
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
        """Return how many rows make a block: equal blocks whose scratch fits the cache."""
        most = min(LARGEST_BLOCK, max(1, CACHE_BYTES // bytes_per_row))
        n_blocks = -(-self.n_rows // most)
        return -(-self.n_rows // n_blocks)

    def each_block(
        self, work: Callable[[slice, S], T], scratch: Callable[[], S], block_rows: int
    ) -> list[T]:
        """Let `work` do every block.

        Parameters
        ----------
        work : callable (block, scratch) -> T
            Gets the slice of its rows and a scratch no other thread uses.
        scratch : callable () -> S
            Called once by every thread.
        block_rows : int

        Returns
        -------
        list of T
            One per block, in the order of the rows.

        Raises
        ------
        Cancelled
            `should_stop` said so before a block.
        """
        n_blocks = -(-self.n_rows // block_rows)
        results: list[Any] = [None] * n_blocks
        turn = count()

        def take_turns() -> None:
            mine = scratch()
            while (index := next(turn)) < n_blocks:
                self.check()
                first = index * block_rows
                results[index] = work(slice(first, min(first + block_rows, self.n_rows)), mine)

        workers = min(self._threads, n_blocks)
        if workers == 1:
            take_turns()
            return results
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="gmmstudio-rows")
        futures = [self._pool.submit(take_turns) for _ in range(workers)]
        errors = [future.exception() for future in futures]  # waits for all of them
        for error in errors:
            if error is not None:
                raise error
        return results


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
