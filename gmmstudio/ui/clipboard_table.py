"""The table on the clipboard as text: the text there is, else the first table of a web page."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

from PySide6.QtCore import QMimeData

_BREAKS = ("br", "p", "div", "li")
_MOST_SPANNED = 1000


def table_in(data: QMimeData) -> str:
    """Return the text of a table; "" where there is none."""
    text = data.text() if data.hasText() else ""
    if text.strip() or not data.hasHtml():
        return text if text.strip() else ""
    return text_of_html(data.html())


def text_of_html(html: str) -> str:
    r"""Return the first table of a page with tabs between its cells; "" where there is none.

    Examples
    --------
    >>> text_of_html("<table><tr><th>a<th>b</tr><tr><td>1</td><td>2</td></tr></table>")
    'a\tb\n1\t2\n'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(filter(None, reader.rows))
    return out.getvalue()


class _Reader(HTMLParser):
    """Collects the cells of the first table; one within a cell is part of its text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._depth, self._done = 0, False
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
        if self._done or not self._depth:
            return
        if self._depth > 1 or tag in _BREAKS:
            if self._cell is not None:
                self._cell.append(" ")
        elif tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _MOST_SPANNED) if span.isdecimal() else 1
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self._end_cell()
                self._done = True
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._done:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            if not self.rows:
                self.rows.append([])
            text = " ".join("".join(self._cell).split())
            self.rows[-1] += [text, *[""] * (self._span - 1)]
        self._cell = None
