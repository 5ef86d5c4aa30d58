"""The way to a mailbox, step by step."""

from collections.abc import Callable

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import StageResult
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret


class ImapTester:
    """A `ConnectionTester` for IMAP."""

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        """See `ConnectionTester.test`."""
        raise NotImplementedError
