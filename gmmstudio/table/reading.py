"""Reading a text table: nothing guessed in silence, every cell kept as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gmmstudio.table import notices
from gmmstudio.table.assembling import Cells, assemble
from gmmstudio.table.cells import read_body
from gmmstudio.table.comments import find_comments
from gmmstudio.table.decoding import Progress, ShouldStop, Text
from gmmstudio.table.delimiting import choose_layout, collapse_spaces, take_out_padding
from gmmstudio.table.errors import TableError
from gmmstudio.table.formats import kinds
from gmmstudio.table.formats.foreign import foreign_cells
from gmmstudio.table.layout_notices import of_layout
from gmmstudio.table.numbers import MISSING
from gmmstudio.table.quoting import quoting_of
from gmmstudio.table.records import IntArray, Records, find_records
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.shaping import Shape, find_shape
from gmmstudio.table.sources import load_text
from gmmstudio.table.stray_quotes import quoted_otherwise
from gmmstudio.table.table import Dialect, Table
from gmmstudio.table.tokens import Layout

AS_FOUND = ReadSettings()
_HEAD = 100
_MOST_ABOVE = 1 << 16


def read(
    path: str | Path,
    settings: ReadSettings = AS_FOUND,
    *,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
    without_rows: bool = False,
) -> Table:
    """Read a table from a file of any format known.

    Parameters
    ----------
    path
        The file.
    settings
        What was chosen; the rest is found out. The table's ``settings`` say what was used.
    progress
        Called with the share done, 0 to 1, in the calling thread.
    should_stop
        Asked often; when it says true, reading ends with ``Stopped``.
    without_rows
        Whether names without any row below them are a table, too; else they are refused.

    Raises
    ------
    TableError
        A sentence saying what is wrong with the file, or with a choice, and what to do.
    """
    path = Path(path)
    report = progress or _ignore
    stop = should_stop or _never
    kind = kinds.kind_of(path)
    if kind in ("text", "gzip", "zip"):
        cells, name = _text_cells(path, kind, settings, report, stop)
    else:
        cells = foreign_cells(path, kind, settings, _share(report, 0.0, 0.6), stop)
        name = path.stem
    said = (
        *kinds.misnamed(path, kind),
        *notices.sampled(cells.lines.size, cells.sampled_from, settings.sample_seed),
        *cells.notices,
    )
    packed = kind in ("gzip", "zip")
    cells = replace(cells, notices=said, format="text" if packed else kind)
    if not without_rows:
        _refuse_without_rows(cells, path.name)
    table = assemble(cells, name, path, _share(report, 0.6, 1.0), stop)
    report(1.0)
    return table


def read_text(text: str, name: str = "pasted table", settings: ReadSettings = AS_FOUND) -> Table:
    """Read a table from text, e.g. pasted from a spreadsheet.

    Parameters
    ----------
    text
        The text; the encoding in the settings does not matter.
    name
        What it is called.
    settings
        What was chosen; the rest is found out.

    Raises
    ------
    TableError
        A sentence saying what is wrong with the text.
    """
    if not text.strip():
        raise TableError(f"The {name} is empty; copy some cells, including their header, first.")
    if "\0" in text:
        raise TableError(f"The {name} is not text (it contains NUL characters).")
    data = text.removeprefix("\ufeff").encode("utf-8", "replace")
    cells = _cells(Text(data), name, settings, _ignore, _never)
    _refuse_without_rows(cells, name)
    return assemble(cells, name, None, _ignore, _never)


def _refuse_without_rows(cells: Cells, name: str) -> None:
    if not cells.lines.size:
        raise TableError(
            f"“{name}” has column names but no rows below them; "
            "choose a file with at least one row of data."
        )


def _ignore(share: float) -> None:
    pass


def _never() -> bool:
    return False


def _share(progress: Progress, low: float, high: float) -> Progress:
    return lambda share: progress(low + (high - low) * share)


def _text_cells(
    path: Path, kind: kinds.Kind, settings: ReadSettings, report: Progress, stop: ShouldStop
) -> tuple[Cells, str]:
    """Read a text table, packed or not; also return what it is called."""

    def first_line(head: Text, name: str) -> int:
        return int(_cells(head, name, settings, _ignore, stop).lines[0])

    source = load_text(path, kind, settings, first_line, _share(report, 0.0, 0.2), stop)
    text, name, member, sampled = source.text, source.name, source.member, source.sampled_from
    del source  # nothing keeps the bytes alive once the cells are there
    cells = _cells(text, name, settings, _share(report, 0.2, 0.6), stop)
    if member is not None:
        cells = replace(cells, settings=cells.settings.with_(sheet=member))
    return replace(cells, sampled_from=sampled), Path(name).stem


def text_cells(text: Text, name: str, settings: ReadSettings) -> Cells:
    """Take a text apart into cells as `read` does.

    Raises
    ------
    TableError
        What is wrong with the text, or with a choice.
    """
    return _cells(text, name, settings, _ignore, _never)


@dataclass(frozen=True, eq=False)
class Parts:
    """A text taken apart: its records, and which of them name the columns and are rows.

    Attributes
    ----------
    data
        The text that the offsets of the records are about: without the lines before it that were
        asked to be skipped, and without what pads the cells.
    layout
        What tells the cells apart.
    shape
        The records, and where header and rows are among them.
    unsure
        int64 (k,): records that were read as rows but may be comments.
    """

    data: bytes
    layout: Layout
    shape: Shape
    unsure: IntArray

    @property
    def widths(self) -> tuple[int, int]:
        """The usual number of cells of a row, and the number of columns that hold all."""
        return self.shape.width, self.shape.n_columns


def take_apart(
    text: Text,
    file_name: str,
    settings: ReadSettings,
    stop: ShouldStop,
    progress: Progress | None = None,
) -> Parts:
    """Find the records of a text, and header and rows among them.

    Raises
    ------
    TableError
        What is wrong with the text, or with a choice.
    """
    data = text.data
    if not data or data.isspace():  # which looks no further than the first letter
        raise TableError(f"“{file_name}” holds only blank lines; choose a file with a table in it.")
    skipped = settings.skip_rows or 0
    if skipped:
        data = without_lines(data, skipped)
        if not data or data.isspace():
            raise TableError(
                f"Nothing is left of “{file_name}” when {skipped} lines are left out; "
                "choose fewer lines."
            )
    layout = choose_layout(data, settings)
    if layout.aligned:
        data = collapse_spaces(data)
    if layout.padding:
        data = take_out_padding(data, layout)
    records = find_records(data, layout, stop)
    unsure = np.empty(0, dtype=np.int64)
    if settings.comment is None:
        mark, unsure = find_comments(data, records, layout)
        if mark:
            layout = replace(layout, comment=mark)
            records = find_records(data, layout, stop)
    if skipped:
        records = replace(records, lines=records.lines + skipped)
    if text.lines is not None:
        records = replace(records, lines=text.lines[records.lines - 1])
    if progress:
        progress(0.4)
    shape = find_shape(data, records, layout, file_name, settings)
    return Parts(data, layout, shape, unsure)


def _cells(
    text: Text, file_name: str, settings: ReadSettings, progress: Progress, stop: ShouldStop
) -> Cells:
    """Take the text apart into cells."""
    parts = take_apart(text, file_name, settings, stop, progress)
    data, layout, shape = parts.data, parts.layout, parts.shape
    records, rows = shape.records, shape.rows
    body = read_body(data, records, rows, layout, parts.widths, _share(progress, 0.4, 1.0), stop)
    header = shape.header or []
    dialect = Dialect(
        delimiter=layout.delimiter,
        encoding=text.encoding,
        quote=layout.quote or '"',
        has_header=shape.header is not None,
        line_ending=_line_ending(data, records),
        bom=text.bom,
        escape=layout.escape or '"',
        padding=layout.padding,
        quoted=quoting_of(data, records, np.append(shape.named, rows[:_HEAD]), layout),
        above=_above(text, records, np.append(shape.named, rows[:1])),
        ends=text.data.endswith((b"\n", b"\r")),
    )
    used = settings.with_(
        encoding=text.encoding,
        delimiter=layout.delimiter + layout.padding,
        quote=layout.quote,
        escape=layout.escape,
        skip_rows=shape.skip_rows,
        header_rows=shape.header_rows,
        comment=layout.comment,
        missing=MISSING[1:] if settings.missing is None else settings.missing,
        mend=settings.mend is not False,
    )
    noticed = (
        *text.notices,
        *of_layout(layout, settings, both=layout.quote != '"' and b'"' in data),
        *shape.notices,
        *notices.maybe_comments(records, parts.unsure),
        *notices.quotes(records, layout.quote),
        *notices.otherwise_quoted(records, quoted_otherwise(data, records, layout)),
        *notices.names(header, body.columns),
        *notices.repeated_header(header, body, records),
        *notices.few_rows(shape.rows.size),
    )
    header = header + [""] * (shape.n_columns - len(header))
    return Cells(header, body, records.lines[shape.rows], dialect, used, noticed)


def without_lines(data: bytes, n: int) -> bytes:
    """Return the text without its first lines, whichever way they end."""
    at = 0
    for _ in range(n):
        ends = [e for e in (data.find(b"\n", at), data.find(b"\r", at)) if e >= 0]
        if not ends:
            return b""
        end = min(ends)
        at = end + (2 if data[end : end + 2] == b"\r\n" else 1)
    return data[at:]


def _above(text: Text, records: Records, used: IntArray) -> str:
    """Return the lines above the first record of the table, unless they are very many."""
    rest = without_lines(text.data, int(records.lines[used[0]]) - 1) if used.size else b""
    above = text.data[: len(text.data) - len(rest)]
    return above.decode() if len(above) <= _MOST_ABOVE else ""


def _line_ending(data: bytes, records: Records) -> str:
    """Return the ending of the first line."""
    stop = int(records.stops[0])
    ending = data[stop : stop + 2]
    if ending == b"\r\n":
        return "\r\n"
    return "\r" if ending[:1] == b"\r" else "\n"
