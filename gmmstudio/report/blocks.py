"""What a report is made of, whatever it is written as: a page for browsers, or sheets of paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gmmstudio.report.drawing import Drawing
from gmmstudio.report.figures import Look
from gmmstudio.report.markup import Text

LANGUAGE = "en"
"""In which the reports are written."""

Role = Literal["", "warning", "note", "small"]


@dataclass(frozen=True)
class Paragraph:
    """Sentences.

    Attributes
    ----------
    key
        Its name in the report, for links and for tests; one of a kind.
    words
        The sentences.
    role
        "warning": the result should not be used as it is; "note": to be known; "small": details.
    leads
        Whether it leads to the block that follows, from which it is not to be parted.
    """

    key: str
    words: Text
    role: Role = ""
    leads: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    key: str
    entries: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading within a section, with a cluster's sign where it is one's."""

    key: str
    words: str
    look: Look | None = None


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    key
        As of `Paragraph`.
    caption
        What it shows.
    head
        Names of the columns (m).
    rows
        Cells (m) of each row; the first names the row.
    words
        Which columns hold words, which are written from the left; the others hold numbers.
    strong
        Cells (row, column) that stand out.
    looks
        The cluster that a row is about, row by row; empty where rows are about none.
    sign_in
        The column in which the signs of those clusters stand.
    """

    key: str
    caption: Text
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset({0})
    strong: frozenset[tuple[int, int]] = frozenset()
    looks: tuple[Look, ...] = ()
    sign_in: int = 0


@dataclass(frozen=True)
class Figure:
    """A picture with a caption under it; `alt` says what it shows to those who cannot see it."""

    key: str
    drawing: Drawing
    caption: Text
    alt: str


Block = Paragraph | Bullets | Heading | Grid | Figure


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title, subtitle
        What it is about, in a few words and in a line.
    made
        By what, and when.
    sections
        In order.
    """

    title: str
    subtitle: str
    made: str
    sections: tuple[Section, ...] = field(default=())
