"""Making folders at the destination, under another name where it refuses their own."""

from collections.abc import Iterable

from mailmove_gui.domain.folder_names import acceptable_forms, free_form
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.ports import Destination
from mailmove_gui.domain.reasons import MailError, Reason


class FolderMaker:
    """Makes the folders of one plan; knows what they are called at last, and which names are taken by others."""

    def __init__(self, destination: Destination, planned: Iterable[FolderPath]) -> None:
        self._destination = destination
        self._taken = set(planned)
        self._renamed: dict[FolderPath, FolderPath] = {}

    def make(self, path: FolderPath) -> FolderPath:
        """Make the folder and return its name; raises `MailError` (FOLDER_REFUSED) if no form of it is accepted."""
        wanted = self._below_renamed(path)
        refusal: MailError | None = None
        for form in (wanted, *(free_form(form, self._taken) for form in acceptable_forms(wanted))):
            try:
                self._destination.create_folder(form)
            except MailError as error:
                if error.reason is not Reason.FOLDER_REFUSED:
                    raise
                # What is said of the name that people know is of more use to them.
                refusal = refusal or error
                continue
            if form != path:
                self._taken.add(form)
                self._renamed[path] = form
            return form
        assert refusal is not None
        raise refusal

    def _below_renamed(self, path: FolderPath) -> FolderPath:
        """The path, its nearest renamed parent called what it is called now."""
        for length in range(len(path) - 1, 0, -1):
            parent = self._renamed.get(path[:length])
            if parent is not None:
                return parent + path[length:]
        return path
