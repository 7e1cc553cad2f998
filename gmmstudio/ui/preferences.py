"""What the program remembers from one day to the next: recent files, layout, look, text size."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from gmmstudio.ui import theme

MAX_RECENT = 10
_FOLDER_VARIABLE = "GMMSTUDIO_SETTINGS_DIR"


def settings_folder() -> Path | None:
    """Return the folder that the environment asks for; None for the system's own place."""
    folder = os.environ.get(_FOLDER_VARIABLE, "")
    return Path(folder) if folder else None


def logs_folder() -> Path:
    """Return the folder of the log files; it need not exist."""
    folder = settings_folder()
    if folder is not None:
        return folder / "logs"
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "logs"


def recovery_folder() -> Path:
    """Return the folder of what is not saved yet; it need not exist."""
    return logs_folder().with_name("recovery")


class Preferences:
    """The settings file, with a type for every value."""

    def __init__(self) -> None:
        folder = settings_folder()
        if folder is None:
            self._settings = QSettings(
                QSettings.Format.IniFormat, QSettings.Scope.UserScope, "GMM Studio", "GMM Studio"
            )
        else:
            self._settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self._take_note()

    @property
    def recent(self) -> tuple[Path, ...]:
        """The files opened last, newest first."""
        return tuple(map(Path, self._texts("recent")))[:MAX_RECENT]

    def add_recent(self, path: Path) -> None:
        path = path.absolute()
        others = [known for known in self.recent if known != path]
        self._set_recent([path, *others])

    def forget_recent(self, path: Path | None = None) -> None:
        """Forget one file, or all."""
        self._set_recent([known for known in self.recent if path is not None and known != path])

    def _set_recent(self, paths: list[Path]) -> None:
        self._settings.setValue("recent", [str(path) for path in paths[:MAX_RECENT]])

    def note_opening(self, path: Path) -> None:
        """Remember a file before it is read, should reading it end the program."""
        self._settings.setValue("opening", f"{os.getpid()} {path.absolute()}")
        self._settings.sync()

    def note_opened(self) -> None:
        """Forget the note: whatever became of the file, the program is still there."""
        path = self._noted()[1]
        if path is not None:
            self._settings.setValue("broke", [t for t in self._texts("broke") if t != str(path)])
            self._settings.remove("opening")
            self._settings.sync()

    def broke_by(self, path: Path) -> bool:
        """Return whether the program ended while it last read this file."""
        return str(path.absolute()) in self._texts("broke")

    def _texts(self, name: str) -> list[str]:
        value = self._settings.value(name, [])
        texts = value if isinstance(value, list) else [value]  # INI makes a text of a list of one
        return [str(text) for text in texts if text]

    def _noted(self) -> tuple[int, Path | None]:
        number, _, text = str(self._settings.value("opening", "") or "").partition(" ")
        return (int(number), Path(text)) if number.isdigit() and text else (0, None)

    def _take_note(self) -> None:
        """Keep a note that an earlier program left: it ended while it read that file."""
        process, path = self._noted()
        if path is None or process == os.getpid() or _is_alive(process):
            return
        self._settings.setValue("broke", [*self._texts("broke"), str(path)][-MAX_RECENT:])
        self._settings.remove("opening")
        self._settings.sync()

    @property
    def theme(self) -> theme.Choice:
        """The look chosen."""
        value = self._settings.value("theme", "system")
        choices: dict[object, theme.Choice] = {"light": "light", "dark": "dark"}
        return choices.get(value, "system")

    @theme.setter
    def theme(self, choice: theme.Choice) -> None:
        self._settings.setValue("theme", choice)

    @property
    def zoom(self) -> float:
        """The size of text, 1 being normal."""
        try:
            zoom = float(str(self._settings.value("zoom", 1.0)))
        except ValueError:
            return 1.0
        return zoom if math.isfinite(zoom) else 1.0

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self._settings.setValue("zoom", zoom)

    @property
    def replay_after_fit(self) -> bool:
        """Whether a fit that was over at once is replayed."""
        return str(self._settings.value("replay_after_fit", "true")).lower() == "true"

    @replay_after_fit.setter
    def replay_after_fit(self, on: bool) -> None:
        self._settings.setValue("replay_after_fit", "true" if on else "false")

    @property
    def more_shapes(self) -> bool:
        """Whether the shapes beyond the four are unfolded."""
        return str(self._settings.value("more_shapes", "false")).lower() == "true"

    @more_shapes.setter
    def more_shapes(self, unfolded: bool) -> None:
        self._settings.setValue("more_shapes", "true" if unfolded else "false")

    @property
    def folder(self) -> str:
        """The folder that a file was last opened from or written to."""
        return str(self._settings.value("folder", "") or "")

    @folder.setter
    def folder(self, folder: str) -> None:
        self._settings.setValue("folder", folder)

    @property
    def folder_to_suggest(self) -> Path:
        """Where a new file is suggested: the folder used last, or the user's own."""
        return Path(self.folder) if self.folder else Path.home()

    def note_writing_to(self, folder: Path) -> None:
        """Remember a folder before something is written there, should the program be killed."""
        path = folder.absolute()
        known = self.written_to
        if path not in known[:1]:
            others = [other for other in known if other != path]
            texts = [str(other) for other in [path, *others][:MAX_RECENT]]
            self._settings.setValue("written_to", texts)
            self._settings.sync()

    @property
    def written_to(self) -> tuple[Path, ...]:
        """The folders written to last, newest first."""
        return tuple(map(Path, self._texts("written_to")))[:MAX_RECENT]

    @property
    def picture(self) -> str:
        """What was last chosen for pictures, in the words of their dialog; "" at first."""
        return str(self._settings.value("picture", "") or "")

    @picture.setter
    def picture(self, words: str) -> None:
        self._settings.setValue("picture", words)

    @property
    def formulas(self) -> str:
        """What was answered, file by file, of text that begins like a formula; "" at first."""
        return str(self._settings.value("formulas", "") or "")

    @formulas.setter
    def formulas(self, words: str) -> None:
        self._settings.setValue("formulas", words)

    @property
    def imports(self) -> str:
        """How files were read before, as JSON; "" at first."""
        return str(self._settings.value("imports", "") or "")

    @imports.setter
    def imports(self, words: str) -> None:
        self._settings.setValue("imports", words)

    def layout(self, name: Literal["window", "columns", "rows", "plots"]) -> QByteArray:
        """Return a part of the window's layout; empty if none was kept."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(
        self, name: Literal["window", "columns", "rows", "plots"], state: QByteArray
    ) -> None:
        self._settings.setValue(f"layout/{name}", state)

    def forget_layout(self) -> None:
        self._settings.remove("layout")

    def save(self) -> None:
        """Write everything to the file now."""
        self._settings.sync()


def _is_alive(process: int) -> bool:
    """Return whether this process runs; where that cannot be asked without harm, that it does not.

    Then another window that happens to read a file looks like one that ended with it.
    """
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
