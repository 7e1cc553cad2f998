"""What can be done about a finding of the data check, as commands: pure, without Qt."""

from __future__ import annotations

from gmmstudio.document.commands import ExcludeRows, SetLog, SetMissing, SetScale, TickColumns
from gmmstudio.document.document import Document
from gmmstudio.document.rereading import Rereading
from gmmstudio.table.checks import Finding
from gmmstudio.table.retyping import texts_in
from gmmstudio.ui.panels.remedies import Remedy, with_prior
from gmmstudio.ui.panels.wording import count

_MOST = 4  # buttons


def check_remedies(document: Document, finding: Finding) -> tuple[Remedy, ...]:
    """Return what can be done about a finding, the likeliest first; each can be undone."""
    match finding.kind:
        case "missing":
            found = _against_missing(document, finding)
        case "constant" | "near-constant" | "date":
            found = _without(document, finding.columns)
        case "id" | "code":
            found = (*_as_text(document, finding.columns[0]), *_without(document, finding.columns))
        case "duplicate" | "collinear" | "composition":
            found = _without(document, tuple(reversed(finding.columns)))
        case "ties":
            found = (*_without(document, finding.columns), *_prior(document))
        case "outliers":
            found = (*_without_rows(document, finding), *_robust(document))
        case "missing-code":
            found = (*_as_missing(document, finding), *_without_rows(document, finding))
        case "copied-rows":
            found = _without_rows(document, finding)
        case "skewed":
            found = _logarithm(document, finding.columns[0])
        case "no-logarithm":
            found = (
                *_without_rows(document, finding),
                *_no_logarithm(document, finding.columns[0]),
            )
        case "not-all":
            found = ()
    return found[:_MOST]


def _without(document: Document, columns: tuple[int, ...]) -> tuple[Remedy, ...]:
    """Untick one of the columns, if others are left."""
    table, ticked = document.table, document.preparation.columns
    if table is None or len(ticked) < 2:
        return ()
    return tuple(
        Remedy(
            f"Untick {table.columns[index].name}",
            "Look for groups in the other columns only",
            TickColumns(tuple(other for other in ticked if other != index)),
        )
        for index in columns
        if index in ticked
    )


def _without_rows(document: Document, finding: Finding) -> tuple[Remedy, ...]:
    rows = frozenset(finding.rows.tolist())
    table = document.table
    if table is None or not rows or len(rows | document.preparation.excluded) >= table.n_rows - 1:
        return ()
    which = "this row" if len(rows) == 1 else f"these {count(len(rows), 'row')}"
    return (
        Remedy(
            f"Leave {which} out",
            "Excluded by hand: they stay in the table and in exported files",
            ExcludeRows(rows),
        ),
    )


def _as_missing(document: Document, finding: Finding) -> tuple[Remedy, ...]:
    """Read the cells of these rows as holding no value; in this column only."""
    table, index = document.table, finding.columns[0]
    if table is None or table.blank:
        return ()
    words = texts_in(table, index, finding.rows)
    name = table.columns[index].name
    what = f"Read {words[0]} as missing"
    return (
        Remedy(
            what,
            f"In {name} these cells count as missing, so that their rows are skipped or filled "
            "like any others; in the file and in what is exported they stay as they are",
            rereading=Rereading(
                table, index, table.settings.with_missing_in(index, words), f"{what} in {name}"
            ),
        ),
    )


def _as_text(document: Document, index: int) -> tuple[Remedy, ...]:
    table = document.table
    if table is None or table.blank:
        return ()
    what = f"Read {table.columns[index].name} as text"
    return (
        Remedy(
            what,
            "Its numbers are names and nothing is reckoned with them: the column is one of text, "
            "as if it were chosen in the import settings",
            rereading=Rereading(table, index, table.settings.with_type(index, "text"), what),
        ),
    )


def _against_missing(document: Document, finding: Finding) -> tuple[Remedy, ...]:
    rule = document.preparation.missing
    skip = Remedy("Skip these rows", "Rows that lack a value are left out", SetMissing("skip"))
    median = Remedy(
        "Fill by the median",
        "Each missing cell gets the median of its column. All rows take part; the clusters look a "
        "little tighter than they are.",
        SetMissing("median"),
    )
    nearest = Remedy(
        "Fill from the nearest rows",
        "Each missing cell gets the mean of the five complete rows that are most alike",
        SetMissing("nearest"),
    )
    others = {"skip": skip, "median": median, "nearest": nearest}
    del others[rule]
    return (*others.values(), *_without(document, finding.columns[:1]))


def _robust(document: Document) -> tuple[Remedy, ...]:
    if document.preparation.scale != "standard":
        return ()
    return (
        Remedy(
            "Scale robustly",
            "Measure columns in the spread of their middle half, which no outlier stretches",
            SetScale("robust"),
        ),
    )


def _logarithm(document: Document, column: int) -> tuple[Remedy, ...]:
    log = document.preparation.log
    if column in log:
        return ()
    return (
        Remedy(
            "Use its logarithm",
            "Groups are looked for in the logarithm, and all its numbers are of it; the table "
            "stays as it is",
            SetLog((*log, column)),
        ),
    )


def _no_logarithm(document: Document, column: int) -> tuple[Remedy, ...]:
    log = document.preparation.log
    left = tuple(index for index in log if index != column)
    if left == log:
        return ()
    return (Remedy("Use it as it is", "Take no logarithm of this column", SetLog(left)),)


def _prior(document: Document) -> tuple[Remedy, ...]:
    """Offer the prior without a fit, which nobody has asked for yet."""
    return tuple(
        Remedy("Use the prior", remedy.tooltip, remedy.command) for remedy in with_prior(document)
    )
