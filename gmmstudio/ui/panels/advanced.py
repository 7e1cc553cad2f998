"""What hardly anyone needs: when EM stops, the seed, the prior."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from gmmstudio.document.commands import SetPrior, SetSeed, SetStopping
from gmmstudio.document.document import Document
from gmmstudio.mixture.structures import SHAPES, STRUCTURES, Structure, resolve
from gmmstudio.ui.widgets.disclosure import Disclosure
from gmmstudio.ui.widgets.number_row import NumberRow, read_number

TITLE = "Advanced: tolerance, iterations, seed, prior"
TITLE_WITH_PRIOR = "Advanced: prior on; tolerance, seed"
PRIOR_TOOLTIP = (
    "Keeps small clusters from collapsing: besides the rows, a weak guess of how far a cluster\n"
    "spreads has a say, which counts for little where there are rows enough. Useful where\n"
    "clusters hold few rows or tied values (Fraley & Raftery 2007).\n"
    "BIC is computed from the log-likelihood as always."
)


class Advanced(Disclosure):
    """Tolerance, iterations, seed and prior, folded away at first."""

    asked = Signal(object)  # a command
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, parent)
        self.button.setToolTip("What hardly anyone needs to change")
        self.tolerance = NumberRow(
            "Tolerance",
            "EM stops when the gain in log-likelihood still to come is below this share of the\n"
            "log-likelihood itself. Smaller is more exact and takes longer. 0 never stops early.",
            parse=_read_tolerance,
        )
        self.most = NumberRow(
            "Most iterations",
            "EM stops after this many iterations even where it could still climb.",
            parse=_read_whole,
        )
        self.seed = NumberRow(
            "Seed",
            "The number the random starts are drawn from: the same seed gives the same fit.",
            parse=_read_whole,
        )
        for row in (self.tolerance, self.most, self.seed):
            self.body.addWidget(row)
            row.refused.connect(self.refused)
        self.prior = QCheckBox("Conjugate prior")
        self.prior.setAccessibleName("Conjugate prior")
        self.body.addWidget(self.prior, 0, Qt.AlignmentFlag.AlignLeft)
        self.tolerance.entered.connect(self._set_stopping)
        self.most.entered.connect(self._set_stopping)
        self.seed.entered.connect(self._set_seed)
        self.prior.toggled.connect(self._set_prior)

    def show_document(self, document: Document) -> None:
        """Show what the document asks."""
        spec = document.spec
        self.tolerance.set_value(tolerance_words(spec.tol))
        self.most.set_value(str(spec.max_iter))
        self.seed.set_value(str(spec.seed))
        self.button.set_text(TITLE_WITH_PRIOR if spec.prior else TITLE)
        structure = resolve(spec.structure, max(len(document.preparation.columns), 1))
        with QSignalBlocker(self.prior):
            self.prior.setChecked(spec.prior)
        # A prior that a shape cannot use can still be taken off.
        self.prior.setEnabled(structure.has_prior or spec.prior)
        why = "" if structure.has_prior else f"{no_prior_words(structure)}\n"
        self.prior.setToolTip(why + PRIOR_TOOLTIP)
        self.prior.setAccessibleDescription(why + PRIOR_TOOLTIP)

    def _set_stopping(self) -> None:
        tolerance, most = _read_tolerance(self.tolerance.text()), _read_whole(self.most.text())
        self.asked.emit(SetStopping(tolerance, most))

    def _set_seed(self) -> None:
        self.asked.emit(SetSeed(_read_whole(self.seed.text())))

    def _set_prior(self, on: bool) -> None:
        self.asked.emit(SetPrior(on))


def no_prior_words(structure: Structure) -> str:
    """Say why the prior cannot be ticked, and for which shapes it can."""
    front = [STRUCTURES[name].words for name in SHAPES if STRUCTURES[name].has_prior]
    return (
        f"No prior is known for the {structure.name} shape; there is one for "
        f"{', '.join(front[:-1])} and {front[-1]}, EEI and EII."
    )


def tolerance_words(tol: float) -> str:
    """Write a tolerance shortly: ``"1e-8"``.

    Examples
    --------
    >>> tolerance_words(1e-08), tolerance_words(0.0)
    ('1e-8', '0')
    """
    return f"{tol:g}".replace("e-0", "e-")


def _read_tolerance(text: str) -> float:
    value = read_number(text)
    if not 0 <= value < 1:
        raise ValueError("The tolerance is a number from 0 to 1, such as 1e-8.")
    return value


def _read_whole(text: str) -> int:
    value = read_number(text)
    if not (value.is_integer() and 0 <= value <= 2**31 - 1):
        raise ValueError(f"{text} does not do here: type a whole number from 0 on.")
    return int(value)
