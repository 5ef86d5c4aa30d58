"""The ledger port: what has been done, kept so that nothing is lost and nothing done twice."""

from typing import Protocol

from mailmove_gui.domain.ledger.accounts import PlanAndAccounts
from mailmove_gui.domain.ledger.destinations import DestinationMessages
from mailmove_gui.domain.ledger.looking import LookingBack
from mailmove_gui.domain.ledger.sending import Sending
from mailmove_gui.domain.ledger.sources import SourceMessages

__all__ = ["AlreadyClaimed", "Ledger"]


class AlreadyClaimed(AssertionError):
    """Two rows were to stand for one message at the destination; nothing of that call was kept."""


class Ledger(PlanAndAccounts, SourceMessages, DestinationMessages, Sending, LookingBack, Protocol):
    """One migration's document. Thread-safe; every writing method is one durable transaction.

    Raises `MailError` with LOCAL_DISK where the disk does not take what is written.
    """

    def close(self) -> None:
        """Write everything and close; later calls raise."""
        ...
