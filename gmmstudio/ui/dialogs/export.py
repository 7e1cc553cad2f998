"""Asks what to export, in which form and where to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.report import formats
from gmmstudio.table.formulas import FormulaCells, Formulas, find_formulas
from gmmstudio.table.new_columns import ALL_NEW
from gmmstudio.table.outgoing import Outgoing, form_like, has_lines
from gmmstudio.table.workbook_cells import too_long_cell
from gmmstudio.ui import theme
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.export_choices import (
    COLUMN_WORDS,
    FORMS,
    SLUGS,
    TITLES,
    Exportable,
    FileForm,
    Wanted,
    What,
    column_tip,
    file_ending,
    form_of,
    form_words,
    formula_question,
    hindrance,
    promise,
    with_ending,
    wrong_name,
)
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option
from gmmstudio.ui.widgets.disclosure import Disclosure
from gmmstudio.ui.widgets.fitted_dialog import FittedDialog
from gmmstudio.ui.widgets.labels import WrappedLabel
from gmmstudio.ui.widgets.segmented import SegmentedControl

_WHATS = (
    Option("table", "Labelled table", "Every row, with what the model says of it"),
    Option("clusters", "Clusters", "A row for each cluster: size, share, means, spreads"),
    Option("parameters", "Parameters", "Weights, means and covariances of the model"),
)
_ANSWERS = (
    Option("keep", "exactly as it is", "Every letter of the source stays"),
    Option("safe", "safe for spreadsheets", "With an apostrophe (') before them: they stay text"),
)
_LOOKING = "Looking for text that a spreadsheet would take for a formula…"
_UNANSWERED = "Choose how it is written, then export."


class ExportDialog(FittedDialog):
    """What, form, rows, new columns and file; one press of Export is enough for the plain case.

    Attributes
    ----------
    wanted : Signal
        What was asked for, a :class:`Wanted`.
    copy_asked : Signal
        The clusters are wanted on the clipboard.
    answered : Signal
        What is to be done about formulas, "keep" or "safe".
    """

    wanted = Signal(object)
    copy_asked = Signal()
    answered = Signal(str)

    def __init__(
        self,
        exportable: Exportable,
        parent: QWidget | None = None,
        *,
        formulas: Formulas | None = None,
    ) -> None:
        super().__init__(parent)
        self._exportable = exportable
        self._formulas = formulas
        self._found: FormulaCells | None = None
        self._too_long = ""  # what a workbook does not hold
        self._at_hand = exportable.table.path is not None  # until it is known
        self._looked = self._goes_on = False
        self._agreed: Path | None = None  # the system asked already whether to replace it
        self._what: What = exportable.whats[0]
        like = form_like(exportable.table)
        self._forms: dict[What, FileForm] = {
            "table": like,
            "clusters": "xlsx" if like == "xlsx" else "source",
            "parameters": "json",
        }
        self._make_fields()
        self._lay_out()
        self._only = exportable.only and exportable.selected is not None
        self._beside = Beside("gmmstudio-formulas", self)
        self._beside.answered.connect(self._looked_through)
        self._beside.failed.connect(self._could_not_look)
        table, names = exportable.table, exportable.names
        self._beside.ask(
            lambda should_stop: (
                find_formulas(table, names),
                too_long_cell(table),
                has_lines(table),
            )
        )
        self._suggest()
        self._refresh()
        self.path.setFocus()
        self.path.selectAll()

    # ---- layout ----------------------------------------------------------------------------

    def _make_fields(self) -> None:
        exportable = self._exportable
        self.what = SegmentedControl("What to export", _WHATS)
        self.what.chosen.connect(self._what_chosen)
        self.form = ChoiceBox("Format")
        self.form.chosen.connect(self._form_chosen)
        self.rows = ChoiceBox("Rows")
        self.rows.chosen.connect(self._rows_chosen)
        self.columns = Disclosure("")
        self.columns.button.setToolTip("What is written of every row, after its own cells")
        self.boxes = {}
        for column in ALL_NEW:
            tip = column_tip(column)
            box = QCheckBox(COLUMN_WORDS[column])
            box.setToolTip(tip)
            box.setAccessibleDescription(tip)
            box.setChecked(column in exportable.columns)
            box.setEnabled(column in exportable.columns)
            box.toggled.connect(self._refresh)
            self.boxes[column] = box
        self.question = QFrame()
        self.question.setProperty("role", "warning")
        self.question_words = WrappedLabel()
        self.answer = SegmentedControl("Text that begins like a formula", _ANSWERS)
        self.answer.chosen.connect(self._answer)
        self.path = QLineEdit()
        self.path.setAccessibleName("File to write")
        self.path.setToolTip("The file to write, with its folder")
        self.path.textEdited.connect(self._refresh)
        self.browse = QPushButton("Browse…")
        self.browse.setToolTip("Choose a folder and a name")
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        self.sentence = WrappedLabel()
        self.sentence.setProperty("role", "muted")
        self.trouble = WrappedLabel()
        self.trouble.setProperty("role", "warning")
        self.caution = WrappedLabel(self._exportable.caution)
        self.caution.setProperty("role", "warning")
        self.caution.setVisible(bool(self._exportable.caution))
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip(
            "Put the clusters on the clipboard, as a spreadsheet takes them"
        )
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.export = QPushButton("Export")
        self.export.setProperty("role", "primary")
        self.export.setToolTip("Write the file (Enter)")
        self.export.setDefault(True)
        self.export.clicked.connect(self._export)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(8)
        column.addWidget(self.what)
        self.what.setVisible(len(self._exportable.whats) > 1)
        column.addSpacing(4)
        column.addWidget(self.form)
        column.addWidget(self.rows)
        grid = QGridLayout()
        grid.setContentsMargins(14, 0, 0, 4)
        grid.setHorizontalSpacing(20)
        half = (len(self.boxes) + 1) // 2
        for place, box in enumerate(self.boxes.values()):
            grid.addWidget(box, place % half, place // half)
        grid.setColumnStretch(1, 1)
        self.columns.body.addLayout(grid)
        column.addWidget(self.columns)
        asked = QVBoxLayout(self.question)
        asked.setContentsMargins(12, 8, 12, 10)
        asked.setSpacing(8)
        asked.addWidget(self.question_words)
        asked.addWidget(self.answer)
        column.addWidget(self.question)
        column.addSpacing(4)
        where = QHBoxLayout()
        where.setSpacing(8)
        label = QLabel("&File")
        label.setBuddy(self.path)
        where.addWidget(label)
        where.addWidget(self.path, 1)
        where.addWidget(self.browse)
        column.addLayout(where)
        column.addWidget(self.sentence)
        column.addWidget(self.caution)
        column.addWidget(self.trouble)
        column.addStretch()
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.export)
        column.addLayout(buttons)
        self.setMinimumWidth(round(540 * max(1.0, theme.zoom())))

    # ---- what is chosen --------------------------------------------------------------------

    @property
    def outgoing(self) -> Outgoing:
        """The form, the new columns and what of formulas, as chosen."""
        columns = tuple(name for name, box in self.boxes.items() if box.isChecked())
        return Outgoing(form_of(self._forms[self._what]), columns, self._formulas or "keep")

    @property
    def n_rows(self) -> int:
        """How many rows would be written."""
        selected = self._exportable.selected
        if self._only and selected is not None:
            return int(np.count_nonzero(selected))
        return self._exportable.table.n_rows

    def choose(self, *, what: What | None = None, form: FileForm | None = None) -> None:
        """Choose what to export, and its form."""
        if what is not None and what != self._what:
            self._what = what
            self._suggest()
        if form is not None:
            self._forms[self._what] = form
            ending = file_ending(form, self._exportable.table, self._what)
            self.path.setText(with_ending(self.path.text(), ending))
        self._refresh()

    @Slot(object)
    def _what_chosen(self, what: What) -> None:
        self.choose(what=what)

    @Slot(object)
    def _form_chosen(self, form: FileForm) -> None:
        self.choose(form=form)

    @Slot(object)
    def _rows_chosen(self, only: bool) -> None:
        self._only = only
        self._suggest()
        self._refresh()

    @Slot(object)
    def _answer(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self.answered.emit(formulas)
        self._refresh()

    def _suggest(self) -> None:
        """Suggest a file, in the folder that was chosen last."""
        slug = "selection" if self._only and self._what == "table" else SLUGS[self._what]
        table = self._exportable.table
        ending = file_ending(self._forms[self._what], table, self._what)
        self.path.setText(str(self._exportable.suggest(slug, ending)))
        self._agreed = None

    @Slot()
    def _refresh(self) -> None:
        """Bring fields, sentences and buttons to what is chosen."""
        exportable, what, form = self._exportable, self._what, self._forms[self._what]
        table, outgoing = exportable.table, self.outgoing
        self.setWindowTitle(TITLES[what])
        self.what.set_current(what)
        self.form.set_options([Option(f, form_words(f, table, what)) for f in FORMS[what]])
        self.form.set_current(form)
        is_table = what == "table"
        self.rows.setVisible(is_table and exportable.selected is not None)
        selected = 0 if exportable.selected is None else int(np.count_nonzero(exportable.selected))
        self.rows.set_options(
            [
                Option(False, f"all {formats.rows(table.n_rows)}"),
                Option(True, f"only the {formats.rows(selected)} selected"),
            ]
        )
        self.rows.set_current(self._only)
        self.columns.setVisible(is_table)
        n, n_all = len(outgoing.columns), len(exportable.columns)
        said = "all" if n == n_all else "none" if n == 0 else f"{n} of {n_all}"
        self.columns.button.set_text(f"New columns: {said}")
        asks = self._asks
        self.question.setVisible(asks)
        if asks and self._found is not None:
            self.question_words.set_text(formula_question(self._found))
            if self._formulas is not None:
                self.answer.set_current(self._formulas)
        self.copy_button.setVisible(what == "clusters")
        promised = promise(what, form, exportable, outgoing, self.n_rows, at_hand=self._at_hand)
        if asks and self._formulas == "safe":
            promised += " Only text that begins like a formula gets an apostrophe (')."
        self.sentence.set_text(promised)
        trouble = hindrance(form, exportable, outgoing, self.n_rows) if is_table else ""
        if is_table and form == "xlsx":
            trouble = trouble or self._too_long
        trouble = trouble or wrong_name(self.path.text(), form)
        if not trouble and self._goes_on:
            trouble = _UNANSWERED if self._looked and asks else _LOOKING
        self._say(trouble)
        self.export.setEnabled(not trouble or self._goes_on)

    def _say(self, trouble: str) -> None:
        self.trouble.set_text(trouble)
        self.trouble.setVisible(bool(trouble))

    @property
    def _asks(self) -> bool:
        """Whether the question about formulas stands in the dialog."""
        return self._found is not None and self._what == "table" and self.outgoing.is_text

    # ---- what a spreadsheet would compute ---------------------------------------------------

    @Slot(object)
    def _looked_through(self, found: tuple[FormulaCells | None, str, bool]) -> None:
        (self._found, self._too_long, self._at_hand), self._looked = found, True
        goes_on, self._goes_on = self._goes_on, False
        self._refresh()
        if goes_on:
            self._export()

    @Slot()
    def _could_not_look(self) -> None:
        self._looked_through((None, "", False))

    # ---- the end ----------------------------------------------------------------------------

    @Slot()
    def _browse(self) -> None:
        form = self._forms[self._what]
        ending = file_ending(form, self._exportable.table, self._what)
        words = form_words(form, self._exportable.table).partition(" (")[0].partition(",")[0]
        chosen = files.ask_export(self, Path(self.path.text()), self.windowTitle(), words, ending)
        if chosen is not None:
            self._agreed = chosen
            self.path.setText(str(chosen))
            self._refresh()

    @Slot()
    def _copy(self) -> None:
        self.copy_asked.emit()
        self.accept()

    @Slot()
    def _export(self) -> None:
        """Ask what is still to be asked, and tell what is wanted."""
        self._goes_on = False
        needs = self._what == "table" and self.outgoing.is_text and self._formulas is None
        if needs and (not self._looked or self._found is not None):
            self._goes_on = True
            self._refresh()
            if self._looked:
                self._goes_on = False
                self.answer.segments[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        path = Path(self.path.text().strip()).expanduser()
        if not path.is_absolute():
            path = self._exportable.suggest("x", ".csv").parent / path
        if (
            path.exists()
            and path != self._agreed
            and not messages.ask_before_overwriting(self, path.name)
        ):
            return
        form, outgoing = self._forms[self._what], self.outgoing
        only = self._exportable.selected if self._only and self._what == "table" else None
        self.wanted.emit(Wanted(self._what, path, form, outgoing, only))
        self.accept()

    def done(self, code: int) -> None:
        """Let go of the thread, however it ends."""
        self._beside.shut_down()
        super().done(code)
