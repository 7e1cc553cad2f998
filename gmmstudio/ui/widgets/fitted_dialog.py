"""A dialog that is always as high as what it shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog


class FittedDialog(QDialog):
    """Grows and shrinks with what is shown, text that wraps included."""

    def event(self, event: QEvent) -> bool:
        """Fit the height once the parts know how much room they take."""
        if event.type() != QEvent.Type.LayoutRequest:
            return super().event(event)  # nothing after it: one of them deletes the dialog
        handled = super().event(event)
        layout = self.layout()
        if layout is not None:
            height = layout.totalHeightForWidth(self.width())
            if height > 0 and height != self.height():
                self.resize(self.width(), height)
        return handled
