"""Files that chance has damaged, and what the csv module makes of them as a second opinion."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable

from tests.reliability.pollutions import SOURCES, Rows, Source

NAUGHTY = (
    *("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "undefined", "null", "NULL", "None", "NaN"),
    *("nan", "Infinity", "-inf", "1e999", "1e-999", "0x10", "1_000", "٣", "½", "１２", "-0", "+1"),
    *("TRUE", "false", "nil", "#N/A", "#REF!", "N/A", "-", "--", ".", "?", "", " ", "\t", "\u00a0"),
    *("\u200b", "\u202eabc", "\ufeffx", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x7f"),
    *("é", "e\u0301", "한글", "똠", "😀", "👩‍👩‍👧", "𝒳", "İ", "ß", "<script>alert(1)</script>"),
    *("'; DROP TABLE t;--", "\\", "\\n", '\\"', '"', '""', "'", "''", "`", ",", ";", "|", "a\nb"),
    *("\n", '"\n"', ",,,", "a,b", "1,234", "1.234", "1 234", "03/04/2020", "2020-13-45", "sep=;"),
    *("#comment", "%s%n", "{0}", "../../etc/passwd", "CON", "x" * 5000, "0" * 400, "१२३"),
)
"""Cells that programs stumble over."""


def bit_flips(data: bytes, rng: random.Random) -> bytes:
    """Flip one to eight bits."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def truncation(data: bytes, rng: random.Random) -> bytes:
    """Cut the end off."""
    return data[: rng.randrange(1, len(data))]


def splice(data: bytes, rng: random.Random) -> bytes:
    """Copy a piece of the file to another place of it, over what is there or between."""
    first = rng.randrange(len(data))
    piece = data[first : first + rng.choice((1, 3, 10, 50, 300))]
    at = rng.randrange(len(data))
    return data[:at] + piece + data[at + rng.choice((0, len(piece))) :]


def lost_piece(data: bytes, rng: random.Random) -> bytes:
    """Take a piece out."""
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 2, 10, 80, 400)) :]


def zeros(data: bytes, rng: random.Random) -> bytes:
    """Put NUL bytes in."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 20))):
        at = rng.randrange(len(changed))
        changed[at : at + rng.randrange(2)] = b"\0"
    return bytes(changed)


def any_bytes(data: bytes, rng: random.Random) -> bytes:
    """Put bytes of any kind in."""
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 2, 7, 40))) + data[at:]


def special_signs(data: bytes, rng: random.Random) -> bytes:
    """Put delimiters, quotation marks and line ends in, or over what is there."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(changed))
        changed[at : at + rng.randrange(2)] = rng.choice(
            (b",", b";", b'"', b"\n", b"\r", b"'", b"\t")
        )
    return bytes(changed)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(bit_flips, truncation, splice, lost_piece, zeros, any_bytes, special_signs),
)


def source_of(rng: random.Random) -> Source:
    """One of our tables, of few rows."""
    return rng.choice(SOURCES)(rng.randrange(1000))


def mutated(seed: int) -> tuple[str, bytes, str]:
    """Return the kind, the damaged file and its delimiter."""
    rng = random.Random(seed)
    source = source_of(rng)
    mutation = rng.choice(MUTATIONS)
    lines = source.lines()[: rng.choice((3, 12, 40, 61))]
    data = mutation(source.file(lines), rng)
    return mutation.__name__.replace("_", " "), data, source.delimiter


def naughty_table(seed: int) -> tuple[bytes, Rows]:
    """A table of naughty cells as the csv module writes it, and the table."""
    rng = random.Random(seed)
    width = rng.randint(2, 6)
    rows: Rows = [[f"name {j}" for j in range(width)]]
    for i in range(rng.randint(3, 20)):
        rows.append(
            [rng.choice(NAUGHTY) if rng.random() < 0.3 else f"v{i}{j}" for j in range(width)]
        )
    text = io.StringIO()
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(text, lineterminator=rng.choice(("\n", "\r\n")), quoting=quoting).writerows(rows)
    return text.getvalue().encode(), rows


def second_opinion(data: bytes, delimiter: str) -> tuple[int, int] | None:
    """Return the number of records and of cells in each, by the csv module; None where uneven.

    None as well where the text is not UTF-8, holds NUL, or breaks the rules of quotation marks.
    """
    try:
        text = data.decode("utf-8")
        if "\0" in text:
            return None
        found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        records = [record for record in found if len(record) > 1 or (record and record[0].strip())]
    except (UnicodeDecodeError, csv.Error):
        return None
    widths = {len(record) for record in records}
    return (len(records), widths.pop()) if len(widths) == 1 else None
