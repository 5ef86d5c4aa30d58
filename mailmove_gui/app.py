"""The window's composition root: wires engine, stores, servers and windows together."""

import contextlib
import gc
import logging
import logging.handlers
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import platformdirs
from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator, Slot
from PySide6.QtWidgets import QApplication

from mailmove_gui import __version__
from mailmove_gui.awake import WakeLock
from mailmove_gui.demo.sample import running_demo
from mailmove_gui.demo.sample_plan import sample_accounts
from mailmove_gui.desktop import icons
from mailmove_gui.desktop.appearance import ApplicationColors
from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.report_writing import write_report
from mailmove_gui.desktop.bridge.services import MigrationSecrets, SampleMigration, Services
from mailmove_gui.desktop.bridge.settings import LoadedSettings, SettingsFile, SharedSettings
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.dialogs.unexpected import UnexpectedErrors
from mailmove_gui.desktop.tray import Tray
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords, Secret, SecretKey
from mailmove_gui.ledger import create_ledger, open_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.mail.connection_test import ServerTester
from mailmove_gui.mail.probe import ImapProber
from mailmove_gui.mail.tls import client_context
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.providers.folder_names import folder_names
from mailmove_gui.providers.mx_watch import DnsMxWatch
from mailmove_gui.providers.table import provider_of_host
from mailmove_gui.secrets import KeyringStore, MemoryStore, Redactor, SystemKeyring
from mailmove_gui.texts import set_language

_LOG = logging.getLogger(__name__)
_NAME = "MailMove"
_LOG_BYTES, _LOG_FILES = 2_000_000, 3
_THREADS_END_S = 3.0


class WatchedSecrets:
    """The passwords of a migration, struck out of the log as soon as they are known."""

    def __init__(self, store: MigrationSecrets, redactor: Redactor) -> None:
        self._store = store
        self._redactor = redactor

    def get(self, key: SecretKey) -> Secret | None:
        """The password, or None if it is not known."""
        secret = self._store.get(key)
        if secret is not None:
            self._redactor.add(secret)
        return secret

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep the password."""
        self._redactor.add(secret)
        self._store.put(key, secret)

    def forget(self, key: SecretKey) -> None:
        """Drop the password."""
        self._store.forget(key)

    def save(self, cancel: CancelToken) -> None:
        """Bring into the keyring what was put since."""
        self._store.save(cancel)

    def release(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Delete these from the keyring."""
        return self._store.release(keys)

    def remove(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Delete these from the keyring and from memory."""
        return self._store.remove(keys)


class Secrets:
    """Makes the store of each migration; the keyring behind them is one for the whole program."""

    def __init__(self, redactor: Redactor, keyring: SystemKeyring | None = None) -> None:
        self._redactor = redactor
        self._keyring = keyring or SystemKeyring()

    def choose(self, plan_id: str, tell: Callable[[KeyringProblem], None]) -> WatchedSecrets:
        """The passwords of one migration; the keyring is not asked yet."""
        return WatchedSecrets(KeyringStore(plan_id, self._keyring, tell), self._redactor)

    def temporary(self) -> WatchedSecrets:
        """A store that forgets."""
        return WatchedSecrets(MemoryStore(), self._redactor)


class Samples:
    """Two servers with sample mail inside this program, started at the first call and stopped in the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._migration: SampleMigration | None = None

    def start(self) -> SampleMigration:
        """The sample migration, with its servers running. OSError if they cannot be started."""
        with self._lock:
            if self._migration is None:
                self._migration = self._make()
            return self._migration

    def stop(self) -> None:
        """Stop the servers and remove what they left."""
        with self._lock:
            self._stack.close()
            self._migration = None

    def _make(self) -> SampleMigration:
        folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="mailmove-sample-", ignore_cleanup_errors=True)
        )
        running = self._stack.enter_context(running_demo())
        accounts, passwords = sample_accounts(running)
        return SampleMigration(accounts, passwords, Path(folder))


class Program(QObject):
    """The open windows; the program ends with the last one."""

    def __init__(self, services: Services, loaded: LoadedSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spawn = QtSpawn()
        self.settings = SharedSettings(SettingsFile(services.settings_folder), self.spawn, loaded, self)
        self.tray = Tray(self)
        self.tray.show_wanted.connect(self.show_all)
        self.tray.pause_wanted.connect(self.pause_all)
        self.tray.quit_wanted.connect(self.quit)
        self._services = services
        self._recent = RecentMigrations(services.settings_folder)
        self._windows: list[MainWindow] = []

    @property
    def windows(self) -> tuple[MainWindow, ...]:
        """All open windows."""
        return tuple(self._windows)

    @Slot(object)
    def open_window(self, path: Path | None = None) -> MainWindow:
        """Show another window, with a migration if a path is given."""
        window = MainWindow(self._services, self.spawn, self._recent, self.settings, self.tray)
        window.another_wanted.connect(self.open_window)
        window.gone.connect(self._forget)
        self._windows.append(window)
        window.show()
        if path is not None:
            window.open_file(path)
        return window

    def close_all(self) -> None:
        """Close every window without asking, as at the end of a session."""
        for window in self.windows:
            window.close_for_good()

    @Slot()
    def show_all(self) -> None:
        """Bring every window to the front, also those that were hidden."""
        for window in self.windows:
            window.come_to_front()

    @Slot()
    def pause_all(self) -> None:
        """Have all accounts of all windows come to rest."""
        for window in self.windows:
            window.controller.pause()

    @Slot()
    def quit(self) -> None:
        """Close every window; those in which accounts are being moved come to the front and ask."""
        for window in self.windows:
            window.come_to_front()
            window.close()

    @Slot(object)
    def _forget(self, window: MainWindow) -> None:
        self._windows.remove(window)
        window.deleteLater()
        if not self._windows:
            self.tray.hide()
            self.settings.stop(_THREADS_END_S)
            QApplication.quit()


def open_gateway(options: Options) -> ServerGateway:
    """Connections as the plan wants them."""
    return ServerGateway.for_options(options, folder_names())


def make_services(
    secrets: Secrets,
    samples: Samples,
    *,
    migrations_folder: Path,
    settings_folder: Path,
    logs_folder: Path | None = None,
) -> Services:
    """The real world, for the bridge."""
    return Services(
        create_ledger=create_ledger,
        open_ledger=open_ledger,
        gateway=open_gateway,
        detect=ServerDetector(ImapProber(), tls_context=client_context),
        provider_of_host=provider_of_host,
        tester=ServerTester(),
        secrets=secrets.choose,
        temporary_secrets=secrets.temporary,
        write_report=write_report,
        samples=samples.start,
        migrations_folder=migrations_folder,
        settings_folder=settings_folder,
        logs_folder=logs_folder,
        wake_lock=WakeLock,
        undo_gateway=open_gateway,
        mx_watch=DnsMxWatch(),
    )


def make_application(arguments: Sequence[str], language: str | None = None) -> QApplication:
    """The application with its name, icon and language (None: the system's)."""
    QApplication.setApplicationName(_NAME)
    QApplication.setApplicationDisplayName(_NAME)
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("mailmove")
    application = QApplication([sys.argv[0], *arguments])
    application.setWindowIcon(icons.application_icon())
    application.setQuitOnLastWindowClosed(False)
    # Qt also knows the language of systems that tell programs with a window nothing in their environment (macOS).
    spoken = set_language(language or QLocale.system().uiLanguages()[0])
    translator = QTranslator(application)
    if translator.load(f"qtbase_{spoken}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    # What was imported stays for as long as the program runs. Looking through it again and again while thousands of
    # accounts are read costs the UI thread more than anything else does.
    gc.freeze()
    return application


def log_to_file(folder: Path, redactor: Redactor) -> Path | None:
    """Log into a file of bounded size, with passwords struck out; None if the disk does not take it."""
    file = folder / "mailmove.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8", delay=False
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(redactor)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return file


def run(*, demo: bool = False, path: Path | None = None, qt_arguments: Sequence[str] = ()) -> int:
    """Show the first window and run until the last one is closed; returns the exit status."""
    redactor = Redactor()
    logs_folder = platformdirs.user_log_path(_NAME, appauthor=False)
    log_file = log_to_file(logs_folder, redactor)
    settings_folder = platformdirs.user_config_path(_NAME, appauthor=False)
    loaded = SettingsFile(settings_folder).load()  # there is no window yet that could wait for the disk
    application = make_application(qt_arguments, loaded.settings.language)
    errors = UnexpectedErrors(log_file)
    errors.install()
    samples = Samples()
    program = Program(
        make_services(
            Secrets(redactor),
            samples,
            migrations_folder=platformdirs.user_documents_path() / _NAME,
            settings_folder=settings_folder,
            logs_folder=logs_folder if log_file is not None else None,
        ),
        loaded,
    )
    ApplicationColors(application).go_by(program.settings)
    signal.signal(signal.SIGINT, lambda _number, _frame: program.close_all())
    window = program.open_window(path)
    if demo:
        window.begin_sample()
    status = application.exec()
    samples.stop()
    errors.uninstall()
    if not program.spawn.join(_THREADS_END_S):
        # A thread that hangs in a system call would keep the program alive for ever; everything it knew is in the
        # migration's file.
        _LOG.warning("ending with threads that did not: %s", ", ".join(program.spawn.running))
        logging.shutdown()
        os._exit(status)
    return status
