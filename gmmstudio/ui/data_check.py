"""The check of the data, kept up to date beside the window: asked anew with what it depends on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.document.commands import SettleFinding
from gmmstudio.document.session import Change, Session
from gmmstudio.table.checks import Finding, findings
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.beside import Beside


class DataCheck(QObject):
    """What was found in the columns and rows ticked now.

    Attributes
    ----------
    changed : Signal
        Something else was found, or is being looked for.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: tuple[Finding, ...] = ()
        self._asked: tuple[Table, tuple[object, ...]] | None = None
        self._failed = False
        self._beside = Beside("data check", self, gives_way=True)
        self._beside.answered.connect(self._take)
        self._beside.failed.connect(self._fail)
        self._unsubscribe = session.subscribe(self._on_change)
        self._ask()

    @property
    def waits(self) -> bool:
        """Whether the answer is still being looked for."""
        return self._beside.waits

    @property
    def looks_at_nothing(self) -> bool:
        """Whether no column of the table is ticked."""
        document = self._session.document
        return document.table is not None and not document.preparation.columns

    @property
    def failed(self) -> bool:
        """Whether the check itself met a fault, which is in the log."""
        return self._failed

    @property
    def found(self) -> tuple[Finding, ...]:
        """Everything there is to say, the serious things first."""
        return self._found

    @property
    def open(self) -> tuple[Finding, ...]:
        """What is worth a look and was not settled."""
        return tuple(f for f in self._found if f.needs_a_look and not self.is_settled(f))

    def is_settled(self, finding: Finding) -> bool:
        """Whether the user has said that this may stay as it is."""
        return (finding.kind, finding.columns) in self._session.document.settled

    def settle(self, finding: Finding, settled: bool = True) -> None:
        """Take a finding off the list of things to look at, or put it back."""
        self._session.apply(SettleFinding(finding.kind, finding.columns, settled))

    def shutdown(self) -> None:
        """Stop listening, and end the thread."""
        self._unsubscribe()
        self._beside.shut_down()

    def _on_change(self, change: Change) -> None:
        if change.fields & {"table", "preparation"}:
            self._ask()
        if "settled" in change.fields:
            self.changed.emit()

    def _ask(self) -> None:
        document = self._session.document
        table, preparation = document.table, document.preparation
        if table is None:
            self._beside.forget()
            self._asked, self._found, self._failed = None, (), False
            self.changed.emit()
            return
        asked = (table, depends_on(preparation))
        if self._asked is not None and self._asked[0] is table and self._asked[1] == asked[1]:
            return
        if self._asked is None or self._asked[0] is not table:
            self._found = ()
        self._asked, self._failed = asked, False
        self._beside.ask(lambda should_stop: findings(table, preparation, should_stop))
        self.changed.emit()

    @Slot(object)
    def _take(self, found: tuple[Finding, ...]) -> None:
        self._found = found
        self.changed.emit()

    @Slot()
    def _fail(self) -> None:
        self._found, self._failed = (), True
        self.changed.emit()


def depends_on(preparation: Preparation) -> tuple[object, ...]:
    """Return what the findings depend on."""
    return preparation.columns, preparation.excluded, preparation.log, preparation.missing
