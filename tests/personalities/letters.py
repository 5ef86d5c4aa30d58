"""Mail for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailmove_gui.demo import ServerOptions, User
from mailmove_gui.demo.folder import Folder
from mailmove_gui.demo.folder import Path as FolderPath
from mailmove_gui.demo.personalities import Personality
from tests.unit.engine.fake_mail import mail

PLAIN = Personality(ServerOptions())
INBOX = ("INBOX",)
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
"""Five months before the clock of the tests starts."""


def put(
    user: User, path: FolderPath, count: int, *, first: datetime = START, every: timedelta = timedelta(hours=5)
) -> Folder:
    """So many messages in a folder, made if it is not there; a few are unread, one is flagged."""
    found = user.find_folder(path)
    folder = user.add_folder(path) if found is None else found
    for number in range(folder.uid_next, folder.uid_next + count):
        flags = {"\\Seen"} if number % 3 else set()
        if number == 2:
            flags.add("\\Flagged")
        name = f"{'.'.join(path)} {number}".encode().hex()
        folder.add_message(mail(name, body="x" * (40 + number)), flags=flags, internal_date=first + number * every)
    return folder


def fill(user: User) -> None:
    """Mail in the inbox, in sent mail by whatever name, and in folders of one's own."""
    sent = next((path for path, folder in user.folders.items() if folder.special_use == "\\Sent"), ("Sent",))
    parent = ("其他文件夹",) if ("其他文件夹",) in user.folders else ()
    for path, count in ((INBOX, 12), (sent, 4), ((*parent, "项目"), 7), ((*parent, "Offers & more", "2025"), 3)):
        put(user, path, count)
