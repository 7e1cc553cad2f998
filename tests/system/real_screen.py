"""A virtual screen and hands for it: the tests that use the real program by mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TOOLS = ("Xvfb", "openbox", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
if MISSING and os.environ.get("CI") == "true":
    raise RuntimeError(f"these must be installed for the tests: {', '.join(MISSING)}")


class Screen:
    """A virtual screen with a window manager, and hands for it."""

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                "1600x1000x24",
                "-nolisten",
                "tcp",
            ],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        self.environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "GMMSTUDIO_SETTINGS_DIR": str(folder / "settings"),
        }
        self._manager = subprocess.Popen(
            ["openbox"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)

    def do(self, *words: str) -> str:
        """Run xdotool; return what it prints."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip()

    def window(self, name: str) -> str:
        """Wait for a visible window of this name."""
        return until(lambda: self.do("search", "--onlyvisible", "--name", name), name).split()[0]

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.do("key", "--clearmodifiers", key)
            time.sleep(0.15)


def until(look: Callable[[], str], what: str, seconds: float = 40.0) -> str:
    """Look again until there is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def start(screen: Screen, errors: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the program; what it complains about goes to a file."""
    with errors.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "gmmstudio", *words], env=screen.environment, stderr=file
        )


def assert_ended_well(program: subprocess.Popen[bytes], errors: Path) -> None:
    assert program.wait(30) == 0
    assert "Traceback" not in errors.read_text()
