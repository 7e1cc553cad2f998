"""``gmmstudio`` and ``python -m gmmstudio``: picks the window or the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

# Before NumPy is imported. Our own threads share the rows out: those of OpenBLAS would have nothing
# to do, but after each small product, of which a frame on the screen takes dozens, they wait in a
# loop that takes a whole processor for some milliseconds.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from gmmstudio import __version__
from gmmstudio.cli import COMMANDS, Parser
from gmmstudio.cli import main as command_line


def _parser() -> Parser:
    parser = Parser(
        prog="gmmstudio",
        description="Find groups in a table with Gaussian mixtures, and watch EM find them.",
        epilog="Without the window: gmmstudio fit FILE --k 3 --out labelled.csv "
        "(see gmmstudio fit --help); other rows by the same model: gmmstudio apply; what would be "
        "loaded: gmmstudio check FILE.",
    )
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a table or a project to open"
    )
    parser.add_argument(
        "--demo",
        type=Path,
        metavar="DIR",
        help="do the whole job on the penguins sample, through the window; results go to DIR",
    )
    parser.add_argument("--version", action="version", version=f"GMM Studio {__version__}")
    return parser


def _has_display() -> bool:
    """Qt aborts the process where it finds no display: look first."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in COMMANDS:
        return command_line(words)
    options = _parser().parse_args(words)
    if options.demo is not None and options.file is not None:
        _parser().error("--demo works on its own sample: leave the file out.")
    if options.demo is None and not _has_display():
        print(
            "There is no display here to open a window on; "
            "use 'gmmstudio fit FILE --k 3 --out labelled.csv' or 'gmmstudio --demo DIR'.",
            file=sys.stderr,
        )
        return 2
    # Qt is imported only once it is sure that a window is wanted.
    from gmmstudio import app

    return app.run_demo(options.demo) if options.demo is not None else app.main(options.file)


if __name__ == "__main__":
    raise SystemExit(main())
