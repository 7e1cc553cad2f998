"""Step 2: how many clusters, of which shape, from which start."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from gmmstudio.document.asking import shape_words
from gmmstudio.document.commands import SetComponents, SetStart, SetStructure
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.table.fitted import column_names
from gmmstudio.ui.dialogs.centres import CentresDialog
from gmmstudio.ui.panels.advanced import Advanced
from gmmstudio.ui.panels.first_centres import FloatArray, first_centres, ranges
from gmmstudio.ui.panels.most_clusters import MostClusters
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.shape_choice import ShapeChoice
from gmmstudio.ui.panels.start_choice import StartChoice
from gmmstudio.ui.panels.step import Step
from gmmstudio.ui.widgets.stepper import Stepper


class ModelStep(Step):
    """K, the shape of the clusters, the start, and what hardly anyone needs."""

    def __init__(self, session: Session, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__("2 Model", session, parent)
        self._most = MostClusters(cache)
        self.centres_dialog: CentresDialog | None = None
        self.k = Stepper("Clusters K")
        self.k.setToolTip("How many clusters to look for. “Find the best K…” tries them all.")
        self.shape = ShapeChoice()
        self.start = StartChoice()
        self.advanced = Advanced()
        for part in (self.k, self.shape, self.start, self.advanced):
            self.body.addWidget(part)
        self.k.changed.connect(self._set_k)
        self.k.refused.connect(self.refusal.say)
        self.shape.chosen.connect(self._set_structure)
        self.start.asked.connect(self.ask)
        self.start.centres_asked.connect(self.ask_for_centres)
        self.advanced.asked.connect(self.ask)
        self.advanced.refused.connect(self.refusal.say)
        self.refresh()

    def refresh(self) -> None:
        document = self.session.document
        most, why = self._most(document)
        self.k.set_range(1, max(most, document.spec.n_components), why)
        self.k.set_value(document.spec.n_components)
        for part in (self.shape, self.start, self.advanced):
            part.show_document(document)

    def on_change(self, change: Change) -> None:
        if change.fields & {"spec", "start_column", "preparation", "table"}:
            self.refresh()
        if change.fields & {"table", "preparation"}:
            self.close_dialog()  # its columns may be others now

    @Slot()
    def ask_for_centres(self) -> None:
        """Open the table of centres."""
        document = self.session.document
        if document.table is None or not document.preparation.columns:
            self.refusal.say("Tick a column of numbers first: centres are places in its values.")
            return
        self.close_dialog()
        centres, origin = first_centres(document)
        names = column_names(document.table, document.preparation)
        dialog = CentresDialog(
            names, ranges(document), centres, origin, self._why_no_centres, self.window()
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._set_centres)
        dialog.finished.connect(self._forget_dialog)
        self.centres_dialog = dialog
        dialog.open()

    @Slot()
    def close_dialog(self) -> None:
        """Take the table of centres away, if it is open."""
        if self.centres_dialog is not None:
            self.centres_dialog.close()

    def shutdown(self) -> None:
        """Close what is open."""
        self.close_dialog()

    def _why_no_centres(self, centres: FloatArray) -> str:
        """Try the command on the document without changing anything."""
        try:
            SetStart(centres).apply(self.session.document)
        except DocumentError as error:
            return str(error)
        return ""

    @Slot(object)
    def _set_centres(self, centres: np.ndarray) -> None:
        self.ask(SetStart(centres))

    @Slot()
    def _forget_dialog(self) -> None:
        self.centres_dialog = None

    def _set_k(self, k: int) -> None:
        self.ask(SetComponents(k))

    def _set_structure(self, structure: str) -> None:
        had_prior = self.session.document.spec.prior
        self.ask(SetStructure(structure))
        if had_prior and not self.session.document.spec.prior:
            words = shape_words(structure)
            self.refusal.say(f"The {words} shape has no prior, so the prior is off now.")
