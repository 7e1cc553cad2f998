"""Step 2: how many clusters, of which shape, from which start."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QStackedWidget, QWidget

from gmmstudio.document.commands import SetComponents, SetSeed, SetStart, SetStopping, SetStructure
from gmmstudio.document.document import Document
from gmmstudio.document.session import Change, Session
from gmmstudio.mixture.spec import Spec
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.step import Step
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option, add_options
from gmmstudio.ui.widgets.disclosure import Disclosure
from gmmstudio.ui.widgets.number_row import NumberRow, read_number
from gmmstudio.ui.widgets.shape_tile import SHAPES, SPREADS, ShapePicker
from gmmstudio.ui.widgets.stepper import Stepper

MOST_CLUSTERS = 50
STARTS = (
    Option(
        "k-means++",
        "k-means++",
        "Centres drawn far apart from each other: usually the better start.",
    ),
    Option("random", "Random rows", "Centres drawn from the rows at random."),
)
SHAPE_LABEL = "Shape of the clusters"
TRIES = (1, 5, 10, 20, 50, 100)
START_TOOLTIP = (
    "EM climbs to the nearest top, so it is tried from several starts and the best one is kept."
)


class ModelStep(Step):
    """K, the shape of the clusters, the start, and what hardly anyone needs."""

    def __init__(self, session: Session, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__("2 Model", session, parent)
        self._cache = cache
        self.k = Stepper("Clusters K")
        self.k.setToolTip("How many clusters to look for. “Find the best K…” tries them all.")
        self.shape_label = QLabel(SHAPE_LABEL)
        self.shape_label.setProperty("role", "muted")
        self.shapes, self.spreads = ShapePicker(SHAPES), ShapePicker(SPREADS)
        self.pickers = QStackedWidget()
        self.pickers.addWidget(self.shapes)
        self.pickers.addWidget(self.spreads)
        self.start = ChoiceBox("Start from")
        self.start.setToolTip(START_TOOLTIP)
        self.start.set_filler(self._fill_start)
        self.advanced = Disclosure("Advanced: tolerance, iterations, seed")
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
            self.advanced.body.addWidget(row)
            row.refused.connect(self.refusal.say)
        for part in (self.k, self.shape_label, self.pickers, self.start, self.advanced):
            self.body.addWidget(part)
        self.k.changed.connect(self._set_k)
        self.shapes.chosen.connect(self._set_structure)
        self.spreads.chosen.connect(self._set_structure)
        self.tolerance.entered.connect(self._set_stopping)
        self.most.entered.connect(self._set_stopping)
        self.seed.entered.connect(self._set_seed)
        self.refresh()

    def refresh(self) -> None:
        document = self.session.document
        spec = document.spec
        most, why = most_clusters(document, self._cache)
        self.k.set_range(1, max(most, spec.n_components), why)
        self.k.set_value(spec.n_components)
        one_column = len(document.preparation.columns) == 1
        self.shape_label.setText("Spread of the clusters" if one_column else SHAPE_LABEL)
        picker = self.spreads if one_column else self.shapes
        self.pickers.setCurrentWidget(picker)
        with QSignalBlocker(picker):
            picker.set_current(tile_key(spec.structure, one_column))
        self.start.set_value(start_words(spec))
        self.tolerance.set_value(tolerance_words(spec.tol))
        self.most.set_value(str(spec.max_iter))
        self.seed.set_value(str(spec.seed))

    def on_change(self, change: Change) -> None:
        if change.fields & {"spec", "preparation", "table"}:
            self.refresh()

    def _fill_start(self, menu: QMenu) -> None:
        spec = self.session.document.spec
        add_options(menu, STARTS, spec.start, self._on_start)
        menu.addSeparator()
        tries = sorted({*TRIES, spec.tries})
        options = [Option(n, count(n, "try", "tries"), START_TOOLTIP) for n in tries]
        current = spec.tries if isinstance(spec.start, str) else None
        add_options(menu, options, current, self._on_tries)

    def _on_start(self, action: QAction) -> None:
        self.ask(SetStart(action.data()))

    def _on_tries(self, action: QAction) -> None:
        start = self.session.document.spec.start
        self.ask(SetStart(start if isinstance(start, str) else "k-means++", action.data()))

    def _set_k(self, k: int) -> None:
        self.ask(SetComponents(k))

    def _set_structure(self, structure: str) -> None:
        self.ask(SetStructure(structure))

    def _set_stopping(self) -> None:
        tolerance, most = _read_tolerance(self.tolerance.text()), _read_whole(self.most.text())
        self.ask(SetStopping(tolerance, most))

    def _set_seed(self) -> None:
        self.ask(SetSeed(_read_whole(self.seed.text())))


def tile_key(structure: str, one_column: bool) -> str:
    """Return the tile that stands for a structure."""
    letters = {"E": "EEE", "V": "VVV"}.get(structure, structure)
    return letters if not one_column or letters == "EEE" else "VVV"


def start_words(spec: Spec) -> str:
    """Say where EM starts: ``"k-means++ · 10 tries"``."""
    if not isinstance(spec.start, str):
        return "Centres set by hand"
    named = {option.key: option.text for option in STARTS}
    return f"{named[spec.start]} · {count(spec.tries, 'try', 'tries')}"


def tolerance_words(tol: float) -> str:
    """Write a tolerance shortly: ``"1e-8"``.

    Examples
    --------
    >>> tolerance_words(1e-08), tolerance_words(0.0)
    ('1e-8', '0')
    """
    return f"{tol:g}".replace("e-0", "e-")


def most_clusters(document: Document, cache: GapCache) -> tuple[int, str]:
    """Return the largest K worth asking for, and why."""
    if document.table is None:
        return MOST_CLUSTERS, "One more"
    rows = cache.count(document.table, document.preparation).used
    columns = len(document.preparation.columns)
    full = columns > 1 and document.spec.structure == "VVV"
    per_cluster = columns + 1 if full else 2
    most = max(1, min(MOST_CLUSTERS, rows // per_cluster))
    if most == MOST_CLUSTERS:
        return most, f"At most {most} clusters: more cannot be told apart on the screen."
    needs = f"needs {count(per_cluster, 'row')} or more, and {count(rows, 'row')} take part."
    if not full:
        return most, f"At most {most}: a cluster {needs}"
    return most, (
        f"At most {most}: a full cluster in {count(columns, 'column')} {needs}\n"
        "A plainer shape or fewer columns allow more."
    )


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
