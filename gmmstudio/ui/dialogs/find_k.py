"""Asks over which K and shapes to search."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.mixture.structures import ALL, SHAPES, STRUCTURES, resolve
from gmmstudio.ui.sweep_time import expected_seconds, time_words
from gmmstudio.ui.widgets.disclosure import Disclosure
from gmmstudio.ui.widgets.shape_tile import SPREADS

MAX_K = 99
DEFAULT_RANGE = (1, 9)
ABOUT = (
    "Every number of clusters is fitted with every shape ticked, and compared by BIC, "
    "which weighs the fit against the number of parameters. Lower is better."
)
MORE = tuple(name for name in ALL if name not in SHAPES)
ONE_COLUMN = {"EEE": "E", "VVV": "V"}
NO_PRIOR = (
    "It has no prior, and the prior is on (step 2, Advanced): take that off to try this shape."
)
QUICK_LOOK = "Each is looked at from a few starts, and those that may be the best are settled"
IN_BACKGROUND = (
    "They run in the background; you can go on working, and stop the search at any time with "
    "what it has found."
)


class FindKDialog(QDialog):
    """K from … to …, the shapes ticked, and how many fits that makes.

    Parameters
    ----------
    n_columns, n_rows
        Of the data.
    tries
        How many starts the models get that may be the best.
    components, structures
        What is chosen at first.
    prior
        Whether the prior is on, which not all shapes have.
    note
        A sentence on where the models start from.
    """

    chosen = Signal(object, object)  # tuple of K, tuple of structures

    def __init__(
        self,
        n_columns: int,
        n_rows: int,
        tries: int,
        parent: QWidget | None = None,
        *,
        components: tuple[int, int] = DEFAULT_RANGE,
        structures: tuple[str, ...] = SHAPES,
        prior: bool = False,
        note: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find the best K")
        self._n_columns, self._n_rows, self._tries = n_columns, n_rows, tries
        self._prior, self._note = prior, note
        most = max(1, min(MAX_K, n_rows))
        self.first = self._spin("Smallest number of clusters", 1, most, components[0])
        self.last = self._spin("Largest number of clusters", 1, most, min(components[1], most))
        self.first.valueChanged.connect(self._first_changed)
        self.last.valueChanged.connect(self._last_changed)
        one_column = n_columns == 1
        offered = tuple(ONE_COLUMN) if one_column else ALL
        self.shapes = {name: self._tick(name, name in structures) for name in offered}
        self.usable = tuple(name for name, box in self.shapes.items() if box.isEnabled())
        with_prior = " with a prior" if prior else ""
        self.all_shapes = QCheckBox(f"All {len(self.usable)} shapes{with_prior}")
        self.all_shapes.setToolTip("Tick all shapes, or only the four above")
        self.all_shapes.clicked.connect(self._tick_all)
        self.more = Disclosure("")
        self.more.button.setToolTip("The ten shapes between those four")
        self.sentence = QLabel()
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setToolTip("Search for nothing")
        self.find_button = buttons.addButton("Find", QDialogButtonBox.ButtonRole.AcceptRole)
        self.find_button.setToolTip("Fit all these models in the background")
        self.find_button.setProperty("role", "primary")
        self.find_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._lay_out(one_column, buttons)
        self.more.button.setChecked(any(name in structures for name in MORE))
        self.more.button.toggled.connect(self._fit_height)
        self._refresh()

    @property
    def components(self) -> tuple[int, ...]:
        """The numbers of clusters chosen."""
        return tuple(range(self.first.value(), self.last.value() + 1))

    @property
    def structures(self) -> tuple[str, ...]:
        """The structures chosen."""
        return tuple(name for name, box in self.shapes.items() if box.isChecked())

    @property
    def n_shapes(self) -> int:
        """How many different shapes that is."""
        return len({resolve(name, self._n_columns).name for name in self.structures})

    @property
    def n_fits(self) -> int:
        """How many models that makes."""
        return len(self.components) * self.n_shapes

    @property
    def n_hopeless(self) -> int:
        """How many of them ask for more clusters than the rows can carry."""
        shapes = {resolve(name, self._n_columns) for name in self.structures}
        return sum(
            shape.least_rows_in_all(k, self._n_columns) > self._n_rows
            for shape in shapes
            for k in self.components
        )

    @Slot()
    def accept(self) -> None:
        self.chosen.emit(self.components, self.structures)
        super().accept()

    def _lay_out(self, one_column: bool, buttons: QDialogButtonBox) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(8)
        about = QLabel(ABOUT)
        about.setWordWrap(True)
        layout.addWidget(about)
        layout.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (QLabel("Clusters K from"), self.first, QLabel("to"), self.last):
            row.addWidget(widget)
        row.addStretch()
        layout.addLayout(row)
        layout.addSpacing(4)
        heading = QLabel("SPREADS" if one_column else "SHAPES")
        heading.setProperty("role", "section")
        layout.addWidget(heading)
        for name in ONE_COLUMN if one_column else SHAPES:
            layout.addWidget(self.shapes[name])
        grid = QGridLayout()
        grid.setContentsMargins(14, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        half = (len(MORE) + 1) // 2
        for place, name in enumerate(MORE if not one_column else ()):
            column, line = divmod(place, half)
            grid.addWidget(self.shapes[name], line, column)
        grid.setColumnStretch(1, 1)
        self.more.body.addLayout(grid)
        layout.addWidget(self.all_shapes)
        layout.addWidget(self.more)
        self.all_shapes.setVisible(not one_column)
        self.more.setVisible(not one_column)
        layout.addSpacing(4)
        layout.addWidget(self.sentence)
        layout.addStretch()
        layout.addSpacing(8)
        layout.addWidget(buttons)

    @Slot()
    def _fit_height(self) -> None:
        """Grow and shrink with the ten."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.resize(self.width(), self.sizeHint().height())

    @Slot(bool)
    def _tick_all(self, wanted: bool) -> None:
        """Tick all, or leave the four at the front."""
        for name in self.usable:
            with QSignalBlocker(self.shapes[name]):
                self.shapes[name].setChecked(wanted or name in SHAPES)
        self._refresh()

    @Slot(int)
    def _first_changed(self, value: int) -> None:
        self.last.setValue(max(value, self.last.value()))
        self._refresh()

    @Slot(int)
    def _last_changed(self, value: int) -> None:
        self.first.setValue(min(value, self.first.value()))
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.sentence.setText(self._words())
        self.find_button.setEnabled(self.n_fits > 0)
        chosen = self.structures
        n_more = sum(name in MORE for name in chosen)
        self.more.button.set_text(f"Ten more shapes: {n_more or 'none'} ticked")
        everything = len(chosen) == len(self.usable)
        with QSignalBlocker(self.all_shapes):
            self.all_shapes.setChecked(everything)

    def _words(self) -> str:
        """Say how many models that makes and how long they may take."""
        n = self.n_fits
        if n == 0:
            return "Tick at least one shape."
        tries = "one try" if self._tries == 1 else f"{self._tries} tries"
        if n == 1:
            said = f"1 model, {tries}."
        else:
            said = f"{n} models. {QUICK_LOOK}"
            said += "." if self._tries == 1 else f" from {tries}."
        if hopeless := self.n_hopeless:
            of_them = "It asks" if n == 1 else f"{hopeless} of them ask"
            said += f" {of_them} for more clusters than {self._n_rows} rows can carry."
        seconds = expected_seconds(self._n_rows, self._n_columns, self.components, self.n_shapes)
        said += f" For a table of this size that takes {time_words(seconds)}."
        return " ".join(part for part in (said, self._note, IN_BACKGROUND) if part)

    def _spin(self, name: str, least: int, most: int, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        box.setAccessibleName(name)
        box.setToolTip(f"{name}, {least} to {most}")
        return box

    def _tick(self, name: str, on: bool) -> QCheckBox:
        structure = STRUCTURES[ONE_COLUMN[name] if self._n_columns == 1 else name]
        words = structure.words[0].upper() + structure.words[1:]
        if self._n_columns == 1:
            tile = next(shape for shape in SPREADS if shape.key == name)
            words, said = tile.name, tile.tooltip.splitlines()[0].replace(" — ", ": ")
        elif name in SHAPES:
            said = f"{words}: {structure.sentence}"
        else:
            said = f"{name} · {structure.words}"
        possible = structure.has_prior or not self._prior
        box = QCheckBox(said)
        box.setEnabled(possible)
        box.setChecked(on and possible)
        box.setAccessibleName(words)
        why = "" if possible else f"\n{NO_PRIOR}"
        box.setToolTip(f"{words} ({structure.name}): {structure.sentence}{why}")
        box.toggled.connect(self._refresh)
        return box
