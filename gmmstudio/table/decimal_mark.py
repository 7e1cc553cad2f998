"""Which decimal mark a file has, by what each of its columns says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gmmstudio.table.settings import Notice


@dataclass(frozen=True)
class Evidence:
    """What the numbers of a column say about the marks of the whole file.

    ``points`` and ``commas`` tell that they have a decimal point or comma beyond doubt;
    ``grouped_points`` that they have points which may as well group thousands (1.234). ``groups``
    are the thousands mark and the decimal mark, if they prove the first (1,234,567 or 1,234.5),
    else "".
    """

    points: bool = False
    commas: bool = False
    grouped_points: bool = False
    groups: str = ""


NO_EVIDENCE = Evidence()


def choose_decimal(
    found: Sequence[Evidence], names: Sequence[str], delimiter: str
) -> tuple[str, tuple[Notice, ...]]:
    """Decide the decimal mark of a file from what its columns, by these names, say about it.

    The point holds unless a comma is the mark beyond doubt in some column, and a point in fewer.
    """
    points = sum(column.points for column in found)
    commas = sum(column.commas for column in found)
    if commas == 0:
        return ".", _ambiguous_points(found, names, delimiter) if points == 0 else ()
    if commas < points:
        return ".", (
            Notice(
                "Some columns have a decimal comma, most a decimal point; the point was taken, "
                "and columns with a comma are left as text.",
                doubt=True,
            ),
        )
    mixed = " Columns with a decimal point are left as text." if points else ""
    said = f"Numbers here have a decimal comma (3,5) and were read so.{mixed}"
    return ",", (Notice(said, doubt=points > 0),)


def _ambiguous_points(
    found: Sequence[Evidence], names: Sequence[str], delimiter: str
) -> tuple[Notice, ...]:
    """Doubt points that may group thousands, in files that are not of the English kind."""
    grouped = [name for name, column in zip(names, found, strict=True) if column.grouped_points]
    if not grouped or delimiter == ",":
        return ()
    shown = ", ".join(f"“{name}”" for name in grouped[:3]) + (", …" if len(grouped) > 3 else "")
    said = (
        f"{shown}: numbers such as 1.234 were read with a decimal point (a little more than one); "
        "if the point groups thousands here, choose it as the thousands mark."
    )
    return (Notice(said, doubt=True),)
