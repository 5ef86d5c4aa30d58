"""Removing single messages: the one thing that is ever taken from a mailbox, and only when undo is asked for."""

from collections.abc import Mapping, Sequence

from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.mail.flagging import store
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.uid_sets import uid_sets
from mailmove_gui.mail.writer import ImapWriter

_DELETED = b"\\Deleted"


class ImapRemover(ImapWriter):
    r"""A `Remover` over IMAP: UID STORE +FLAGS.SILENT (\Deleted), then UID EXPUNGE of the same UIDs.

    UID EXPUNGE (RFC 4315 section 2.1; part of IMAP4rev2, RFC 9051 section 6.4.9) is what leaves alone whatever else is
    marked as deleted in the folder. A server without it is refused: a plain EXPUNGE would take other people's mail.

    Raises:
        MailError: CANNOT_UNDO, by the constructor.
    """

    def __init__(self, session: Session, role_names: Mapping[str, FolderRole]) -> None:
        super().__init__(session, role_names)
        if not session.has("UIDPLUS") and not session.has("IMAP4REV2"):
            raise session.failure(Reason.CANNOT_UNDO)

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        """See `Remover.remove`."""
        for uid_set in uid_sets(uids):
            marked = store(self._session, uid_set, _DELETED, on=True)
            if not marked.ok:
                raise self._session.refusal(marked.text, Reason.CANNOT_UNDO)
            self._session.command(b"UID", b"EXPUNGE", uid_set, name="UID EXPUNGE")
        left = [head.uid for chunk in self.heads_of(uids) for head in chunk]
        for uid_set in uid_sets(left):
            # Refused, or not allowed without a word: the next mail program to tidy up must not remove it for us.
            store(self._session, uid_set, _DELETED, on=False)
        return frozenset(left)
