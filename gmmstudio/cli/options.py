"""What can be said on the command line, and how its words are read."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import NoReturn, get_args

from gmmstudio.mixture.spec import STARTS
from gmmstudio.mixture.structures import ALL, SHAPES, STRUCTURES
from gmmstudio.table.formulas import Formulas
from gmmstudio.table.outgoing import Form

BAD_INPUT = 2
LABELS = "labels:"
CENTRES = "centres:"


class CommandError(ValueError):
    """An option that cannot be followed; the message is the whole sentence for the user."""


class Parser(argparse.ArgumentParser):
    """An argument parser that answers a mistake in one sentence, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; write nothing."""
        sentence = message[:1].upper() + message[1:].rstrip(".")
        self.exit(BAD_INPUT, f"{sentence} ({self.prog} --help shows the options).\n")


def fit_parser() -> Parser:
    """Return the parser of ``gmmstudio fit``."""
    parser = Parser(
        prog="gmmstudio fit",
        description="Fit Gaussian mixtures to a table and write it back with a cluster per row.",
        epilog=_shapes_in_words(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "file",
        type=Path,
        metavar="FILE",
        help="the table: text, also packed, a workbook, Parquet, SPSS, Stata, SAS …",
    )
    add("--columns", help="columns to use, a,b,… (default: those the window would tick)")
    add("--k", type=k_range, help="clusters: one number, or a range such as 1:9 (lowest BIC wins)")
    front = ", ".join(STRUCTURES[name].words for name in SHAPES)
    add(
        "--shape",
        default="full",
        help=f"{front}, one of the ten others listed below, several as a,b, or all (default: full)",
    )
    add(
        "--scale",
        choices=("none", "standard", "robust"),
        default="none",
        help="what distances are measured in: the columns' units, their standard deviations, or "
        "their interquartile ranges, which no outlier stretches (default: none)",
    )
    add(
        "--log",
        metavar="COLUMNS",
        help="columns fitted by their natural logarithm, a,b,…; all numbers are of it then",
    )
    add(
        "--missing",
        choices=("skip", "median", "nearest"),
        default="skip",
        help="rows that lack values: left out, filled with the medians of the columns, or with the "
        "mean of the nearest complete rows (default: skip)",
    )
    add(
        "--weights",
        metavar="COLUMN",
        help="a column that says how often or how much every row counts; it is not fitted",
    )
    add(
        "--weights-as",
        choices=("counts", "relative"),
        help="counts: a row of weight 3 is three rows; relative: scaled to add up to the rows "
        "(default: counts where all are whole numbers)",
    )
    add(
        "--start",
        default="k-means++",
        help=f"{', '.join(STARTS)}, {LABELS}COLUMN (EM goes on from these labels) or "
        f"{CENTRES}FILE (a table with the fitted columns and a row per centre) "
        "(default: k-means++)",
    )
    add(
        "--tries",
        type=int,
        default=10,
        help="starts per fit, where they are drawn: k-means++ and random (default: 10)",
    )
    add("--seed", type=int, default=0, help="seed of the starts (default: 0)")
    add(
        "--prior",
        action="store_true",
        help="hold the covariances by a conjugate prior, so that small clusters do not collapse "
        "(for spherical, diagonal, tied and full, and their tied kinds)",
    )
    add(
        "--tol",
        type=float,
        default=1e-8,
        help="stop once the log-likelihood still to be gained, as Aitken's rule estimates it, is "
        "less than this share of it, twice in a row; 0 makes all iterations (default: 1e-8)",
    )
    add("--max-iter", type=int, default=1000, help="most iterations (default: 1000)")
    add(
        "--outliers",
        default="percentile:5",
        help="percentile:5, density:V or chi2:0.99 (default: percentile:5)",
    )
    add_output(parser)
    add("--json", type=Path, metavar="JSON", help="where the numbers of the fit go")
    add(
        "--script",
        type=Path,
        metavar="PY|R",
        help="where a script in Python or R goes that finds the clusters again; what R cannot "
        "read itself goes to NAME-data.csv beside it",
    )
    add("--report", type=Path, metavar="HTML", help="where a report in words and figures goes")
    return parser


def add_output(parser: Parser) -> None:
    """Add the options of how the labelled table is written."""
    add = parser.add_argument
    add(
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="where the labelled table goes; .xlsx makes a workbook, .parquet a Parquet table, any "
        "other ending CSV",
    )
    add(
        "--format",
        choices=get_args(Form),
        help="source: CSV in the layout and encoding of FILE; excel: CSV in UTF-8 with a mark, as "
        "Excel wants it (default: what the ending of OUT says)",
    )
    add(
        "--formulas",
        choices=get_args(Formulas),
        help="text in a CSV that begins like a formula: keep it exactly, or make it safe for "
        "spreadsheets by an apostrophe (default: keep, with a note)",
    )


def k_range(text: str) -> range:
    """Read ``3`` or ``1:9``."""
    first, colon, last = text.partition(":")
    try:
        ks = range(int(first), int(last if colon else first) + 1)
    except ValueError:
        ks = range(0)
    if not ks or ks[0] < 1:
        raise argparse.ArgumentTypeError(
            f"'{text}' is neither a number of clusters nor a range such as 1:9"
        )
    return ks


def split_names(option: str, text: str) -> list[str]:
    """Split ``a,b,"c,d"`` as a line of CSV; names on several lines are shown on one."""
    line = " ".join(text.splitlines())
    try:
        names = [name.strip() for name in next(csv.reader([line], skipinitialspace=True))]
    except csv.Error as error:
        raise CommandError(f"{option} cannot be read ({error}).") from error
    if not all(names or [""]):
        raise CommandError(f"{option} '{text}' lacks a name; separate names by one comma each.")
    return names


def _shapes_in_words() -> str:
    """List the fourteen shapes, a line each."""
    found = [STRUCTURES[name] for name in ALL]
    wide = max(len(structure.words) for structure in found)
    lines = [f"  {s.name}  {s.words:<{wide}}  {s.sentence}" for s in found]
    return "shapes, by their letters or words:\n" + "\n".join(lines)
