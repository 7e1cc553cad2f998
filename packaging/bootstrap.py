#!/usr/bin/env python3
"""Get GMM Studio running from a fresh checkout: ``bootstrap.py run`` or ``bootstrap.py test``.

Standard library only. Makes ``.venv`` in the checkout's root, installs the exact versions of
``constraints.txt`` into it, and (Debian, Ubuntu) the system libraries Qt needs. Doing it twice
changes nothing; the second time takes a second.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LINUX = sys.platform.startswith("linux")

# What Qt's wheels expect of a Linux system: shared object -> Debian package.
QT_LIBRARIES = {
    "libstdc++.so.6": "libstdc++6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
# ... and what a real window under X11 needs besides.
WINDOW_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# Tests that use the real window by mouse and keyboard: program -> Debian package.
DISPLAY_TOOLS = {"Xvfb": "xvfb", "xauth": "xauth", "openbox": "openbox", "xdotool": "xdotool"}

# All tests, shared out over the cores; a process that runs out of tests takes some of another's.
ON_ALL_CORES = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")


class BootstrapError(RuntimeError):
    """A sentence for the person at the terminal."""


def say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


def call(*command: str | Path, **options: object) -> int:
    return subprocess.call([str(part) for part in command], cwd=ROOT, **options)  # type: ignore[arg-type]


def must(why: str, *command: str | Path, **options: object) -> None:
    if call(*command, **options):
        raise BootstrapError(f"{why} The command was: {' '.join(str(part) for part in command)}")


# -- system packages ------------------------------------------------------------------------------


def apt_prefix() -> list[str] | None:
    """How to call apt-get here, or None where it is of no use."""
    if not LINUX or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and (
        sys.stdin.isatty()
        or subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0
    ):
        return ["sudo", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]  # sudo drops ours
    return None


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages; False where that is not possible."""
    prefix = apt_prefix()
    if not packages:
        return True
    if prefix is None:
        return False
    say(f"installing system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = {"env": environment, "stdout": subprocess.DEVNULL}
    install = [*prefix, "install", "-y", "--no-install-recommends", *packages]
    if call(*install, **options) == 0:
        return True
    call(*prefix, "update", **options)  # a bare machine has no package lists yet
    return call(*install, **options) == 0


def missing_libraries(libraries: dict[str, str]) -> list[str]:
    """The Debian packages of those shared objects that the loader does not find."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def ensure_libraries(libraries: dict[str, str], what_for: str, *, required: bool) -> None:
    if not LINUX:
        return
    missing = missing_libraries(libraries)
    if not missing or install_packages(missing):
        return
    sentence = (
        f"{what_for} needs system libraries that could not be installed here. "
        f"As administrator, run: apt-get install {' '.join(missing)}"
    )
    if required:
        raise BootstrapError(sentence)
    say(sentence)


# -- the virtual environment ----------------------------------------------------------------------


def ensure_venv() -> None:
    if PYTHON.exists() and call(PYTHON, "-m", "pip", "--version", stdout=subprocess.DEVNULL) == 0:
        return
    say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    if make_venv() == 0:
        return
    # Debian splits ensurepip off into a package of its own.
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not (install_packages([version]) or install_packages(["python3-venv"])):
        raise BootstrapError(
            f"This Python cannot make virtual environments. As administrator, run: "
            f"apt-get install {version}"
        )
    if make_venv():
        raise BootstrapError(f"Could not make {VENV}. Is the folder writable?")


def make_venv() -> int:
    shutil.rmtree(VENV, ignore_errors=True)
    return call(sys.executable, "-m", "venv", VENV, stdout=subprocess.DEVNULL)


def stamp(extra: str) -> str:
    """What an up-to-date environment was made from."""
    digest = hashlib.sha256()
    for part in (CONSTRAINTS, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(part.read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    return f"{digest.hexdigest()} {extra}"


def ensure_installed(*, test: bool) -> None:
    """Install the program (editable) from the pins; with ``test`` also what the tests need."""
    marker = VENV / "gmmstudio-installed.txt"
    done = marker.read_text() if marker.exists() else ""
    wanted = stamp("test" if test else "run")
    if done == wanted or (not test and done == stamp("test")):
        return
    marker.unlink(missing_ok=True)  # from here on until the end it is neither
    say("installing the pinned packages (a few minutes the first time)")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    sentence = "Installing the packages failed; only .venv was changed. Is there a network?"
    # The build's own requirements come from the pins too, hence no isolation.
    must(sentence, *pip, "-c", CONSTRAINTS, "hatchling", "editables")
    target = ".[test]" if test else "."
    must(sentence, *pip, "-c", CONSTRAINTS, "--no-build-isolation", "-e", target)
    marker.write_text(wanted)


# -- the two commands -----------------------------------------------------------------------------


def display_works() -> bool:
    """Whether a window can be opened, found out by opening Qt in a child: it aborts if not."""
    if not LINUX:
        return True
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    probe = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    try:
        return (
            subprocess.call(
                [str(PYTHON), "-c", probe],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=60,
            )
            == 0
        )
    except subprocess.TimeoutExpired:
        return False


def run(arguments: list[str]) -> int:
    ensure_venv()
    ensure_installed(test=False)
    ensure_libraries(QT_LIBRARIES, "The window", required=False)
    has_screen = not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if has_screen:
        ensure_libraries(WINDOW_LIBRARIES, "The window", required=False)
    if display_works():
        sample = ROOT / "resources" / "samples" / "penguins.csv"
        words = [Path(word).resolve() if Path(word).exists() else word for word in arguments]
        return call(PYTHON, "-m", "gmmstudio", *(words or [sample]))
    folder = Path(tempfile.mkdtemp(prefix="gmmstudio-"))
    say("there is no display here, so the window works offscreen, on the penguins sample;")
    say(f"the labelled table and two pictures of the window go to {folder}")
    offscreen = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return call(PYTHON, "-m", "gmmstudio", "--demo", folder, env=offscreen)


def test(arguments: list[str]) -> int:
    ensure_venv()
    ensure_installed(test=True)
    ensure_libraries(QT_LIBRARIES, "The window", required=True)
    ensure_libraries(WINDOW_LIBRARIES, "The window", required=False)
    if LINUX:
        tools = [pkg for program, pkg in DISPLAY_TOOLS.items() if shutil.which(program) is None]
        if not install_packages(tools):
            sentence = f"Tests in a real window need: apt-get install {' '.join(tools)}"
            if os.environ.get("CI") == "true":
                raise BootstrapError(sentence)
            say(f"{sentence}; without them those tests are skipped")
    if arguments:
        return call(PYTHON, "-m", "pytest", *arguments)
    checks = (
        ("style", [PYTHON, "-m", "ruff", "check", "."]),
        ("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        ("layers", [VENV / PYTHON.parent.name / "lint-imports"]),
        ("types", [PYTHON, "-m", "mypy"]),
        ("tests", [PYTHON, "-m", "pytest", *ON_ALL_CORES]),
    )
    failed = []
    for name, command in checks:
        say(f"checking {name}")
        if call(*command):
            failed.append(name)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("run", "test"))
    parser.add_argument("arguments", nargs="*", help="passed on to the program, or to pytest")
    options, rest = parser.parse_known_args()
    if sys.version_info < (3, 11):  # noqa: UP036  (this runs before anything is installed)
        print("GMM Studio needs Python 3.11 or newer.", file=sys.stderr)
        return 2
    try:
        command = run if options.command == "run" else test
        return command(options.arguments + rest)
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
