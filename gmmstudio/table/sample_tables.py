"""The sample tables that come with the program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gmmstudio import resources
from gmmstudio.table.errors import TableError


@dataclass(frozen=True)
class SampleTable:
    """One entry of the index ``resources/samples/samples.json``."""

    key: str
    title: str
    description: str
    n_rows: int
    n_columns: int
    path: Path
    licence: str


@cache
def samples() -> tuple[SampleTable, ...]:
    """Return the sample tables in the order in which to show them."""
    index = json.loads(resources.path("samples", "samples.json").read_text(encoding="utf-8"))
    return tuple(
        SampleTable(
            key=entry["key"],
            title=entry["title"],
            description=entry["description"],
            n_rows=entry["rows"],
            n_columns=entry["columns"],
            path=resources.path("samples", entry["file"]),
            licence=entry["licence"],
        )
        for entry in index
    )


def sample(key: str) -> SampleTable:
    """Return the sample of this key, e.g. ``penguins``.

    Raises
    ------
    TableError
        If there is none.
    """
    for entry in samples():
        if entry.key == key:
            return entry
    keys = ", ".join(entry.key for entry in samples())
    raise TableError(f"There is no sample table “{key}”. There are: {keys}.")
