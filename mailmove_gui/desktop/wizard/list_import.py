"""Lists of accounts on their way into the wizard: from a file or the clipboard, and an empty one to fill in."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from mailmove_gui.batch import ListSource, read_bytes, read_list, write_template
from mailmove_gui.desktop.dialogs.files import account_lists, all_files, file_dialog, templates
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.wizard.import_dialog import ImportDialog
from mailmove_gui.desktop.wizard.import_model import ImportPreview, preview_of
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.texts import _
from mailmove_gui.texts.problems import sentence

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class ListImport(QObject):
    """Reads lists in the background, and shows how they are read before they are taken.

    Rows without servers of their own stay without: they follow the wizard's, also when those are corrected.
    """

    read = Signal(object)
    """AccountTable: to be taken"""

    def __init__(self, wizard: "MigrationWizard", page: QWidget, notice: Notice) -> None:
        super().__init__(page)
        self._wizard = wizard
        self._page = page
        self._notice = notice

    @Slot()
    def choose_file(self) -> None:
        """Ask for a file, and read it."""
        dialog = file_dialog(self._page, _("Choose a list of accounts"), [account_lists(), all_files()])
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    @Slot(str)
    def read_file(self, name: str) -> None:
        """Read a list of accounts; a dialog shows what will be imported."""
        path = Path(name)
        self._read(lambda: ListSource(path.name, read_bytes(path)), self._look_at)

    def read_text(self, text: str) -> None:
        """Read pasted rows; a dialog shows what will be imported if it is not clear what their columns are for."""
        self._read(lambda: ListSource(text=text), self._take_or_look_at)

    @Slot()
    def choose_template(self) -> None:
        """Ask where to save an empty list, and save it."""
        dialog = file_dialog(self._page, _("Save an empty list of accounts"), templates(), save_as="xlsx")
        dialog.selectFile(_("accounts") + ".xlsx")
        dialog.fileSelected.connect(self.save_template)
        dialog.open()

    @Slot(str)
    def save_template(self, name: str) -> None:
        """Write an empty list; the notice says when it is there."""
        path = Path(name)

        def write() -> Path:
            try:
                write_template(path)
            except OSError:
                raise InvalidInput(Problem(ProblemKind.FILE_NOT_WRITABLE, file=path.name)) from None
            return path

        self._wizard.background.run(write, self._saved, self._refuse)

    def _read(self, source: Callable[[], ListSource], done: Callable[[ImportPreview], None]) -> None:
        judge = self._wizard.draft.problems_of
        self._notice.say(Tone.MOVING, _("Reading the list…"))
        # Drawn before the reading begins: both would hold each other up.
        self._page.repaint()
        self._wizard.background.run(lambda: preview_of(read_list(source()), judge), done, self._refuse)

    def _take_or_look_at(self, preview: ImportPreview) -> None:
        if preview.reading.is_clear:
            self.read.emit(preview.reading.accounts)
        else:
            self._look_at(preview)

    def _look_at(self, preview: ImportPreview) -> None:
        self._notice.clear()
        dialog = ImportDialog(preview, self._wizard.draft.problems_of, self._wizard.background, self._page)
        dialog.import_wanted.connect(self.read)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _saved(self, path: Path) -> None:
        text = _("{file} was saved. Fill in one account in each row, then import it here.")
        self._notice.say(Tone.DONE, text.format(file=path.name))

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, InvalidInput):
            self._notice.clear()
            raise error
        self._notice.say(Tone.FAILED, sentence(error.problem))
