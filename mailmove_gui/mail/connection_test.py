"""The way to a mailbox, step by step, as far as its folders."""

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.folders import INBOX
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.approach import Approach, Trust
from mailmove_gui.mail.errors import Redactor
from mailmove_gui.mail.login import log_in, open_session
from mailmove_gui.mail.pop3_login import log_in_to_pop3, open_pop3_session
from mailmove_gui.mail.reader import ImapReader
from mailmove_gui.mail.stages import Report, StageReporter
from mailmove_gui.texts.probing import folders_seen


class ServerTester:
    """A `ConnectionTester` for IMAP and POP3.

    Args:
        timeout_s: how long a step may take, and how long the server may be silent in the middle of a command.
    """

    def __init__(self, *, timeout_s: float = 20.0) -> None:
        self._timeout_s = timeout_s

    def test(
        self, mailbox: Mailbox, secret: Secret, side: Side, options: Options, report: Report, cancel: CancelToken
    ) -> None:
        """See `ConnectionTester.test`.

        Raises:
            InvalidInput: the CA file of `options` cannot be used.
            Cancelled: asked to stop. After `CancelToken.abort` that is at once; after `cancel`, a server that was
                asked something may still answer.
        """
        reporter = StageReporter(report)
        trust = Trust(options.ca_file, options.pins)
        approach = Approach(
            mailbox.endpoint, trust, cancel, side=side, step_timeout_s=self._timeout_s, witness=reporter
        )
        try:
            match mailbox.endpoint.protocol:
                case MailProtocol.IMAP:
                    self._look_inside(approach, mailbox, secret, side)
                case MailProtocol.POP3:
                    self._look_into_inbox(approach, mailbox, secret, side, options)
        except MailError as error:
            reporter.failed(approach, error)

    def _look_inside(self, approach: Approach, mailbox: Mailbox, secret: Secret, side: Side) -> None:
        """Log in, count folders and the inbox's messages, log out."""
        redactor = Redactor(mailbox.user, secret)
        session, greeting = approach.reach(lambda attempt: open_session(attempt, redactor, side, self._timeout_s))
        try:
            approach.begin(Stage.LOGIN)
            log_in(session, greeting, mailbox.endpoint.security, mailbox.user, secret)
            approach.cancel.check()
            approach.passed(Stage.LOGIN)
            approach.begin(Stage.FOLDERS)
            reader = ImapReader(session, {})
            folders = reader.folders()
            inbox = reader.examine(INBOX)
            approach.passed(Stage.FOLDERS, folders_seen(len(folders), inbox.messages))
        finally:
            session.close()

    def _look_into_inbox(
        self, approach: Approach, mailbox: Mailbox, secret: Secret, side: Side, options: Options
    ) -> None:
        """The same by POP3, which has no other folder. Nothing is read, so nothing can be deleted for it."""
        redactor = Redactor(mailbox.user, secret)
        session = approach.reach(lambda attempt: open_pop3_session(attempt, redactor, side, self._timeout_s))
        try:
            approach.begin(Stage.LOGIN)
            log_in_to_pop3(session, mailbox.endpoint.security, mailbox.user, secret)
            approach.cancel.check()
            approach.passed(Stage.LOGIN)
            approach.begin(Stage.FOLDERS)
            if session.may_delete and not options.pop3_may_delete:
                raise session.failure(Reason.READING_DELETES)
            approach.passed(Stage.FOLDERS, folders_seen(1, len(session.listing(b"LIST") or ())))
        finally:
            session.close()
