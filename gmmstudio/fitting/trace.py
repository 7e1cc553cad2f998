"""The iterations of a run, kept for replay within a bound of memory."""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.em import Iteration

FloatArray = NDArray[np.float64]

#: Bytes of parameters kept by one trace.
LIMIT = 64 * 2**20
#: What an iteration weighs beside the numbers in its arrays: the objects themselves.
OVERHEAD = 1024


@dataclass(frozen=True, eq=False)
class Track:
    """One try as it went.

    Attributes
    ----------
    attempt
        Number of the try, from 1.
    n_rows
        Rows its log-likelihoods are over.
    iterations
        The iterations kept, rising by number; first and last are always among them.
    log_likelihoods
        Log-likelihood of *every* iteration (m,), original units; entry i belongs to
        number ``iterations[0].number + i``.
    thinned
        Whether iterations in between were dropped to save memory.
    """

    attempt: int
    n_rows: int
    iterations: tuple[Iteration, ...]
    log_likelihoods: FloatArray
    thinned: bool

    @property
    def first(self) -> int:
        """Number of the first iteration."""
        return self.iterations[0].number

    @property
    def last(self) -> int:
        """Number of the last iteration."""
        return self.iterations[-1].number

    def index(self, number: int) -> int:
        """Return the index in ``iterations`` of the one nearest to this number."""
        after = bisect_left(self.iterations, number, key=_number)
        if after == len(self.iterations):
            return after - 1
        if after > 0:
            left, right = self.iterations[after - 1].number, self.iterations[after].number
            if number - left <= right - number:
                return after - 1
        return after

    def at(self, number: int) -> Iteration:
        """Return the kept iteration nearest to this number."""
        return self.iterations[self.index(number)]


class Trace:
    """Grows in the worker, is looked at from elsewhere; both may happen at once.

    Up to ``limit`` bytes of parameters every iteration is kept; each time they are
    exceeded, every second one is dropped, evenly along each try. First and last stay.
    Were even those too many (thousands of tries of large models), whole tries go, the
    worst first; the best and the newest stay whatever they weigh.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._stride = 1
        self._bytes = 0
        self._tracks: list[_GrowingTrack] = []
        self._lock = threading.Lock()
        self.n_dropped_tracks = 0

    def append(self, iteration: Iteration) -> None:
        """Add the next iteration of the newest try, or the first of another one."""
        with self._lock:
            if not self._tracks or self._tracks[-1].attempt != iteration.attempt:
                self._tracks.append(_GrowingTrack(iteration))
                self._bytes += weight(iteration)
            else:
                self._bytes += self._tracks[-1].append(iteration, self._stride)
        # Only this thread writes, so the choice of what goes needs no lock, however long it takes.
        while self._bytes > self._limit and (self._thin() or self._drop_worst()):
            pass

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tries so far, in order: a snapshot that no longer changes."""
        with self._lock:
            return tuple(track.snapshot() for track in self._tracks)

    @property
    def n_bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def _thin(self) -> bool:
        if all(len(track.kept) <= 2 for track in self._tracks):
            return False
        self._stride *= 2
        thinned = [track.thinned(self._stride) for track in self._tracks]
        with self._lock:
            for track, kept in zip(self._tracks, thinned, strict=True):
                track.keep(kept)
        self._bytes = sum(weight(iteration) for kept in thinned for iteration in kept)
        return True

    def _drop_worst(self) -> bool:
        best = max(self._tracks, key=_mean_log_likelihood)
        others = [track for track in self._tracks[:-1] if track is not best]
        if not others:
            return False
        worst = min(others, key=_mean_log_likelihood)
        with self._lock:
            self._tracks.remove(worst)
            self.n_dropped_tracks += 1
        self._bytes -= sum(map(weight, worst.kept))
        return True


class _GrowingTrack:
    """A try in the making. ``kept`` ends with the newest iteration, on the stride or not."""

    def __init__(self, first: Iteration) -> None:
        self.attempt = first.attempt
        self.n_rows = first.n_rows
        self.first = first.number
        self.kept = [first]
        self.n_iterations = 1
        self._log_likelihoods = np.empty(64)
        self._log_likelihoods[0] = first.log_likelihood
        self._snapshot: Track | None = None

    def append(self, iteration: Iteration, stride: int) -> int:
        """Add an iteration; return by how many bytes the track grew."""
        grown = weight(iteration)
        newest = self.kept[-1]
        if (newest.number - self.first) % stride and len(self.kept) > 1:
            self.kept.pop()
            grown -= weight(newest)
        self.kept.append(iteration)
        if self.n_iterations == len(self._log_likelihoods):
            # A new array, never a resize in place: snapshots look into the old one.
            self._log_likelihoods = np.concatenate(
                [self._log_likelihoods, np.empty(self.n_iterations)]
            )
        self._log_likelihoods[self.n_iterations] = iteration.log_likelihood
        self.n_iterations += 1
        self._snapshot = None
        return grown

    def thinned(self, stride: int) -> list[Iteration]:
        """Return one iteration in ``stride``, and the newest."""
        newest = self.kept[-1]
        return [
            iteration
            for iteration in self.kept
            if iteration is newest or (iteration.number - self.first) % stride == 0
        ]

    def keep(self, kept: list[Iteration]) -> None:
        """Forget all others."""
        self.kept = kept
        self._snapshot = None

    def snapshot(self) -> Track:
        """Freeze the track as it is; the log-likelihoods are a view, not a copy."""
        if self._snapshot is None:
            log_likelihoods = self._log_likelihoods[: self.n_iterations]
            log_likelihoods.flags.writeable = False
            self._snapshot = Track(
                attempt=self.attempt,
                n_rows=self.n_rows,
                iterations=tuple(self.kept),
                log_likelihoods=log_likelihoods,
                thinned=len(self.kept) < self.n_iterations,
            )
        return self._snapshot


def weight(iteration: Iteration) -> int:
    """Return the bytes an iteration holds on to."""
    parameters = iteration.parameters
    arrays = (parameters.weights, parameters.means, parameters.covariances)
    return OVERHEAD + sum(array.nbytes for array in arrays)


def _number(iteration: Iteration) -> int:
    return iteration.number


def _mean_log_likelihood(track: _GrowingTrack) -> float:
    """Per row, so that tries on a sample of the rows and on all rows compare."""
    value = track.kept[-1].log_likelihood / max(track.n_rows, 1)
    return value if np.isfinite(value) else -np.inf
