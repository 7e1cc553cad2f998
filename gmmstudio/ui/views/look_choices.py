"""What is chosen alike in several views: how points are coloured, which ellipses are drawn."""

from __future__ import annotations

from collections.abc import Callable

from gmmstudio.ui.views.view import Choice

SIGMAS: dict[str, tuple[float, ...]] = {
    "1 σ": (1.0,),
    "1 σ, 2 σ": (1.0, 2.0),
    "1 σ, 2 σ, 3 σ": (1.0, 2.0, 3.0),
    "none": (),
}
COLOURS = {"cluster, faded by uncertainty": True, "cluster, plain": False}
MARKS = {"round": False, "a symbol per cluster": True}
_MARKS_TIP = (
    "What the points are drawn as. With symbols clusters are told apart without colour, too;\n"
    "where there are more than about 30 000 points in view all are round."
)
_WITHIN = (
    "Which ellipses are drawn. In two columns 39 % of a cluster lie within 1 σ,\n"
    "86 % within 2 σ and 99 % within 3 σ."
)


def marks_choice(symbols: bool, pick: Callable[[str], None]) -> Choice:
    """Offer what the points are drawn as; ``MARKS`` says what the words mean."""
    current = next(words for words, value in MARKS.items() if value == symbols)
    return Choice("marks", _MARKS_TIP, tuple(MARKS), current, pick)


def colour_choice(faded: bool, pick: Callable[[str], None]) -> Choice:
    """Offer how points are coloured; ``COLOURS`` says what the words mean."""
    current = next(words for words, value in COLOURS.items() if value == faded)
    return Choice("colour", "How the points are coloured", tuple(COLOURS), current, pick)


def ellipses_choice(sigmas: tuple[float, ...], pick: Callable[[str], None]) -> Choice:
    """Offer which ellipses are drawn; ``SIGMAS`` says what the words mean."""
    current = next(words for words, value in SIGMAS.items() if value == sigmas)
    return Choice("ellipses", _WITHIN, tuple(SIGMAS), current, pick)
