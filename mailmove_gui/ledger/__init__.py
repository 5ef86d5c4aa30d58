"""What has been done: one SQLite file a migration, the document that people open, copy and keep."""

from mailmove_gui.ledger.opening import create_ledger, open_ledger, open_or_create
from mailmove_gui.ledger.sqlite_ledger import SqliteLedger

__all__ = ["SqliteLedger", "create_ledger", "open_ledger", "open_or_create"]
