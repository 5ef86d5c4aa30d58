"""The system's dialogs for files, opened without blocking."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from mailmove_gui.desktop.bridge.open_document import FILE_SUFFIX
from mailmove_gui.texts import _


def file_dialog(parent: QWidget, title: str, filters: Sequence[str], *, save_as: str = "") -> QFileDialog:
    """A dialog that chooses an existing file, or with `save_as` (a suffix without dot) one to write.

    Connect its `fileSelected` and call `open`; it deletes itself when it is closed.
    """
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters(list(filters))
    if save_as:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(save_as)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return dialog


def folder_dialog(parent: QWidget, title: str) -> QFileDialog:
    """A dialog that chooses a folder. Used as `file_dialog`."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return dialog


def migration_files() -> str:
    """Filter for migrations."""
    return _("Migrations") + f" (*{FILE_SUFFIX})"


def account_lists() -> str:
    """Filter for lists of accounts."""
    return _("Account lists") + " (*.csv *.tsv *.txt *.xlsx *.xls *.ods)"


def templates() -> list[str]:
    """Filters for an empty list of accounts; in a spreadsheet a password of digits stays what was typed."""
    return [_("Spreadsheet") + " (*.xlsx)", _("CSV file") + " (*.csv)"]


def all_files() -> str:
    """Filter for everything."""
    return _("All files") + " (*)"
