"""What people have set: a value, the file that it lies in, and the one that all windows share."""

import functools
import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.small_files import write_whole
from mailmove_gui.domain.plan import MessageOrder
from mailmove_gui.domain.ports import Spawn

_LOG = logging.getLogger(__name__)
_VERSION = 1
_SYSTEM = "system"
_HIGHEST = 10_000

FEWEST_AT_ONCE, MOST_AT_ONCE = 1, 50
"""How many accounts may be moved side by side."""


class Appearance(StrEnum):
    """Light or dark windows."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Settings:
    """What people have set; as it is after installation by default.

    `language` is a code that `texts.set_language` takes, None for the system's. `migrations_folder` and
    `details_height` (in pixels) are None where people have chosen none. `unknown` are entries of the file that another
    version wrote: they are written back.
    """

    language: str | None = None
    appearance: Appearance = Appearance.SYSTEM
    accounts_at_once: int = 4
    order: MessageOrder = MessageOrder.NEWEST_FIRST
    keep_passwords: bool = True
    keep_awake: bool = True
    notifications: bool = True
    migrations_folder: Path | None = None
    details_height: int | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings as they were read, and whether something in the file could not be used."""

    settings: Settings
    is_damaged: bool = False


class SettingsFile:
    """``settings.json`` in the settings folder. Thread-safe; both methods touch the disk."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "settings.json"
        self._lock = threading.Lock()

    def load(self) -> LoadedSettings:
        """Read it; whatever is wrong with it is replaced by what holds after installation, and said so."""
        with self._lock:
            try:
                document = json.loads(self._file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                return LoadedSettings(Settings())
            except (OSError, ValueError) as error:
                _LOG.warning("the settings could not be read: %s", type(error).__name__)
                return LoadedSettings(Settings(), is_damaged=True)
        loaded = _from_json(document)
        if loaded.is_damaged:
            _LOG.warning("some settings could not be read")
        return loaded

    def save(self, settings: Settings) -> None:
        """Write it as a whole.

        Raises:
            OSError: the disk does not take it; the former file is still there.
        """
        text = json.dumps(_to_json(settings), ensure_ascii=False, indent=1)
        with self._lock:
            write_whole(self._file, text)


class SharedSettings(QObject):
    """The settings that all windows go by; a change holds at once and is written in the background."""

    changed = Signal(object)
    """Settings"""
    save_failed = Signal()

    def __init__(
        self, file: SettingsFile, spawn: Spawn, loaded: LoadedSettings | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._background = Background(spawn, self, name="settings")
        self._loaded = loaded or LoadedSettings(Settings())
        self._value = self._loaded.settings

    @property
    def value(self) -> Settings:
        """As they are now; from any thread."""
        return self._value

    @property
    def were_damaged(self) -> bool:
        """Whether something in their file could not be used."""
        return self._loaded.is_damaged

    def change(self, changed: Settings) -> None:
        """Go by these from now on."""
        if changed == self._value:
            return
        self._value = changed
        self._background.run(functools.partial(self._file.save, changed), failed=self._save_failed)
        self.changed.emit(changed)

    def stop(self, timeout_s: float) -> bool:
        """Write what is not written yet, then end the thread; True if it has ended."""
        return self._background.stop(timeout_s)

    def _save_failed(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        _LOG.warning("the settings could not be written: %s", type(error).__name__)
        self.save_failed.emit()


def _to_json(settings: Settings) -> dict[str, Any]:
    folder = settings.migrations_folder
    return {
        **settings.unknown,
        "version": _VERSION,
        "language": settings.language or _SYSTEM,
        "appearance": settings.appearance.value,
        "accounts_at_once": settings.accounts_at_once,
        "order": settings.order.value,
        "keep_passwords": settings.keep_passwords,
        "keep_awake": settings.keep_awake,
        "notifications": settings.notifications,
        "migrations_folder": str(folder) if folder is not None else None,
        "details_height": settings.details_height,
    }


def _from_json(document: object) -> LoadedSettings:
    if not isinstance(document, dict):
        return LoadedSettings(Settings(), is_damaged=True)
    usual = Settings()
    readers: dict[str, Callable[[Any], Any]] = {
        "language": _language,
        "appearance": Appearance,
        "accounts_at_once": _at_once,
        "order": MessageOrder,
        "keep_passwords": _switch,
        "keep_awake": _switch,
        "notifications": _switch,
        "migrations_folder": _folder,
        "details_height": _height,
    }
    values: dict[str, Any] = {}
    is_damaged = False
    for name, read in readers.items():
        try:
            values[name] = read(document[name])
        except KeyError:
            values[name] = getattr(usual, name)
        except (TypeError, ValueError):
            values[name], is_damaged = getattr(usual, name), True
    known = {*readers, "version"}
    unknown = {name: value for name, value in document.items() if name not in known}
    return LoadedSettings(Settings(**values, unknown=unknown), is_damaged)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _at_once(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    if not FEWEST_AT_ONCE <= value <= MOST_AT_ONCE:
        raise ValueError(value)
    return value


def _language(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        raise TypeError(value)
    return None if value == _SYSTEM else value


def _height(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    if not 0 < value <= _HIGHEST:
        raise ValueError(value)
    return value


def _folder(value: object) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str) or not Path(value).is_absolute():
        raise ValueError(value)
    return Path(value)
