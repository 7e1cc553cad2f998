"""More that happens to files as a whole: comments between rows, notes, seldom delimiters, names."""

from __future__ import annotations

from collections.abc import Iterator

from tests.reliability.pollutions import Rows, Source, Variant

_MARKS = ("#", "# ", "//", "%", "--", "!")
_NOTES = ("checked by hand", "twice, on Monday")
_DELIMITERS = (":", "^", "~", "||", "\t\t", "::", "; ", "\\t")


def comments(source: Source) -> Iterator[Variant]:
    """Comments at the beginning, between rows, and at the end."""
    lines = source.lines()
    n = len(lines)
    for mark in _MARKS:
        if source.delimiter in mark:
            continue
        for words in _NOTES:
            for i in (0, 1, n // 2, n - 1, n):
                data = source.file([*lines[:i], f"{mark} {words}", *lines[i:]])
                yield _variant("a comment between rows", source, f"{mark} line {i}", data)
        some = [*lines[:2], f"{mark}one", *lines[2 : n // 2], f"{mark}two, and more"]
        data = source.file([*some, *lines[n // 2 :], f"{mark}end"])
        yield _variant("comments between rows", source, mark, data)


def notes(source: Source) -> Iterator[Variant]:
    """Titles above and notes below, with and without delimiters and a blank line."""
    lines, d = source.lines(), source.delimiter
    width = len(source.rows[0])
    for times in (1, 3):
        for full in (True, False):
            rest = d * (width - 1) if full else ""
            for blank in ([], [rest]):
                for words in ("TITLE", "Report of the year 2019"):
                    data = source.file([*[words + rest] * times, *blank, *lines])
                    yield _variant("titles", source, f"{words} {times} {full}", data)
                for words in ("NOTE", "Source: office of statistics of 2019"):
                    data = source.file([*lines, *blank, *[words + rest] * times])
                    yield _variant("notes below", source, f"{words} {times} {full}", data)


def delimiters(source: Source) -> Iterator[Variant]:
    """Delimiters that seldom are any, and at the end of lines."""
    for other in _DELIMITERS:
        data = source.file(source.lines(delimiter=other))
        yield _variant("seldom delimiters", source, other, data)
    lines, d = source.lines(), source.delimiter
    empty = [[*row, ""] for row in source.rows]
    data = source.file([line + d for line in lines])
    yield _variant("lines end in a delimiter", source, "all", data, empty)
    below = source.file([lines[0], *(line + d for line in lines[1:])])
    yield _variant("lines end in a delimiter", source, "rows", below)


def single_rows(source: Source) -> Iterator[Variant]:
    """A row quoted or escaped in another way, ended otherwise, too short, or blank."""
    lines = source.lines()
    other = "\r\n" if source.ending == "\n" else "\n"
    for i in range(len(lines)):

        def with_line(line: str, i: int = i) -> bytes:
            return source.file([*lines[:i], line, *lines[i + 1 :]])

        alone = source.delimiter.join(source.cells(i, "'", "'"))
        yield _variant("a row quoted otherwise", source, f"row {i}", with_line(alone))
        escaped = source.delimiter.join(source.cells(i, escape="\\"))
        yield _variant("a row escaped otherwise", source, f"row {i}", with_line(escaped))
        ended = source.file(lines[: i + 1]).removesuffix(source.ending.encode()) + other.encode()
        data = ended + source.file(lines[i + 1 :])
        yield _variant("a row ended otherwise", source, f"row {i}", data)
        without = [*source.rows[:i], *source.rows[i + 1 :]]
        yield _variant("a blank row", source, f"row {i}", with_line(""), without)
        half = len(source.rows[0]) // 2
        if i and half:
            short = [*source.rows[i][:half], *[""] * (len(source.rows[i]) - half)]
            truth = [*source.rows[:i], short, *source.rows[i + 1 :]]
            line = source.delimiter.join(source.cells(i)[:half])
            yield _variant("a row too short", source, f"row {i}", with_line(line), truth)


def names(source: Source) -> Iterator[Variant]:
    """Names that are missing, odd, long, numbers or all the same."""
    first, rest = source.rows[0], source.lines()[1:]
    d = source.delimiter
    for j in sorted({0, len(first) // 2, len(first) - 1}):
        for name in ("", "HEAD/%R", "HEADER" * 1000, "2019"):
            header = [*first[:j], name, *first[j + 1 :]]
            data = source.file([d.join(header), *rest])
            yield _variant("odd names", source, f"{name[:9]} {j}", data, [header, *source.rows[1:]])
    same = ["name"] * len(first)
    data = source.file([d.join(same), *rest])
    yield _variant("odd names", source, "all the same", data, [same, *source.rows[1:]])


KINDS = (comments, notes, delimiters, single_rows, names)


def further(source: Source) -> Iterator[Variant]:
    """Every such damage to a table."""
    for kind in KINDS:
        yield from kind(source)


def _variant(
    kind: str, source: Source, where: str, data: bytes, truth: Rows | None = None
) -> Variant:
    return Variant(kind, f"{source.name}, {where}", data, source.rows if truth is None else truth)
