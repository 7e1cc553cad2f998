"""What a model said about another table, in words."""

from __future__ import annotations

from gmmstudio.document.applying import Applied
from gmmstudio.report import formats


def sentences(applied: Applied, *, counts: bool = True) -> list[str]:
    """Return how many rows got which label, how many are unlike those of the fit, which have none.

    ``counts`` False leaves out how many are in each cluster, where a list stands beside it.
    """
    n, n_all = applied.n_labelled, applied.n_labelled + applied.n_without
    if not n:
        return ["No row has a value in all columns of the model, so none has a label."]
    said = f"{formats.count(n)} of {formats.rows(n_all)} {'has' if n == 1 else 'have'} a label"
    if counts:
        pairs = zip(applied.labels.names, applied.counts.tolist(), strict=True)
        said += ": " + ", ".join(f"{name} {formats.count(count)}" for name, count in pairs)
    found = [f"{said}."]
    if applied.n_without:
        lacks = "lacks a value: its" if applied.n_without == 1 else "lack a value: their"
        found.append(f"{formats.rows(applied.n_without)} {lacks} note says where.")
    if applied.n_unlike is not None:
        found.append(_unlike(applied.n_unlike))
    if applied.n_outliers is not None:
        marked = formats.rows(applied.n_outliers) if applied.n_outliers else "No row"
        are = "are outliers" if applied.n_outliers > 1 else "is an outlier"
        found.append(f"{marked} {are} by the rule of the fit.")
    return found


def _unlike(n: int) -> str:
    if n == 0:
        return "No row is unlike the rows of the fit."
    are, labels = ("is", "its label") if n == 1 else ("are", "their labels")
    return (
        f"{formats.rows(n)} {are} unlike anything in the rows of the fit (less likely than the "
        f"least likely of them): do not rely on {labels}."
    )
