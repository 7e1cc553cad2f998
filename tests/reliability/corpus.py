"""Figures for a folder of files with their truth: ``python -m tests.reliability.corpus FOLDER``.

The folder holds ``csv/NAME.csv`` with ``clean/NAME.csv``, as Pollock does, or well-formed files
alone, as csv-spectrum does. The truth is what the csv module reads in the clean file, as UTF-8.
Every file is read by ``gmmstudio check FILE --cells --json OUT``; with ``--write`` the figures
become a section of ``tests/RELIABILITY.md``.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gmmstudio.__main__ import main as gmmstudio
from tests.reliability.__main__ import write_section
from tests.reliability.pollutions import Rows
from tests.reliability.scoring import BAD, LIMIT, table_of_counts


@dataclass(frozen=True)
class Checked:
    """What became of a file: right, flagged, silently wrong, hang or crash; what was noticed."""

    name: str
    ended: str
    noticed: str = ""


def files_with_truth(folder: Path) -> Iterator[tuple[Path, Rows]]:
    """Give every file of the folder and the names and rows it should have."""
    clean = folder / "clean"
    paired = clean.is_dir()
    for path in sorted((folder / "csv" if paired else folder).glob("*.csv")):
        with (clean / path.name if paired else path).open(encoding="utf-8", newline="") as file:
            yield path, list(csv.reader(file))


def checked(path: Path, truth: Rows, out: Path) -> Checked:
    """Read a file by the command, and compare every name and cell with the truth."""
    out.unlink(missing_ok=True)
    start = time.process_time()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            gmmstudio(["check", str(path), "--cells", "--json", str(out)])
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    except Exception as error:  # whatever it is, it is a crash, which is what is counted here
        return Checked(path.name, "crash", f"{type(error).__name__}: {error}")
    notices = found["notices"]
    said = next((n["text"] for n in sorted(notices, key=lambda n: not n["doubt"])), "")
    if time.process_time() - start > LIMIT:
        return Checked(path.name, "hang", said)
    names = [found["header"]] if found["header"] else []
    if [*names, *found["rows"]] == truth:
        return Checked(path.name, "right")
    flagged = any(n["lines"] or n["doubt"] for n in notices)
    return Checked(path.name, "flagged" if flagged else "silently wrong", said)


def kind_of(name: str) -> str:
    """Return the name of a file without the row and the column it is about."""
    stem = name.removesuffix(".csv")
    return re.sub(r"\d+", "…", stem) if stem.startswith("row_") else stem


def figures(folder: Path) -> list[str]:
    """Return the figures as Markdown."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out.json"
        found = [checked(path, truth, out) for path, truth in files_with_truth(folder)]
    ends: dict[str, Counter[str]] = {}
    for one in found:
        ends.setdefault(kind_of(one.name), Counter())[one.ended] += 1
    right = sum(one.ended == "right" for one in found)
    return [
        f"{len(found)} files, each read by `gmmstudio check FILE --cells --json OUT`; every name "
        "and every cell is compared.",
        "",
        *table_of_counts("file", ends),
        "",
        f"Right without help: {100 * right / max(len(found), 1):.1f} %.",
        *(
            f"* {one.name}, {one.ended}: {one.noticed[:160]}"
            for one in found
            if one.ended != "right"
        ),
        "",
        "`python -m tests.reliability.corpus FOLDER`",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.corpus")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="put them into tests/RELIABILITY.md")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    lines = figures(options.folder)
    name = f"Corpus {options.folder.resolve().name}"
    print(f"## {name}", *lines, sep="\n")
    if options.write:
        write_section(name, lines)
    return 1 if any(f", {bad}:" in line for line in lines for bad in BAD) else 0


if __name__ == "__main__":
    sys.exit(main())
