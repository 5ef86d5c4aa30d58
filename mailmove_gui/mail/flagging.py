"""Single flags of messages that are at the destination already (RFC 3501 section 6.4.6, STORE)."""

import re
from collections.abc import Sequence

from mailmove_gui.domain.reasons import Reason, Turn, turn_of
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer
from mailmove_gui.mail.uid_sets import uid_sets

FLAG = re.compile(r"\\?[^\x00-\x20\x7f-\U0010ffff(){%*\"\\]+")
"""A system flag or a keyword that a command can hold (RFC 3501 section 9, flag)."""


def set_flag(session: Session, uids: Sequence[int], flag: str, *, on: bool) -> bool:
    """See `Destination.set_flag`; never replaces flags, only adds or takes away the one."""
    if not FLAG.fullmatch(flag):
        return False
    for uid_set in uid_sets(uids):
        answer = store(session, uid_set, flag.encode("ascii"), on=on)
        if not answer.ok:
            error = session.refusal(answer.text, Reason.MESSAGE_REFUSED)
            if turn_of(error.reason) is Turn.CLOCK:
                raise error
            return False
    return True


def store(session: Session, uid_set: bytes, flag: bytes, *, on: bool) -> Answer:
    """Send the command for one set of UIDs."""
    how = b"+FLAGS.SILENT" if on else b"-FLAGS.SILENT"
    return session.command(b"UID", b"STORE", uid_set, how, b"(" + flag + b")", name="UID STORE")
