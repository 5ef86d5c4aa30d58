"""Messages that differ at the destination in the way that the report says."""

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.ports import MailboxReader
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.records import OTHER_BYTES, Change, ClaimedMessage
from mailmove_gui.domain.rewriting import changes_between
from mailmove_gui.engine.context import Pass


def is_changed_as_reported(run: Pass, path: FolderPath, row: ClaimedMessage) -> bool:
    """Whether a message of other bytes is what the destination made of it when it arrived.

    Where the source has it no more, or where the change has no name, nobody can tell, and the report stands.
    """
    reported = row.changes & OTHER_BYTES
    if not reported or Change.REWRITTEN in reported:
        return bool(reported)
    sent = _body(run.source, row.source, row.source_uidvalidity, row.source_uid)
    found = _body(run.destination, path, row.uidvalidity, row.uid)
    return sent is None or found is None or changes_between(sent, found) <= reported


def _body(reader: MailboxReader, path: FolderPath, uidvalidity: int, uid: int) -> bytes | None:
    try:
        if reader.examine(path).uidvalidity != uidvalidity:
            return None
    except MailError as error:
        if error.reason is not Reason.FOLDER_UNREADABLE:
            raise
        return None
    bodies = [message.body for message in reader.messages([uid])]
    return bodies[0] if bodies else None
