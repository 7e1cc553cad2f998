"""From a document to the parts and arrays of a project file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from gmmstudio.document.document import Document, FitRecord, SweepRecord
from gmmstudio.document.draft import Draft
from gmmstudio.document.interrupted import Interrupted, InterruptedSweep
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.fit import Attempt, Fit, Optimum
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec
from gmmstudio.project.pools import Pool, Shared
from gmmstudio.project.schema import (
    AttemptPart,
    CellPart,
    CollapsePart,
    DocumentPart,
    DraftPart,
    FitPart,
    FitUnderWayPart,
    OptimumPart,
    PreparationPart,
    RecordPart,
    SpecPart,
    StartPart,
    SweepPart,
    SweepUnderWayPart,
    TrackPart,
    number,
)
from gmmstudio.project.tables import TablePools, pack_table
from gmmstudio.table.preparation import Preparation


@dataclass(frozen=True, eq=False)
class Packed:
    """A document as it stands in a file.

    Attributes
    ----------
    document
        Its part of ``project.json``.
    pools
        The arrays, by the name of the member they stand in.
    under_way
        The part of a run that was under way.
    """

    document: DocumentPart
    pools: dict[str, Pool]
    under_way: FitUnderWayPart | SweepUnderWayPart | None = None


def pack(document: Document, *, embed: bool, under_way: Interrupted | None = None) -> Packed:
    """Return the parts of a document.

    Parameters
    ----------
    document
        The analysis; it does not change while this reads it, for it never does.
    embed
        Whether the cells of the table go into the file too.
    under_way
        A run of this analysis that has not ended.
    """
    return _Packing(document, embed=embed).packed(under_way)


class _Packing:
    """Packs one document."""

    def __init__(self, document: Document, *, embed: bool) -> None:
        self._document, self._embed = document, embed
        self.floats, self.integers = Pool("<f8"), Pool("<i8")
        self.text, self.lengths = Pool("|u1"), Pool("<u4")
        self.preparations = Shared(self._preparation)
        self.specs = Shared(self._spec)
        self.parameters = Shared(self._parameters)
        self.fits = Shared(self._fit)
        self.tracks = Shared(self._track)

    def packed(self, under_way: Interrupted | None) -> Packed:
        document = self._document
        run = None if under_way is None else self._under_way(under_way)
        table = document.table
        cells = TablePools(self.floats, self.integers, self.text, self.lengths)
        part = DocumentPart(
            table=None if table is None else pack_table(table, cells, embed=self._embed),
            table_id=document.table_id,
            preparation=self.preparations.number(document.preparation),
            spec=self.specs.number(document.spec),
            fits=tuple(map(self._record, document.fits)),
            active=document.active,
            sweep=None if document.sweep is None else self._sweep(document.sweep),
            outlier_rule=document.outlier_rule,
            names=document.names,
            colors=document.colors,
            start_column=document.start_column,
            draft=None if document.draft is None else self._draft(document.draft),
            settled=document.settled,
            embedded=document.embedded,
            preparations=tuple(self.preparations.parts),
            specs=tuple(self.specs.parts),
            fitted=tuple(self.fits.parts),
            tracks=tuple(self.tracks.parts),
            parameters=self.integers.add(
                np.array(self.parameters.parts, dtype=np.int64).reshape(-1, 3)
            ),
        )
        pools = {
            "floats.npy": self.floats,
            "integers.npy": self.integers,
            "text.npy": self.text,
            "lengths.npy": self.lengths,
        }
        return Packed(part, pools, run)

    def _preparation(self, preparation: Preparation) -> PreparationPart:
        rows = np.array(sorted(preparation.excluded), dtype=np.int64)
        choices = dataclasses.replace(preparation, excluded=frozenset())
        return PreparationPart(choices, self.integers.add(rows))

    def _spec(self, spec: Spec) -> SpecPart:
        start = spec.start
        if isinstance(start, str):
            part = StartPart(word=start)
        elif isinstance(start, Parameters):
            part = StartPart(parameters=self.parameters.number(start))
        elif start.ndim == 1:
            part = StartPart(labels=self.integers.add(start))
        else:
            part = StartPart(centres=self.floats.add(start))
        return SpecPart(
            n_components=spec.n_components,
            structure=spec.structure,
            start=part,
            tries=spec.tries,
            seed=spec.seed,
            tol=spec.tol,
            max_iter=spec.max_iter,
            prior=spec.prior,
        )

    def _parameters(self, parameters: Parameters) -> tuple[int, int, int]:
        at = self.floats.size
        for array in (parameters.weights, parameters.means, parameters.covariances):
            self.floats.append(array)
        return parameters.n_components, parameters.n_columns, at

    def _collapse(self, collapse: Collapse | None) -> CollapsePart | None:
        if collapse is None:
            return None
        return CollapsePart(
            component=collapse.component,
            rows=self.integers.add(collapse.rows),
            columns=collapse.columns,
            cause=collapse.cause,
            structure=collapse.structure,
            too_few_in_all=collapse.too_few_in_all,
            everywhere=collapse.everywhere,
            n_columns=collapse.n_columns,
        )

    def _attempt(self, attempt: Attempt) -> AttemptPart:
        return AttemptPart(
            number=attempt.number,
            log_likelihood=number(attempt.log_likelihood),
            n_iterations=attempt.n_iterations,
            n_rows=attempt.n_rows,
            collapsed=self._collapse(attempt.collapsed),
            start=attempt.start,
            parameters=self.parameters.number(attempt.parameters),
            orientation=attempt.orientation,
            log_prior=number(attempt.log_prior),
        )

    def _fit(self, fit: Fit) -> FitPart:
        return FitPart(
            parameters=self.parameters.number(fit.parameters),
            log_likelihood=number(fit.log_likelihood),
            structure=fit.structure,
            n_rows=fit.n_rows,
            n_columns=fit.n_columns,
            n_iterations=fit.n_iterations,
            converged=fit.converged,
            ended=fit.ended,
            collapsed=self._collapse(fit.collapsed),
            history=self.floats.add(fit.history),
            log_max_responsibility=number(fit.log_max_responsibility),
            monotone=fit.monotone,
            attempts=tuple(map(self._attempt, fit.attempts)),
            attempt=fit.attempt,
            spec=self.specs.number(fit.spec),
            n_observations=number(fit.n_observations),
            optima=tuple(map(_optimum, fit.optima)),
            log_prior=number(fit.log_prior),
        )

    def _track(self, track: Track) -> TrackPart:
        iterations = [
            (each.number, self.parameters.number(each.parameters), each.attempt, each.n_rows)
            for each in track.iterations
        ]
        values = [each.log_likelihood for each in track.iterations]
        return TrackPart(
            attempt=track.attempt,
            n_rows=track.n_rows,
            iterations=self.integers.add(np.array(iterations, dtype=np.int64).reshape(-1, 4)),
            at_iterations=self.floats.add(np.array(values, dtype=np.float64)),
            log_likelihoods=self.floats.add(track.log_likelihoods),
            thinned=track.thinned,
        )

    def _record(self, record: FitRecord) -> RecordPart:
        return RecordPart(
            id=record.id,
            fit=self.fits.number(record.fit),
            preparation=self.preparations.number(record.preparation),
            spec=self.specs.number(record.spec),
            identities=record.identities,
            tracks=tuple(map(self.tracks.number, record.tracks)),
            seconds=number(record.seconds),
            table_id=record.table_id,
            start_column=record.start_column,
        )

    def _sweep(self, sweep: SweepRecord) -> SweepPart:
        return SweepPart(
            cells=tuple(map(self._cell, sweep.cells)),
            preparation=self.preparations.number(sweep.preparation),
            spec=self.specs.number(sweep.spec),
        )

    def _cell(self, cell: Cell) -> CellPart:
        return CellPart(
            spec=self.specs.number(cell.spec),
            structure=cell.structure,
            n_components=cell.n_components,
            fit=None if cell.fit is None else self.fits.number(cell.fit),
            reason=cell.reason,
            n_collapsed=cell.n_collapsed,
            seconds=number(cell.seconds),
            collapsed=self._collapse(cell.collapsed),
            tracks=tuple(map(self.tracks.number, cell.tracks)),
        )

    def _under_way(self, run: Interrupted) -> FitUnderWayPart | SweepUnderWayPart:
        asked = self.preparations.number(run.preparation), self.specs.number(run.spec)
        if isinstance(run, InterruptedSweep):
            cells = tuple(map(self._cell, run.cells))
            return SweepUnderWayPart(*asked, run.components, run.structures, cells)
        at = run.at
        return FitUnderWayPart(
            *asked,
            start_column=run.start_column,
            structure=run.structure,
            parameters=self.parameters.number(at.parameters),
            at=(at.number, at.attempt, at.n_rows),
            log_likelihood=number(at.log_likelihood),
            identities=run.identities,
            n_tries=run.n_tries,
        )

    def _draft(self, draft: Draft) -> DraftPart:
        return DraftPart(
            base=draft.base,
            parameters=self.parameters.number(draft.parameters),
            identities=draft.identities,
            structure=draft.structure,
            words=draft.words,
            fit=None if draft.fit is None else self.fits.number(draft.fit),
            tracks=tuple(map(self.tracks.number, draft.tracks)),
            seconds=number(draft.seconds),
        )


def _optimum(optimum: Optimum) -> OptimumPart:
    return OptimumPart(
        log_likelihood=number(optimum.log_likelihood),
        n_starts=optimum.n_starts,
        agreement=number(optimum.agreement),
        attempt=optimum.attempt,
        n_rows=optimum.n_rows,
    )
