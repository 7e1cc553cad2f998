"""The choices of reading in plain words."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from gmmstudio.table.table import Table
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.widgets.choice_box import Option

DELIMITERS = (
    Option(",", "comma", "a,b,c"),
    Option(";", "semicolon", "a;b;c"),
    Option("\t", "tab", "As spreadsheets copy and save it"),
    Option("|", "bar", "a|b|c"),
    Option(" ", "spaces", "A run of spaces counts as one"),
    Option(":", "colon", "a:b:c"),
)
QUOTES = (
    Option('"', 'double "', 'A cell may stand between double quotation marks: "a, b"'),
    Option("'", "single '", "A cell may stand between single quotation marks: 'a, b'"),
    Option("", "none", "Quotation marks are letters like any other"),
)
DECIMALS = (
    Option(".", "point 1.5", "One and a half is written 1.5"),
    Option(",", "comma 1,5", "One and a half is written 1,5"),
)
THOUSANDS = (
    Option("", "none", "Digits stand together: 12345"),
    Option(",", "comma 12,345", "Twelve thousand is written 12,345"),
    Option(".", "point 12.345", "Twelve thousand is written 12.345"),
    Option(" ", "space 12 345", "Twelve thousand is written 12 345"),
    Option("\u00a0", "no-break space", "A space at which no line ends, as some programs write it"),
    Option("\u202f", "narrow space", "A narrow space at which no line ends, as French has it"),
    Option("'", "apostrophe 12'345", "Twelve thousand is written 12'345"),
    Option("\u2019", "apostrophe 12’345", "Twelve thousand is written 12’345"),
)
DATE_ORDERS = (
    Option("dmy", "day first 25/12/2020", "25 December is written 25/12"),
    Option("mdy", "month first 12/25/2020", "25 December is written 12/25"),
    Option("ymd", "year first 20/12/25", "A year of two digits stands before month and day"),
)
COMMENTS = (
    Option("", "none", "Every line belongs to the table"),
    Option("#", "#", "Lines that begin with # are left out"),
    Option("%", "%", "Lines that begin with % are left out"),
    Option("!", "!", "Lines that begin with ! are left out"),
    Option("//", "//", "Lines that begin with // are left out"),
    Option("--", "--", "Lines that begin with -- are left out"),
    Option(";", ";", "Lines that begin with ; are left out"),
)
ENCODINGS = (
    Option("utf-8", "UTF-8", "What nearly every program writes today"),
    Option("utf-16-le", "UTF-16", "“Unicode text” of older spreadsheets"),
    Option("utf-16-be", "UTF-16 (big-endian)"),
    Option("cp949", "Korean (CP949)", "What Korean Excel writes as plain CSV"),
    Option("cp1252", "Western (Windows-1252)", "What Excel writes as plain CSV in the West"),
    Option("iso-8859-1", "Western (Latin-1)"),
    Option("iso-8859-15", "Western (Latin-9)"),
    Option("mac-roman", "Western (old Mac)"),
    Option("cp437", "Western (DOS)"),
    Option("cp1250", "Central European (Windows-1250)"),
    Option("iso-8859-2", "Central European (Latin-2)"),
    Option("cp1251", "Cyrillic (Windows-1251)"),
    Option("koi8-r", "Cyrillic (KOI8-R)"),
    Option("cp1253", "Greek (Windows-1253)"),
    Option("cp1254", "Turkish (Windows-1254)"),
    Option("cp1255", "Hebrew (Windows-1255)"),
    Option("cp1256", "Arabic (Windows-1256)"),
    Option("cp1257", "Baltic (Windows-1257)"),
    Option("shift_jis", "Japanese (Shift JIS)"),
    Option("euc_jp", "Japanese (EUC)"),
    Option("johab", "Korean (Johab)"),
    Option("gb18030", "Chinese, simplified (GB 18030)"),
    Option("big5", "Chinese, traditional (Big5)"),
)
TYPES = {"number": "number", "text": "text", "date": "date"}
KINDS = {
    "number": "number",
    "text": "text",
    "code": "code",
    "year": "year",
    "id": "identifier",
    "date": "date",
    "constant": "constant",
    "empty": "empty",
}
FORMATS = {
    "text": "CSV",
    "gzip": "CSV (gz)",
    "zip": "CSV (zip)",
    "xlsx": "Excel workbook",
    "xlsb": "Excel workbook",
    "xls": "Excel workbook",
    "ods": "LibreOffice workbook",
    "parquet": "Parquet",
    "feather": "Feather",
    "sav": "SPSS file",
    "por": "SPSS file",
    "dta": "Stata file",
    "sas7bdat": "SAS file",
    "xpt": "SAS file",
}


def encoding_word(encoding: str) -> str:
    """Return the name of an encoding."""
    known = {str(option.key): option.text for option in ENCODINGS}
    name = encoding.lower().replace("_", "-")
    return known.get(encoding) or known.get(name) or encoding.upper()


def delimiter_word(delimiter: str) -> str:
    """Return what separates cells, in a word."""
    known = {str(option.key): option.text for option in DELIMITERS}
    if delimiter in known:
        return known[delimiter]
    if len(delimiter) == 2 and delimiter[1] == " ":
        return f"{known.get(delimiter[0], delimiter[0])} and space"
    if len(delimiter) == 2 and delimiter[1] == delimiter[0]:
        return f"{known.get(delimiter[0], delimiter[0])} twice"
    return delimiter if delimiter.isprintable() else "a control character"


def escape_options(quote: str) -> tuple[Option, ...]:
    """Return the ways to write a quotation mark inside quotes."""
    return (
        Option(quote, f"doubled {quote}{quote}", "a quotation mark in a cell is written twice"),
        Option("\\", f"backslash \\{quote}", "a backslash stands before it"),
    )


def join_words(words: Sequence[str]) -> str:
    """Write words with commas between them, those that hold one between quotation marks.

    Examples
    --------
    >>> join_words(("NA", "no, thanks"))
    'NA, "no, thanks"'
    """
    return ", ".join(
        '"' + word.replace('"', '""') + '"' if "," in word or '"' in word else word
        for word in words
    )


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that `join_words` or somebody wrote, each once."""
    found = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(dict.fromkeys(word.strip() for word in found if word.strip()))


def summary(table: Table) -> str:
    """Say in a line how a table was read: "Read as CSV, comma, UTF-8: 150 rows, 5 columns"."""
    used = table.settings
    kind = FORMATS.get(table.format, "table")
    if kind == "CSV" and used.delimiter == "\t":
        kind = "TSV"
    parts = [kind]
    if used.sheet:
        parts.append(f"“{used.sheet}”")
    if used.delimiter is not None and table.format == "text":
        parts.append(delimiter_word(used.delimiter))
    if used.decimal == ",":
        parts.append("decimal comma")
    if used.thousands:
        grouped = {str(option.key): option.text for option in THOUSANDS}
        parts.append(f"thousands by {grouped.get(used.thousands, used.thousands).split(' 12')[0]}")
    if used.encoding is not None and table.path is not None and table.format == "text":
        parts.append(encoding_word(used.encoding))
    size = f"{count(table.n_rows, 'row')}, {count(len(table.columns), 'column')}"
    if table.sampled_from is not None:
        size += f", a sample of {count(table.sampled_from, 'row')}"
    return f"Read as {', '.join(parts)}: {size}."
