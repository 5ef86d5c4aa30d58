"""A mailbox that mail is put into."""

import re
from collections.abc import Mapping, Sequence

from mailmove_gui.domain.findings import Quota
from mailmove_gui.domain.folders import FolderPath, FolderRole, NamingRules
from mailmove_gui.domain.messages import AppendAnswer, Flags, FolderState, OutgoingMessage, Refused
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.mail.appending import Appender
from mailmove_gui.mail.flagging import set_flag
from mailmove_gui.mail.folders import naming_rules
from mailmove_gui.mail.names import name_argument
from mailmove_gui.mail.opened import read_opened
from mailmove_gui.mail.quota import read_quota
from mailmove_gui.mail.reader import ImapReader
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer

_LIMIT = re.compile(r"APPENDLIMIT=(\d{1,18})")
_STATUS_LIMIT = re.compile(rb"APPENDLIMIT (\d{1,18})", re.IGNORECASE)


class ImapWriter(ImapReader):
    """A `Destination` over IMAP: it creates, subscribes, appends and sets flags; it never deletes or expunges."""

    def __init__(self, session: Session, role_names: Mapping[str, FolderRole]) -> None:
        super().__init__(session, role_names)
        self._max_message_bytes = self._announced_limit()

    @property
    def naming(self) -> NamingRules:
        """See `Destination.naming`."""
        if self._folders is None:
            self.folders()
        return naming_rules(self._book.namespaces)

    @property
    def max_message_bytes(self) -> int | None:
        """See `Destination.max_message_bytes`."""
        return self._max_message_bytes

    def quota(self) -> Quota | None:
        """See `Destination.quota`."""
        if not self._session.has("QUOTA"):
            return None
        answer = self._session.command(b"GETQUOTAROOT", b'"INBOX"')
        return next(filter(None, map(read_quota, answer.of_kind(b"QUOTA"))), None)

    def _announced_limit(self) -> int | None:
        for capability in self._session.capabilities:
            match = _LIMIT.fullmatch(capability)
            if match:
                return int(match[1])
        if self._session.has("APPENDLIMIT"):
            # Without a number the limit is the folder's (RFC 7889 section 2); one stands for all.
            answer = self._session.command(b"STATUS", b'"INBOX"', b"(APPENDLIMIT)")
            for response in answer.of_kind(b"STATUS"):
                told = _STATUS_LIMIT.search(response.parts[-1])
                if told:
                    return int(told[1])
        return None

    # -- folders

    def create_folder(self, path: FolderPath) -> None:
        """See `Destination.create_folder`."""
        if self._is_usable(path):
            return
        answer = self._create(path)
        if not answer.ok and len(path) > 1 and not self._exists_now(path):
            # Most servers make the parents themselves; this one may want to be told.
            for length in range(1, len(path)):
                if not self._book.knows(path[:length]):
                    self._create(path[:length])
            answer = self._create(path)
        if not answer.ok and not self._exists_now(path):
            raise self._session.refusal(answer.text, Reason.FOLDER_REFUSED)
        self._book.remember(path, self._book.wire(path))
        self._unusable.discard(path)

    def _is_usable(self, path: FolderPath) -> bool:
        if self._folders is None:
            self.folders()
        return self._book.knows(path) and path not in self._unusable

    def _create(self, path: FolderPath) -> Answer:
        answer = self._session.command(b"CREATE", self._name(path))
        if answer.ok:
            self._book.remember(path, self._book.wire(path))
        return answer

    def _exists_now(self, path: FolderPath) -> bool:
        r"""Whether the folder is there after all, and can hold messages.

        LIST does not say: Dovecot lists a folder of its own making as \Noselect where only those below it were made by
        a client, refuses to make it, and opens it.
        """
        return self._session.command(b"STATUS", name_argument(self._book.wire(path)), b"(UIDNEXT)").ok

    def subscribe(self, path: FolderPath) -> None:
        """See `Destination.subscribe`."""
        self._session.command(b"SUBSCRIBE", self._name(path))

    # -- messages

    def select(self, path: FolderPath) -> tuple[FolderState, Flags | None]:
        """See `Destination.select`."""
        state, answer = self._open(b"SELECT", path)
        return state, read_opened(answer).permanent_flags

    def append(self, path: FolderPath, messages: Sequence[OutgoingMessage]) -> AppendAnswer:
        """See `Destination.append`."""
        if not messages:
            return AppendAnswer(())
        name = self._name(path)
        if not isinstance(name, bytes):
            raise self._session.failure(Reason.FOLDER_REFUSED)
        wire = self._session.wire
        together = self._session.has("MULTIAPPEND") and (wire.literal_plus or wire.literal_minus)
        answer = Appender(self._session, name, self._max_message_bytes).append(messages, together=together)
        self._learn_limit(messages, answer)
        return answer

    def set_flag(self, uids: Sequence[int], flag: str, *, on: bool) -> bool:
        """See `Destination.set_flag`."""
        return set_flag(self._session, uids, flag, on=on)

    def _learn_limit(self, messages: Sequence[OutgoingMessage], answer: AppendAnswer) -> None:
        """Send nothing any more that is as large as what was too large: Exchange hangs up after ten errors."""
        for message, outcome in zip(messages, answer.outcomes, strict=False):
            size_bytes = len(message.body)
            if isinstance(outcome, Refused) and outcome.too_large:
                self._max_message_bytes = min(size_bytes - 1, self._max_message_bytes or size_bytes)
