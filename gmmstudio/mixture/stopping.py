"""When EM has converged, and whether the log-likelihood rose as it must."""

from __future__ import annotations

from math import inf

import numpy as np

EPSILON = float(np.finfo(float).eps)

M_STEP_ROUNDING = 1e-9
"""By this share of itself the log-likelihood may fall for the rounding of an M-step: eigenvectors
of nearly equal eigenvalues, and columns of very different scale, cost that much."""


def gain_to_come(gain: float, gain_before: float) -> float:
    """Estimate by Aitken's rule how much the log-likelihood will still rise.

    EM converges linearly, so with a = gain / gain_before the gains to come add up to
    gain · a / (1 − a). Where a ≥ 1 EM is gathering speed away from a saddle, and nothing is known.
    """
    if gain <= 0.0:
        return 0.0
    if gain_before <= gain:
        return inf
    a = gain / gain_before
    return gain * a / (1.0 - a)


class Stopping:
    """The convergence check: little left to gain, twice in a row.

    Parameters
    ----------
    tol : float
        Little is less than ``tol * max(1, |ℓ|)``, with ℓ the log-likelihood of the standardised
        columns, so that the units do not decide when to stop. 0 never stops.

    Attributes
    ----------
    converged : bool
    monotone : bool
        The log-likelihood never fell by more than rounding explains.
    """

    def __init__(self, tol: float) -> None:
        self.converged = False
        self.monotone = True
        self._tol = tol
        self._previous = self._rounding = self._gain = inf
        self._in_a_row = 0

    def add(self, log_likelihood: float, rounding: float) -> None:
        """Take in the next iteration.

        Parameters
        ----------
        log_likelihood : float
            Of the standardised columns.
        rounding : float
            How far rounding may have moved it.
        """
        if self._previous == inf:
            self._previous, self._rounding = log_likelihood, rounding
            return
        gain = log_likelihood - self._previous
        fall = rounding + self._rounding + M_STEP_ROUNDING * max(1.0, abs(log_likelihood))
        if gain < -fall:
            self.monotone = False
        if abs(gain) <= 4.0 * EPSILON * abs(log_likelihood):
            gain = 0.0
        scale = max(1.0, abs(log_likelihood))
        small = gain_to_come(gain, self._gain) < self._tol * scale
        self._in_a_row = self._in_a_row + 1 if small else 0
        self.converged = self._in_a_row >= 2
        self._previous, self._rounding, self._gain = log_likelihood, rounding, gain
