"""Projects: round trips, faults, kills, hostile files, undo."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.reliability.killed_runs import SECONDS, autosaving_seconds, killed_runs
from tests.reliability.round_trips import round_trip
from tests.reliability.undoing import undo_and_redo

ROOT = Path(__file__).parents[2]


def in_a_process(module: str, *words: str) -> Any:
    """Run a module in a process of its own; return what it prints as JSON."""
    order = [sys.executable, "-m", f"tests.reliability.{module}", *words]
    result = subprocess.run(order, capture_output=True, text=True, check=False, cwd=ROOT)
    if result.returncode:
        raise RuntimeError(result.stderr[-2000:])
    return json.loads(result.stdout.splitlines()[-1])


def undo(seeds: Sequence[int]) -> list[str]:
    """Return what went wrong in sequences of 50 commands."""
    return [trouble for seed in seeds for trouble in undo_and_redo(seed)]


def round_trips(seeds: Sequence[int]) -> tuple[int, list[str]]:
    """Return how many fits were labelled after opening, and what differed."""
    n, troubles = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            found, labelled = round_trip(seed, Path(folder))
            troubles += found
            n += labelled
    return n, troubles


def faults(full: bool) -> dict[str, Any]:
    """Return the counts of faults and what went wrong, by kind."""
    return dict(in_a_process("faults", "full" if full else "quick"))


def hostile(step: int) -> dict[str, Any]:
    """Return what came of every ``step``-th hostile file."""
    return dict(in_a_process("hostile_projects", str(step)))


def run(full: bool) -> list[str]:
    """Count everything; return it as Markdown."""
    n_undo, n_trips = (200, 300) if full else (10, 15)
    labelled, differed = round_trips(range(n_trips))
    undone = undo(range(n_undo))
    broken, hurt = faults(full), hostile(1 if full else 6)
    n_killed = 12 if full else 2
    with tempfile.TemporaryDirectory() as folder:
        lost, spoilt = killed_runs(Path(folder), n_killed, seed=4)
    kinds = {
        "faults": "every write, flush, fsync, rename and folder × EIO, ENOSPC, EACCES",
        "limits": "room for so many bytes only (RLIMIT_FSIZE)",
        "tmpfs": "a small file system that is full (tmpfs)",
        "kills": "SIGKILL at random moments (seed 11)",
    }
    n = sum(found[0] for found in broken.values() if found)
    lines = [
        f"* Round trips: {n_trips} random analyses (seeds 0 … {n_trips - 1}) saved and opened: "
        f"{len(differed)} differences in any field; labels of {labelled} fits after opening "
        "compared with those before.",
        f"* Undo: {n_undo} sequences of 50 random commands (seeds 0 … {n_undo - 1}): "
        f"{len(undone)} in which undo-all is not the start or redo-all not the end.",
        f"* Faults in save, autosave and export: {n}; the file neither old nor new, or something "
        f"else told, or a temporary left: {sum(len(f[1]) for f in broken.values() if f)}.",
    ]
    for kind, words in kinds.items():
        found = broken[kind]
        done = "none could be mounted here" if found is None else f"{found[0]}, {len(found[1])} bad"
        lines.append(f"    * {words}: {done}")
    lines.append(
        "* The program itself killed in the middle of a fit or of a search for the best K, at "
        f"random moments (seed 4): {n_killed}; {len(spoilt)} after which the analysis, the very "
        "parameters that EM had come to or the finished models were not there. With a copy every "
        f"{SECONDS} s at most {lost:.1f} s of work were lost; the window keeps one every "
        f"{autosaving_seconds()} s, and 30 s are the limit."
    )
    counts = hurt["counts"]
    lines.append(
        f"* Hostile projects (seed 1): {sum(counts.values())}: {counts.get('refused', 0)} refused "
        f"with a sentence, {counts.get('opened', 0)} opened safely, {len(hurt['troubles'])} "
        f"otherwise; the slowest took {hurt['slowest']} s of processor time (limits: 2 s, 300 MB)."
    )
    troubles = [
        *differed, *undone, *spoilt, *hurt["troubles"],
        *(trouble for found in broken.values() if found for trouble in found[1]),
    ]  # fmt: skip
    lines += [f"* **{trouble}**" for trouble in troubles[:40]]
    return lines
