"""Reading small tables of many shapes, plainly clean files, and texts in other encodings."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from gmmstudio.table import TableError, read
from tests.reliability.further_damage import further
from tests.reliability.letters import cut_files, korean_files, other_files
from tests.reliability.mutations import MUTATIONS
from tests.reliability.plain_files import not_plain, plain_file
from tests.reliability.pollutions import SOURCES, Rows, Variant, variants
from tests.reliability.scoring import BAD, LIMIT, by_kind, named, score, spread, table_of_counts
from tests.reliability.small_tables import small_tables

_MUTATED = 5000


def damaged(seed: int) -> Iterator[Variant]:
    """Every damage to small tables, and what happens to whole files to the larger ones as well."""
    for source in small_tables(seed):
        yield from variants(source)
        yield from further(source)
    for make in SOURCES:
        yield from further(make(seed))


def letters() -> Iterator[Variant]:
    """Give texts in all the encodings."""
    yield from korean_files()
    yield from cut_files()
    yield from other_files()


def fuzz_cells(seeds: Iterable[int], folder: Path) -> tuple[Counter[tuple[str, str]], list[int]]:
    """Read mutated files; return how often each kind ended how, and the seeds that ended badly.

    A file in which nothing is doubted must have every cell as the csv module reads it.
    """
    counts: Counter[tuple[str, str]] = Counter()
    bad: list[int] = []
    for seed in seeds:
        kind, data, delimiter = _mutated(seed)
        ended = _cells_outcome(data, delimiter, folder / "t.csv")
        counts[kind, ended] += 1
        if ended in BAD:
            bad.append(seed)
    return counts, bad


def _mutated(seed: int) -> tuple[str, bytes, str]:
    rng = random.Random(seed)
    if rng.random() < 0.5:
        source = rng.choice(small_tables(rng.randrange(1000)))
        data, delimiter = source.file(source.lines()), source.delimiter
    else:
        data, rows = plain_file(rng.randrange(1_000_000))
        text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig")
        data = text.encode()
        delimiter = next((d for d in ",;\t|" if _rows(data, d) == rows), ",")
    mutation = rng.choice(MUTATIONS)
    for _ in range(rng.choice((1, 1, 2))):
        data = mutation(data, rng) if len(data) > 3 else b"x"
    return mutation.__name__.replace("_", " "), data, delimiter


def _cells_outcome(data: bytes, delimiter: str, path: Path) -> str:
    path.write_bytes(data)
    start = time.process_time()
    try:
        table = read(path, without_rows=True)
    except TableError:
        return "flagged"
    except Exception:  # whatever it is, it is a crash, which is what is counted here
        return "crash"
    if time.process_time() - start > LIMIT:
        return "hang"
    if any(notice.doubt for notice in table.notices):
        return "flagged"
    cells = zip(*(column.cells.to_pylist() for column in table.columns), strict=True)
    names = [[column.header for column in table.columns]] if table.dialect.has_header else []
    return "right" if [*names, *map(list, cells)] == _rows(data, delimiter) else "silently wrong"


def _rows(data: bytes, delimiter: str) -> Rows | None:
    """Return what the csv module reads, blank lines left out; None where it breaks its rules."""
    try:
        text = io.StringIO(data.decode("utf-8-sig"), newline="")
        rows = list(csv.reader(text, delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    return [row for row in rows if len(row) > 1 or (row and row[0].strip(" \t"))]


def run(full: bool) -> list[str]:
    """Return the counts as Markdown."""
    return [*_damaged(full), "", *_plain(full), "", *_letters(), "", *_fuzzed(full)]


def _score_damaged(part: int, n: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    counts, bad = score(islice(damaged(1), part, None, n))
    return counts, named(bad)


def _score_mutated(part: int, n: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        counts, bad = fuzz_cells(range(part, _MUTATED, n), Path(folder))
    return counts, [str(seed) for seed in bad]


def _damaged(full: bool) -> list[str]:
    counts, bad = spread(_score_damaged) if full else _score_damaged(0, 60)
    ends = by_kind(counts)
    total = sum(ends.values(), Counter())
    return [
        "The same damage and more to small tables of many shapes, where much less tells what was",
        "meant: numbers that run together can be parted anywhere, names look like nothing else.",
        "",
        *table_of_counts("damage", ends),
        "",
        f"Right without help: {100 * total['right'] / total.total():.1f} %.",
        *(f"Bad: {variant}." for variant in bad),
    ]


def _plain(full: bool) -> list[str]:
    n = 2000 if full else 100
    with tempfile.TemporaryDirectory() as folder:
        wrong, doubted = not_plain(range(n), Path(folder))
    return [
        f"Plainly clean files of many shapes, seeds 0 to {n - 1}: {n - len(wrong)} right, "
        f"{n - len(doubted)} without a doubt.",
        *(f"* seed {seed}: {text}" for seed, text in doubted),
        *([f"Wrong: seeds {wrong}."] if wrong else []),
    ]


def _letters() -> list[str]:
    counts, bad = score(letters())
    return [
        "Encodings; a text of one byte per letter is always a doubt, right or not.",
        "",
        *table_of_counts("letters", by_kind(counts)),
        *(f"Bad: {variant.kind}, {variant.name}." for variant in bad),
    ]


def _fuzzed(full: bool) -> list[str]:
    counts, bad = spread(_score_mutated) if full else _score_mutated(0, 25)
    return [
        f"Small and clean files mutated once or twice, seeds of 0 to {_MUTATED - 1}; where nothing "
        "is doubted, every cell must be what the csv module reads.",
        "",
        *table_of_counts("mutation", by_kind(counts)),
        *([f"Bad seeds: {', '.join(bad)}."] if bad else []),
    ]
