"""Going back and forth over the iterations of a fit: scrub, step, play.

One thread labels the rows on the screen under the parameters of the iteration asked for; the
latest question wins, the answer is polled. A frame is shown when its labels are there, also where
the hand is further by then: whoever waited for the newest would show nothing while a slider moves.
The next question is asked when the answer to the one before is taken, so that the thread never
works for frames that nobody would see.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gmmstudio.document.document import FitRecord
from gmmstudio.document.identities import by_weight, carry_over
from gmmstudio.fitting.labeller import Latest
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.table.fitted import column_names
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import IntArray, RowLabelArrays, RowLabels, SampleStore
from gmmstudio.ui.stage import Shown, Stage

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
ITERATIONS_PER_SECOND = 8.0
WHOLE_SECONDS = 1.4  # a short fit replayed as a whole
DEFAULT_ROWS = 50_000


@dataclass(frozen=True, eq=False)
class Labelled:
    """The labels of some table rows under an iteration."""

    iteration: Iteration
    rows: IntArray
    arrays: RowLabelArrays


@dataclass(frozen=True, eq=False)
class Source:
    """What can be replayed: the tries of a record, or of a run that rests."""

    table: Table
    preparation: Preparation
    structure: str
    tracks: tuple[Track, ...]
    n_attempts: int
    labels: RowLabels
    identities: dict[int, tuple[int, ...]] = field(default_factory=dict)
    record: FitRecord | None = None
    by_hand: bool = False

    def track(self, attempt: int) -> Track | None:
        """Return the try of this number."""
        return next((track for track in self.tracks if track.attempt == attempt), None)

    def identities_of(self, track: Track) -> tuple[int, ...]:
        """Return the identities of a try's components; those of the record's own are known."""
        if track.attempt not in self.identities:
            last, record = track.iterations[-1].parameters, self.record
            if record is None:
                self.identities[track.attempt] = by_weight(last)
            else:
                columns = record.preparation.columns
                self.identities[track.attempt] = carry_over(
                    record.fit.parameters,
                    columns,
                    record.identities,
                    last,
                    columns,
                    named=record.identities,
                )
        return self.identities[track.attempt]

    def shown(self, track: Track, found: Labelled, *, final: bool) -> Shown:
        """Return the frame of an iteration of a try."""
        iteration = found.iteration
        return Shown(
            parameters=iteration.parameters,
            structure=self.structure,
            identities=self.identities_of(track),
            iteration=iteration.number,
            last_iteration=track.last,
            attempt=iteration.attempt,
            n_attempts=self.n_attempts,
            n_rows=iteration.n_rows,
            log_likelihood=iteration.log_likelihood,
            live=False,
            final=final,
            preparation=self.preparation,
            column_names=column_names(self.table, self.preparation),
            rows=found.rows,
            labels=found.arrays[0],
            max_probability=found.arrays[1],
            by_hand=self.by_hand,
        )


def record_source(table: Table, record: FitRecord, store: SampleStore) -> Source:
    """Make the source of a finished fit."""
    attempts = [record.fit.attempt, *(track.attempt for track in record.tracks)]
    return Source(
        table,
        record.preparation,
        record.fit.structure,
        record.tracks,
        max(len(record.fit.attempts), *attempts),
        RowLabels(table, record.preparation, store),
        {record.fit.attempt: record.identities},
        record,
    )


class Replay:
    """Shows iterations of a source on the stage.

    ``final`` gives the record's own frame; ``tell`` hears of rows that could not be labelled.
    """

    def __init__(
        self,
        stage: Stage,
        final: Callable[[], Shown | None],
        tell: Callable[[Exception | None], None],
    ) -> None:
        self._stage = stage
        self._final = final
        self._tell = tell
        self._latest: Latest[Labelled] = Latest("gmmstudio-replay")
        self._number = 0  # of the last question
        self._asked: tuple[int, Iteration] | None = None
        self._next: Iteration | None = None  # to be asked for after that
        self._iteration: Iteration | None = None
        self._default_rows: IntArray | None = None
        self._playing = False
        self._rate = ITERATIONS_PER_SECOND
        self._play_from = 0.0
        self._play_since = 0.0
        self.source: Source | None = None
        self.track: Track | None = None
        self.speed = 1.0

    # ---- where we are ---------------------------------------------------------------

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def busy(self) -> bool:
        """Whether there is anything to poll."""
        return self._playing or self._asked is not None

    @property
    def waiting(self) -> bool:
        """Whether an answer is to come: soon, as a rule, so look often."""
        return self._asked is not None

    @property
    def number(self) -> int | None:
        """Number of the iteration asked for or shown."""
        iteration = self._towards
        return None if iteration is None else iteration.number

    @property
    def _towards(self) -> Iteration | None:
        """The iteration that will be shown, or is."""
        return self._next or (self._asked[1] if self._asked else self._iteration)

    @property
    def at_end(self) -> bool:
        """Whether the last iteration of the try is shown or asked for."""
        return self.track is None or self.number is None or self.number >= self.track.last

    def default_rows(self, table: Table) -> IntArray:
        """Return the rows to label as long as nobody says which they have painted."""
        held = self._default_rows
        if held is None or held[-1:] != table.n_rows - 1:
            count = min(table.n_rows, DEFAULT_ROWS)
            held = np.unique(np.linspace(0, table.n_rows - 1, count).astype(np.int64))
            held.flags.writeable = False
            self._default_rows = held
        return held

    # ---- going somewhere ------------------------------------------------------------

    def load(self, source: Source | None, attempt: int | None = None) -> None:
        """Take another source, at rest; nothing is shown yet."""
        self._playing = False
        self._forget()
        self._iteration = None
        self.source = source
        self.track = None
        if source is not None and source.tracks:
            self.track = source.track(attempt) if attempt is not None else None
            self.track = self.track or source.tracks[-1]

    def rest_at_end(self) -> None:
        """Stand at the last iteration without asking for it: its frame comes from elsewhere."""
        if self.track is not None:
            self._forget()
            self._iteration = self.track.iterations[-1]

    @property
    def stands_on_final(self) -> bool:
        """Whether the record's own parameters are shown or asked for."""
        iteration = self._towards
        return self.track is None or (iteration is not None and self.is_final(iteration))

    def choose(self, attempt: int) -> None:
        """Look at another try, at its end."""
        track = self.source.track(attempt) if self.source is not None else None
        if track is not None:
            self._playing = False
            self._forget()
            self.track = track
            self.show(track.last)

    def show(self, number: int) -> None:
        """Show the kept iteration nearest to this number."""
        if self.track is not None:
            self._go(self.track.at(number))

    def move(self, by: int) -> None:
        """Go a number of kept iterations forward or back."""
        number = self.number
        if self.track is None or number is None:
            return
        index = self.track.index(number) + by
        self._go(self.track.iterations[min(max(index, 0), len(self.track.iterations) - 1)])

    def play(self) -> None:
        """Play from where we are, or from the start if that is the end."""
        if self.track is None:
            return
        if self.at_end:
            self.show(self.track.first)
        self._start(ITERATIONS_PER_SECOND * self.speed)

    def play_whole(self) -> None:
        """Play the try from its start, fast enough to be over soon."""
        if self.track is not None:
            self.show(self.track.first)
            length = self.track.last - self.track.first
            self._start(max(ITERATIONS_PER_SECOND, length / WHOLE_SECONDS))

    def pause(self) -> None:
        self._playing = False

    def set_speed(self, speed: float) -> None:
        """Set how fast to play, 1 being normal."""
        self.speed = speed
        if self._playing:
            self._start(ITERATIONS_PER_SECOND * speed)

    def rewatch(self) -> None:
        """Ask again for what is shown: other rows are on the screen now."""
        iteration = self._towards
        self._forget()
        if iteration is not None:
            self._go(iteration)

    def poll(self) -> None:
        """Show what has been answered, and play on."""
        if self._asked is not None:
            answer = self._latest.answer
            if answer is None or answer.number != self._asked[0]:
                return
            self._asked = None
            following, self._next = self._next, None
            if answer.value is None:
                self._playing = False
                self._tell(answer.error)
                return
            final = following is not None and self.is_final(following)
            if not (final and self._final() is not None):
                self._put(answer.value)
            if following is not None:
                self._go(following)  # its labels are made while this frame is painted
        if self._playing and self._asked is None:
            self._play_on()

    def close(self) -> None:
        """End the thread."""
        self._playing = False
        self._forget()
        self._latest.close()

    # ---- inside ---------------------------------------------------------------------

    def _forget(self) -> None:
        """Want no answer any more."""
        self._asked = self._next = None

    def _start(self, rate: float) -> None:
        self._rate = rate
        self._play_from = float(self.number or 0)
        self._play_since = time.monotonic()
        self._playing = True

    def _play_on(self) -> None:
        if self.track is None or self._iteration is None:
            self._playing = False
            return
        target = self._play_from + (time.monotonic() - self._play_since) * self._rate
        iteration = self.track.at(min(int(target), self.track.last))
        if iteration.number > self._iteration.number:
            self._go(iteration)
        if self._iteration is not None and self._iteration.number >= self.track.last:
            self._playing = False

    def is_final(self, iteration: Iteration) -> bool:
        """Whether these are the record's own parameters."""
        record = self.source.record if self.source is not None else None
        return (
            record is not None
            and self.track is not None
            and iteration.attempt == record.fit.attempt
            and iteration.number == self.track.last
        )

    def _go(self, iteration: Iteration) -> None:
        source = self.source
        if source is None:
            return
        if self.is_final(iteration):
            shown = self._final()
            if shown is not None:
                self._forget()
                self._iteration = iteration
                self._stage.put_shown(shown)
                return
        if self._asked is not None:
            self._next = iteration
            return
        rows = self._stage.watched
        if rows is None:
            rows = self.default_rows(source.table)
        self._number += 1
        self._asked = self._number, iteration
        labels, wanted = source.labels, rows
        self._latest.put(
            self._number,
            lambda should_stop: Labelled(
                iteration, wanted, labels.label(iteration.parameters, wanted, should_stop)
            ),
        )

    def _put(self, found: Labelled) -> None:
        source, track = self.source, self.track
        iteration = found.iteration
        if source is None or track is None:
            return
        self._iteration = iteration
        final = self.is_final(iteration)
        shown = self._final() if final else None
        if shown is None:
            shown = source.shown(track, found, final=final)
        self._stage.put_shown(shown)
