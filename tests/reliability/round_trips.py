"""Opening equals what was saved: every field, every label."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from random import Random

import numpy as np

from gmmstudio.document import Document, Session, assign
from gmmstudio.document.values import same_value
from gmmstudio.project import read_project, write_project
from tests.reliability.random_work import REFUSALS, work


def random_document(seed: int) -> Document:
    """Return an analysis after some work."""
    rng = Random(seed)
    session = Session()
    work(session, rng.randint(1, 40), rng)
    return session.document


def round_trip(seed: int, folder: Path) -> tuple[list[str], int]:
    """Save, open, compare; return what differs, in words, and how many fits were labelled."""
    document = random_document(seed)
    path = folder / f"{seed}.gmms"
    write_project(path, document, layout={"tab": "Profile"}, compress=seed % 2 == 0)
    project = read_project(path)
    again = project.document
    troubles = [
        f"seed {seed}: {f.name} differs"
        for f in fields(Document)
        if not same_value(getattr(document, f.name), getattr(again, f.name))
    ]
    if project.layout != {"tab": "Profile"}:
        troubles.append(f"seed {seed}: the layout differs")
    n = 0
    for before, after in zip(document.fits, again.fits, strict=True):
        try:
            expected = assign(document.table, before)
        except REFUSALS:
            continue
        found = assign(again.table, after)
        n += 1
        if not (
            np.array_equal(expected.labels, found.labels)
            and np.array_equal(expected.max_probability, found.max_probability)
        ):
            troubles.append(f"seed {seed}: labels of fit {before.id} differ")
    if document.sweep is not None and again.sweep is not None:
        troubles += [
            f"seed {seed}: a fit is not the sweep's any more"
            for old, new in zip(document.fits, again.fits, strict=True)
            if [old.fit is cell.fit for cell in document.sweep.cells]
            != [new.fit is cell.fit for cell in again.sweep.cells]
        ]
    path.unlink()
    return troubles, n
