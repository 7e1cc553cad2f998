"""The command line: the same job as the window does, without Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gmmstudio.cli import apply, check, job
from gmmstudio.cli.options import Parser

COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "fit": job.main,
    "apply": apply.main,
    "check": check.main,
}
"""What can stand after ``gmmstudio``; each takes all the words and returns the exit code."""


def main(arguments: Sequence[str]) -> int:
    """Run the command that the first word names; returns the exit code."""
    return COMMANDS[arguments[0]](arguments)


__all__ = ["COMMANDS", "Parser", "main"]
