"""Where EM starts from: drawn, hierarchical, the labels of a column, or centres by hand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gmmstudio.document.commands import SetStart, StartFromColumn
from gmmstudio.document.document import Document
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.ui.panels.label_columns import label_choices, label_tooltip
from gmmstudio.ui.panels.wording import and_more, count
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option, add_options
from gmmstudio.ui.widgets.tips import plain_tip

WORDS = (
    Option(
        "k-means++",
        "k-means++",
        "Centres drawn far apart from each other: usually the better start.",
    ),
    Option("random", "Random rows", "Centres drawn from the rows at random."),
    Option(
        "hierarchical",
        "Hierarchical",
        "Rows are joined two by two, always those that stay closest to a Gaussian, until K groups\n"
        "are left. Nothing is drawn: one try, always the same. Of more than 2 000 rows it joins\n"
        "2 000, and the others follow.",
    ),
)
TRIES = (1, 5, 10, 20, 50, 100)
TOOLTIP = (
    "EM climbs to the nearest top, so it is tried from several starts and the best one is kept."
)
ONE_TRY = "This start is always the same, so one try is all there is."
LABELS_TOOLTIP = (
    "Each value of the column is a cluster at the start; EM goes on from there.\n"
    "The number of clusters follows the number of values."
)
CENTRES_TOOLTIP = (
    "Type the centres, or paste them: a row for each cluster, a column for each column."
)
MOST_UNUSABLE = 20  # columns that cannot serve, still listed with their reason


class StartChoice(ChoiceBox):
    """What EM starts from, in the model step."""

    asked = Signal(object)  # a command
    centres_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Start from", parent)
        self._document = Document()
        self.setToolTip(TOOLTIP)
        self.set_filler(self._fill_starts)

    def show_document(self, document: Document) -> None:
        """Say what is chosen."""
        self._document = document
        self.set_value(start_words(document))
        self.setToolTip(plain_tip(f"{TOOLTIP}\n{start_words(document)}"))

    def _fill_starts(self, menu: QMenu) -> None:
        document = self._document
        spec = document.spec
        word = spec.start if isinstance(spec.start, str) else None
        labelled = document.start_column is not None
        add_options(menu, WORDS, None if labelled else word, self._on_word)
        menu.addMenu(self._label_menu(menu))
        centres = menu.addAction("Centres by hand…")
        centres.setToolTip(CENTRES_TOOLTIP)
        centres.setCheckable(True)
        centres.setChecked(not isinstance(spec.start, str))
        centres.setEnabled(bool(document.preparation.columns))
        centres.triggered.connect(self._on_centres)
        menu.addSeparator()
        drawn = not labelled and word in ("k-means++", "random")
        tries = sorted({*TRIES, spec.tries})
        tooltip = TOOLTIP if drawn else ONE_TRY
        options = [Option(n, count(n, "try", "tries"), tooltip) for n in tries]
        group = add_options(menu, options, spec.tries if drawn else None, self._on_tries)
        group.setEnabled(drawn)

    def _label_menu(self, parent: QMenu) -> QMenu:
        """Return the columns whose values can be the labels, and why the others cannot."""
        menu = QMenu("Labels of a column", parent)
        menu.setToolTipsVisible(True)
        chosen = self._document.start_column
        choices = label_choices(self._document)
        usable = [
            Option(choice.column, f"{choice.name} · K = {choice.n_levels}", label_tooltip(choice))
            for choice in choices
            if not choice.why_not
        ]
        add_options(menu, usable, chosen, self._on_column)
        others = [choice for choice in choices if choice.why_not]
        if usable and others:
            menu.addSeparator()
        for choice in others[:MOST_UNUSABLE]:
            action = menu.addAction(f"{choice.name} · {choice.short}")
            action.setToolTip(plain_tip(choice.why_not))
            action.setEnabled(False)
        if len(others) > MOST_UNUSABLE:
            menu.addAction(and_more(len(others) - MOST_UNUSABLE)).setEnabled(False)
        itself = menu.menuAction()
        itself.setToolTip(LABELS_TOOLTIP)
        itself.setEnabled(bool(choices))
        itself.setCheckable(True)
        itself.setChecked(chosen is not None)
        return menu

    def _on_word(self, action: QAction) -> None:
        self.asked.emit(SetStart(action.data()))

    def _on_tries(self, action: QAction) -> None:
        start = self._document.spec.start
        self.asked.emit(SetStart(start if isinstance(start, str) else "k-means++", action.data()))

    def _on_column(self, action: QAction) -> None:
        self.asked.emit(StartFromColumn(action.data()))

    def _on_centres(self) -> None:
        self.show_document(self._document)
        self.centres_asked.emit()


def start_words(document: Document) -> str:
    """Say where EM starts: ``"k-means++ · 10 tries"``, ``"labels of species · K = 3"``."""
    spec, table = document.spec, document.table
    if document.start_column is not None and table is not None:
        name = table.columns[document.start_column].name
        return f"labels of {name} · K = {spec.n_components}"
    if isinstance(spec.start, Parameters):
        return "clusters of a fit"
    if not isinstance(spec.start, str):
        if spec.start.ndim == 1:
            return f"labels · K = {spec.n_components}"
        return f"{count(spec.n_components, 'centre')} by hand"
    named = {option.key: option.text for option in WORDS}
    if spec.start == "hierarchical":
        return named[spec.start]
    return f"{named[spec.start]} · {count(spec.tries, 'try', 'tries')}"
