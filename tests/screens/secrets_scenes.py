"""Where passwords are kept: the choice, what is said when a keyring fails, and their removal."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QMessageBox

from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords
from tests.screens.scene import Scene
from tests.screens.scenes import board
from tests.screens.wizard_scenes import wizard


def choice(width: int, height: int, *, remember: bool) -> Scene:
    scene = wizard(width, height, Step.START)
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    page.change(replace(page.draft, remember_passwords=remember))
    page.start_page.initializePage()
    return scene


def failed(width: int, height: int, problem: KeyringProblem) -> Scene:
    scene = board(width, height)
    shown = scene.widget
    assert isinstance(shown, MainWindow)
    shown.controller.keyring_failed.emit(problem)
    return scene


def removed(width: int, height: int, outcome: RemovedPasswords) -> Scene:
    scene = board(width, height)
    shown = scene.widget
    assert isinstance(shown, MainWindow)
    shown.controller.passwords_removed.emit(outcome)
    (message,) = shown.findChildren(QMessageBox)
    return Scene(message, shown)


SECRETS_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "secrets_kept": lambda width, height: choice(width, height, remember=True),
    "secrets_not_kept": lambda width, height: choice(width, height, remember=False),
    "secrets_no_keyring": lambda width, height: failed(width, height, KeyringProblem.NONE_THERE),
    "secrets_file_keyring": lambda width, height: failed(width, height, KeyringProblem.NOT_ALLOWED),
    "secrets_removed": lambda width, height: removed(width, height, RemovedPasswords(16)),
    "secrets_not_removed": lambda width, height: removed(width, height, RemovedPasswords(3, KeyringProblem.DISMISSED)),
}
