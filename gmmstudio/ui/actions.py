"""Actions as data: what each is called, which keys it has, when it makes sense, what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from gmmstudio.ui import icons
from gmmstudio.ui.project_state import TablePlace
from gmmstudio.ui.stage import RunState


@dataclass(frozen=True)
class Facts:
    """How things stand, as far as actions depend on it."""

    has_table: bool = False
    can_reimport: bool = False
    table_place: TablePlace = field(default_factory=TablePlace)
    has_columns: bool = False
    has_record: bool = False
    state: RunState = "idle"
    playing: bool = False
    reading: bool = False
    writing: bool = False
    saving: bool = False
    picturing: bool = False
    undo_label: str = ""
    redo_label: str = ""
    standardised: bool = False
    n_excluded: int = 0
    n_outliers: int = 0
    n_selected: int = 0
    theme: str = "system"
    replay_after_fit: bool = True
    adjusting: bool = False
    has_draft: bool = False
    can_keep: bool = False

    @property
    def busy(self) -> bool:
        """Whether there is something to stop."""
        return self.state != "idle" or self.reading or self.writing or self.saving or self.picturing


def always(facts: Facts) -> bool:
    """Tell that an action makes sense at all times."""
    return True


@dataclass(frozen=True)
class Spec:
    """One action.

    Attributes
    ----------
    id
        Its name in the program.
    menu
        The menu it stands in.
    title
        What it is called, with "&" before the letter that picks it; may depend on the facts.
    tip
        What it does, in plain words.
    run
        A method of a QObject without arguments.
    keys
        Its shortcuts, the first one shown.
    enabled, checked
        When it makes sense; whether it has a tick, None if it never has one.
    icon
        Name of its drawing on the tool bar; may depend on the facts.
    separated
        Whether a line stands before it in the menu.
    local
        Its keys do this where rows are looked at only, by :class:`Workspace`: elsewhere they mean
        something else, as Delete does in a text.
    """

    id: str
    menu: str
    title: str | Callable[[Facts], str]
    tip: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    enabled: Callable[[Facts], bool] = always
    checked: Callable[[Facts], bool] | None = None
    icon: str | Callable[[Facts], str] = ""
    separated: bool = False
    local: bool = False


class Actions(QObject):
    """The QActions of a list of specs, kept true by :meth:`refresh`."""

    def __init__(self, specs: Sequence[Spec], parent: QObject) -> None:
        super().__init__(parent)
        self.specs = tuple(specs)
        self._actions = {spec.id: self._make(spec) for spec in self.specs}
        self._facts = Facts()
        self.refresh(self._facts)
        self.refresh_icons()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> tuple[QAction, ...]:
        return tuple(self._actions.values())

    def refresh(self, facts: Facts) -> None:
        """Enable, tick and name every action as things stand."""
        drawn, self._facts = self._facts, facts
        if any(callable(spec.icon) and spec.icon(drawn) != spec.icon(facts) for spec in self.specs):
            self.refresh_icons()
        for spec in self.specs:
            action = self._actions[spec.id]
            action.setEnabled(spec.enabled(facts))
            if callable(spec.title):
                action.setText(spec.title(facts))
            if spec.checked is not None:
                action.setChecked(spec.checked(facts))

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the look in use."""
        for spec in self.specs:
            name = spec.icon(self._facts) if callable(spec.icon) else spec.icon
            if name:
                colour = "accent_text" if spec.id == "fit" else "text"
                self._actions[spec.id].setIcon(icons.icon(name, colour))

    def shortcuts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return (menu, (title, keys) of each action that has keys), in the menus' order."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for spec in self.specs:
            if spec.keys:
                title = spec.title(Facts()) if callable(spec.title) else spec.title
                keys = QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
                entry = (title.replace("&", "").rstrip("…"), keys)
                groups.setdefault(spec.menu, []).append(entry)
        return list(groups.items())

    def _make(self, spec: Spec) -> QAction:
        action = QAction(self)
        action.setText(spec.title if isinstance(spec.title, str) else spec.title(Facts()))
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        if spec.local:  # the menu shows the keys, and does not answer them
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        plain = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{spec.tip} ({plain})" if plain else spec.tip)
        action.setStatusTip("")
        action.setIconVisibleInMenu(False)
        action.setCheckable(spec.checked is not None)
        if spec.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        elif spec.id == "about":
            action.setMenuRole(QAction.MenuRole.AboutRole)
        else:
            action.setMenuRole(QAction.MenuRole.NoRole)
        action.triggered.connect(spec.run)
        return action
