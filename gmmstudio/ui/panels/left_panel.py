"""The left panel: three numbered steps that ask."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gmmstudio.document.session import Change, Session
from gmmstudio.ui.panels.data_step import DataStep
from gmmstudio.ui.panels.model_step import ModelStep
from gmmstudio.ui.panels.outlier_step import OutlierStep
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.side_panel import SidePanel
from gmmstudio.ui.stage import Stage


class LeftPanel(SidePanel):
    """Data, Model, Outliers."""

    def __init__(self, session: Session, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Steps")
        cache = GapCache()
        self.data = DataStep(session, stage, cache)
        self.model = ModelStep(session, cache)
        self.outliers = OutlierStep(session, stage)
        self.steps = (self.data, self.model, self.outliers)
        for step in self.steps:
            self.column.addWidget(step)
        self.column.addStretch(1)
        self._unsubscribe = session.subscribe(self._on_change)

    def shutdown(self) -> None:
        """Stop listening to the session."""
        self._unsubscribe()
        self.data.shutdown()
        self.model.shutdown()
        self.outliers.shutdown()

    def _on_change(self, change: Change) -> None:
        for step in self.steps:
            step.on_change(change)
