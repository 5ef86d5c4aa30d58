"""Looking again: the question, what was found, and what the details tell of it."""

from collections.abc import Callable
from datetime import UTC, datetime

from mailmove_gui.desktop.bridge.verifying import AccountVerified
from mailmove_gui.desktop.dialogs.verify_dialog import VerifyDialog
from mailmove_gui.domain.findings import AccountVerification, FolderVerification
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.records import VerificationRecord
from tests.screens.details_scenes import DETAILS_SCENES
from tests.screens.scene import Scene
from tests.screens.scenes import board


def _result(account_id: str, *, missing: int = 0) -> AccountVerification:
    names = tuple(f"INBOX #{uid}" for uid in range(101, 101 + missing))
    return AccountVerification(
        account_id, True, (FolderVerification(("INBOX",), 12_480, 12_480 - 40 - missing, 40, missing=names),)
    )


def _verify(width: int, height: int) -> tuple[Scene, VerifyDialog]:
    shown = board(width, height).window
    dialog = VerifyDialog(shown.board.model.rows[:2], shown)
    return Scene(dialog, shown), dialog


def verify_running(width: int, height: int) -> Scene:
    scene, dialog = _verify(width, height)
    dialog._begin()
    dialog.show_verified(AccountVerified(next(iter(dialog._users)), _result("")))
    return scene


def verify_found(width: int, height: int) -> Scene:
    scene, dialog = _verify(width, height)
    dialog._begin()
    for account_id, missing in zip(dialog._users, (0, 3), strict=True):
        dialog.show_verified(AccountVerified(account_id, _result(account_id, missing=missing)))
    return scene


def removed_in_details(width: int, height: int) -> Scene:
    scene = DETAILS_SCENES["details_folders"](width, height)
    record = VerificationRecord(datetime(2026, 11, 23, 18, 2, tzinfo=UTC), _result("", missing=3))
    folders = scene.window.board.details.folders
    folders.show_afterwards(Counts(total=12_480, moved=12_480, refiled=40, removed=3), (record,))
    return scene


AFTERWARDS_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "verify_question": lambda width, height: _verify(width, height)[0],
    "verify_running": verify_running,
    "verify_found": verify_found,
    "details_removed": removed_in_details,
}
