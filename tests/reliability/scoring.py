"""What became of a damaged file: right, flagged, silently wrong, too slow, or a crash."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from gmmstudio.cli.check import found, refused
from gmmstudio.table import TableError, read
from tests.reliability.pollutions import Rows, Variant

_Counts = tuple[Counter[tuple[str, str]], list[str]]

LIMIT = 10.0
"""Seconds of processor time after which reading a small file counts as a hang."""


def outcome(data: bytes, truth: Rows, folder: Path, suffix: str = ".csv") -> str:
    """Read a file with the defaults and compare every cell.

    Right is a file whose names and cells are all as they were; flagged is one with a notice that
    names a line or a doubt; all else is silently wrong.
    """
    path = folder / f"t{suffix}"
    path.write_bytes(data)
    start = time.process_time()
    try:
        content = found(read(path, without_rows=True), path, cells=True)
    except TableError as error:
        content = refused(path, error, cells=True)
    except Exception as error:  # whatever it is, it is a crash, which is what is counted here
        return f"crash: {type(error).__name__}: {error}"
    if time.process_time() - start > LIMIT and _again(path) > LIMIT:
        return "hang"
    names = [content["header"]] if content["header"] else []
    if [*names, *content["rows"]] == truth:
        return "right"
    notices = content["notices"]
    return "flagged" if any(n["lines"] or n["doubt"] for n in notices) else "silently wrong"


def _again(path: Path) -> float:
    """Seconds of processor time the second time: what hangs does so again."""
    start = time.process_time()
    read(path, without_rows=True)
    return time.process_time() - start


BAD = ("silently wrong", "hang", "crash")


def table_of_counts(first: str, ends: Mapping[str, Counter[str]]) -> list[str]:
    """Return a table of how often each kind ended how, and of all together, as Markdown.

    ``first`` is the heading of the column of kinds.
    """
    rows = [*sorted(ends.items()), ("**all**", sum(ends.values(), Counter()))]
    return [
        f"| {first} | files | right | flagged | silently wrong | hang | crash |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {kind} | {ended.total()} | "
            f"{' | '.join(str(ended[end]) for end in ('right', 'flagged', *BAD))} |"
            for kind, ended in rows
        ),
    ]


def by_kind(counts: Mapping[tuple[str, str], int]) -> dict[str, Counter[str]]:
    """Return how often each kind ended how."""
    ends: dict[str, Counter[str]] = {}
    for (kind, ended), n in counts.items():
        ends.setdefault(kind, Counter())[ended.split(":")[0]] += n
    return ends


PROCESSES = 4


def spread(work: Callable[[int, int], _Counts]) -> _Counts:
    """Do the parts 0 to n − 1 of n of some counting in processes of their own; add them up.

    ``work`` is a function of a module, called with the part and n; it returns how often each kind
    ended how, and what ended badly.
    """
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        done = pool.map(work, range(PROCESSES), [PROCESSES] * PROCESSES)
        counts: Counter[tuple[str, str]] = Counter()
        bad: list[str] = []
        for some, worse in done:
            counts += some
            bad += worse
    return counts, bad


def named(variants: Iterable[Variant]) -> list[str]:
    """Return what files are called in the results."""
    return [f"{variant.kind}, {variant.name}" for variant in variants]


def score(variants: Iterable[Variant]) -> tuple[Counter[tuple[str, str]], list[Variant]]:
    """Return how often each kind ended how, and the files that ended badly."""
    counts: Counter[tuple[str, str]] = Counter()
    bad: list[Variant] = []
    with tempfile.TemporaryDirectory() as folder:
        for variant in variants:
            ended = outcome(variant.data, variant.truth, Path(folder))
            counts[variant.kind, ended] += 1
            if ended not in ("right", "flagged"):
                bad.append(variant)
    return counts, bad
