"""The row of step 1 that says whether the data need a look."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gmmstudio.report import formats
from gmmstudio.ui.data_check import DataCheck
from gmmstudio.ui.widgets.choice_box import FramedRow
from gmmstudio.ui.widgets.tips import plain_tip

ALL_WELL = (
    "Nothing stands out in the columns ticked: no constant or copied column, no ID,\n"
    "no value far out."
)
OPENS = "Press to see the list, with what can be done about each."


class CheckRow(FramedRow):
    """Says how many things there are to look at; pressed, it opens them."""

    def __init__(self, check: DataCheck, parent: QWidget | None = None) -> None:
        super().__init__("Data check", parent)
        self._check = check
        check.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say how things stand."""
        waiting, n = self._check.waits, len(self._check.open)
        if self._check.failed:
            value, tip = "not possible", "The check met a fault, which is in the log (Help, About)."
        elif n:
            value = f"{formats.count(n)} to look at"
            titles = [f"• {finding.title}" for finding in self._check.open[:5]]
            more = [f"and {n - 5} more"] if n > 5 else []
            tip = "\n".join([*titles, *more, OPENS])
        elif waiting:
            value, tip = "looking…", "The columns and rows that are used are being looked at."
        elif self._check.looks_at_nothing:
            value, tip = "nothing to look at", "No column is ticked, so there is nothing to check."
        else:
            value, tip = "all well", f"{ALL_WELL}\n{OPENS}"
        self.set_value(value)
        self.set_value_role("warning" if n and not self._check.failed else "text")
        self.setToolTip(plain_tip(tip))
        self.setAccessibleDescription(tip)
