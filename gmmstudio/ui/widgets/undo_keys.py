"""Ctrl+Z in a field: its own while something is being typed, the window's otherwise."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence

_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def asks_for_undo(event: QEvent) -> bool:
    """Return whether Qt asks a field if it wants Undo or Redo before the window does."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and any(event.matches(key) for key in _KEYS)
    )
