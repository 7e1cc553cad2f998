"""A model changed by hand that nobody has kept yet."""

from __future__ import annotations

from dataclasses import dataclass

from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Draft:
    """What hands have made of a fit, and EM of that.

    Attributes
    ----------
    base
        Id of the record it is to be compared with: the fit shown before.
    parameters
        As they were placed: where EM starts.
    identities
        Identity of each component; those that were there before keep theirs.
    structure
        Letters of the covariance structure, those of the fit before.
    words
        The last change, e.g. "Move cluster A".
    fit
        What EM has made of the parameters; None until then.
    tracks, seconds
        Its iterations for replay, and the time it took.
    """

    base: int
    parameters: Parameters
    identities: tuple[int, ...]
    structure: str
    words: str
    fit: Fit | None = None
    tracks: tuple[Track, ...] = ()
    seconds: float = 0.0

    @property
    def newest(self) -> Parameters:
        """What EM has come to; as placed until then."""
        return self.parameters if self.fit is None else self.fit.parameters

    @property
    def is_done(self) -> bool:
        """Whether EM has nothing more to do."""
        return self.fit is not None and self.fit.ended not in ("cancelled", "max_iter")


def lowest_free(identities: tuple[int, ...]) -> int:
    """Return the identity of the lowest letter that is not taken.

    Examples
    --------
    >>> lowest_free((0, 2, 1)), lowest_free((1, 2))
    (3, 0)
    """
    return next(number for number in range(len(identities) + 1) if number not in identities)
