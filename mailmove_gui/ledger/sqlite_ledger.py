"""The ledger port in SQLite, put together from its parts."""

from mailmove_gui.ledger.accounts import AccountRows
from mailmove_gui.ledger.arrivals import ArrivalRows
from mailmove_gui.ledger.cutover import CutoverRows
from mailmove_gui.ledger.destinations import DestinationRows
from mailmove_gui.ledger.flags import FlagRows
from mailmove_gui.ledger.labels import LabelRows
from mailmove_gui.ledger.logins import LoginRows
from mailmove_gui.ledger.matches import MatchRows
from mailmove_gui.ledger.missing import MissingRows
from mailmove_gui.ledger.numbers import NumberRows
from mailmove_gui.ledger.removals import RemovalRows
from mailmove_gui.ledger.sources import SourceRows
from mailmove_gui.ledger.suspects import SuspectRows
from mailmove_gui.ledger.verifications import VerificationRows


class SqliteLedger(
    AccountRows,
    LoginRows,
    SourceRows,
    FlagRows,
    LabelRows,
    DestinationRows,
    MatchRows,
    ArrivalRows,
    SuspectRows,
    MissingRows,
    RemovalRows,
    VerificationRows,
    NumberRows,
    CutoverRows,
):
    """One migration's document (see `mailmove_gui.domain.ledger.Ledger`, whose docstrings hold)."""

    def close(self) -> None:
        """Write everything and close; later calls raise ValueError."""
        self._database.close()
