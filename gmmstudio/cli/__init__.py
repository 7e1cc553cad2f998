"""The command line: the same job as the window does, without Qt."""

from gmmstudio.cli.job import main
from gmmstudio.cli.options import Parser

__all__ = ["Parser", "main"]
