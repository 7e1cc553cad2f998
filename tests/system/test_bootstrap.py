"""The README's two commands, as far as they can be tried from within."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "packaging" / "bootstrap.py"


def load() -> ModuleType:
    """The script as a module: its folder is no package."""
    spec = importlib.util.spec_from_file_location("bootstrap", BOOTSTRAP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_needs_the_standard_library_only() -> None:
    tree = ast.parse(BOOTSTRAP.read_text())
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_every_direct_requirement_is_pinned() -> None:
    import re
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    pins = dict(
        line.split("==")
        for line in (ROOT / "packaging" / "constraints.txt").read_text().split("\n")
        if "==" in line
    )
    names = {re.split(r"[<>=]", line)[0] for line in wanted}
    assert names <= set(pins)
    assert pins["PySide6-Essentials"] == "6.10.2"


def test_the_installed_versions_are_the_pins() -> None:
    from importlib import metadata

    for line in (ROOT / "packaging" / "constraints.txt").read_text().splitlines():
        if "==" in line:
            name, version = line.split("==")
            try:
                assert metadata.version(name) == version
            except metadata.PackageNotFoundError:
                continue  # pinned for other systems or Python versions


def test_packages_are_installed_once_for_every_state_of_the_pins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going back to earlier pins installs again: what was right once need not be so now."""
    bootstrap = load()
    constraints, targets = tmp_path / "constraints.txt", []
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "CONSTRAINTS", constraints)
    monkeypatch.setattr(bootstrap, "must", lambda why, *command: targets.append(command[-1]))

    def installs(pins: str, *, test: bool) -> list[str]:
        constraints.write_text(pins)
        targets.clear()
        bootstrap.ensure_installed(test=test)
        return targets[1:]

    assert installs("a", test=False) == ["."]
    assert installs("a", test=False) == []
    assert installs("a", test=True) == [".[test]"]
    assert installs("a", test=True) == []
    assert installs("a", test=False) == []  # what the tests need holds the rest
    assert installs("b", test=False) == ["."]
    assert installs("a", test=True) == [".[test]"]


def test_a_failed_installation_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = load()
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    calls = []

    def fail(why: str, *command: object) -> None:
        calls.append(command)
        raise bootstrap.BootstrapError(why)

    monkeypatch.setattr(bootstrap, "must", fail)
    for _ in range(2):
        with pytest.raises(bootstrap.BootstrapError, match="network"):
            bootstrap.ensure_installed(test=False)
    assert len(calls) == 2


def test_an_unknown_command_is_refused() -> None:
    done = subprocess.run([sys.executable, BOOTSTRAP, "fly"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "fly" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="shared objects of Linux")
def test_it_knows_every_system_library_that_qt_links_against() -> None:
    """What Qt's plug-ins load from outside its wheel is named, or comes with what is."""
    source = BOOTSTRAP.read_text()
    import PySide6

    qt = Path(PySide6.__file__).parent / "Qt"
    objects = [
        qt / "plugins/platforms/libqoffscreen.so",
        qt / "plugins/platforms/libqxcb.so",
        qt / "lib/libQt6XcbQpa.so.6",
        qt / "lib/libQt6Gui.so.6",
        qt / "lib/libQt6Core.so.6",
    ]
    needed = set()
    for shared in objects:
        try:
            out = subprocess.run(["readelf", "-d", shared], capture_output=True, text=True).stdout
        except FileNotFoundError:
            pytest.skip("readelf is not installed")
        needed |= {
            line.split("[")[1].rstrip("]\n") for line in out.splitlines() if "(NEEDED)" in line
        }
    ours = {name for name in needed if name.startswith(("libQt6", "libicu"))}
    base = {  # glibc's own, and dependencies of the packages named
        *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"),
        *("libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libz.so.1"),
        *("libX11.so.6", "libxcb.so.1", "libxcb-render.so.0", "libxcb-shm.so.0"),
        *("libfreetype.so.6", "libgthread-2.0.so.0", "libglib-2.0.so.0", "libzstd.so.1"),
    }
    unknown = {name for name in needed - ours - base if f'"{name}"' not in source}
    assert not unknown
