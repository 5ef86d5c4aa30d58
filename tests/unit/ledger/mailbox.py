"""Ledger rows made from few words."""

from datetime import UTC, datetime, timedelta, timezone

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.messages import Flags, FolderState, MessageHead
from mailmove_gui.domain.plan import Account, Mailbox, MessageOrder, MigrationPlan
from mailmove_gui.domain.records import Arrival, MessageState, PendingMessage, SendingMessage
from mailmove_gui.ledger import SqliteLedger

ANNA = "anna@old.example > anna@new.example"
BO = "bo@old.example > bo@new.example"
OWNER = "anna@new.example"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = datetime(2024, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))
INBOX = ("INBOX",)


def account(account_id: str) -> Account:
    source, destination = account_id.split(" > ")
    return Account(
        account_id,
        Mailbox(Endpoint("imap.old.example", 993), source),
        Mailbox(Endpoint("imap.new.example", 993), destination),
    )


def plan_of(*account_ids: str, name: str = "Test") -> MigrationPlan:
    return MigrationPlan(name, tuple(map(account, account_ids)), id="test")


def head(
    uid: int,
    *,
    size_bytes: int = 100,
    date: datetime | None = DAY,
    flags: Flags = frozenset(),
) -> MessageHead:
    return MessageHead(uid, size_bytes, date, flags)


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def digest(number: int) -> bytes:
    return number.to_bytes(32, "big")


def folder_state(uidvalidity: int = 1, uidnext: int = 100, messages: int = 10) -> FolderState:
    return FolderState(uidvalidity, uidnext, messages)


class Mail:
    """A source folder and a destination folder of one account, and short ways to fill them."""

    def __init__(self, ledger: SqliteLedger, account_id: str = ANNA, owner: str = OWNER) -> None:
        self.ledger = ledger
        self.account_id = account_id
        self.owner = owner
        self.folder = ledger.source_folder(account_id, INBOX, INBOX).id
        self.target = ledger.destination_folder(owner, INBOX).id

    def list(self, *uids: int, state: MessageState = MessageState.LISTED, uidvalidity: int = 1) -> None:
        self.ledger.add_messages(self.folder, uidvalidity, [(head(uid, size_bytes=uid), state) for uid in uids])

    def rows(self) -> dict[int, PendingMessage]:
        return {row.uid: row for row in self.ledger.pending(self.folder, MessageOrder.OLDEST_FIRST, None, 10_000)}

    def send(self, *uids: int, uidnext: int = 1) -> dict[int, int]:
        """Mark as SENDING, with header key and content hash made of the UID; returns the rows' ids by UID."""
        rows = self.rows()
        self.ledger.mark_sending(
            self.target,
            7,
            uidnext,
            [
                SendingMessage(rows[uid].id, rows[uid].size_bytes, rows[uid].internal_date, key(uid), digest(uid))
                for uid in uids
            ],
        )
        return {uid: rows[uid].id for uid in uids}

    def move(self, *uids: int, verified: bool = True) -> dict[int, int]:
        """Send and let arrive under UID + 1000."""
        ids = self.send(*uids)
        self.ledger.mark_moved(self.target, 7, [Arrival(ids[uid], uid + 1000, verified) for uid in uids])
        return ids

    def unclaimed(self, *uids: int) -> None:
        self.ledger.add_unclaimed(self.target, 7, [head(uid, size_bytes=uid) for uid in uids])
