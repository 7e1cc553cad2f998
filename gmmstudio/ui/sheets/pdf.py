"""The report as a PDF: what the page holds, on A4; its words are words, its figures shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, Qt
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

from gmmstudio.report.blocks import (
    LANGUAGE,
    Block,
    Bullets,
    Figure,
    Grid,
    Heading,
    Paragraph,
    Report,
)
from gmmstudio.report.markup import bold, text
from gmmstudio.report.naming import shown
from gmmstudio.table.errors import Stopped
from gmmstudio.ui.sheets.boxes import INK, MUTED, Box, Picture, Rule, Words, words_document
from gmmstudio.ui.sheets.outline import Bookmark, with_bookmarks
from gmmstudio.ui.sheets.tables import Table

PER_INCH = 96.0
WIDTH, HEIGHT = 210 / 25.4 * PER_INCH, 297 / 25.4 * PER_INCH
SIDE, TOP, BOTTOM = 76.0, 68.0, 76.0  # margins
_DOTS = 1200  # per inch in the file, so that nothing is rounded to be seen
_BODY = 13.0
_FOOT = 70  # letters of the title at the foot
_SMALL = 250.0  # pixels
_WHOLE = 0.4 * HEIGHT  # tables up to this height are not cut in two

ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class Placed:
    """A box on a sheet."""

    box: Box
    y: float


Item = Box | Table


def pdf(report: Report, should_stop: ShouldStop | None = None) -> bytes:
    """Return the report as a PDF file; may run in any thread once the fonts are loaded.

    Raises
    ------
    Stopped
        `should_stop` said so between sheets.
    """
    stop = should_stop or (lambda: False)
    sheets = sheets_of(report)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(report.title)
    writer.setCreator("GMM Studio")
    writer.setResolution(_DOTS)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    try:
        painter.scale(_DOTS / PER_INCH, _DOTS / PER_INCH)
        for number in range(len(sheets)):
            if stop():
                raise Stopped("The report")
            if number:
                writer.newPage()
            paint_sheet(painter, report, sheets, number)
    finally:
        painter.end()
        buffer.close()
    return with_bookmarks(bytes(data.data()), _bookmarks(sheets), LANGUAGE)


def _bookmarks(sheets: list[list[Placed]]) -> list[Bookmark]:
    """Return where the headings stand."""
    return [
        Bookmark(*placed.box.bookmark, sheet, (HEIGHT - placed.y + 8.0) * 72 / PER_INCH)
        for sheet, boxes in enumerate(sheets)
        for placed in boxes
        if isinstance(placed.box, Words) and placed.box.bookmark is not None
    ]


def sheets_of(report: Report) -> list[list[Placed]]:
    """Lay a report out."""
    return laid_out(list(_items(report, WIDTH - 2 * SIDE)))


def paint_sheet(painter: QPainter, report: Report, sheets: list[list[Placed]], number: int) -> None:
    """Paint a sheet, by its number from 0, in pixels at 96 to the inch."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for placed in sheets[number]:
        placed.box.paint(painter, SIDE, placed.y)
    _foot(painter, report, number + 1, len(sheets))
    painter.restore()


def laid_out(items: list[Item]) -> list[list[Placed]]:
    """Share boxes out among sheets.

    What belongs together stays together: a heading with what follows, a figure with its caption,
    the first rows of a table with its head, which is painted again on the next sheet.
    """
    sheets = _Sheets()
    waiting: list[Box] = []
    for item in items:
        if isinstance(item, Table):
            first = len(item.rows) if item.height <= _WHOLE else 2
            sheets.put([*waiting, item.caption, item.head, *item.rows[:first]])
            waiting = []
            for row in item.rows[first:]:
                if not sheets.has_room([row]):
                    sheets.turn()
                    sheets.put([item.head])
                sheets.put([row])
            continue
        waiting.append(item)
        if not item.keeps_next:
            sheets.put(waiting)
            waiting = []
    if waiting:
        sheets.put(waiting)
    return sheets.done


class _Sheets:
    def __init__(self) -> None:
        self.done: list[list[Placed]] = [[]]
        self._y = TOP

    def has_room(self, boxes: list[Box]) -> bool:
        above = 0.0 if not self.done[-1] else boxes[0].before
        needed = above + sum(b.height for b in boxes) + sum(b.before for b in boxes[1:])
        return self._y + needed <= HEIGHT - BOTTOM

    def turn(self) -> None:
        self.done.append([])
        self._y = TOP

    def put(self, boxes: list[Box]) -> None:
        """Put boxes under each other, on a new sheet if they do not all fit on this one."""
        if self.done[-1] and not self.has_room(boxes):
            self.turn()
        for box in boxes:
            above = box.before if self.done[-1] else 0.0
            if self.done[-1] and self._y + above + box.height > HEIGHT - BOTTOM:
                self.turn()  # more than a sheet holds
                above = 0.0
            self.done[-1].append(Placed(box, self._y + above))
            self._y += above + box.height


def _items(report: Report, width: float) -> Iterator[Item]:
    yield Words(text(bold(report.title)), width, 25.0)
    yield Words(text(report.subtitle), width, 14.5, "#3d4654", before=2.0)
    yield Words(text(report.made), width, 11.5, MUTED, before=1.0)
    for section in report.sections:
        yield Rule(width, 26.0)
        yield Words(text(bold(section.title)), width, 17.5, before=12.0, keeps_next=True, level=0)
        pairs = zip_longest(section.blocks, section.blocks[1:])
        for number, (block, follows) in enumerate(pairs):
            yield from _of_block(block, width, opens=number == 0, before_figure=_is_small(follows))


def _is_small(block: Block | None) -> bool:
    """Whether a block is a figure for which hardly any sheet lacks the room beside its words."""
    return isinstance(block, Figure) and block.drawing.height < _SMALL


def _of_block(block: Block, width: float, *, opens: bool, before_figure: bool) -> Iterator[Item]:
    if isinstance(block, Paragraph):
        words = _paragraph(block, width)
        words.keeps_next = before_figure or block.leads or (opens and words.is_short)
        yield words
    elif isinstance(block, Bullets):
        numbered = block.key == "references"
        for entry in block.entries:
            if numbered:
                yield Words(entry, width, 11.5, before=3.0)
            else:
                yield Words(entry, width, 12.5, before=3.0, indent=16.0, bullet="•")
    elif isinstance(block, Heading):
        yield Words(
            text(bold(block.words)),
            width,
            14.0,
            before=20.0,
            keeps_next=True,
            look=block.look,
            level=1,
        )
    elif isinstance(block, Grid):
        yield Table(block, width)
    elif isinstance(block, Figure):
        yield Picture(block.drawing, width)
        yield Words(block.caption, width, 11.0, MUTED, before=2.0)


def _paragraph(block: Paragraph, width: float) -> Words:
    if block.role == "warning":
        return Words(block.words, width, _BODY, before=8.0, mark="#c2410c", ground="#fff6ef")
    if block.role == "note":
        return Words(block.words, width, _BODY, before=8.0, mark="#3b5bdb", ground="#f4f6fd")
    if block.role == "small":
        return Words(block.words, width, 11.5, MUTED, before=4.0)
    return Words(block.words, width, _BODY, INK)


def _foot(painter: QPainter, report: Report, number: int, n: int) -> None:
    page = text(f"Page {number} of {n}")
    wide = WIDTH - 2 * SIDE
    right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
    title = text(shown(report.title, _FOOT))
    for words, align in ((title, left), (page, right)):
        painter.save()
        painter.translate(SIDE, HEIGHT - BOTTOM + 28)
        words_document(words, wide, 10.5, MUTED, align).drawContents(painter)
        painter.restore()
