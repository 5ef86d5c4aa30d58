"""What the users of both mailboxes do, and what the books are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from mailmove_gui.domain.folders import INBOX, FolderPath
from mailmove_gui.domain.reasons import Side
from tests.model.books import Books
from tests.model.contents import CONTENTS, name_of
from tests.model.mailbox import ModelMailbox, Place
from tests.model.steps import Deliver, File, Mark, Quota, Remove, RemoveFolder, RenameFolder, Renumber, UserAction


class Users:
    """They act behind the servers' backs."""

    def __init__(self, mailboxes: Mapping[Side, ModelMailbox], books: Books) -> None:
        self._mailboxes = mailboxes
        self._books = books

    def act(self, action: UserAction, *, running: bool) -> None:
        """Do it, and tell the books; `running` says whether a pass runs."""
        match action:
            case Deliver(Side.SOURCE, folder, content, day, flags):
                box = self._mailboxes[Side.SOURCE]
                box.deliver(box.path(folder), content, day, flags)
                self._books.reckonings[content].source_gained()
            case Deliver(_, folder, content, day, flags):
                box = self._mailboxes[Side.DESTINATION]
                self._books.came(box.deliver(box.path(folder), content, day, flags), CONTENTS[content])
                self._books.reckonings[content].destination_gained()
            case Remove(side, which):
                if (place := self._mailboxes[side].place(which)) is not None:
                    self._remove(side, place, running=running)
            case File(side, which, folder):
                self._file_elsewhere(side, which, folder)
            case Mark(side, which, flag):
                if (place := self._mailboxes[side].place(which)) is not None:
                    self._mailboxes[side].mark(place, flag)
            case RenameFolder(side, folder):
                self._rename(side, folder)
            case RemoveFolder(side, folder):
                self._remove_folder(side, folder, running=running)
            case Renumber(side, folder):
                box = self._mailboxes[side]
                self._replaced(side, box.path(folder))
                box.renumber(box.path(folder))
            case Quota(room_bytes):
                user = self._mailboxes[Side.DESTINATION].user
                user.quota_bytes = None if room_bytes is None else user.used_bytes + room_bytes
            case _:
                assert_never(action)
        self._books.note_source()

    def _remove(self, side: Side, place: Place, *, running: bool) -> None:
        box = self._mailboxes[side]
        name = name_of(box.message(place).content)
        if side is Side.SOURCE:
            self._books.reckonings[name].source_lost(running=running)
        else:
            self._books.reckonings[name].destination_lost(box.count(name))
            self._books.went(place)
        box.remove(place)

    def _file_elsewhere(self, side: Side, which: int, folder: int) -> None:
        box = self._mailboxes[side]
        place = box.place(which)
        if place is None or box.path(folder) == place.path:
            return
        if side is Side.DESTINATION:
            self._books.went(place)
        filed = box.file(place, box.path(folder))
        if side is Side.DESTINATION:
            self._books.came(filed, box.message(filed).content)

    def _rename(self, side: Side, folder: int) -> None:
        box = self._mailboxes[side]
        path = box.path(folder)
        if path == INBOX:
            return
        below = [other for other in box.expected if other[: len(path)] == path]
        renamed = box.rename(path)
        for other in below:
            self._books.renamed(other, renamed + other[len(path) :])
            self._replaced(side, other)

    def _remove_folder(self, side: Side, folder: int, *, running: bool) -> None:
        box = self._mailboxes[side]
        path = box.path(folder)
        if path == INBOX:
            return
        self._replaced(side, path)
        for uid in list(box.expected[path].messages):
            self._remove(side, Place(path, uid), running=running)
        box.remove_folder(path)

    def _replaced(self, side: Side, path: FolderPath) -> None:
        if side is Side.DESTINATION:
            self._books.doubts.replaced(path)
