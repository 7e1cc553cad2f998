"""The choices of reading, one row each, beside the preview."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gmmstudio.report import formats
from gmmstudio.table.settings import ReadSettings
from gmmstudio.ui.importing import words
from gmmstudio.ui.importing.rows import ChoiceRow, MenuRow, NumberRow, SwitchRow, TextRow
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.labels import SectionHeader, WrappedLabel

MOST_SKIPPED, MOST_HEADER_ROWS = 999, 20
OF_TEXT = (
    "encoding",
    "delimiter",
    "quote",
    "escape",
    "decimal",
    "thousands",
    "skip_rows",
    "header_rows",
    "comment",
    "mend",
    "missing",
)
ONLY_OF_TEXT = ("encoding", "delimiter", "quote", "escape", "comment", "mend")
AS_FOUND = ReadSettings()
_MOST_WORDS = 5


class ChoicesPanel(QScrollArea):
    """A row for every choice that the format has.

    Attributes
    ----------
    changed : Signal
        The choices, after one was made or put back.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("How the file is read")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._choices, self._used = AS_FOUND, AS_FOUND
        self._always: tuple[str, ...] = ()
        self._never: tuple[str, ...] = ()
        self.rows = _make_rows()
        self.types = WrappedLabel(small=True)
        self.all_back = QPushButton("Put everything back as found")
        self.all_back.setProperty("role", "link")
        self.all_back.setAutoDefault(False)
        self.all_back.setToolTip("Take back all you chose here")
        self.all_back.clicked.connect(self._all_back)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 4, 14, 12)
        column.setSpacing(6)
        self._headers: list[tuple[SectionHeader, tuple[str, ...]]] = []
        for title, fields in _SECTIONS:
            header = SectionHeader(title)
            self._headers.append((header, fields))
            column.addWidget(header)
            for field in fields:
                row = self.rows[field]
                row.setObjectName(field)
                row.chosen.connect(self._chose)
                column.addWidget(row)
            column.addSpacing(6)
        self.met = WrappedLabel(small=True)
        column.insertWidget(column.indexOf(self.rows["missing"]) + 1, self.met)
        column.addWidget(self.types)
        column.addWidget(self.all_back)
        column.addStretch()
        self.setWidget(content)
        self._show()

    @property
    def choices(self) -> ReadSettings:
        """What was chosen; None is left as found."""
        return self._choices

    def show_used(
        self,
        choices: ReadSettings,
        used: ReadSettings,
        always: Sequence[str] = (),
        never: Sequence[str] = (),
    ) -> None:
        """Show what was chosen, and what was used, found or chosen.

        A choice that the format does not have is None in ``used`` and is not offered, unless it is
        to be offered ``always``: then it is not known what it is. One may also be offered
        ``never``: what separates the cells of a workbook.
        """
        self._choices, self._used = choices, used
        self._always, self._never = tuple(always), tuple(never)
        self._show()

    def choose(self, choices: ReadSettings) -> None:
        """Choose as if a row had been used."""
        self._change(choices)

    def set_sheets(self, sheets: Sequence[str]) -> None:
        """Offer the sheets of a workbook, or the members of an archive."""
        row = self.rows["sheet"]
        assert isinstance(row, MenuRow)
        row.set_options([Option(name, name) for name in sheets])
        row.show_value(self._shown("sheet"), chosen=self._choices.sheet is not None)

    def show_met(self, words: Sequence[tuple[str, int]] | None) -> None:
        """Say which words for missing values there are in the table; None where there is none."""
        self.met.setVisible(words is not None)
        if words is None:
            return
        shown = ", ".join(f"{word} ({formats.count(n)})" for word, n in words[:_MOST_WORDS])
        more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
        self.met.set_text(
            f"Of these, there are: {shown}{more}" if words else "None of these words is in it."
        )

    def _shown(self, field: str) -> object:
        chosen = getattr(self._choices, field)
        return getattr(self._used, field) if chosen is None else chosen

    def _show(self) -> None:
        quote = self._shown("quote")
        escape = self.rows["escape"]
        assert isinstance(escape, MenuRow)
        escape.set_options(words.escape_options(str(quote or '"')))
        for field, row in self.rows.items():
            value = self._shown(field)
            offered = (value is not None or field in self._always) and field not in self._never
            row.setVisible(offered and (field != "escape" or bool(quote)))
            row.show_value(value, chosen=getattr(self._choices, field) is not None)
        for header, fields in self._headers:
            header.setVisible(any(not self.rows[field].isHidden() for field in fields))
        n = len(self._choices.types)
        self.types.set_text(
            f"You chose the type of {count(n, 'column')}."
            if n
            else "The type of a column is chosen over it, in the preview."
        )
        self.all_back.setVisible(self._choices != AS_FOUND)

    @Slot(object)
    def _chose(self, value: object) -> None:
        field = self.sender().objectName()
        choices = self._choices.with_(**{field: value})
        if field == "quote":
            choices = choices.with_(escape=None)
        if field == "decimal" and value == choices.thousands and value is not None:
            choices = choices.with_(thousands=None)
        if field == "thousands" and value and value == self._shown("decimal"):
            choices = choices.with_(decimal="." if value == "," else ",")
        self._change(choices)

    @Slot()
    def _all_back(self) -> None:
        self.rows["encoding"].focus_editor()
        self._change(AS_FOUND)

    def _change(self, choices: ReadSettings) -> None:
        self._choices = choices
        self._show()
        self.changed.emit(choices)


_SECTIONS = (
    ("Where the table is", ("sheet", "cells", "skip_rows", "header_rows", "comment")),
    ("Letters and cells", ("encoding", "delimiter", "quote", "escape", "mend")),
    ("Numbers and dates", ("decimal", "thousands", "date_order", "missing")),
)


def _make_rows() -> dict[str, ChoiceRow]:
    return {
        "sheet": MenuRow("Sheet", "The sheet of the workbook, or the file in the archive", ()),
        "cells": TextRow("Range", "The cells of the sheet, such as B3:F200", "all filled cells"),
        "skip_rows": NumberRow(
            "Lines before it",
            "So many lines before the table are left out: titles, notes",
            MOST_SKIPPED,
        ),
        "header_rows": NumberRow(
            "Lines of names",
            "So many lines name the columns; several are joined, 0 is a table without names",
            MOST_HEADER_ROWS,
        ),
        "comment": MenuRow(
            "Comment mark",
            "Lines that begin with it are left out",
            words.COMMENTS,
            other="another mark",
            longest=4,
        ),
        "encoding": MenuRow(
            "Encoding",
            "How letters are kept as bytes; in a wrong one letters such as é or 한 look strange",
            words.ENCODINGS,
        ),
        "delimiter": MenuRow(
            "Between cells",
            "The character that separates the cells of a line",
            words.DELIMITERS,
            other="another character",
            longest=2,
            spoken=words.delimiter_word,
        ),
        "quote": MenuRow(
            "Quotation mark",
            "Between two of them a cell may hold what else separates cells",
            words.QUOTES,
            other="another mark",
        ),
        "escape": MenuRow(
            "Quote in a cell",
            "How a quotation mark is written that belongs to a quoted cell",
            (),
        ),
        "decimal": MenuRow("Decimal mark", "What stands before the fraction", words.DECIMALS),
        "thousands": MenuRow(
            "Thousands mark", "What stands between groups of three digits", words.THOUSANDS
        ),
        "mend": SwitchRow(
            "Mend broken rows",
            "A row with a cell too few or too many is read so that its cells stand in the right "
            "columns, where it is plain how; off, rows stay as they stand. Either way they are "
            "listed below",
        ),
        "date_order": MenuRow(
            "Dates", "In what order day and month stand in a date", words.DATE_ORDERS
        ),
        "missing": TextRow(
            "Missing",
            "Words, with commas between them, that stand for a value that is missing; empty cells "
            'always do. One that holds a comma is put between quotation marks: NA, "no, thanks"',
            "empty cells only",
            words=True,
        ),
    }
