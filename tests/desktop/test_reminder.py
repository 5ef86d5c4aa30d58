from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from mailmove_gui.desktop.dialogs.reminder_dialog import ReminderDialog
from mailmove_gui.desktop.models.reminder import addresses, reminder_text
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.providers import PasswordKind, Provider
from tests.desktop.services import NEW, OLD, account

OLD_PROVIDER = Provider(
    "old",
    "Old Mail (formerly Oldest)",
    name_zh="老邮箱 / 旧邮箱",
    passwords=(PasswordKind.APP_PASSWORD,),
    app_password_name="授权码",
    app_password_where="设置 → 账户",
    enable_first=True,
    enable_where="设置 → 协议",
)


def test_it_says_who_where_and_what_is_needed() -> None:
    same = replace(account("bo"), destination=Mailbox(NEW, "bo@old.example"))
    text = reminder_text([account("anna"), same], {OLD.host: OLD_PROVIDER})
    assert f"Subject: Your mailbox moves to {NEW.host}" in text
    assert "Your mailboxes are going to be moved" in text
    assert "\nanna@old.example → anna@new.example\nbo@old.example\n" in text
    assert "at 老邮箱 Old Mail:\n- Switch on IMAP (设置 → 协议)\n- Make 授权码 (设置 → 账户)" in text


def test_nothing_is_asked_for_where_the_provider_is_not_known() -> None:
    text = reminder_text([account("anna")], {})
    assert "Your mailbox is going to be moved" in text
    assert "Before that" not in text


def test_text_and_addresses_can_be_copied(qapp: QApplication, keep: Callable[[QWidget], QWidget]) -> None:
    some = [account("anna"), account("bo")]
    dialog = ReminderDialog(some, {})
    keep(dialog)
    clipboard = QGuiApplication.clipboard()
    dialog.addresses_button.click()
    assert clipboard.text() == addresses(some) == "anna@old.example, bo@old.example"
    assert "addresses" in dialog.note
    dialog.text_field.setPlainText("Changed")
    dialog.copy_button.click()
    assert clipboard.text() == "Changed"
    clipboard.clear()
