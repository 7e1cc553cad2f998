"""What the screen shows of a run: which rows it painted, and their labels for one frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.scores import score

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]
ShouldStop = Callable[[], bool]

#: ``label(frame, rows, should_stop)`` gives the labels (m,) and the largest
#: responsibilities (m,) of these rows under the parameters of this frame.
Label = Callable[[Any, IntArray, ShouldStop], tuple[IntArray, FloatArray]]


@dataclass(frozen=True, eq=False)
class Watch:
    """A view's wish: label these rows for every frame you show me.

    Attributes
    ----------
    number
        The view's own number for this wish; it comes back with the labels.
    rows
        Rows of the sample (m,), as the view painted them; must not change afterwards.
    label
        How to label them; see `label_rows`.
    """

    number: int
    rows: IntArray
    label: Label


@dataclass(frozen=True, eq=False)
class Watched:
    """Labels (m,) and largest responsibilities (m,) of the watched rows for one frame."""

    number: int
    rows: IntArray
    labels: IntArray
    max_probability: FloatArray


def label_rows(x: FloatArray) -> Label:
    """Make a `Label` for runs whose frames are iterations.

    Parameters
    ----------
    x
        The sample (n, d), original units.
    """
    gathered: tuple[IntArray, FloatArray] | None = None

    def label(frame: Iteration, rows: IntArray, should_stop: ShouldStop) -> Any:
        nonlocal gathered
        # The painted rows stay the same for many frames; fetching them costs more than scoring.
        if gathered is None or gathered[0] is not rows:
            gathered = rows, x[rows]
        scores = score(gathered[1], frame.parameters, should_stop=should_stop)
        return scores.labels, scores.max_probability

    return label
