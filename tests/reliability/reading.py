"""Reading damaged files: no crash, no hang, nothing silently wrong."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from gmmstudio.cli.check import found, refused
from gmmstudio.table import Table, TableError, read, write_labelled
from tests.reliability.mutations import mutated, naughty_table, second_opinion
from tests.reliability.pollutions import SOURCES, Variant, variants
from tests.reliability.scoring import (
    BAD,
    LIMIT,
    by_kind,
    named,
    outcome,
    score,
    spread,
    table_of_counts,
)
from tests.table.table_helpers import labels_for

_MUTATED = 5000


def fuzz(seeds: Iterable[int], folder: Path) -> tuple[Counter[tuple[str, str]], list[int]]:
    """Read mutated files; return how often each kind ended how, and the seeds that ended badly.

    A file ends well if it has the shape that the csv module finds in it, where that finds an even
    one, or if a notice names a line or a doubt, or if it is refused in a sentence.
    """
    counts: Counter[tuple[str, str]] = Counter()
    bad: list[int] = []
    for seed in seeds:
        kind, data, delimiter = mutated(seed)
        ended = _shape_outcome(data, delimiter, folder)
        counts[kind, ended] += 1
        if ended in BAD:
            bad.append(seed)
    return counts, bad


def _shape_outcome(data: bytes, delimiter: str, folder: Path) -> str:
    path = folder / "t.csv"
    path.write_bytes(data)
    start = time.process_time()
    try:
        content = found(read(path, without_rows=True), path)
    except TableError as error:
        content = refused(path, error)
    except Exception:  # whatever it is, it is a crash, which is what is counted here
        return "crash"
    if time.process_time() - start > LIMIT:
        return "hang"
    if any(notice["lines"] or notice["doubt"] for notice in content["notices"]):
        return "flagged"
    shape = content["n_rows"] + content["header_rows"], content["n_columns"]
    return "right" if shape == second_opinion(data, delimiter) else "silently wrong"


def naughty(seeds: Iterable[int], folder: Path) -> tuple[Counter[str], list[int]]:
    """Read tables of naughty cells that the csv module wrote; every cell is compared."""
    counts: Counter[str] = Counter()
    bad: list[int] = []
    for seed in seeds:
        data, rows = naughty_table(seed)
        ended = outcome(data, rows, folder).split(":")[0]
        counts[ended] += 1
        if ended in BAD:
            bad.append(seed)
    return counts, bad


def giants() -> Iterator[Variant]:
    """Files that are too long, too wide or too deep."""
    names, row = ["a", "b"], ["1", "2"]
    long = "x" * 10_000_000
    yield Variant(
        "a line of 10 MB",
        "plain",
        f"a,b\n1,{long}\n2,3\n".encode(),
        [names, ["1", long], ["2", "3"]],
    )
    commas = "x," * 5_000_000
    yield Variant(
        "a line of 10 MB",
        "quoted",
        f'a,b\n1,"{commas}"\n2,3\n'.encode(),
        [names, ["1", commas], ["2", "3"]],
    )
    yield Variant(
        "a line of 10 MB", "delimiters", f"a,b\n1,2\n{commas}\n1,2\n".encode(), [names, row, row]
    )
    yield Variant(
        "a line of 10 MB",
        "an open mark",
        f'a,b\n1,2\n"{long}\n1,2\n'.encode(),
        [names, row, ['"' + long, ""], row],
    )
    yield Variant(
        "a line of 10 MB",
        "quotation marks",
        b"a,b\n1,2\n" + b'"' * 10_000_000 + b"\n1,2\n",
        [names, row, ["", ""], row],
    )
    yield Variant("a line of 10 MB", "alone", long.encode(), [[long]])
    wide = [
        [f"c{j}" for j in range(20_000)],
        *[[str(i * j % 97) for j in range(20_000)] for i in range(5)],
    ]
    data = "".join(",".join(cells) + "\n" for cells in wide).encode()
    yield Variant("20 000 columns", "even", data, wide)
    yield Variant("20 000 columns", "a row too short", data + b"1,2\n", [*wide, ["1", "2"]])
    marks = b"a,b\n" + b'"\n' * 200_000
    yield Variant("open marks on every line", "", marks, [names])
    yield Variant("blank lines", "", b"a,b\n" + b"\n" * 2_000_000 + b"1,2\n", [names, row])


def round_trips(some: Iterable[Variant], folder: Path) -> tuple[Counter[str], list[Variant]]:
    """Read, write with labels, read again: every cell of the source must be as it was."""
    counts: Counter[str] = Counter()
    bad: list[Variant] = []
    for variant in some:
        path, out = folder / "t.csv", folder / "out.csv"
        path.write_bytes(variant.data)
        try:
            first = read(path)
        except TableError:
            counts["refused"] += 1
            continue
        write_labelled(out, first, labels_for(first))
        named = first.dialect.has_header  # else the labelled table gives the columns names
        same = _cells(read(out), first, named=named) == _cells(first, first, named=named)
        counts["identical" if same else "not identical"] += 1
        if not same:
            bad.append(variant)
    return counts, bad


def _cells(table: Table, source: Table, *, named: bool) -> list[list[str]]:
    """The cells of the columns that come from the source, below their names."""
    columns = table.columns[: len(source.columns)]
    names = [[column.header for column in columns]] if named else []
    return names + [list(row) for row in zip(*(c.cells.to_pylist() for c in columns), strict=True)]


def run(full: bool) -> list[str]:
    """Return the counts as Markdown."""
    return [*_damaged(full), "", *_mutated(full), "", *_there_and_back(full)]


def _polluted(seeds: Iterable[int]) -> Iterator[Variant]:
    return (v for seed in seeds for make in SOURCES for v in variants(make(seed)))


def _score_damaged(part: int, n: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    counts, bad = score(islice(_polluted((1,)), part, None, n))
    return counts, named(bad)


def _score_mutated(part: int, n: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    seeds = range(part, _MUTATED, n)
    with tempfile.TemporaryDirectory() as folder:
        counts, bad = fuzz(seeds, Path(folder))
        cells, worse = naughty(seeds[::10], Path(folder))
    counts += Counter({("naughty cells", ended): times for ended, times in cells.items()})
    return counts, [*map(str, bad), *(f"{seed} of naughty cells" for seed in worse)]


def _damaged(full: bool) -> list[str]:
    counts, bad = spread(_score_damaged) if full else _score_damaged(0, 40)
    more, worse = score(giants())
    ends = by_kind(counts + more)
    total = sum(ends.values(), Counter())
    return [
        "Files with every damage to every row and every column of tables of our own, read with the",
        "defaults; every name and every cell is compared.",
        "",
        *table_of_counts("damage", ends),
        "",
        f"Right without help: {100 * total['right'] / total.total():.1f} %. "
        f"Tables: {', '.join(make.__name__ for make in SOURCES)}, seed 1.",
        *(f"Bad: {variant}." for variant in bad + named(worse)),
    ]


def _mutated(full: bool) -> list[str]:
    counts, bad = spread(_score_mutated) if full else _score_mutated(0, 20)
    return [
        f"Mutated files, seeds of 0 to {_MUTATED - 1}; the csv module has the second opinion on "
        "the shape, and on every cell of the naughty ones.",
        "",
        *table_of_counts("mutation", by_kind(counts)),
        *([f"Bad seeds: {', '.join(bad)}."] if bad else []),
    ]


def _there_and_back(full: bool) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        some = islice(_polluted((3,)), 0, None, 5 if full else 60)
        counts, bad = round_trips(some, Path(folder))
    return [
        f"Load, label, write, load again (tables of seed 3): {counts['identical']} of "
        f"{counts.total() - counts['refused']} damaged files with every source cell identical.",
        *(f"Not identical: {variant.kind}, {variant.name}." for variant in bad),
    ]
