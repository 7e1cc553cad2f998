"""Gaussian mixtures: EM one iteration at a time, K and structure chosen, outliers told.

For scripts there is one function, `fit`. It needs NumPy and SciPy only.
"""

from gmmstudio.mixture.em import Iteration, em
from gmmstudio.mixture.errors import Cancelled, Collapse, MixtureError
from gmmstudio.mixture.fit import Attempt, Fit, Optimum
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import Scores, responsibilities, score
from gmmstudio.mixture.search import fit, reopen, search
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.structures import SHAPES, STRUCTURES, resolve

__all__ = [
    "SHAPES",
    "STRUCTURES",
    "Attempt",
    "Cancelled",
    "Collapse",
    "Fit",
    "Iteration",
    "MixtureError",
    "Optimum",
    "OutlierRule",
    "Parameters",
    "Scores",
    "Spec",
    "Start",
    "em",
    "fit",
    "reopen",
    "resolve",
    "responsibilities",
    "score",
    "search",
]
