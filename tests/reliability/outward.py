"""Load, label, export, load again: every cell of the source is the text it was."""

from __future__ import annotations

import csv
import io
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from gmmstudio.table import Outgoing, ReadSettings, Table, TableError, read, write_labelled
from tests.reliability import laid_out
from tests.reliability.made_up import cells_of, labels_for

FULL, QUICK = 600, 40
SEED = 20_250
DATA = Path(__file__).parents[1] / "data"
SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp949", "cp1252")
_WORDS = {
    "plain": ["", "", "a b", "NA", "x,y", "p;q", 'say "hi"', "'s", "'so'", "=A1", "#1", " pad "],
    "odd": ["two\nlines", "two\r\nlines", "cr\rin", "tab\tin", "_x0041_", "007", "+1", "1e5", "-"],
    "hangul": ["가나다", "서울", "부산 시", "한글"],
    "latin": ["é", "Grün", "naïve"],
}  # fmt: skip


def generated(seed: int) -> tuple[bytes, dict[str, object]]:
    """Return a table as a file, and how it was laid out."""
    rng = random.Random(seed)
    encoding = rng.choice(ENCODINGS)
    delimiter, ending = rng.choice(",;\t|"), rng.choice(["\n", "\r\n", "\r"])
    words = _WORDS["plain"] + _WORDS["odd"]
    if encoding == "cp949":
        words += _WORDS["hangul"] * 2
    elif encoding == "cp1252":
        words += _WORDS["latin"] * 2
    else:
        words += _WORDS["hangul"] + _WORDS["latin"]
    width, height = rng.randint(2, 7), rng.randint(3, 40)
    comma = delimiter != "," and rng.random() < 0.3
    kinds = [rng.choice(["number", "text", "text", "whole"]) for _ in range(width)]
    kinds[rng.randrange(width)] = "number"

    def cell(kind: str) -> str:
        if kind == "text":
            return rng.choice(words)
        if rng.random() < 0.05:
            return rng.choice(["", "NA"])
        if kind == "whole":
            return str(rng.randint(-99, 999))
        number = f"{rng.gauss(0, 30):.{rng.randint(2, 9)}f}"
        return number.replace(".", ",") if comma else number

    rows = [[f"{kind}{j}" for j, kind in enumerate(kinds)]]
    rows += [[cell(kind) for kind in kinds] for _ in range(height)]
    ragged = rng.random() < 0.15
    if ragged:
        for _ in range(2):
            rows[rng.randint(1, height)].pop()
    text = io.StringIO()
    # Python leaves a line end that is not its own unquoted, if it may.
    minimal = ending == "\r\n" and rng.random() < 0.7
    quoting = csv.QUOTE_MINIMAL if minimal else csv.QUOTE_ALL
    csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(rows)
    if encoding == "utf-16-le-bom":
        data = b"\xff\xfe" + text.getvalue().encode("utf-16-le")
    else:
        data = text.getvalue().encode(encoding, "replace")
    layout = {"encoding": encoding, "delimiter": delimiter, "ending": ending, "ragged": ragged}
    return data, layout


def files() -> Iterator[Path]:
    """Yield every table of the tests' data and every sample."""
    for path in sorted([*DATA.rglob("*"), *SAMPLES.glob("*")]):
        if path.suffix.lower() in (".csv", ".tsv", ".txt"):
            yield path


def round_trip(path: Path, folder: Path, seed: int) -> dict[str, str]:
    """Send a file out in every form and read it again; return what became of it, form by form.

    "same" is every original cell; "as told" the same, but only when the file is read with the
    settings it was written by; all else says what is different.
    """
    try:
        table = read(path, without_rows=True)
    except TableError:
        return {"source": "refused"}
    if not table.n_rows:
        return {"source": "no rows"}
    labels, n = labels_for(table, seed), len(table.columns)
    wanted, found = cells_of(table, n), {}
    for form in ("source", "excel"):
        out = folder / "out.csv"
        try:
            write_labelled(out, table, labels, Outgoing(form))  # type: ignore[arg-type]
        except TableError as error:
            found[form] = f"not written: {error}"
            continue
        found[form] = _compared(out, table, wanted, form)
    write_labelled(folder / "out.xlsx", table, labels, Outgoing("xlsx"))
    book = CalamineWorkbook.from_path(str(folder / "out.xlsx")).get_sheet_by_index(0)
    cells = [row[:n] for row in book.to_python(skip_empty_area=False)[1:]]
    found["xlsx"] = _same_in_sheet(cells, table, wanted)
    write_labelled(folder / "out.parquet", table, labels, Outgoing("parquet"))
    columns = pq.read_table(folder / "out.parquet").columns[:n]
    good = all(
        column.to_pylist() == [text or None for text in source.cells.to_pylist()]
        if source.values is None
        else np.array_equal(
            np.array([np.nan if v is None else v for v in column.to_pylist()], dtype=float),
            source.values,
            equal_nan=True,
        )
        or source.n_infinite > 0
        for column, source in zip(columns, table.columns, strict=True)
    )
    found["parquet"] = "same" if good else "other values"
    return found


def _compared(out: Path, table: Table, wanted: list[list[str]], form: str) -> str:
    n = len(table.columns)
    dialect = table.dialect
    told = ReadSettings(
        encoding=dialect.encoding if form == "source" else "utf-8",
        delimiter=dialect.delimiter if form == "source" else None,
        quote='"',
        header_rows=1,
        skip_rows=0,
        comment="",
    )
    for words, settings in (("same", ReadSettings()), ("as told", told)):
        try:
            again = read(out, settings)
        except TableError as error:
            last = f"not read again: {error}"
            continue
        if again.n_rows == table.n_rows and cells_of(again, n) == wanted:
            return words
        last = "other cells"
    return last


def _same_in_sheet(cells: list[list[object]], table: Table, wanted: list[list[str]]) -> str:
    """Compare a sheet: a number must be the value of its cell, all else the text."""
    if len(cells) != len(wanted):
        return f"{len(cells)} rows for {len(wanted)}"
    for i, (row, source) in enumerate(zip(cells, wanted, strict=True)):
        for cell, text, column in zip(row, source, table.columns, strict=True):
            number = isinstance(cell, float | int) and column.values is not None
            if cell != (column.values[i] if number else text):  # type: ignore[index]
                return f"other cells: {cell!r} for {text!r}"
    return "same"


def counts(full: bool) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Do all round trips; return how often what came out, and what is not well."""
    counted: Counter[tuple[str, str]] = Counter()
    bad: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases: list[tuple[str, Path, int]] = [(path.name, path, 1) for path in files()]
        seeds = range(SEED, SEED + (FULL if full else QUICK))
        cases += [(f"seed {seed}", folder / "in.csv", seed) for seed in seeds]
        for called, path, seed in cases:
            layout: dict[str, object] = {}
            if called.startswith("seed"):
                data, layout = generated(seed)
                path.write_bytes(data)
            for form, what in round_trip(path, folder, seed).items():
                known = ("same", "as told", "refused", "no rows")
                kind = what if what in known else what.partition(":")[0]
                counted[form, kind] += 1
                if what not in ("same", "no rows"):
                    bad.append(f"{called}, {form}: {what} {json.dumps(layout)}")
    return counted, bad


def run(full: bool = True) -> list[str]:
    """Return the counts as Markdown."""
    counted, bad = counts(full)
    n = FULL if full else QUICK
    lines = [
        f"Every table of tests/data and the samples, and {n} generated ones (seeds {SEED} to "
        f"{SEED + n - 1}: four delimiters, six encodings, three line endings, ragged rows, empty "
        "cells, quotation marks and line ends in cells), read, labelled, written and read again. "
        "“Same”: every cell of the source has the text it had (in Parquet: its value). “As told”: "
        "so it is when the file is read with the settings it was written by.",
        "",
        "| form | outcome | files |",
        "| --- | --- | --- |",
        *(f"| {form} | {what} | {n} |" for (form, what), n in sorted(counted.items())),
    ]
    if bad:
        lines += ["", "Not the same at once:", "", *(f"* {line}" for line in bad[:20])]
    return [*lines, "", *laid_out.run(full)]
