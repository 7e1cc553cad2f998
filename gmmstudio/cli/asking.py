"""From the options to what is asked of the engine: columns, row weights, starts and shapes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from gmmstudio.cli.options import CENTRES, LABELS, CommandError, split_names
from gmmstudio.document.asking import shapes_with_prior
from gmmstudio.document.starting import check_centres, start_labels
from gmmstudio.mixture import Spec, Start, resolve
from gmmstudio.mixture.spec import STARTS
from gmmstudio.mixture.starts import distinct_rows
from gmmstudio.mixture.structures import (
    ALL,
    STRUCTURES,
    Structure,
    canonical,
    largest_components,
    why_largest,
)
from gmmstudio.table import Preparation, Sample, Table, read


@dataclass(frozen=True)
class StartAsked:
    """Where EM is to start from: a word, or the labels of a column, or the centres of a file."""

    word: str = "k-means++"
    label_column: int | None = None
    centres: Path | None = None

    @property
    def given(self) -> bool:
        """Whether the start says itself which cluster is the first."""
        return self.label_column is not None or self.centres is not None


def start_asked(table: Table, text: str) -> StartAsked:
    """Read ``--start``.

    Raises
    ------
    CommandError
        A word that nobody knows; the message names the nearest.
    TableError
        No such column.
    """
    if text in (LABELS, CENTRES):
        what = "a column's name" if text == LABELS else "a file"
        raise CommandError(f"--start {text} lacks {what} after the colon.")
    if text.startswith(LABELS):
        return StartAsked(label_column=table.index(text.removeprefix(LABELS)))
    if text.startswith(CENTRES):
        return StartAsked(centres=Path(text.removeprefix(CENTRES)))
    if text in STARTS:
        return StartAsked(text)
    near = get_close_matches(text.lower(), (*STARTS, LABELS, CENTRES), n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise CommandError(
        f"--start '{text}' is not known.{hint} Use {', '.join(STARTS)}, {LABELS} followed by a "
        f"column's name, or {CENTRES} followed by a file."
    )


def preparation_asked(
    table: Table, options: argparse.Namespace, label_column: int | None
) -> Preparation:
    """Return columns, scale, logarithms, what is done about missing cells, and row weights.

    Raises
    ------
    CommandError, TableError
        What cannot be; nothing has been looked at but the columns.
    """
    weights = None if options.weights is None else table.index(options.weights)
    if weights is None and options.weights_as is not None:
        raise CommandError("--weights-as needs --weights: name the column that holds them.")
    spoken_for = {label_column: "the starting labels", weights: "its row weights"}
    spoken_for.pop(None, None)
    columns = _columns(table, options.columns, spoken_for)
    return Preparation(
        columns=columns,
        scale=options.scale,
        missing=options.missing,
        log=_logged(table, options.log, columns),
        weights=weights,
        weights_as=options.weights_as or "auto",
    )


def _logged(table: Table, wanted: str | None, columns: tuple[int, ...]) -> tuple[int, ...]:
    if wanted is None:
        return ()
    logged = {table.index(name) for name in split_names("--log", wanted)}
    for index in sorted(logged - set(columns)):
        raise CommandError(
            f"--log names “{table.columns[index].name}”, which is no column of the fit; add it to "
            "--columns, or leave it out of --log."
        )
    return tuple(sorted(logged))


def _columns(
    table: Table, wanted: str | None, spoken_for: dict[int | None, str]
) -> tuple[int, ...]:
    if wanted is None:
        columns = tuple(index for index in table.default_columns() if index not in spoken_for)
        if not columns and any(column.values is not None for column in table.columns):
            why = "; ".join(f"{c.name}: {c.why_not}" for c in table.columns[:8] if c.why_not)
            raise CommandError(
                f"No column of {table.name} is used unless --columns names it ({why})."
            )
        return columns
    columns = tuple(table.index(name) for name in split_names("--columns", wanted))
    twice = {table.columns[index].name for index in columns if columns.count(index) > 1}
    if twice:
        raise CommandError(f"--columns names {', '.join(sorted(twice))} twice; once is enough.")
    for index, what in spoken_for.items():
        if index in columns:
            name = table.columns[index].name
            raise CommandError(f"'{name}' cannot be both a column of the fit and {what}.")
    return columns


def shapes_asked(options: argparse.Namespace, n_columns: int) -> tuple[list[str], list[str]]:
    """Return the shapes to fit, each once, and what should be known about them.

    Raises
    ------
    CommandError, MixtureError
        A shape that nobody knows, or one without a prior where ``--prior`` asks for it.
    """
    names = split_names("--shape", options.shape)
    everything = any(name.lower() == "all" for name in names)
    asked = [canonical(name) for name in names if name.lower() != "all"]
    if everything:
        asked += ALL
    # For one column several shapes are the same model: keep each once, in the order asked for.
    found = [resolve(name, n_columns) for name in dict.fromkeys(asked)]
    without = [structure for structure in found if not structure.has_prior]
    notes = []
    if options.prior and without:
        if not everything:
            raise CommandError(
                f"--prior: the {without[0].words} shape ({without[0].name}) has no conjugate "
                f"prior; leave --prior out, or choose among {shapes_with_prior()}."
            )
        left_out = ", ".join(structure.name for structure in without)
        notes.append(f"shapes without a conjugate prior are left out: {left_out}.")
        found = [structure for structure in found if structure.has_prior]
    return list(dict.fromkeys(structure.name for structure in found)), notes


def specs_asked(
    table: Table,
    sample: Sample,
    asked: StartAsked,
    shapes: Sequence[str],
    options: argparse.Namespace,
) -> list[Spec]:
    """Return one specification per cell of K × shape.

    Raises
    ------
    CommandError, DocumentError, MixtureError, TableError
        What cannot be fitted.
    """
    start, n_given = _start(table, sample, asked)
    ks = options.k or ()
    if n_given is not None:
        if ks and list(ks) != [n_given]:
            what = "labels" if asked.centres is None else "centres"
            raise CommandError(
                f"The {what} fix the number of clusters at {n_given}; leave --k out."
            )
        ks = [n_given]
    if not ks:
        raise CommandError("Say how many clusters to look for: --k 3, or a range such as --k 1:9.")
    specs = [
        Spec(
            n_components=k,
            structure=shape,
            start=start,
            tries=options.tries,
            seed=options.seed,
            tol=options.tol,
            max_iter=options.max_iter,
            prior=options.prior,
        )
        for k in ks
        for shape in shapes
    ]
    if not options.prior:  # which can estimate any number of clusters
        _refuse_too_many(sample, specs)
    return specs


def _start(table: Table, sample: Sample, asked: StartAsked) -> tuple[Start, int | None]:
    """Return the start, and the K that it fixes, if it does."""
    if asked.label_column is not None:
        labels, values = start_labels(table, asked.label_column, sample.rows)
        return labels, len(values)
    if asked.centres is not None:
        centres = _centres(asked.centres, sample)
        return centres, len(centres)
    return asked.word, None


def _centres(path: Path, sample: Sample) -> np.ndarray:
    """Read the centres (K, d) of a file, in the order of the sample's columns."""
    table = read(path)
    names, given = sample.column_names, [column.name for column in table.columns]
    for name in names:
        if name not in given:
            raise CommandError(
                f"{path.name} has no column “{name}”: the centres need a value in every column of "
                f"the fit ({', '.join(names)}); or choose the columns with --columns."
            )
    for name in given:
        if name not in names:
            raise CommandError(
                f"{path.name} has the column “{name}”, which is not fitted; it should have these "
                f"and no others: {', '.join(names)}."
            )
    columns = [table.column(name) for name in names]
    for column in columns:
        if column.values is None or not np.isfinite(column.values).all():
            cells = np.full(table.n_rows, np.nan) if column.values is None else column.values
            row = int(np.flatnonzero(~np.isfinite(cells))[0])
            raise CommandError(
                f"Centre {row + 1} of {path.name} has no number for “{column.name}”; give it one."
            )
    centres = np.column_stack([column.values for column in columns if column.values is not None])
    check_centres(centres, names, sample.x.min(axis=0), sample.x.max(axis=0))
    return centres


def _refuse_too_many(sample: Sample, specs: Sequence[Spec]) -> None:
    """Refuse where no cell has a K that its shape can estimate from so many different rows."""
    x = sample.x if sample.weights is None else sample.x[sample.weights > 0.0]
    d = x.shape[1]
    most: tuple[int, Structure, int] | None = None
    for spec in specs:
        structure = STRUCTURES[spec.structure]
        needed = structure.least_rows_in_all(spec.n_components, d)
        n_rows = distinct_rows(x, needed)
        if n_rows >= needed:
            return
        largest = largest_components(structure, n_rows, d)
        if most is None or largest > most[0]:
            most = largest, structure, n_rows
    if most is not None:
        k = min(spec.n_components for spec in specs)
        raise CommandError(
            f"{k} clusters are too many for this table. {why_largest(most[1], most[2], d)}"
        )
