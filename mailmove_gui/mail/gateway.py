"""Opens logged-in connections: TCP, TLS, greeting, login."""

import socket
from collections.abc import Mapping

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.ports import Destination, Remover, Source
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.connect import open_socket
from mailmove_gui.mail.connection import cut
from mailmove_gui.mail.errors import Redactor, reason_of_exception, text_of_exception
from mailmove_gui.mail.login import log_in, start
from mailmove_gui.mail.reader import ImapReader
from mailmove_gui.mail.removing import ImapRemover
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.tls import client_context
from mailmove_gui.mail.wire import Wire
from mailmove_gui.mail.writer import ImapWriter

_NO_NAMES: Mapping[str, FolderRole] = {}


class ImapGateway:
    """A `MailGateway` over IMAP. Thread-safe: each connection stands for itself.

    Args:
        ca_file: PEM with certificates that are trusted in addition to the system's.
        timeout_s: how long a server may be silent in the middle of a command.
        connect_timeout_s: how long resolving and connecting may take together, and then the TLS handshake.
        role_names: role by `folders.normal_name` of a folder, for servers that do not tell roles themselves.

    Raises:
        InvalidInput: `ca_file` cannot be used.
    """

    def __init__(
        self,
        *,
        ca_file: str | None = None,
        timeout_s: float = 60.0,
        connect_timeout_s: float = 20.0,
        role_names: Mapping[str, FolderRole] = _NO_NAMES,
    ) -> None:
        if ca_file is not None:
            client_context(ca_file)
        self._ca_file = ca_file
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._role_names = role_names

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Source:
        """See `MailGateway.source`."""
        return ImapReader(self._open(mailbox, secret, cancel, Side.SOURCE), self._role_names)

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
        host = endpoint.host.rstrip(".")
        redactor = Redactor(mailbox.user, secret)
        sock = self._connect(endpoint, host, cancel, side)
        session = Session(Wire(sock, self._timeout_s), host=host, side=side, redactor=redactor, cancel=cancel)
        try:
            greeting = start(session, endpoint.security, lambda plain: self._wrap(plain, host, cancel))
            cancel.check()
            log_in(session, greeting, endpoint.security, mailbox.user, secret)
            cancel.check()
        except BaseException:
            session.close()
            raise
        return session

    def _connect(self, endpoint: Endpoint, host: str, cancel: CancelToken, side: Side) -> socket.socket:
        """A connected socket, with TLS on it where that comes first."""
        try:
            sock = open_socket(host, endpoint.port, timeout_s=self._connect_timeout_s, cancel=cancel)
            return self._wrap(sock, host, cancel) if endpoint.security is Security.TLS else sock
        except (OSError, UnicodeError) as error:
            caught: Exception = error
        if cancel.is_set:
            raise Cancelled
        raise MailError(reason_of_exception(caught), text_of_exception(caught), side=side)

    def _wrap(self, sock: socket.socket, host: str, cancel: CancelToken) -> socket.socket:
        """Put TLS on a connected socket; closes it if that fails."""
        sock.settimeout(self._connect_timeout_s)
        try:
            # The handshake by itself: the plain socket is empty once it is wrapped, so only the other can be cut.
            secure = client_context(self._ca_file).wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
        except BaseException:
            sock.close()
            raise
        try:
            with cancel.on_abort(lambda: cut(secure)):
                secure.do_handshake()
        except BaseException:
            secure.close()
            raise
        return secure
