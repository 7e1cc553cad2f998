"""Long lines folded: Qt shows every line of a plain tooltip in full, however wide that is."""

from __future__ import annotations

import textwrap

COLUMNS = 84


def folded(text: str, columns: int = COLUMNS) -> str:
    """Break lines longer than this many characters between words."""
    return "\n".join(
        textwrap.fill(line, columns, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )
