"""The words under the scatter: which rows are drawn, which are seen, why the others are not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import is_

import numpy as np
from PySide6.QtCore import QObject, Slot

from gmmstudio.document.document import Document
from gmmstudio.table.preparation import Preparation
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.planes.sights import Sight
from gmmstudio.ui.views.points.marks import APART
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.row_kinds import RowKinds, count_among
from gmmstudio.ui.views.scatter import text as scatter_text
from gmmstudio.ui.widgets.labels import ElidedLabel


class RowsNote(QObject):
    """Writes the words, and again when other points are seen."""

    def __init__(self, label: ElidedLabel, cloud: PointCloud, row_kinds: RowKinds) -> None:
        super().__init__(label)
        self._label, self._cloud, self._row_kinds = label, cloud, row_kinds
        self._noted: tuple = ()  # what the words were made from
        self._rows: Callable[..., str] | None = None
        self._waiting, self._hint = "", ""
        self._n_points, self._crossed = 0, True
        self._counts = 0, 0  # rows of the table, those in grey
        cloud.seen_changed.connect(self._say)

    def write(
        self,
        document: Document,
        fitted: Preparation,
        sight: Sight | None,
        points: Points | None,
        shown: Shown | None,
        *,
        waiting: bool,
    ) -> None:
        """Write about these points; `waiting`: they are on their way."""
        table = document.table
        if table is None or sight is None or points is None:
            self.write_instead("Preparing the rows…" if table is not None and waiting else "")
            return
        winners = self._cloud.winners
        crossed = winners is None or winners.crossed
        kinds = self._row_kinds.kinds(table, fitted, document.preparation)
        noted = (points, sight, kinds, shown is None, fitted, crossed)
        if len(noted) == len(self._noted) and all(map(is_, noted, self._noted)):
            return  # counting a million rows at every frame would be felt
        self._noted = noted
        whole = len(points) == table.n_rows  # then looking up each row is not worth its time
        drawn = kinds if whole else kinds[points.rows]
        n_apart = int(np.count_nonzero(drawn == APART))
        excluded = document.preparation.excluded
        if fitted.excluded is not excluded:  # as a rule they are the same, and may be a million
            excluded |= fitted.excluded
        n_excluded = count_among(excluded, points.rows, table.n_rows)
        self._rows = partial(scatter_text.rows_note, table, sight, len(points), n_apart, n_excluded)
        self._hint = scatter_text.ellipse_note(table, sight, shown) or sight.caution
        self._n_points, self._crossed = len(points), crossed
        self._counts = table.n_rows, n_apart
        self._say()

    def write_instead(self, text: str) -> None:
        """Write this, until there are points to write about."""
        self._noted, self._rows, self._waiting = (), None, text
        self._say()

    @Slot()
    def _say(self) -> None:
        if self._rows is None:
            self._label.set_text(self._waiting)
            return
        seen = self._cloud.seen()
        text = self._rows(seen=scatter_text.seen_note(self._n_points, *seen) if seen else "")
        n_rows, n_apart = self._counts
        texts = [text, *scatter_text.short_note(n_rows, self._n_points, n_apart, seen)]
        if not self._crossed:
            texts[:1] = [
                f"{words} · outliers darker, as crosses when zoomed in" for words in texts[:2]
            ]
        self._label.set_text(
            *(f"{self._hint} · {words}" if self._hint else words for words in texts)
        )
