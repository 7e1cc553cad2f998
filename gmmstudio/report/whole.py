"""The whole report, chapter by chapter."""

from __future__ import annotations

import datetime

from gmmstudio import __version__
from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import Document
from gmmstudio.report import formats, phrases, sentences
from gmmstudio.report.blocks import Report
from gmmstudio.report.chapters.certainty import certainty, outlying
from gmmstudio.report.chapters.clusters import clusters, summary
from gmmstudio.report.chapters.comparison import comparison
from gmmstudio.report.chapters.data import data
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.chapters.method import method
from gmmstudio.report.chapters.model import model
from gmmstudio.report.naming import tidied, tidied_rows
from gmmstudio.report.telling import n_of
from gmmstudio.report.versions import parts

_STANDS_ON = ("numpy", "scipy", "pyarrow")


def report(
    document: Document,
    assignment: Assignment,
    *,
    made: datetime.date,
    compare_with: int | None = None,
) -> Report:
    """Write the report on the active fit.

    Parameters
    ----------
    document
        With a table and an active fit.
    assignment
        ``assign(document.table, document.record)``.
    made
        The day.
    compare_with
        A column that took no part in the fit, by index.

    Raises
    ------
    ValueError
        The document has no fit.
    """
    tidy = tidied(document)
    table, record = tidy.table, tidy.record
    if table is None or record is None:
        raise ValueError("A report needs a fit.")
    matter = Matter(tidy, table, record, tidied_rows(assignment))
    shape = phrases.structure_words(sentences.model_of(record.fit))
    rows = formats.rows(assignment.n_rows)
    columns = n_of(len(matter.columns), "column")
    sections = [summary(matter), data(matter), model(matter), clusters(matter), certainty(matter)]
    sections.append(outlying(matter))
    if compare_with is not None:
        sections.append(comparison(matter, compare_with))
    sections.append(method(matter, parts(_STANDS_ON)))
    return Report(
        title=f"Clusters in {table.name}",
        subtitle=f"{formats.clusters(matter.k).capitalize()} of {shape} · {rows} · {columns}",
        made=f"GMM Studio {__version__}, {made.day} {made:%B %Y}",
        sections=tuple(sections),
    )
