"""What is done about rows that lack values, in step 1."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from gmmstudio.document.commands import SetMissing
from gmmstudio.report import formats
from gmmstudio.table.preparation import Missing
from gmmstudio.ui.panels.rows_used import RowsUsed
from gmmstudio.ui.panels.wording import count, listed
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option, add_options
from gmmstudio.ui.widgets.tips import plain_tip

RULES = (
    Option(
        "skip",
        "Skip the rows",
        "A row that lacks a value in a ticked column is not used for the fit.",
    ),
    Option(
        "median",
        "Fill by the median",
        "Each missing cell gets the median of its column. All rows take part, and the clusters\n"
        "look a little tighter than they are. Filled cells are marked; the file stays as it is.",
    ),
    Option(
        "nearest",
        "Fill from the nearest rows",
        "Each missing cell gets the mean of the five complete rows that are most alike in the\n"
        "other columns. Filled cells are marked; the file stays as it is.",
    ),
)
_DOES = {option.key: option.tooltip for option in RULES}
_SHORT = {"median": "median", "nearest": "nearest"}


class MissingChoice(ChoiceBox):
    """Skip rows with missing cells, or fill the cells; shows which rows they are."""

    asked = Signal(object)  # a command
    rows_wanted = Signal()  # the rows with missing cells, selected in all views

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Missing values", parent)
        self._rule: Missing = "skip"
        self._any = False
        self.set_options(RULES)
        self.set_filler(self._fill_menu)
        self.chosen.connect(lambda rule: self.asked.emit(SetMissing(rule)))

    def show_rows(self, rows: RowsUsed | None, rule: Missing) -> None:
        """Say what happens to how many rows."""
        self._rule, self._any = rule, rows is not None and bool(rows.gaps)
        self.set_current(rule, "" if rows is None else missing_words(rows, rule))
        tip = "" if rows is None else missing_tooltip(rows, rule)
        self.setToolTip(plain_tip(tip))
        self.setAccessibleDescription(tip)

    def _fill_menu(self, menu: QMenu) -> None:
        add_options(menu, RULES, self._rule, lambda a: self.asked.emit(SetMissing(a.data())))
        menu.addSeparator()
        show = menu.addAction("Select the rows with missing values")
        show.setToolTip("Select them in all views, to see which they are")
        show.setEnabled(self._any)
        show.triggered.connect(lambda: self.rows_wanted.emit())


def missing_words(rows: RowsUsed, rule: Missing) -> str:
    """Say what happens to rows with missing cells: ``"Skip 2 rows"``, ``"7 cells · median"``."""
    if rows.filled:
        return f"{count(rows.filled, 'cell')} · {_SHORT[rule]}"
    return f"Skip {count(rows.skipped, 'row')}" if rows.skipped else "None missing"


def missing_tooltip(rows: RowsUsed, rule: Missing) -> str:
    """Say which columns the missing cells are in."""
    if not rows.gaps:
        return "Every row used has a value in every ticked column."
    worst = sorted(rows.gaps, key=lambda gap: -gap[1])
    named = listed([f"{name} ({formats.count(n)})" for name, n in worst], 8)
    parts = [_DOES[rule], f"Values are missing in {named}."]
    if rule != "skip" and rows.skipped:
        parts.append(
            f"{count(rows.skipped, 'row')} without any value, or without a weight: skipped."
        )
    where = "these rows are kept and say so" if rule == "skip" else "filled rows say so"
    parts.append(f"In the exported file {where} in the column note.")
    return "\n".join(parts)
