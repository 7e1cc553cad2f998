"""Tables of our own and what goes wrong with them on the way: every row and every column of each.

The kinds of damage are those people's files really have: a delimiter too many or too few, a stray
quotation mark, a row separated otherwise, titles above the names, two tables in a file, no names, a
file of names alone, quotation marks escaped in other ways.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Rows = list[list[str]]


@dataclass(frozen=True)
class Variant:
    """A damaged file and what was in it before: names, if there are any, and rows."""

    kind: str
    name: str
    data: bytes
    truth: Rows


@dataclass(frozen=True)
class Source:
    """A table and how it is written.

    ``always`` are the columns of which every cell is quoted, the names as well.
    """

    name: str
    rows: Rows
    always: frozenset[int]
    delimiter: str = ","
    ending: str = "\n"

    def cell(self, i: int, j: int, mark: str = '"', escape: str = '"') -> str:
        """The cell as it stands in the file."""
        text = self.rows[i][j]
        special = (self.delimiter, mark, "\n", "\r")
        if j in self.always or any(sign in text for sign in special):
            return mark + text.replace(mark, escape + mark) + mark
        return text

    def cells(self, i: int, mark: str = '"', escape: str = '"') -> list[str]:
        """One row as it stands in the file, delimiters left out."""
        return [self.cell(i, j, mark, escape) for j in range(len(self.rows[i]))]

    def lines(self, mark: str = '"', escape: str = '"', delimiter: str | None = None) -> list[str]:
        """All rows as they stand in the file, line ends left out."""
        between = self.delimiter if delimiter is None else delimiter
        return [between.join(self.cells(i, mark, escape)) for i in range(len(self.rows))]

    def file(self, lines: Sequence[str], ending: str | None = None) -> bytes:
        """A file of these lines."""
        end = self.ending if ending is None else ending
        return "".join(line + end for line in lines).encode()


# -- tables of our own ----------------------------------------------------------------------------

_THINGS = [
    "Garden chair, folding",
    "Desk lamp",
    "Wool blanket, grey",
    "Kettle 1.7 l",
    "Men's walking boots",
    "Rope 10 m",
    'Monitor, 24"',
    "Kids' raincoat",
    "Water bottle",
    "Tent, two persons",
    "Backpack 40 l",
    "Tea towels, set of 3",
    "Frying pan, 28 cm",
    "Candle holder",
    "Ladies' scarf",
    "Bread knife",
    "Notebook A5, ruled",
    "Bicycle pump",
    'Picture frame, 10" x 8"',
    "Door mat",
]
_WORDS = [
    "made",
    "of",
    "light",
    "and",
    "sturdy",
    "wood,",
    "easy",
    "to",
    "clean,",
    "for",
    "many",
    "years",
    "of",
    "use",
    "at",
    "home",
    "and",
    "outdoors",
    "with",
    "a",
    "soft",
    "handle",
    "that",
    "never",
    "slips,",
    "tested",
    "by",
    "people",
    "who",
    "know",
    "what",
    "they",
    "need",
    "when",
    "it",
    "rains,",
    "and",
    "packed",
    "in",
    "paper",
    "so",
    "that",
    "nothing",
    "breaks",
    "on",
    "the",
    "way",
]


def orders(seed: int, n: int = 60) -> Source:
    """Orders of a shop: dates, times, counts, codes, prices, texts with commas and inches."""
    rng = random.Random(seed)
    rows = [["Day", "Hour", "Pieces", "Article", "Price", "Kind", "Description", "Page", "Remark"]]
    for i in range(n):
        thing = rng.choice(_THINGS)
        start = rng.randrange(len(_WORDS) - 20)
        words = " ".join(_WORDS[start : start + rng.randint(8, 20)])
        code = f"{rng.choice('ABCDEF')}{rng.choice('KLMNO')}-{rng.randint(1000, 9999)}"
        price = rng.randint(100, 9999)
        rows.append(
            [
                f"{1 + i % 28:02d}/{1 + i // 28:02d}/2021",
                f"{i % 24:02d}:{15 * (i % 4):02d}",
                str(rng.choice((0, 1, 1, 2, 3, 5, 8, 12, 20))),
                code,
                f"€{price / 100:.2f}" if price % 100 else f"€{price // 100}",
                thing,
                words.capitalize() + ".",
                f"https://shop.example.org/{code.replace('-', '_')}.html",
                "",
            ]
        )
    return Source(f"orders {seed}", rows, frozenset({6, 7}))


def stations(seed: int, n: int = 60) -> Source:
    """Measurements at places: codes, numbers, a name, a date; separated by semicolons."""
    rng = random.Random(seed)
    rows = [["station", "date", "temperature", "rain", "wind", "observer"]]
    rows += [
        [
            f"ST{rng.randint(100, 999)}",
            f"2020-{1 + i % 12:02d}-{rng.randint(1, 28):02d}",
            f"{rng.gauss(12, 6):.1f}",
            f"{rng.expovariate(0.3):.2f}",
            str(rng.randint(0, 30)),
            rng.choice(("Kim Min-su", "A. Lee", "Jo Park", "M. Choi")),
        ]
        for i in range(n)
    ]
    return Source(f"stations {seed}", rows, frozenset(), delimiter=";", ending="\r\n")


def people(seed: int, n: int = 60) -> Source:
    """People: every cell quoted, Korean and Western names, addresses with commas."""
    rng = random.Random(seed)
    families = ("Kim", "Lee", "Park", "Müller", "O'Brien", "García")
    rows = [["이름", "name", "e-mail", "born", "height cm", "address"]]
    rows += [
        [
            rng.choice(("김철수", "이영희", "박똠방", "최민호", "정하늘")),
            f"{rng.choice(families)} {rng.choice('ABCDE')}.",
            f"user{i}@example.org",
            f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            f"{rng.gauss(170, 9):.1f}",
            f"{rng.randint(1, 99)} {rng.choice(('Mapo', 'Nam', 'Elm', 'Oak'))} street, Seoul",
        ]
        for i in range(n)
    ]
    return Source(f"people {seed}", rows, frozenset(range(6)), delimiter="\t" if seed % 2 else ",")


SOURCES: tuple[Callable[[int], Source], ...] = (orders, stations, people)


# -- damage to one row ----------------------------------------------------------------------------


def one_delimiter_more(source: Source) -> Iterator[Variant]:
    """Before every cell but the first of every row."""
    for i, j in _places(source, 1):
        cells = source.cells(i)
        yield _row(source, "a delimiter more", i, j, [*cells[:j], "", *cells[j:]])


def one_delimiter_less(source: Source) -> Iterator[Variant]:
    """Before every cell but the first of every row."""
    for i, j in _places(source, 1):
        cells = source.cells(i)
        joined = [*cells[: j - 1], cells[j - 1] + cells[j], *cells[j + 1 :]]
        yield _row(source, "a delimiter less", i, j, joined)


def one_quotation_mark_more(source: Source) -> Iterator[Variant]:
    """Before every cell of every row; it stays a part of the cell."""
    for i, j in _places(source, 0):
        cells = source.cells(i)
        truth = [list(row) for row in source.rows]
        truth[i][j] = '"' + truth[i][j]
        changed = [*cells[:j], '"' + cells[j], *cells[j + 1 :]]
        yield _row(source, "a quotation mark more", i, j, changed, truth)


def another_delimiter(source: Source) -> Iterator[Variant]:
    """In every row: spaces, or what the file does not use."""
    lines = source.lines()
    for i in range(len(lines)):
        for other in (" ", ";" if source.delimiter != ";" else ","):
            changed = other.join(source.cells(i))
            data = source.file([*lines[:i], changed, *lines[i + 1 :]])
            kind = f"a row separated by {'spaces' if other == ' ' else 'another mark'}"
            yield Variant(kind, f"{source.name}, row {i}", data, source.rows)


def _places(source: Source, first: int) -> Iterator[tuple[int, int]]:
    for i in range(len(source.rows)):
        for j in range(first, len(source.rows[i])):
            yield i, j


def _row(
    source: Source, kind: str, i: int, j: int, cells: list[str], truth: Rows | None = None
) -> Variant:
    lines = source.lines()
    lines[i] = source.delimiter.join(cells)
    name = f"{source.name}, row {i}, column {j}"
    return Variant(kind, name, source.file(lines), truth or source.rows)


# -- damage to the whole file ---------------------------------------------------------------------


def whole_files(source: Source) -> Iterator[Variant]:
    """Everything that happens to a file as a whole."""
    rows, lines = source.rows, source.lines()
    d, width = source.delimiter, len(source.rows[0])

    def made(kind: str, data: bytes, truth: Rows = rows) -> Variant:
        return Variant(kind, source.name, data, truth)

    yield made("as it should be", source.file(lines))
    yield made("no line end at the end", source.file(lines).rstrip(b"\r\n"))
    yield made("two line ends at the end", source.file([*lines, ""]))
    for ending in ("\n", "\r\n", "\r"):
        yield made("line ends", source.file(lines, ending))
    for other in (",", ";", "\t", "|"):
        written = Source(source.name, rows, source.always, other, source.ending)
        yield made("delimiters", written.file(written.lines()))
    quoted = Source(source.name, rows, frozenset(range(width)), " ", source.ending)
    yield made("spaces between quoted cells", quoted.file(quoted.lines()))
    yield made("delimiter and space", source.file(source.lines(delimiter=d + " ")))
    yield made("marks escaped by a backslash", source.file(source.lines(escape="\\")))
    yield made("marks not escaped", source.file(source.lines(escape="")))
    yield made("single quotation marks", source.file(source.lines(mark="'")))
    for times in (2, 3):
        names = [" ".join([name] * times) for name in rows[0]]
        data = source.file([lines[0]] * (times - 1) + lines)
        yield made("names in several rows", data, [names, *rows[1:]])
    yield made("names alone", source.file(lines[:1]), rows[:1])
    yield made("nothing at all", b"", [])
    yield made("no names", source.file(lines[1:]), rows[1:])
    yield made("one row", source.file(lines[:2]), rows[:2])
    yield made("a title", source.file(["A title", "", *lines]))
    yield made("a title", source.file(["A title" + d * (width - 1), d * (width - 1), *lines]))
    yield made("comments above", source.file(["# made by hand", "# twice", *lines]))
    again = [list(row) for row in rows]
    less = [d.join(source.cells(i)[:-1]) for i in range(len(rows))]
    more = [d.join([*source.cells(i), "x" if i == 0 else "1"]) for i in range(len(rows))]
    yield made("a second table", source.file([*lines, *source.lines()]), again)
    yield made("a second table, narrower", source.file([*lines, *less]))
    yield made("a second table, wider", source.file([*lines, *more]))
    yield made("a note below", source.file([*lines, "Source: own survey"]))


ROW_KINDS = (one_delimiter_more, one_delimiter_less, one_quotation_mark_more, another_delimiter)


def variants(source: Source) -> Iterator[Variant]:
    """Every damage to a table."""
    yield from whole_files(source)
    for kind in ROW_KINDS:
        yield from kind(source)
