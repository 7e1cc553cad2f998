"""The wheel that users install carries its resources."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_carries_fonts_samples_and_licences(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for file in (ROOT / "resources").rglob("*"):
        if file.is_file():
            assert (
                f"gmmstudio/_resources/{file.relative_to(ROOT / 'resources').as_posix()}" in names
            )
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "from gmmstudio import resources\n"
        "from gmmstudio.table import read\n"
        "path = resources.path('samples', 'penguins.csv')\n"
        "print(path); print(read(path).n_rows)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    where, rows = done.stdout.split()
    assert Path(where).is_relative_to(site)
    assert rows == "344"


def test_packaging_and_resources_are_no_packages() -> None:
    """An ``__init__.py`` there would shadow the library named packaging."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert not list((ROOT / "resources").rglob("__init__.py"))
