"""Opens logged-in connections: TCP, TLS, greeting, login."""

from collections.abc import Mapping
from typing import Self

from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.ports import Destination, Remover, Source
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.approach import Approach, Trust
from mailmove_gui.mail.errors import Redactor
from mailmove_gui.mail.login import log_in, open_session
from mailmove_gui.mail.pop3_login import log_in_to_pop3, open_pop3_session
from mailmove_gui.mail.pop3_reader import Pop3Reader
from mailmove_gui.mail.pop3_session import Pop3Session
from mailmove_gui.mail.reader import ImapReader
from mailmove_gui.mail.removing import ImapRemover
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.writer import ImapWriter

_NO_NAMES: Mapping[str, FolderRole] = {}


class ServerGateway:
    """A `MailGateway` over IMAP, and over POP3 for sources. Thread-safe: each connection stands for itself.

    Args:
        ca_file: PEM with certificates that are trusted in addition to the system's.
        pins: certificates that are trusted for one server each, whatever else is wrong with them.
        timeout_s: how long a server may be silent in the middle of a command.
        connect_timeout_s: how long resolving and connecting may take together, and then the TLS handshake.
        role_names: role by `folders.normal_name` of a folder, for servers that do not tell roles themselves.
        pop3_unread: messages that are read by POP3 come as unread; else as read.
        pop3_may_delete: read also where a POP3 server says that it deletes what was read.

    Raises:
        InvalidInput: `ca_file` cannot be used.
    """

    def __init__(
        self,
        *,
        ca_file: str | None = None,
        pins: tuple[CertificatePin, ...] = (),
        timeout_s: float = 60.0,
        connect_timeout_s: float = 20.0,
        role_names: Mapping[str, FolderRole] = _NO_NAMES,
        pop3_unread: bool = False,
        pop3_may_delete: bool = False,
    ) -> None:
        self._trust = Trust(ca_file, pins)
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._role_names = role_names
        self._pop3_unread = pop3_unread
        self._pop3_may_delete = pop3_may_delete

    @classmethod
    def for_options(cls, options: Options, role_names: Mapping[str, FolderRole]) -> Self:
        """Connections as a plan wants them; raises `InvalidInput` as the constructor does."""
        return cls(
            ca_file=options.ca_file,
            pins=options.pins,
            role_names=role_names,
            pop3_unread=options.pop3_unread,
            pop3_may_delete=options.pop3_may_delete,
        )

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Source:
        """See `MailGateway.source`; also raises `MailError` with READING_DELETES."""
        match mailbox.endpoint.protocol:
            case MailProtocol.IMAP:
                return ImapReader(self._open(mailbox, secret, cancel, Side.SOURCE), self._role_names)
            case MailProtocol.POP3:
                return Pop3Reader(self._open_pop3(mailbox, secret, cancel), unread=self._pop3_unread)

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Destination:
        """See `MailGateway.destination`."""
        session = self._open(mailbox, secret, cancel, Side.DESTINATION)
        try:
            return ImapWriter(session, self._role_names)
        except BaseException:
            session.close()
            raise

    def remover(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Remover:
        """See `UndoGateway.remover`."""
        session = self._open(mailbox, secret, cancel, Side.DESTINATION)
        try:
            return ImapRemover(session, self._role_names)
        except BaseException:
            session.close()
            raise

    def _open(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken, side: Side) -> Session:
        endpoint = mailbox.endpoint
        if endpoint.protocol is not MailProtocol.IMAP:
            raise MailError(Reason.NOT_SUPPORTED, side=side)
        redactor = Redactor(mailbox.user, secret)
        approach = self._approach(endpoint, cancel, side)
        session, greeting = approach.reach(lambda attempt: open_session(attempt, redactor, side, self._timeout_s))
        try:
            log_in(session, greeting, endpoint.security, mailbox.user, secret)
            cancel.check()
        except BaseException:
            session.close()
            raise
        return session

    def _open_pop3(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Pop3Session:
        redactor = Redactor(mailbox.user, secret)
        approach = self._approach(mailbox.endpoint, cancel, Side.SOURCE)
        session = approach.reach(lambda attempt: open_pop3_session(attempt, redactor, Side.SOURCE, self._timeout_s))
        try:
            log_in_to_pop3(session, mailbox.endpoint.security, mailbox.user, secret)
            if session.may_delete and not self._pop3_may_delete:
                raise session.failure(Reason.READING_DELETES)
            cancel.check()
        except BaseException:
            session.close()
            raise
        return session

    def _approach(self, endpoint: Endpoint, cancel: CancelToken, side: Side) -> Approach:
        return Approach(endpoint, self._trust, cancel, side=side, step_timeout_s=self._connect_timeout_s)
