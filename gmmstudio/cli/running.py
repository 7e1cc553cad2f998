"""How a command ends: its sentences, and its exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from gmmstudio.cli.options import BAD_INPUT, CommandError
from gmmstudio.cli.saying import say
from gmmstudio.document import DocumentError
from gmmstudio.mixture import MixtureError
from gmmstudio.table import TableError

Job = Callable[[argparse.Namespace], tuple[str, list[str]]]
"""Does what the options ask; returns the summary sentence and what else should be known."""


def run(job: Job, options: argparse.Namespace) -> int:
    """Do a job that writes its files or none, and say how it went.

    Returns
    -------
    int
        0, or 2 after one sentence on stderr; then nothing was written.
    """
    try:
        summary, notes = job(options)
    except (CommandError, TableError, DocumentError, MixtureError) as error:
        say(str(error), sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        say("Interrupted; nothing was written.", sys.stderr)
        return 130
    for note in notes:
        say(f"Note: {note}", sys.stderr)
    say(summary, sys.stdout)
    return 0
