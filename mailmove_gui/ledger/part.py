"""What all parts of the ledger stand on."""

from mailmove_gui.ledger.columns import text
from mailmove_gui.ledger.database import Database


class Part:
    """Some methods of the ledger port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._accounts: dict[str, int] = {}
        self._owners: dict[str, int] = {}

    def _account(self, account_id: str) -> int:
        """The row number of an account; KeyError if there is none."""
        if account_id not in self._accounts:
            row = self._database.row("SELECT id FROM accounts WHERE account_id = ?", (text(account_id),))
            if row is None:
                raise KeyError(account_id)
            self._accounts[account_id] = row["id"]
        return self._accounts[account_id]

    def _owner(self, owner: str) -> int:
        """The row number of the owner of a destination mailbox, made at first sight."""
        if owner not in self._owners:
            row = self._database.row("SELECT id FROM owners WHERE owner = ?", (text(owner),))
            if row is None:
                with self._database.writing() as connection:
                    connection.execute("INSERT OR IGNORE INTO owners (owner) VALUES (?)", (text(owner),))
                return self._owner(owner)
            self._owners[owner] = row["id"]
        return self._owners[owner]
