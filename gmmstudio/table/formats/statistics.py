"""Files of SPSS, Stata and SAS, their cells as text; runs in the process that may die of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.formats import frames
from gmmstudio.table.formats.choosing import Choice
from gmmstudio.table.formats.limits import LEAST_MEMORY, limit_memory, limit_time
from gmmstudio.table.formats.workbooks import column_text
from gmmstudio.table.value_labels import ValueLabels, maybe_missing

_ROWS_AT_ONCE = 50_000
_NAMED = 20
_LONGEST = 200
"""Letters of a label that are kept; SPSS knows 120 for a value and 256 for a column."""
_MOST_LETTERS = 1_000_000
_MOST_LABELS = 50
"""Values of a column whose labels are kept; of categories each is a cell's text anyway."""


@dataclass
class _Column:
    """A column on its way out, with the columns that stand beside it.

    Attributes
    ----------
    name
        Its name.
    cells
        (n,): numbers, text, dates; None where nothing is.
    labels
        Text for every value, where every value has one; else nothing.
    known
        The labels of the file, of some values or all.
    missing
        bool (n,): cells whose value the file declares to be missing.
    description
        What the file says the column is.
    meant
        The labels of values that are there, as text; those of many values only where needed.
    asked
        Those among them that may stand for no value; none where labels are the cells.
    """

    name: str
    cells: NDArray[Any]
    labels: dict[Any, str] = field(default_factory=dict)
    known: dict[Any, str] = field(default_factory=dict)
    missing: NDArray[np.bool_] | None = None
    description: str = ""
    meant: ValueLabels = ()
    asked: ValueLabels = ()


def send_file(question: dict[str, Any], out: BinaryIO) -> None:
    """Send the cells of a file: labels as text with the codes beside, missing cells empty."""
    path = Path(question["path"])
    size = path.stat().st_size
    limit_memory(min(int(question["memory"]), LEAST_MEMORY + 60 * size))
    frames.say(out, expect=limit_time(size / 2, 4 * size))
    data, meta = _read(path, question["kind"])
    columns = [_column(name, cells, meta) for name, cells in data.items()]
    n_rows = max((len(column.cells) for column in columns), default=0)
    if not columns or not n_rows:
        raise TableError(f"“{path.name}” holds no rows; choose another file.")
    data.clear()
    choice = Choice(n_rows, question.get("sample_rows"), question.get("sample_seed") or 0)
    names, parts, sources = _laid_out(columns)
    facts = {"names": names, "rows": n_rows, **_facts(columns), **_meanings(sources)}
    frames.say(out, facts=facts)
    for first in range(0, n_rows, _ROWS_AT_ONCE):
        last = min(first + _ROWS_AT_ONCE, n_rows)
        texts = [part(first, last) for part in parts]
        taken = choice.taken(first, last)
        if taken is not None:
            texts = [text.take(taken) for text in texts]
        if len(texts[0]):
            frames.send(out, texts)
        frames.say(out, share=last / n_rows)


def _read(path: Path, kind: str) -> tuple[dict[str, NDArray[Any]], Any]:
    import pyreadstat

    readers: dict[str, Callable[..., Any]] = {
        "sav": pyreadstat.read_sav,
        "por": pyreadstat.read_por,
        "dta": pyreadstat.read_dta,
        "sas7bdat": pyreadstat.read_sas7bdat,
        "xpt": pyreadstat.read_xport,
    }
    options: dict[str, Any] = {"output_format": "dict"}
    if kind in ("sav", "dta", "sas7bdat"):
        options["user_missing"] = True
    refusals = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError)
    tries: list[dict[str, Any]] = [
        {},
        {"disable_datetime_conversion": True},  # dates after the year 9999
        {"encoding": "LATIN1"},
        {"encoding": "CP949"},
    ]
    problem: Exception | None = None
    for more in tries if kind != "por" else tries[:2]:
        try:
            data, meta = readers[kind](str(path), **options, **more)
        except (*refusals, OverflowError, UnicodeError) as error:
            problem = problem or error
            continue
        return data, meta
    raise TableError(
        f"“{path.name}” is damaged or not complete, or of a kind that is not known here "
        f"({str(problem)[:120]}). Save it again in the program it comes from, or as CSV."
    ) from problem


def _column(name: str, cells: Any, meta: Any) -> _Column:
    if not isinstance(cells, np.ndarray):  # a list: numbers among letters must not become text
        cells = np.array(cells, dtype=object)
    known = dict(meta.variable_value_labels.get(name, {}))
    missing = _declared_missing(name, cells, meta)
    described = (meta.column_names_to_labels or {}).get(name) or ""
    column = _Column(str(name), cells, known=known, missing=missing)
    column.description = _shortened(described)
    if known:
        present = _values(cells, missing)
        labelled = [value for value in present if value in known]
        if present and len(labelled) == len(present):
            column.labels = known
        texts = column_text(labelled).to_pylist()
        meant = tuple((text, _shortened(known[v])) for text, v in zip(texts, labelled, strict=True))
        asked = maybe_missing([v for v in present if isinstance(v, int | float)], meant)
        column.meant = tuple(dict.fromkeys((*asked, *meant)))[:_MOST_LABELS]
        column.asked = () if column.labels else asked[:_MOST_LABELS]
    return column


def _shortened(label: Any) -> str:
    text = " ".join(str(label).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _values(cells: NDArray[Any], missing: NDArray[np.bool_] | None) -> list[Any]:
    """Return the different values of the cells that hold one."""
    if missing is not None:
        cells = cells[~missing]
    if cells.dtype.kind == "f":
        return [float(value) for value in np.unique(cells[~np.isnan(cells)])]
    return list(dict.fromkeys(value for value in cells.tolist() if not _is_nothing(value)))


def _is_nothing(value: Any) -> bool:
    return value is None or value == "" or value != value


def _declared_missing(name: str, cells: NDArray[Any], meta: Any) -> NDArray[np.bool_] | None:
    """Return which cells hold a value that the file declares to be missing; None for none."""
    missing = np.zeros(len(cells), dtype=bool)
    for span in (meta.missing_ranges or {}).get(name, ()):
        low, high = span["lo"], span["hi"]
        if isinstance(low, str):
            missing |= np.array([v == low for v in cells.tolist()], dtype=bool)
        elif cells.dtype.kind in "fiu":
            missing |= (cells >= low) & (cells <= high)
        else:
            missing |= np.array(
                [isinstance(v, int | float) and low <= v <= high for v in cells.tolist()], bool
            )
    letters = set((meta.missing_user_values or {}).get(name, ()))
    if letters and cells.dtype.kind == "O":
        missing |= np.array([isinstance(v, str) and v in letters for v in cells.tolist()], bool)
    return missing if missing.any() else None


def _laid_out(
    columns: Sequence[_Column],
) -> tuple[list[str], list[Callable[[int, int], Any]], list[tuple[_Column, bool]]]:
    """Return the names of all columns, those beside others too, and what gives their text.

    Also return of which column of the file each is, and whether its cells hold the values.
    """
    taken = {column.name for column in columns}
    names: list[str] = []
    parts: list[Callable[[int, int], Any]] = []
    sources: list[tuple[_Column, bool]] = []

    def beside(name: str, what: str) -> str:
        candidate, number = f"{name} ({what})", 2
        while candidate in taken:
            candidate, number = f"{name} ({what} {number})", number + 1
        taken.add(candidate)
        return candidate

    for column in columns:
        names.append(column.name)
        parts.append(_labelled(column) if column.labels else _codes(column))
        sources.append((column, not column.labels))
        if column.labels:
            names.append(beside(column.name, "code"))
            parts.append(_codes(column))
            sources.append((column, True))
        if column.missing is not None:
            names.append(beside(column.name, "why missing"))
            parts.append(_reasons(column))
            sources.append((column, False))
    return names, parts, sources


def _meanings(sources: Sequence[tuple[_Column, bool]]) -> dict[str, Any]:
    """Return what the file says of each column that goes out, and of its values.

    Of thousands of columns only the first are told of, as far as a message reaches.
    """
    descriptions, value_labels, asked, room = [], [], [], _MOST_LETTERS
    for j, (column, has_values) in enumerate(sources):
        description, labels = column.description, column.meant if has_values else ()
        room -= len(description) + sum(len(text) + len(label) for text, label in labels)
        if room < 0:
            description, labels = "", ()
        elif has_values and column.asked:
            asked.append((j, column.asked))
        descriptions.append(description)
        value_labels.append(labels)
    return {"descriptions": descriptions, "value_labels": value_labels, "asked": asked}


def _codes(column: _Column) -> Callable[[int, int], Any]:
    def text(first: int, last: int) -> Any:
        gone = None if column.missing is None else column.missing[first:last]
        return _text(column.cells[first:last], gone)

    return text


def _labelled(column: _Column) -> Callable[[int, int], Any]:
    def text(first: int, last: int) -> Any:
        cells = column.cells[first:last].tolist()
        gone = [False] * len(cells) if column.missing is None else column.missing[first:last]
        return column_text(
            [
                "" if lost or _is_nothing(cell) else str(column.labels[cell])
                for cell, lost in zip(cells, gone, strict=True)
            ]
        )

    return text


def _reasons(column: _Column) -> Callable[[int, int], Any]:
    """Give the label, or else the value, of cells that are declared missing.

    A letter is what Stata and SAS write with a point before it, such as .a.
    """
    assert column.missing is not None
    declared = column.missing

    def text(first: int, last: int) -> Any:
        codes = _text(column.cells[first:last], ~declared[first:last]).to_pylist()
        cells = column.cells[first:last].tolist()
        return column_text(
            [
                str(column.known.get(cell) or _sign(code)) if lost else ""
                for cell, code, lost in zip(cells, codes, declared[first:last], strict=True)
            ]
        )

    return text


def _sign(code: str) -> str:
    return f".{code}" if len(code) == 1 and code.isalpha() else code


def _text(cells: NDArray[Any], gone: NDArray[np.bool_] | None) -> Any:
    """Return cells as text, empty where they hold nothing or are declared missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if cells.dtype.kind in "fiu":
        lost = np.isnan(cells) if cells.dtype.kind == "f" else np.zeros(len(cells), dtype=bool)
        lost = lost if gone is None else lost | gone
        return pc.fill_null(pc.cast(pa.array(cells, mask=lost), pa.string()), "")
    if cells.dtype.kind == "M":
        text = np.datetime_as_string(cells)
        return pa.array(
            [("" if t == "NaT" else str(t).replace("T", " ")) for t in text], pa.string()
        )
    lost_ones = [False] * len(cells) if gone is None else gone.tolist()
    return column_text(
        [
            "" if lost or _is_nothing(cell) else cell
            for cell, lost in zip(cells.tolist(), lost_ones, strict=True)
        ]
    )


def _facts(columns: Sequence[_Column]) -> dict[str, Any]:
    """Return what is to be said about labels and missing values."""
    missing = [(c.name, int(np.count_nonzero(c.missing))) for c in columns if c.missing is not None]
    partly = [c.name for c in columns if c.meant and not c.labels and not c.asked]
    return {
        "labelled": [c.name for c in columns if c.labels][:_NAMED],
        "n_labelled": sum(bool(c.labels) for c in columns),
        "partly": partly[:_NAMED],
        "n_partly": len(partly),
        "missing": [list(pair) for pair in missing[:_NAMED]],
        "n_missing": sum(n for _, n in missing),
    }
