"""Cells from the clipboard: what a spreadsheet or a text file puts there."""

from __future__ import annotations

from collections.abc import Sequence

from gmmstudio.ui.widgets.number_row import read_number


def grid_of(text: str, names: Sequence[str] = ()) -> list[list[str]]:
    r"""Split the text of the clipboard into cells.

    Columns are parted by tabs, else by semicolons, else by commas, else by spaces. A first line
    without any number is a header: where it names columns, the cells are brought into their order.

    Parameters
    ----------
    text
        What the clipboard holds.
    names
        The columns of the table that is pasted into.

    Examples
    --------
    >>> grid_of("39,1\t18,7\n47\t15")
    [['39,1', '18,7'], ['47', '15']]
    >>> grid_of("b,a\n1,2", ("a", "b"))
    [['2', '1']]
    >>> grid_of(" ")
    []
    """
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if not lines:
        return []
    mark = next((mark for mark in "\t;," if mark in lines[0]), None)
    rows = [[cell.strip().strip('"') for cell in line.split(mark)] for line in lines]
    if len(rows) > 1 and not any(map(_is_number, rows[0])):
        header, rows = rows[0], rows[1:]
        if names and set(names) <= set(header):
            places = [header.index(name) for name in names]
            rows = [[row[p] if p < len(row) else "" for p in places] for row in rows]
    return rows


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except ValueError:
        return False
    return True
