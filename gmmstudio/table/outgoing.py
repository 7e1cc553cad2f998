"""How a labelled table is written: its format, which new columns, what of formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from gmmstudio.table.errors import TableError, grouped
from gmmstudio.table.formulas import Formulas
from gmmstudio.table.new_columns import ALL_NEW, NewColumn
from gmmstudio.table.packing import is_packed, name_within
from gmmstudio.table.table import Dialect, Table

Form = Literal["source", "excel", "xlsx", "parquet"]

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 16_384, 32_767
"""What a sheet of a workbook holds, its row of names included; the last in UTF-16 units."""

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_NO_TABLES = (
    ".doc", ".docx", ".odt", ".rtf", ".pdf", ".ppt", ".pptx", ".html", ".htm", ".json", ".xml",
    ".png", ".jpg", ".svg", ".gmms", ".py", ".r", ".rds", ".rdata", ".sav", ".zsav", ".por", ".dta",
    ".sas7bdat", ".xpt",
)  # fmt: skip
_ARROW = (".parquet", ".pq", ".feather", ".arrow", ".ipc")


@dataclass(frozen=True)
class Outgoing:
    """The choices of an export.

    Attributes
    ----------
    form
        "source": as text in the layout of the file it came from; "excel": as text that Excel
        opens with a double click; "xlsx": a workbook; "parquet": typed columns.
    columns
        Which new columns, in whatever order.
    formulas
        Whether text that begins like a formula is kept exactly, in the two forms of text.
    """

    form: Form = "source"
    columns: tuple[NewColumn, ...] = ALL_NEW
    formulas: Formulas = "keep"

    @property
    def is_text(self) -> bool:
        """Whether it is CSV."""
        return self.form in ("source", "excel")


class Sink(Protocol):
    """A file that takes columns block by block."""

    def put(self, arrays: Sequence[Any]) -> None:
        """Append rows: a pyarrow array of one length for each column."""

    def close(self) -> None:
        """Write what comes last."""


def excel_dialect(dialect: Dialect) -> Dialect:
    """Return the layout of CSV for Excel: its lists are parted by ; where decimals have a comma."""
    delimiter = ";" if dialect.decimal == "," else ","
    return Dialect(delimiter, "utf-8", dialect.decimal, line_ending="\r\n", bom=True)


def ending_of(form: Form, table: Table | None = None) -> str:
    """Return how the name of a file of this form ends: ".csv", or ".tsv" like the source."""
    if form in ("xlsx", "parquet"):
        return f".{form}"
    if form == "source" and table is not None and table.path is not None:
        path = Path(table.path.name.lower())
        packed = path.suffix if is_packed(path) else ""
        ending = Path(name_within(path)).suffix
        return (ending if ending in (".tsv", ".tab", ".txt") else ".csv") + packed
    return ".csv"


def form_for(path: Path, chosen: Form | None = None) -> Form:
    """Return the form that the ending of a name asks for, unless one was chosen.

    Raises
    ------
    TableError
        A name that would belie what is in the file.
    """
    packed = is_packed(path)
    ending = Path(name_within(path)).suffix.lower()
    asked: Form | None = (
        "xlsx" if ending == ".xlsx" else "parquet" if ending in (".parquet", ".pq") else None
    )
    if chosen is None and asked is None and ending in (*_WORKBOOKS, *_ARROW):
        raise TableError(
            f"Files of the kind “{ending}” are not written; name it .csv, .xlsx or .parquet."
        )
    form = chosen or asked or "source"
    if ending in _NO_TABLES:
        raise TableError(
            f"“{path.name}” would hold {WORDS[form]}, which programs that open {ending} do not "
            f"expect; end its name in {ending_of(form)}."
        )
    if ending in (".bz2", ".xz", ".zst", ".7z", ".rar"):
        raise TableError(
            f"“{path.name}” would not be compressed so; end its name in .csv, .csv.gz or .zip."
        )
    wrong = {
        "xlsx": packed or ending != ".xlsx",
        "parquet": packed or ending not in (".parquet", ".pq"),
    }
    if wrong.get(form, ending in (*_WORKBOOKS, *_ARROW)):
        right = ending_of(form)
        raise TableError(
            f"“{path.name}” would hold {WORDS[form]}; let its name end in {right}, so that other "
            "programs know what it is."
        )
    return form


WORDS: dict[Form, str] = {
    "source": "CSV",
    "excel": "CSV for Excel",
    "xlsx": "an Excel workbook",
    "parquet": "a Parquet table",
}


def form_like(table: Table) -> Form:
    """Return the form that is most like the file a table came from."""
    kind = f".{table.format}"
    if kind in _WORKBOOKS:
        return "xlsx"
    return "parquet" if kind in _ARROW else "source"


def has_lines(table: Table) -> bool:
    """Tell whether the text that a table came from lies there still, so far as a look tells."""
    whole = table.format == "text" and table.sampled_from is None
    return whole and table.path is not None and table.path.is_file()


def foreseen(form: Form, table: Table, *, at_hand: bool) -> list[str]:
    """Say, before it is written, what of a text is otherwise in the new file, in sentences.

    The cells never are, nor the order of the rows. ``at_hand`` is what `has_lines` says.
    """
    if table.format != "text" or form in ("xlsx", "parquet"):
        return []
    said = []
    if form == "source" and not at_hand:
        if table.path is not None and table.sampled_from is None:
            said.append(
                f"“{table.path.name}” is not there any more, so the new file is laid out as that "
                "was, but without what stood between its rows."
            )
    else:
        said += _left_behind(form, table)
    if not table.dialect.has_header:
        said.append("A first line names the columns, which have no names in the source.")
    return said


def _left_behind(form: Form, table: Table) -> list[str]:
    """Say what of the source's text is not its table, and is not in another kind of file."""
    if form == "source":
        return []
    above, comment = table.dialect.above.strip(), table.settings.comment
    parts = []
    if above:
        n = len(above.splitlines())
        parts.append("the line above the table" if n == 1 else f"the {n} lines above it")
    if comment:
        parts.append(f"the comments ({comment})")
    if not parts:
        return []
    said = " and ".join(parts)
    stay = "it stays" if parts == ["the line above the table"] else "they stay"
    return [f"{said[0].upper()}{said[1:]} will not be in the new file; {stay} in the source."]


def otherwise(why_not: str, n_names: int = 0, n_rows: int = 0) -> tuple[str, ...]:
    """Say what turned out otherwise in text that was to be like its source.

    Parameters
    ----------
    why_not
        Why the lines of the source were not to be had; "" if they were, or never were.
    n_names, n_rows
        How many lines of names, and how many rows, could not stay as they stood.
    """
    said = []
    if why_not:
        said.append(
            f"{why_not} So the table was written in the layout it had, without what may have stood "
            "between its rows."
        )
    if n_names:
        said.append("The names of the columns stand in the new file as they were understood.")
    if n_rows:
        rows = "1 row breaks" if n_rows == 1 else f"{grouped(n_rows)} rows break"
        said.append(
            f"{rows} the rules of quotation marks or cells in the source, and stands in the new "
            "file as it was understood."
        )
    return tuple(said)


def suggested_name(table: Table | None, what: str, ending: str) -> str:
    """Return what a file made of a table may be called; that of a sample says so.

    ``what`` is what the file holds, or "" where that is the whole analysis.
    """
    name = "table" if table is None else table.name.replace("/", "-")
    sample = "sample" if table is not None and table.sampled_from is not None else ""
    return "-".join(filter(None, (name, sample, what))) + ending


def refusal(form: Form, n_rows: int, n_columns: int) -> str:
    """Say why so many rows (without the names) and columns cannot be written; "" if they can."""
    if form != "xlsx":
        return ""
    if n_rows + 1 > MOST_ROWS:
        return (
            f"A sheet of a workbook holds {MOST_ROWS - 1:,} rows and this table has {n_rows:,}: "
            "write CSV or Parquet, or only some of the rows."
        )
    if n_columns > MOST_COLUMNS:
        return (
            f"A sheet of a workbook holds {MOST_COLUMNS:,} columns and this table would have "
            f"{n_columns:,}: write CSV or Parquet."
        )
    return ""
