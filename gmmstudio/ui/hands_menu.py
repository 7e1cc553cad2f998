"""What can be done to a cluster by hand, as a menu: beside its ellipse and on its card."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu

from gmmstudio.document.document import Document
from gmmstudio.ui.hands import Hands


def fill(
    menu: QMenu, hands: Hands, document: Document, identities: tuple[int, ...], of: int
) -> None:
    """Offer to split, merge and delete a cluster; what cannot be done says why.

    Parameters
    ----------
    menu, hands, document
        As they are.
    identities
        Of all clusters shown.
    of
        The cluster's.
    """
    menu.setToolTipsVisible(True)
    name = document.cluster_name(of)
    why_not = hands.why_not
    alone = len(identities) < 2
    only = "This is the only cluster, and a model needs one."
    split = menu.addAction(f"Split {name} in two")
    split.setToolTip(why_not or "Cuts it across its longest axis; EM goes on with both halves (S)")
    split.triggered.connect(partial(_split, hands, of))
    others = QMenu("Merge with", menu)
    for other in sorted(identities):
        if other != of:
            joined = others.addAction(document.cluster_name(other))
            joined.triggered.connect(partial(_merge, hands, of, other))
    menu.addMenu(others)
    others.menuAction().setToolTip(why_not or (only if alone else "One cluster with all of both"))
    delete = menu.addAction(f"Delete {name}")
    delete.setToolTip(why_not or (only if alone else "Its rows go to the others (Del)"))
    delete.triggered.connect(partial(_delete, hands, of))
    split.setEnabled(not why_not)
    for action in (others.menuAction(), delete):
        action.setEnabled(not why_not and not alone)


def _split(hands: Hands, of: int, _checked: bool = False) -> None:
    hands.split(of)


def _merge(hands: Hands, of: int, other: int, _checked: bool = False) -> None:
    hands.merge(of, other)


def _delete(hands: Hands, of: int, _checked: bool = False) -> None:
    hands.delete(of)
