"""Hostile workbooks, archives, columnar and statistics files: refused with a sentence or opened."""

from __future__ import annotations

import resource
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from gmmstudio.table import TableError, read
from tests.reliability.hostile_files import Hostile, honest, hostile_files

TITLE = "Hostile files: workbooks, archives, columnar and statistics files"
SECONDS = 2.0
MEGABYTES = 300.0
SEEDS = 2


@dataclass
class Count:
    """What became of hostile files."""

    start: float = 0.0
    refused: int = 0
    opened: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[float, str] = (0.0, "")

    @property
    def n(self) -> int:
        """How many files there were."""
        return self.refused + self.opened + len(self.broken)


def count(files: Iterable[Hostile], verbose: bool = False) -> Count:
    """Open files one after another, each in a folder of its own, and look what it took.

    Seconds are those of the processors, ours and the process's that opens the file; what a process
    takes to start is not counted.
    """
    found = Count(start=_start_seconds())
    for file in files:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "in" / file.name
            path.parent.mkdir()
            path.write_bytes(file.data)
            _open(path, file, found)
            strays = [p for p in Path(name).rglob("*") if p not in (path, path.parent)]
            if strays:
                found.left.append(f"{file.what} ({file.name})")
        if verbose:
            print(f"{found.n} {file.name}: {file.what}", flush=True)
    return found


def _open(path: Path, file: Hostile, found: Count) -> None:
    label = f"{file.what} ({file.name}, {len(file.data)} bytes)"
    _forget_peak()
    watch = _Watch()
    before, began = _resident(), _seconds()
    try:
        table = read(path)
    except TableError as error:
        if not str(error).endswith((".", "…")) or len(str(error)) < 20:
            found.broken.append(f"{label}: no sentence: {error}")
        else:
            found.refused += 1
    except Exception as error:  # whatever else it is, it is what we look for
        found.broken.append(f"{label}: {type(error).__name__}: {str(error)[:200]}")
    else:
        found.opened += 1
        if not all(len(column.cells) == table.n_rows for column in table.columns):
            found.broken.append(f"{label}: columns of different lengths")
    seconds = _seconds() - began - found.start
    here = (_peak() - before) / 1024.0
    child = watch.stop() / 1024.0
    found.kinds[path.suffix] += 1
    found.slowest = max(found.slowest, (seconds, label))
    if seconds > SECONDS:
        found.slow.append(f"{label}: {seconds:.1f} s")
    if max(here, child) > MEGABYTES:
        found.large.append(f"{label}: {here:.0f} MB here, {child:.0f} MB in the process")
    found.largest = max(found.largest, (max(here, child), label))


class _Watch:
    """Looks at the processes we started, a few hundred times a second, for the most they took."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> float:
        """Return the most that one of them took, in kB."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._ended.wait(0.004):
            for children in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):
                    for number in children.read_text("ascii").split():
                        # Until it has become another program it has our memory, not its own.
                        if b"formats.helper" in Path(f"/proc/{number}/cmdline").read_bytes():
                            self._peak = max(self._peak, _status("VmHWM:", number))


def _start_seconds() -> float:
    """Return what opening an honest small workbook takes, nearly all of it the process's start."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.xlsx"
        path.write_bytes(honest()["a.xlsx"])
        times = []
        for _ in range(3):
            began = _seconds()
            read(path)
            times.append(_seconds() - began)
    return median(times)


def _seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _status(what: str, process: str = "self") -> float:
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith(what):
            return float(line.split()[1])
    return 0.0


def _resident() -> float:
    return _status("VmRSS:")


def _peak() -> float:
    return _status("VmHWM:")


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def run(full: bool) -> list[str]:
    """Open all files that are made on purpose, and damaged ones of every format."""
    seeds = SEEDS if full else 1
    found = count(hostile_files(seeds), verbose=full)
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(found.kinds.items()))
    lines = [
        f"{found.n} files ({kinds}); damaged ones with seeds 0 to {seeds - 1}.",
        "",
        "| | |",
        "|---|---|",
        f"| refused with a sentence | {found.refused} |",
        f"| opened | {found.opened} |",
        f"| crashed, or refused without a sentence | {len(found.broken)} |",
        f"| longer than {SECONDS:.0f} s of a processor, start of the process ({found.start:.2f} s) "
        f"not counted | {len(found.slow)} |",
        f"| more than {MEGABYTES:.0f} MB, in the program or in its process | {len(found.large)} |",
        f"| left something behind on the disk | {len(found.left)} |",
        f"| the slowest | {found.slowest[0]:.2f} s: {found.slowest[1]} |",
        f"| the largest | {found.largest[0]:.0f} MB: {found.largest[1]} |",
        "",
    ]
    for what, which in (
        ("Crashed", found.broken),
        ("Slow", found.slow),
        ("Large", found.large),
        ("Left behind", found.left),
    ):
        lines += [f"* {what}: {entry}" for entry in which]
    return lines
