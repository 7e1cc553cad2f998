"""Values as Python and R write them: whatever a name holds, it is one string and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gmmstudio.report.naming import shown

_R_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ACROSS = 88


def comment(words: str) -> str:
    """Return words that stay on the line of a comment, and end no docstring."""
    return shown(words).replace("\\", "/").replace('"""', "'''")


def python(value: Any) -> str:
    """Write a value in Python: strings, numbers, None, tuples of them, and arrays.

    Examples
    --------
    >>> python(("it", 1, None)), python(np.array([0.1, 2.0]))
    ("('it', 1, None)", 'np.array([0.1, 2.0])')
    """
    if isinstance(value, np.ndarray):
        return f"np.array({_python_list(value.tolist())})"
    if isinstance(value, frozenset):
        return f"frozenset({python(tuple(sorted(value)))})" if value else "frozenset()"
    if isinstance(value, tuple):
        inside = ", ".join(python(entry) for entry in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, float):
        return _python_float(value)
    return repr(value)


def _python_float(value: float) -> str:
    if math.isfinite(value):
        return repr(float(value))
    return f'float("{value}")'


def _python_list(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_python_list(entry) for entry in value)}]"
    return python(value)


def r(value: Any) -> str:
    """Write a value in R: strings, numbers, TRUE and FALSE, and vectors of them.

    Everything beyond ASCII is written by its code, so that R reads it in every locale.
    """
    if isinstance(value, (tuple, list, np.ndarray)):
        return f"c({', '.join(r(entry) for entry in value)})"
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return _r_number(float(value))
    return f'"{"".join(_r_letter(letter) for letter in str(value))}"'


def _r_number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return repr(value) if math.isfinite(value) else ("Inf" if value > 0 else "-Inf")


def _r_letter(letter: str) -> str:
    if letter in _R_ESCAPES:
        return _R_ESCAPES[letter]
    code = ord(letter)
    if code == 0 or 0xD800 <= code < 0xE000:
        return "\\ufffd"  # R's strings hold neither
    if 32 <= code < 127:
        return letter
    return f"\\u{{{code:04x}}}" if code < 0x10000 else f"\\U{{{code:08x}}}"


def r_whole_numbers(numbers: Iterable[int]) -> str:
    """Write rising whole numbers in R, runs of them as a range: ``c(1:5, 9)``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [str(a) if a == b else f"{a}:{b}" for a, b in runs]
    return wrapped(f"c({', '.join(parts)})") if parts else "integer(0)"


def wrapped(code: str, indent: str = "  ") -> str:
    """Break a list after commas, where a line would be too long; it holds no strings."""
    lines, line = [], ""
    for part in code.split(", "):
        piece = part if not line else f"{line}, {part}"
        if len(piece) > _ACROSS and line:
            lines.append(line + ",")
            line = indent + part
        else:
            line = piece
    return "\n".join([*lines, line])


def python_rows(value: np.ndarray) -> str:
    """Write an array of numbers in Python, a line per row."""
    if value.ndim == 1:
        return wrapped(python(value), " " * 4)
    inside = ",\n    ".join(wrapped(_python_list(row.tolist()), " " * 6) for row in value)
    return f"np.array([\n    {inside},\n])"


def r_matrix(value: np.ndarray) -> str:
    """Write a matrix of numbers in R, by rows."""
    numbers = wrapped(r(value.ravel()))
    return f"matrix({numbers},\n  ncol = {value.shape[1]}, byrow = TRUE)"


def names_of(values: Sequence[str]) -> str:
    """Write names in Python, a line each."""
    inside = "".join(f"    {python(value)},\n" for value in values)
    return f"(\n{inside})"
