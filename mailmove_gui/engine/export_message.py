"""A message of the source as a file, for those that the destination does not take."""

import os
import tempfile
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.ports import MailGateway, SecretStore
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.engine.context import open_source


def export_message(
    account: Account, refusal: Refusal, target: Path, gateway: MailGateway, secrets: SecretStore, cancel: CancelToken
) -> None:
    """Fetch one message in a connection of its own, changing nothing at the source, and write its bytes to `target`.

    Args:
        account: whose message it is.
        refusal: which one.
        target: an `.eml` file; one that is there is replaced. It is there whole, or as it was.
        gateway: logs in to the source.
        secrets: has its password.
        cancel: asks to stop.

    Raises:
        MailError: the source could not be reached; MESSAGE_GONE, MESSAGE_UNREADABLE; LOCAL_DISK.
        Cancelled: it was asked to stop.
    """
    body = _fetch(account, refusal, gateway, secrets, cancel)
    try:
        _write(target, body)
    except OSError as error:
        raise MailError(Reason.LOCAL_DISK, error.strerror or "") from error


def _fetch(
    account: Account, refusal: Refusal, gateway: MailGateway, secrets: SecretStore, cancel: CancelToken
) -> bytes:
    with open_source(account, gateway, secrets, cancel) as source:
        if source.examine(refusal.folder).uidvalidity == refusal.uidvalidity:
            for message in source.messages([refusal.uid]):
                if message.body is not None:
                    return message.body
            if any(True for chunk in source.heads_of([refusal.uid]) for _ in chunk):
                raise MailError(Reason.MESSAGE_UNREADABLE, side=Side.SOURCE)
    raise MailError(Reason.MESSAGE_GONE, side=Side.SOURCE)


def _write(target: Path, body: bytes) -> None:
    """A file that only its owner may read, as `mkstemp` makes it."""
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
