"""Words in tooltips: names in them are the user's, and none of them is HTML."""

from __future__ import annotations

import html

from PySide6 import QtGui


def plain_tip(words: str) -> str:
    """Return words as a tooltip shows them letter by letter.

    Qt takes a tooltip for HTML where it looks like it: a column called "<b>" would vanish, and
    the line ends with it.
    """
    if not QtGui.Qt.mightBeRichText(words):
        return words
    return f"<span style='white-space: pre'>{html.escape(words, quote=False)}</span>"
