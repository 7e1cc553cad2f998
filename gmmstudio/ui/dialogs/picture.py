"""Asks how a picture should be, and shows what it will look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.ui.beside import Beside
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.pictures.choices import LEAST_MM, MOST_MM, OWN, SCALES, SCREEN, SIZES, Choices
from gmmstudio.ui.pictures.forms import FORMS, MM, as_image, dots_per_inch
from gmmstudio.ui.pictures.picture import Picture
from gmmstudio.ui.pictures.taking import Pictures, title_of
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.picture_preview import PicturePreview
from gmmstudio.ui.widgets.segmented import SegmentedControl

_WAIT_MS = 120
_FORM_TIPS = {
    "png": "Pixels: for slides, documents and the web",
    "svg": "Shapes: for the web and for drawing programs; sharp at any size",
    "pdf": "Shapes and text: for print and for LaTeX; sharp at any size",
}
_GROUNDS = (
    Option("white", "White", "White, and dark text, as paper wants it; also in the dark look"),
    Option("shown", "As shown", "As the window looks now"),
    Option("none", "None", "Transparent: what lies under the picture shows through.\nNot in PDF"),
)


class PictureDialog(QDialog):
    """Format, size, background, title and legend of a picture, with a preview.

    Attributes
    ----------
    save_asked : Signal
        The view, the path, the choices and the title.
    copy_asked : Signal
        The view, the choices and the title.
    """

    save_asked = Signal(object, object, object, str)
    copy_asked = Signal(object, object, str)

    def __init__(
        self, pictures: Pictures, view: QWidget, window: QWidget, *, can_list: bool
    ) -> None:
        super().__init__(window)
        self.setWindowTitle("Save a picture")
        self._pictures, self._views = pictures, (view, window)
        self._choices = pictures.choices
        self._wait = QTimer(self)
        self._wait.setInterval(_WAIT_MS)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._take)
        self._beside = Beside("gmmstudio-preview", self)
        self.preview = PicturePreview()
        self._beside.answered.connect(self.preview.show_image)
        self._make_fields(can_list)
        self._lay_out()
        self._show_choices()
        self._take()

    # ---- layout --------------------------------------------------------------------------

    def _make_fields(self, can_list: bool) -> None:
        self.subject = QComboBox()
        self.subject.addItems([title_of(self._views[0]), "The whole window"])
        self.form = SegmentedControl(
            "Format", [Option(f.ending, f.ending.upper(), _FORM_TIPS[f.ending]) for f in FORMS]
        )
        self.size_ = QComboBox()
        self.size_.addItem("As on the screen", SCREEN)
        for key, (words, _across, _down) in SIZES.items():
            self.size_.addItem(words, key)
        self.size_.addItem("Other", OWN)
        self.across = self._spin("Width of the picture")
        self.down = self._spin("Height of the picture")
        self.unit = QComboBox()
        self.unit.addItems(["mm", "inch"])
        self.unit.setAccessibleName("Unit of width and height")
        self.scale = SegmentedControl(
            "Resolution",
            [Option(n, f"{n}×", f"{n * dots_per_inch()} dots per inch") for n in SCALES],
        )
        self.ground = SegmentedControl("Background", _GROUNDS)
        self.headline = QLineEdit()
        self.headline.setPlaceholderText("none")
        self.legend = QCheckBox("List the clusters below it")
        self.legend.setToolTip("Letter, name, colour and size of each cluster")
        self.legend.setEnabled(can_list)
        self.facts = QLabel()
        self.facts.setProperty("role", "muted")
        self.facts.setWordWrap(True)
        self.subject.currentIndexChanged.connect(self._changed)
        self.form.chosen.connect(self._form_chosen)
        self.size_.currentIndexChanged.connect(self._size_chosen)
        for spin in (self.across, self.down):
            spin.valueChanged.connect(self._own_size)
        self.unit.currentIndexChanged.connect(self._unit_chosen)
        self.scale.chosen.connect(self._scale_chosen)
        self.ground.chosen.connect(self._ground_chosen)
        self.headline.textChanged.connect(self._changed)
        self.legend.toggled.connect(self._legend_chosen)

    def _spin(self, name: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setAccessibleName(name)
        spin.setToolTip(name)
        spin.setKeyboardTracking(False)
        return spin

    def _lay_out(self) -> None:
        size = QHBoxLayout()
        for part in (self.across, QLabel("×"), self.down, self.unit):
            size.addWidget(part)
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Picture of", self.subject)
        form.addRow("Format", self.form)
        form.addRow("&Size", self.size_)
        form.addRow("", size)
        form.addRow("Resolution", self.scale)
        form.addRow("Background", self.ground)
        form.addRow("&Title", self.headline)
        form.addRow("Legend", self.legend)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.copy_button = QPushButton("&Copy")
        self.copy_button.setToolTip("Put it on the clipboard")
        self.copy_button.setAutoDefault(False)
        self.save_button = QPushButton("&Save…")
        self.save_button.setToolTip("Choose a file and write it")
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        self.buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        side = QVBoxLayout()
        side.setSpacing(12)
        side.addLayout(form)
        side.addWidget(self.facts)
        side.addStretch(1)
        side.addWidget(self.buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.preview, 1)
        row.addLayout(side)
        self.resize(QSize(900, 500))

    # ---- what is chosen ------------------------------------------------------------------

    @property
    def view(self) -> QWidget:
        """What the picture shows."""
        return self._views[self.subject.currentIndex()]

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        return self._choices

    def _show_choices(self) -> None:
        """Bring the fields to what is chosen."""
        chosen, whole = self._choices, self.subject.currentIndex() == 1
        fields = (self.size_, self.across, self.down, self.unit, self.legend)
        blocked = [QSignalBlocker(field) for field in fields]
        self.form.set_current(chosen.ending)
        self.scale.set_current(chosen.scale)
        self.ground.set_current(chosen.ground)
        self.legend.setChecked(chosen.legend and self.legend.isEnabled())
        self.size_.setCurrentIndex(0 if whole else self.size_.findData(chosen.size))
        self.unit.setCurrentIndex(int(chosen.inches))
        for spin in (self.across, self.down):
            rate = MM if chosen.inches else 1.0
            spin.setDecimals(2 if chosen.inches else 0)
            spin.setSingleStep(0.25 if chosen.inches else 5.0)
            spin.setRange(LEAST_MM / rate, MOST_MM / rate)
        self._show_size()
        del blocked
        self.size_.setEnabled(not whole)
        self.scale.setEnabled(chosen.ending == "png")
        self.ground.segment("none").setEnabled(chosen.ending != "pdf" and not whole)

    def _show_size(self) -> None:
        millimetres = self._choices.millimetres if self.size_.currentIndex() else None
        for spin, side in ((self.across, 0), (self.down, 1)):
            spin.setEnabled(millimetres is not None)
            spin.setSpecialValueText("–" if millimetres is None else "")  # at the least value
            if millimetres is None:
                spin.setValue(spin.minimum())
            else:
                spin.setValue(millimetres[side] / (MM if self._choices.inches else 1.0))

    def _choose(self, **changes) -> None:
        self._choices = replace(self._choices, **changes)
        self._changed()

    @Slot(object)
    def _form_chosen(self, ending: str) -> None:
        ground = self._choices.ground
        self._choose(
            ending=ending, ground="white" if ending == "pdf" and ground == "none" else ground
        )

    @Slot(int)
    def _size_chosen(self, _place: int) -> None:
        key, before = self.size_.currentData(), self._choices.millimetres
        if key == OWN and before is not None:
            across, down = (min(max(side, LEAST_MM), MOST_MM) for side in before)
            self._choose(size=OWN, width=across, height=down)
        else:
            self._choose(size=key)

    @Slot(float)
    def _own_size(self, _value: float) -> None:
        rate = MM if self._choices.inches else 1.0
        self._choose(size=OWN, width=self.across.value() * rate, height=self.down.value() * rate)

    @Slot(int)
    def _unit_chosen(self, place: int) -> None:
        self._choose(inches=bool(place))

    @Slot(object)
    def _scale_chosen(self, scale: int) -> None:
        self._choose(scale=scale)

    @Slot(object)
    def _ground_chosen(self, ground: str) -> None:
        self._choose(ground=ground)

    @Slot(bool)
    def _legend_chosen(self, on: bool) -> None:
        self._choose(legend=on)

    @Slot()
    def _changed(self) -> None:
        if self.subject.currentIndex() == 1 and self._choices.ground == "none":
            self._choices = replace(self._choices, ground="shown")
        self._show_choices()
        self._wait.start()

    # ---- the preview ---------------------------------------------------------------------

    @Slot()
    def _take(self) -> None:
        """Take the picture and draw it, beside the window, as large as there is room."""
        choices = self._choices
        picture = self._pictures.picture(self.view, choices, self.headline.text().strip())
        self.facts.setText(_facts(picture, choices))
        ratio = self.preview.devicePixelRatioF()
        room = self.preview.room()
        scale = ratio * min(room.width() / picture.width, room.height() / picture.height, 1.0)
        self._beside.ask(lambda _should_stop: as_image(picture, scale))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._wait.start()

    # ---- what follows --------------------------------------------------------------------

    @Slot()
    def _save(self) -> None:
        form = next(form for form in FORMS if form.ending == self._choices.ending)
        suggestion = self._pictures.suggestion(self.view, form.ending)
        path = files.ask_picture(self, suggestion, form.name, form.ending)
        if path is not None:
            self._finish(partial(self._ask_save, path))

    def _ask_save(self, path: Path) -> None:
        self.save_asked.emit(self.view, path, self._choices, self.headline.text().strip())

    @Slot()
    def _copy(self) -> None:
        self._finish(self._ask_copy)

    def _ask_copy(self) -> None:
        self.copy_asked.emit(self.view, self._choices, self.headline.text().strip())

    def _finish(self, ask: Callable[[], None]) -> None:
        self._pictures.choices = self._choices
        self.accept()
        ask()

    def done(self, result: int) -> None:
        self._wait.stop()
        self._beside.shut_down()
        super().done(result)


def _facts(picture: Picture, choices: Choices) -> str:
    """Say how large it becomes."""
    if choices.ending == "png":
        across, down = (round(side * choices.scale) for side in (picture.width, picture.height))
        return f"{across} × {down} pixels"
    wide = picture.width / dots_per_inch() * MM
    high = wide * picture.height / picture.width
    if choices.inches:
        return f"{wide / MM:.2f} × {high / MM:.2f} inches"
    return f"{wide:.0f} × {high:.0f} mm"
