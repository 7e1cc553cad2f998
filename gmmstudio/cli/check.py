"""``gmmstudio check``: what would be loaded from a file, without loading it into the window."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gmmstudio.cli.coming_in import add_input, settings_asked
from gmmstudio.cli.options import BAD_INPUT, CommandError, Parser
from gmmstudio.cli.saying import say
from gmmstudio.table import Column, Notice, Preparation, Table, TableError, read
from gmmstudio.table.atomic import atomic_writer, same_file
from gmmstudio.table.checks import Finding, findings
from gmmstudio.table.date_ambiguity import find_date_ambiguity
from gmmstudio.table.date_words import day_words

_KEYS = """keys of the JSON file:
  file, format           the path as given; text, or the kind of file ("" if unknown)
  error                  the sentence that refuses the file; null if it can be loaded
  encoding, bom          of the text; whether it begins with a byte-order mark
  delimiter, quote, escape, decimal, thousands, comment
                         as they were chosen or found; "" is none
  date_order             dmy, mdy or ymd where it was chosen or found; "" where no date needs it,
                         or where it is not known and the dates are text
  mend                   whether broken rows are mended
  skip_rows, header_rows lines before the table; lines that name the columns
  header                 names as they stand in the file; empty if it has none
  n_rows, n_columns      the shape
  sampled_from           rows in the file where these are a sample; else null
  columns                name (on screen), header, type, missing, distinct: one each
  notices                text, lines (from 1), doubt: one each
  findings               what the window's data check says of the columns it would tick: kind,
                         severity (serious, look, note), columns, rows (from 1), text: one each
  rows                   every cell as text, row by row (only with --cells)"""


def check_parser() -> Parser:
    """Return the parser of ``gmmstudio check``."""
    parser = Parser(
        prog="gmmstudio check",
        description="Say what would be loaded from a file, as 'gmmstudio FILE' reads it. Exit code "
        "0 where there is a table in it, 2 after one sentence where there is none.",
        epilog=_KEYS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the table")
    add_input(parser)
    parser.add_argument("--json", type=Path, metavar="OUT", help="where to write it as JSON")
    parser.add_argument("--cells", action="store_true", help="put every cell into the JSON, too")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run ``gmmstudio check …``; ``arguments`` begins with the word ``check``.

    Returns
    -------
    int
        0, or 2 after one sentence on stderr where nothing can be loaded.
    """
    options = check_parser().parse_args(list(arguments)[1:])
    try:
        _check_output(options)
        try:
            table = read(options.file, settings_asked(options), without_rows=True)
        except TableError as error:
            _write(options.json, refused(options.file, error, cells=options.cells))
            raise
        content = found(table, options.file, cells=options.cells)
        _write(options.json, content)
    except (CommandError, TableError) as error:
        say(str(error), sys.stderr)
        return BAD_INPUT
    except OSError as error:
        say(f"{options.json} could not be written ({error.strerror or error}).", sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        say("Interrupted; nothing was written.", sys.stderr)
        return 130
    for line in in_words(table, options.file, content):
        say(line, sys.stdout)
    return 0


def _check_output(options: argparse.Namespace) -> None:
    if options.json is None:
        if options.cells:
            raise CommandError("--cells goes with --json, which takes the cells.")
        return
    if same_file(options.json, options.file):
        raise CommandError(f"{options.json} is the table itself; name another file.")
    if not options.json.absolute().parent.is_dir():
        raise CommandError(f"The folder of {options.json} does not exist. Make it first.")
    if options.json.is_dir():
        raise CommandError(f"{options.json} is a folder. Name a file in it.")


def _write(path: Path | None, content: dict[str, Any]) -> None:
    if path is None:
        return
    with atomic_writer(path) as file:
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        file.write(text.encode("utf-8", "surrogatepass") + b"\n")


def found(table: Table, path: Path, *, cells: bool = False) -> dict[str, Any]:
    """Return what would be loaded, under the keys that ``gmmstudio check --help`` lists."""
    content = _content(path)
    used, dialect = table.settings, table.dialect
    content |= {
        "format": table.format,
        "encoding": used.encoding or dialect.encoding,
        "bom": dialect.bom,
        "delimiter": used.delimiter or "",
        "quote": used.quote or "",
        "escape": used.escape or "",
        "decimal": used.decimal or dialect.decimal,
        "thousands": used.thousands or "",
        "date_order": used.date_order or "",
        "mend": used.mend is True,
        "skip_rows": used.skip_rows or 0,
        "header_rows": int(dialect.has_header) if used.header_rows is None else used.header_rows,
        "comment": used.comment or "",
        "header": [column.header for column in table.columns] if dialect.has_header else [],
        "n_rows": table.n_rows,
        "sampled_from": table.sampled_from,
        "n_columns": len(table.columns),
        "columns": [_column(column) for column in table.columns],
        "notices": [_notice(notice) for notice in table.notices],
        "findings": [_finding(table, finding) for finding in _findings(table)],
    }
    if cells:
        columns = [column.cells.to_pylist() for column in table.columns]
        content["rows"] = [list(row) for row in zip(*columns, strict=True)]
    return content


def refused(path: Path, error: TableError, *, cells: bool = False) -> dict[str, Any]:
    """Return the same keys for a file from which nothing can be loaded."""
    content = _content(path)
    content["error"] = str(error)
    content["notices"] = [_notice(Notice(str(error), lines=error.lines, doubt=True))]
    return content | ({"rows": []} if cells else {})


def _content(path: Path) -> dict[str, Any]:
    texts = (
        *("encoding", "delimiter", "quote", "escape", "decimal", "thousands", "comment"),
        "date_order",
    )
    return {
        "file": str(path),
        "format": "",
        "error": None,
        "bom": False,
        **dict.fromkeys(texts, ""),
        "mend": False,
        "skip_rows": 0,
        "header_rows": 0,
        "header": [],
        "n_rows": 0,
        "sampled_from": None,
        "n_columns": 0,
        "columns": [],
        "notices": [],
        "findings": [],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "header": column.header,
        "type": column.kind,
        "missing": column.n_missing,
        "distinct": column.n_distinct,
    }


def _notice(notice: str) -> dict[str, Any]:
    lines = notice.lines if isinstance(notice, Notice) else ()
    doubt = notice.doubt if isinstance(notice, Notice) else False
    return {"text": str(notice), "lines": list(lines), "doubt": doubt}


def _findings(table: Table) -> tuple[Finding, ...]:
    """Look at the columns that the window would tick."""
    return findings(table, Preparation(columns=table.default_columns()))


def _finding(table: Table, finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "columns": [table.columns[index].name for index in finding.columns],
        "rows": (finding.rows + 1).tolist(),
        "text": finding.sentence,
    }


# -- in words -------------------------------------------------------------------------------------

_SPOKEN = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", "": "none"}
_SHOWN = 30


def in_words(table: Table, path: Path, content: Mapping[str, Any]) -> list[str]:
    """Return what `found` of a table, a line each."""
    rows = "1 row" if table.n_rows == 1 else f"{table.n_rows} rows"
    columns = "1 column" if len(table.columns) == 1 else f"{len(table.columns)} columns"
    lines = [f"{path.name}: {rows}, {columns}, {content['format']}"]
    if content["format"] == "text":
        mark = " with a mark" if content["bom"] else ""
        lines.append(f"Encoding: {content['encoding'].upper()}{mark}")
        marks = ("delimiter", "quote", "escape", "decimal", "thousands", "comment")
        spoken = [f"{name} {_spoken(content[name])}" for name in marks]
        lines.append(f"Marks: {', '.join(spoken)}")
        lines.append(
            f"Lines before the table: {content['skip_rows']}; lines of names: "
            f"{content['header_rows']}"
        )
    lines += [
        f"  {column['name']}: {column['type']}, {column['distinct']} different, "
        f"{column['missing']} missing"
        for column in content["columns"][:_SHOWN]
    ]
    if len(content["columns"]) > _SHOWN:
        lines.append(f"  and {len(content['columns']) - _SHOWN} more columns")
    lines += [f"{'Look' if n['doubt'] else 'Note'}: {n['text']}" for n in content["notices"]]
    lines += _about_dates(table)
    lines += [f"Data check ({f['severity']}): {f['text']}" for f in content["findings"]]
    return lines


def _about_dates(table: Table) -> list[str]:
    """Say how to choose what dates mean that can be read in several ways."""
    asked = find_date_ambiguity(table)
    if asked is None or table.settings.date_order is not None:
        return []
    ways = [
        f"--dates {reading.order} ({day_words(day, reading.order)})"
        for reading in asked.readings
        if reading.order is not None and (day := reading.days[0]) is not None
    ]
    return [f"Choose: {asked.cells[0]} is read by {' or '.join(ways)}."]


def _spoken(mark: str) -> str:
    return _SPOKEN.get(mark, mark if mark.isprintable() else repr(mark))
