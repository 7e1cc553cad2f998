"""Run the full counts: ``python -m tests.reliability [PART ...] [--write] [--quick]``.

Each part is a module beside this one with ``run(full: bool) -> list[str]``, which returns lines of
Markdown. With ``--write`` they replace the part's section of ``tests/RELIABILITY.md``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

RESULTS = Path(__file__).parents[1] / "RELIABILITY.md"
HEAD = """# Reliability

Printed by `python -m tests.reliability --write`; `python -m tests.reliability PART` runs one part.
The tests run a fixed slice of the same code.
"""


def parts() -> dict[str, object]:
    """Return every module here that has a run."""
    found = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("_"):
            continue
        loaded = importlib.import_module(f"tests.reliability.{module.name}")
        if hasattr(loaded, "run"):
            found[module.name] = loaded
    return found


def with_section(text: str, name: str, lines: list[str]) -> str:
    """Put a section in the place of the one of its name, or at the end."""
    title = f"## {name.replace('_', ' ').capitalize()}"
    section = "\n".join([title, "", *lines, ""])
    kept = re.split(r"(?m)^(?=## )", text)
    places = [i for i, part in enumerate(kept) if part.startswith(title + "\n")]
    if places:
        kept[places[0]] = section
    else:
        kept.append(section)
    return "\n\n".join(part.strip("\n") for part in kept if part.strip()) + "\n"


def write_section(name: str, lines: list[str]) -> None:
    """Put a section into the file, read only now: others may have been written meanwhile."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    RESULTS.write_text(with_section(text, name, lines), encoding="utf-8")


def main() -> int:
    known = parts()
    parser = argparse.ArgumentParser(prog="python -m tests.reliability")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(known)}")
    parser.add_argument("--write", action="store_true", help="replace the sections in the file")
    parser.add_argument("--quick", action="store_true", help="the slice that the tests run")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(known):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    for name in options.parts or known:
        began = time.monotonic()
        lines = known[name].run(full=not options.quick)  # type: ignore[attr-defined]
        lines.append(f"\n`python -m tests.reliability {name}`: {time.monotonic() - began:.0f} s.")
        print(f"## {name}", *lines, sep="\n", flush=True)
        if options.write:
            write_section(name, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
