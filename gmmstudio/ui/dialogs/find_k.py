"""Asks over which K and shapes to search."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.mixture.structures import SHAPES, STRUCTURES, resolve

MAX_K = 99
DEFAULT_RANGE = (1, 9)


class FindKDialog(QDialog):
    """K from … to …, the shapes ticked, and how many fits that makes."""

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
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find the best K")
        self.setMinimumWidth(430)
        self._n_columns = n_columns
        self._tries = tries
        most = max(1, min(MAX_K, n_rows))
        self.first = self._spin("Smallest number of clusters", 1, most, components[0])
        self.last = self._spin("Largest number of clusters", 1, most, min(components[1], most))
        self.first.valueChanged.connect(self._first_changed)
        self.last.valueChanged.connect(self._last_changed)
        self.shapes = {name: self._tick(name, name in structures) for name in SHAPES}
        self.sentence = QLabel()
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.find_button = buttons.addButton("Find", QDialogButtonBox.ButtonRole.AcceptRole)
        self.find_button.setProperty("role", "primary")
        self.find_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(8)
        about = QLabel(
            "Every number of clusters is fitted with every shape ticked, and compared by BIC, "
            "which weighs the fit against the number of parameters. Lower is better."
        )
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
        heading = QLabel("SHAPES")
        heading.setProperty("role", "section")
        layout.addWidget(heading)
        for box in self.shapes.values():
            layout.addWidget(box)
        layout.addSpacing(4)
        layout.addWidget(self.sentence)
        layout.addStretch()
        layout.addSpacing(8)
        layout.addWidget(buttons)
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
    def n_fits(self) -> int:
        """How many models that makes; for one column several shapes are the same."""
        distinct = {resolve(name, self._n_columns).name for name in self.structures}
        return len(self.components) * len(distinct)

    @Slot()
    def accept(self) -> None:
        self.chosen.emit(self.components, self.structures)
        super().accept()

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
        n = self.n_fits
        if n == 0:
            self.sentence.setText("Tick at least one shape.")
        else:
            fits = "1 model" if n == 1 else f"{n} models"
            tries = "one try" if self._tries == 1 else f"{self._tries} tries"
            self.sentence.setText(
                f"{fits}, {tries} each. They run in the background; you can go on working, "
                "and stop the search at any time with what it has found."
            )
        self.find_button.setEnabled(n > 0)

    def _spin(self, name: str, least: int, most: int, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        box.setAccessibleName(name)
        box.setToolTip(f"{name}, {least} to {most}")
        return box

    def _tick(self, name: str, on: bool) -> QCheckBox:
        structure = STRUCTURES[name]
        box = QCheckBox(f"{structure.words.capitalize()}: {structure.sentence}")
        box.setChecked(on)
        box.setAccessibleName(structure.words.capitalize())
        box.setToolTip(f"{structure.sentence.capitalize()} ({name})")
        box.toggled.connect(self._refresh)
        return box
