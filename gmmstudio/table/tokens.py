"""How one record is split into its fields, in three ways of understanding quotation marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST_CELL = 1 << 26
_NEVER = b"(?!)"


@dataclass(frozen=True)
class Layout:
    """Delimiter, quotation mark, and what else tells the cells of a text apart.

    Attributes
    ----------
    delimiter
        One character.
    quote
        The quotation mark; "" where cells are never quoted.
    escape
        What takes a quotation mark's meaning away inside quotes: the mark itself (doubled), or
        another character.
    comment
        Lines that begin with it are left out; "" where there are none.
    aligned
        Runs of spaces are one delimiter.
    padding
        What follows every delimiter and belongs to it: a space, the delimiter again, or "".
    seldom
        The delimiter is one that seldom separates cells.
    uneven
        Delimiters occur, but none splits the lines evenly, and each line is one cell.
    evenly
        A sign that would split every line evenly, though each was left as one cell; or "".
    declared
        The first line names the delimiter (``sep=;``, as Excel writes it).
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    comment: str = ""
    aligned: bool = False
    padding: str = ""
    seldom: bool = False
    uneven: bool = False
    evenly: str = ""
    declared: bool = False

    @property
    def escaping(self) -> bytes:
        """What stands before a quotation mark inside quotes if it is not doubled; or nothing."""
        return b"" if not self.quote or self.escape in ("", self.quote) else self.escape.encode()


class Tokens:
    """Splits one record into fields."""

    def __init__(self, layout: Layout) -> None:
        self.delimiter = layout.delimiter.encode()
        self.quote = layout.quote.encode()
        self.escape = layout.escaping
        d, q = re.escape(self.delimiter), re.escape(self.quote)
        end = rb"(?=[" + d + rb"\r\n]|\Z)"
        space = rb"" if layout.delimiter == " " else rb" *+"
        inside = rb"[^" + q + rb"]++|" + q + q
        if self.escape:
            e = re.escape(self.escape)
            # A mark doubled counts as well: files of this kind often hold both.
            inside = e + rb"[\s\S]|[^" + q + e + rb"]++|" + q + q
        strict = rb"(" + space + rb")" + q + rb"((?:" + inside + rb")*+)" + q + end
        lenient = space + q + rb"([^\r\n]*?)" + q + space + end
        self._strict = re.compile(strict if self.quote else _NEVER)
        self._lenient = re.compile(lenient if self.quote else _NEVER)
        self._plain = re.compile(rb"[^" + d + rb"\r\n]*+")

    def strict(self, data: bytes, start: int) -> tuple[list[bytes], int, bool]:
        """Read by the rules; a quoted cell may run over lines.

        Returns the fields, the offset after the record and whether every quotation mark kept to the
        rules. Where one does not, the cell is taken literally, quotation marks and all.
        """
        fields: list[bytes] = []
        clean = True
        at = start
        while True:
            limit = at + _LONGEST_CELL
            match = self._strict.match(data, at, limit)
            if match and (match.end() < limit or limit >= len(data)):
                clean &= not match[1]
                fields.append(self._unquoted(match[2]))
            else:
                match = self._plain.match(data, at)
                assert match is not None
                clean &= not self.quote or self.quote not in match[0]
                fields.append(match[0])
            at = match.end()
            if data[at : at + 1] != self.delimiter:
                return fields, at, clean
            at += 1

    def pieces(self, line: bytes) -> tuple[list[tuple[bytes, bool]], bool]:
        """Read one line by the rules.

        Returns every field and whether it was quoted, and whether the whole line kept to the rules.
        """
        found: list[tuple[bytes, bool]] = []
        at = 0
        while True:
            match = self._strict.match(line, at)
            if match:
                found.append((self._unquoted(match[2]), True))
            else:
                match = self._plain.match(line, at)
                assert match is not None
                if self.quote and self.quote in match[0]:
                    return found, False
                found.append((match[0], False))
            at = match.end()
            if line[at : at + 1] != self.delimiter:
                return found, at == len(line)
            at += 1

    def lenient(self, line: bytes) -> list[bytes]:
        """Read one line; a quoted cell ends at the first quotation mark before a delimiter."""
        fields: list[bytes] = []
        at = 0
        while True:
            match = self._lenient.match(line, at)
            if match:
                fields.append(self._unquoted(match[1]))
            else:
                match = self._plain.match(line, at)
                assert match is not None
                fields.append(match[0])
            at = match.end()
            if line[at : at + 1] != self.delimiter:
                return fields
            at += 1

    def literal(self, line: bytes) -> list[bytes]:
        """Split one line at every delimiter, quotation marks taken as text."""
        return line.split(self.delimiter)

    def _unquoted(self, inside: bytes) -> bytes:
        if self.escape and self.escape in inside:
            marks = re.escape(self.escape) + rb"([" + re.escape(self.quote + self.escape) + rb"])"
            pairs = re.escape(self.quote) * 2
            return re.sub(marks + rb"|" + pairs, lambda m: m[1] or self.quote, inside)
        return inside.replace(self.quote * 2, self.quote)
