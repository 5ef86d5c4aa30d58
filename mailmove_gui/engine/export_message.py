"""Messages of the source as files, for those that the destination does not take."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure, Refusal
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.identity import header_date
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.ports import MailGateway, SecretStore, Source
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.engine.context import open_source

_OF_ONE_MESSAGE = frozenset({Reason.MESSAGE_GONE, Reason.MESSAGE_UNREADABLE, Reason.FOLDER_UNREADABLE})
"""What is wrong with one message, and says nothing of the next one."""
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_LONGEST_NAME_BYTES = 120
"""With room for a number, a suffix and the name of the draft; file systems take 255 bytes."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one message: the file that it is in now, or why there is none."""

    refusal: Refusal
    file: Path | None = None
    failure: Failure | None = None


def export_messages(
    account: Account,
    refusals: Iterable[Refusal],
    folder: Path,
    gateway: MailGateway,
    secrets: SecretStore,
    cancel: CancelToken,
) -> Iterator[Exported]:
    """Fetch messages over one connection, changing nothing at the source, and write the bytes of each into a file.

    Args:
        account: whose messages they are.
        refusals: which ones.
        folder: in which files are made, whole or not at all; none is replaced.
        gateway: logs in to the source.
        secrets: has its password.
        cancel: asks to stop.

    Raises:
        MailError: the source could not be reached, or LOCAL_DISK. What is wrong with one message alone (MESSAGE_GONE,
            MESSAGE_UNREADABLE, FOLDER_UNREADABLE) is not raised.
        Cancelled: it was asked to stop.
    """
    with open_source(account, gateway, secrets, cancel) as source:
        for refusal in refusals:
            cancel.check()
            try:
                body = _fetch(source, refusal)
            except MailError as error:
                if error.reason not in _OF_ONE_MESSAGE:
                    raise
                yield Exported(refusal, failure=Failure(error.reason, Side.SOURCE, error.server_text))
                continue
            yield Exported(refusal, _write_new(folder, file_name(refusal), body))


def file_name(refusal: Refusal) -> str:
    """``2024-03-02 Sent Minutes``: what tells a message from others, in letters that every file system takes."""
    date = header_date(refusal.date)
    parts = (date.date().isoformat() if date else "", display_name(refusal.folder), refusal.subject or refusal.sender)
    name = " ".join(_NOT_IN_A_NAME.sub(" ", " ".join(parts)).split()).lstrip(". ")
    return name.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore").rstrip(". ")


def _fetch(source: Source, refusal: Refusal) -> bytes:
    if source.examine(refusal.folder).uidvalidity == refusal.uidvalidity:
        for message in source.messages([refusal.uid]):
            if message.body is not None:
                return message.body
        if any(True for chunk in source.heads_of([refusal.uid]) for _ in chunk):
            raise MailError(Reason.MESSAGE_UNREADABLE, side=Side.SOURCE)
    raise MailError(Reason.MESSAGE_GONE, side=Side.SOURCE)


def _write_new(folder: Path, name: str, body: bytes) -> Path:
    """Write a file of a name that is not taken; the name is taken first, so that no other program gets in between."""
    number = 1
    while True:
        target = folder / (f"{name}.eml" if number == 1 else f"{name} ({number}).eml")
        try:
            target.open("xb").close()
        except FileExistsError:
            number += 1
            continue
        except OSError as error:
            raise MailError(Reason.LOCAL_DISK, error.strerror or "") from error
        break
    try:
        _write(target, body)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def _write(target: Path, body: bytes) -> None:
    """A file that only its owner may read, as `mkstemp` makes it.

    Raises:
        MailError: LOCAL_DISK.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MailError(Reason.LOCAL_DISK, error.strerror or "") from error
