"""From the parts and arrays of a project file to a document, every number checked on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

from numpy.typing import NDArray

from gmmstudio.document.document import Document, FitRecord, SweepRecord
from gmmstudio.document.draft import Draft
from gmmstudio.document.interrupted import Interrupted, InterruptedFit, InterruptedSweep
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import Collapse, MixtureError
from gmmstudio.mixture.fit import Attempt, Fit, Optimum
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec
from gmmstudio.project.checks import check_document, check_under_way, sound
from gmmstudio.project.errors import damaged
from gmmstudio.project.pools import Taken
from gmmstudio.project.schema import (
    AttemptPart,
    CellPart,
    CollapsePart,
    DocumentPart,
    DraftPart,
    FitPart,
    OptimumPart,
    PreparationPart,
    ProjectPart,
    RecordPart,
    SpecPart,
    SweepPart,
    TrackPart,
)
from gmmstudio.project.tables import TableArrays, unpack_table
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table

T = TypeVar("T")


def unpack(part: DocumentPart, arrays: dict[str, NDArray[Any]]) -> Document:
    """Return the document of a project file.

    Parameters
    ----------
    part
        As read from ``project.json``.
    arrays
        The numbers of each pool, by the name of its member.

    Raises
    ------
    ProjectError
        The parts do not make a document: a number is missing, out of its range or not sound.
    """
    try:
        document = _Unpacking(part, arrays).document()
    except MixtureError as error:
        raise damaged(f"it asks for a model that cannot be ({error})") from error
    except (TypeError, KeyError, IndexError, OverflowError) as error:
        raise damaged(f"its parts do not fit together ({error})") from error
    check_document(document)
    return document


def unpack_under_way(
    part: ProjectPart, arrays: dict[str, NDArray[Any]], table: Table
) -> Interrupted | None:
    """Return the run that was under way in a copy for a crash; None where there was none.

    Parameters
    ----------
    part, arrays
        As for `unpack`.
    table
        The table that it was a run of, which is not in the same file.

    Raises
    ------
    ProjectError
        As `unpack`, or it is no run of this table.
    """
    try:
        run = _Unpacking(part.document, arrays).under_way(part)
    except MixtureError as error:
        raise damaged(f"it asks for a model that cannot be ({error})") from error
    except (TypeError, KeyError, IndexError, OverflowError) as error:
        raise damaged(f"its parts do not fit together ({error})") from error
    if run is not None:
        check_under_way(run, table)
    return run


class _Unpacking:
    """Unpacks one document; what was shared is made once."""

    def __init__(self, part: DocumentPart, arrays: dict[str, NDArray[Any]]) -> None:
        self._part = part
        self.floats, self.integers = Taken(arrays["floats.npy"]), Taken(arrays["integers.npy"])
        self.text, self.lengths = Taken(arrays["text.npy"]), Taken(arrays["lengths.npy"])
        self.parameters = self._all_parameters()
        self.preparations = tuple(map(self._preparation, part.preparations))
        self.specs = tuple(map(self._spec, part.specs))
        self.fitted = tuple(map(self._fit, part.fitted))
        self.tracks = tuple(map(self._track, part.tracks))

    def document(self) -> Document:
        part = self._part
        table = None
        if part.table is not None:
            taken = TableArrays(self.floats, self.integers, self.text, self.lengths)
            table = unpack_table(part.table, taken)
        return Document(
            table=table,
            table_id=part.table_id,
            preparation=_pick(self.preparations, part.preparation),
            spec=_pick(self.specs, part.spec),
            fits=tuple(map(self._record, part.fits)),
            active=part.active,
            sweep=None if part.sweep is None else self._sweep(part.sweep),
            outlier_rule=part.outlier_rule,
            names=part.names,
            colors=part.colors,
            start_column=part.start_column,
            draft=None if part.draft is None else self._draft(part.draft),
            settled=part.settled,
            embedded=part.embedded,
        )

    def _all_parameters(self) -> tuple[Parameters, ...]:
        places = self.integers.get(self._part.parameters, 2)
        if places.shape[1] != 3:
            raise damaged("its parameters have no places")
        return tuple(self._one(int(k), int(d), int(at)) for k, d, at in places)

    def _one(self, k: int, d: int, at: int) -> Parameters:
        if min(k, d) < 1 or max(k, d) > 100_000:
            raise damaged("a model has no clusters or no columns")
        numbers = self.floats.slice(at, k * (1 + d + d * d))
        weights, means = numbers[:k], numbers[k : k + k * d].reshape(k, d)
        covariances = numbers[k + k * d :].reshape(k, d, d)
        if not sound(weights, means, covariances):
            raise damaged("the numbers of a model are none of a mixture")
        return Parameters.trusted(weights, means, covariances)

    def _preparation(self, part: PreparationPart) -> Preparation:
        if part.choices.excluded:
            raise damaged("excluded rows stand in the wrong place")
        rows = frozenset(self.integers.get(part.excluded, once=True).tolist())
        return dataclasses.replace(part.choices, excluded=rows)

    def _spec(self, part: SpecPart) -> Spec:
        start: Any = part.start.word
        if part.start.parameters is not None:
            start = _pick(self.parameters, part.start.parameters)
        elif part.start.labels is not None:
            start = self.integers.get(part.start.labels)
        elif part.start.centres is not None:
            start = self.floats.get(part.start.centres, 2)
        return Spec(
            n_components=part.n_components,
            structure=part.structure,
            start=start,
            tries=part.tries,
            seed=part.seed,
            tol=part.tol,
            max_iter=part.max_iter,
            prior=part.prior,
        )

    def _collapse(self, part: CollapsePart | None) -> Collapse | None:
        if part is None:
            return None
        return Collapse(
            component=part.component,
            rows=self.integers.get(part.rows),
            columns=part.columns,
            cause=part.cause,
            structure=part.structure,
            too_few_in_all=part.too_few_in_all,
            everywhere=part.everywhere,
            n_columns=part.n_columns,
        )

    def _attempt(self, part: AttemptPart) -> Attempt:
        return Attempt(
            number=part.number,
            log_likelihood=float(part.log_likelihood),
            n_iterations=part.n_iterations,
            n_rows=part.n_rows,
            collapsed=self._collapse(part.collapsed),
            start=part.start,
            parameters=_pick(self.parameters, part.parameters),
            orientation=part.orientation,
            log_prior=float(part.log_prior),
        )

    def _fit(self, part: FitPart) -> Fit:
        return Fit(
            parameters=_pick(self.parameters, part.parameters),
            log_likelihood=float(part.log_likelihood),
            structure=part.structure,
            n_rows=part.n_rows,
            n_columns=part.n_columns,
            n_iterations=part.n_iterations,
            converged=part.converged,
            ended=part.ended,
            collapsed=self._collapse(part.collapsed),
            history=self.floats.get(part.history),
            log_max_responsibility=float(part.log_max_responsibility),
            monotone=part.monotone,
            attempts=tuple(map(self._attempt, part.attempts)),
            attempt=part.attempt,
            spec=_pick(self.specs, part.spec),
            n_observations=float(part.n_observations),
            optima=tuple(map(_optimum, part.optima)),
            log_prior=float(part.log_prior),
        )

    def _track(self, part: TrackPart) -> Track:
        whole = self.integers.get(part.iterations, 2, once=True)
        values = self.floats.get(part.at_iterations)
        if whole.shape != (values.size, 4):
            raise damaged("the iterations of a run are incomplete")
        iterations = tuple(
            Iteration(number, _pick(self.parameters, place), value, attempt, n_rows)
            for (number, place, attempt, n_rows), value in zip(
                whole.tolist(), values.tolist(), strict=True
            )
        )
        return Track(
            attempt=part.attempt,
            n_rows=part.n_rows,
            iterations=iterations,
            log_likelihoods=self.floats.get(part.log_likelihoods),
            thinned=part.thinned,
        )

    def _record(self, part: RecordPart) -> FitRecord:
        return FitRecord(
            id=part.id,
            fit=_pick(self.fitted, part.fit),
            preparation=_pick(self.preparations, part.preparation),
            spec=_pick(self.specs, part.spec),
            identities=part.identities,
            tracks=self._tracks(part.tracks),
            seconds=float(part.seconds),
            table_id=part.table_id,
            start_column=part.start_column,
        )

    def _tracks(self, numbers: tuple[int, ...]) -> tuple[Track, ...]:
        return tuple(_pick(self.tracks, number) for number in numbers)

    def _sweep(self, part: SweepPart) -> SweepRecord:
        return SweepRecord(
            tuple(map(self._cell, part.cells)),
            _pick(self.preparations, part.preparation),
            _pick(self.specs, part.spec),
        )

    def _cell(self, part: CellPart) -> Cell:
        return Cell(
            spec=_pick(self.specs, part.spec),
            structure=part.structure,
            n_components=part.n_components,
            fit=None if part.fit is None else _pick(self.fitted, part.fit),
            reason=part.reason,
            n_collapsed=part.n_collapsed,
            seconds=float(part.seconds),
            collapsed=self._collapse(part.collapsed),
            tracks=self._tracks(part.tracks),
        )

    def under_way(self, part: ProjectPart) -> Interrupted | None:
        fit, sweep = part.fit_under_way, part.sweep_under_way
        if fit is not None:
            number, attempt, n_rows = fit.at
            parameters = _pick(self.parameters, fit.parameters)
            return InterruptedFit(
                preparation=_pick(self.preparations, fit.preparation),
                spec=_pick(self.specs, fit.spec),
                start_column=fit.start_column,
                structure=fit.structure,
                at=Iteration(number, parameters, float(fit.log_likelihood), attempt, n_rows),
                identities=fit.identities,
                n_tries=fit.n_tries,
            )
        if sweep is None:
            return None
        return InterruptedSweep(
            preparation=_pick(self.preparations, sweep.preparation),
            spec=_pick(self.specs, sweep.spec),
            components=sweep.components,
            structures=sweep.structures,
            cells=tuple(map(self._cell, sweep.cells)),
        )

    def _draft(self, part: DraftPart) -> Draft:
        return Draft(
            base=part.base,
            parameters=_pick(self.parameters, part.parameters),
            identities=part.identities,
            structure=part.structure,
            words=part.words,
            fit=None if part.fit is None else _pick(self.fitted, part.fit),
            tracks=self._tracks(part.tracks),
            seconds=float(part.seconds),
        )


def _pick(items: Sequence[T], number: int) -> T:
    if not 0 <= number < len(items):
        raise damaged("a part names another that is not there")
    return items[number]


def _optimum(part: OptimumPart) -> Optimum:
    return Optimum(
        log_likelihood=float(part.log_likelihood),
        n_starts=part.n_starts,
        agreement=float(part.agreement),
        attempt=part.attempt,
        n_rows=part.n_rows,
    )
