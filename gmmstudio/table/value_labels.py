"""What single values of a column mean, where its file gives them labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

ValueLabels = tuple[tuple[str, str], ...]
"""Pairs of a value, as its cells have it, and what it means."""

_NO_VALUE = re.compile(
    r"refus|declin|prefer not|do(es)?( not|n['’]?t) know|\bdk\b|\b(no|non).?(answer|response|reply)"
    r"|not (answered|applicable|asked|stated|ascertained|available|known|reported|recorded)"
    r"|inapplicable|missing|unknown|no data|skipped|\bn\.?/?a\.?$|\bns/?n[cr]\b"
    r"|keine (angabe|antwort)|wei(ß|ss) nicht|verweiger|trifft nicht zu|fehlend|unbekannt"
    r"|sans (réponse|objet)|non.réponse|ne sait pas|manquant|inconnu"
    r"|no (sabe|contesta|responde)|perdido|desconocid|non (sa\b|risponde)|não (sabe|respond)"
    r"|weet niet|geen antwoord|무응답|모름|모르겠|거절|거부|해당 ?없음|결측"
    r"|無回答|わからない|非該当|拒答|拒绝|不知道|不适用|缺失|無應答|无回答",
    re.IGNORECASE,
)
_NINES = re.compile(r"9*[789]")
_LIKE_OTHERS = 1.0
"""A value no further from the others than this is the next step of their scale."""


def means_no_value(label: str) -> bool:
    """Whether a label says that there is no value: “refused”, “keine Angabe”, “무응답”."""
    return _NO_VALUE.search(label) is not None


def maybe_missing(values: Sequence[float], labels: Iterable[tuple[str, str]]) -> ValueLabels:
    """Return the labelled values that stand, or may stand, for no value, rising.

    Their label says so; or they are such as surveys use for it and lie apart from the values
    without a label, which those of a scale with labels at its ends do not.

    Parameters
    ----------
    values
        The different numbers of the column.
    labels
        Labels of some of them, or of all.
    """
    meant = {}
    for text, label in labels:
        try:
            meant[float(text)] = (text, label)
        except ValueError:
            continue
    plain = [value for value in values if value not in meant]
    return tuple(
        meant[value]
        for value in sorted(set(values) & meant.keys())
        if means_no_value(meant[value][1]) or _is_apart(value, plain)
    )


def _is_apart(value: float, others: Sequence[float]) -> bool:
    if not others or not value.is_integer():
        return False
    if value < 0:
        return min(others) >= 0
    return _NINES.fullmatch(str(int(value))) is not None and value - max(others) > _LIKE_OTHERS


def in_words(labels: Sequence[tuple[str, str]], most: int = 5) -> str:
    """Say what values mean: ``8 means “don't know”, 9 means “refused”``."""
    said = ", ".join(f"{text} means “{label}”" for text, label in labels[:most])
    return f"{said} and {len(labels) - most} more" if len(labels) > most else said
