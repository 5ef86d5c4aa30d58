"""A migration in the middle of its work, with hostile names in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import MessageHead
from mailmove_gui.domain.plan import Account, Mailbox, MessageOrder, MigrationPlan
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import Arrival, Change, MessageState, RefusalRecord, SendingMessage
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import SqliteLedger, create_ledger

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
NAMES = ("anna", "bo", "cy", "di", "李雷", "eve")
HOSTILE = '<script>alert("x")</script>'
FORMULA = '=HYPERLINK("http://evil.example","see")'


def account(name: str) -> Account:
    return Account(
        f"{name}@acme.cn > {name}@acme.com",
        Mailbox(Endpoint("imap.exmail.qq.com", 993), f"{name}@acme.cn"),
        Mailbox(Endpoint("imap.mxhichina.com", 993), f"{name}@acme.com"),
    )


def sample_ledger(path: Path, name: str = "Acme GmbH") -> SqliteLedger:
    """Six accounts: done, done with refusals, in need of a password, waiting, moving, not started."""
    accounts = tuple(map(account, NAMES))
    ledger = create_ledger(path, MigrationPlan(name, accounts))
    anna, bo, cy, di, lei, _ = (one.id for one in accounts)
    for one in (anna, bo, cy, di, lei):
        ledger.set_account_state(one, AccountState.MOVING, at=NOW - timedelta(hours=5))
    for one in (anna, bo, di, lei):
        fill(ledger, one, ("INBOX",), 1200, moved=1200 if one in (anna, bo) else 700)
        fill(ledger, one, ("Projects", "2024 a/b"), 80, moved=78 if one == bo else 80)
        fill(ledger, one, (HOSTILE,), 3, moved=3)
    _refuse(ledger, bo)
    ledger.set_account_state(anna, AccountState.DONE, at=NOW - timedelta(hours=2))
    ledger.set_account_state(bo, AccountState.DONE_WITH_REFUSALS, at=NOW - timedelta(hours=1))
    ledger.set_account_state(
        cy,
        AccountState.NEEDS_PASSWORD,
        Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "[AUTHENTICATIONFAILED] <b>Login fail.</b> 请使用授权码"),
        at=NOW,
    )
    waits = Failure(Reason.THROTTLED, Side.DESTINATION, "NO [OVERQUOTA] too fast", NOW + timedelta(hours=1))
    ledger.set_account_state(di, AccountState.WAITING, waits, at=NOW)
    return ledger


def fill(
    ledger: SqliteLedger, account_id: str, path: FolderPath, messages: int, *, moved: int, verified: bool = True
) -> None:
    """List messages of a folder, and move the oldest of them."""
    folder = ledger.source_folder(account_id, path, path).id
    owner = account_id.partition(" > ")[2]
    target = ledger.destination_folder(owner, path).id
    heads = [MessageHead(uid, 30_000 + uid, NOW - timedelta(days=uid), frozenset()) for uid in range(1, messages + 1)]
    ledger.add_messages(folder, 1, [(head, MessageState.LISTED) for head in heads])
    rows = ledger.pending(folder, MessageOrder.OLDEST_FIRST, None, moved)
    changes = frozenset({Change.LINE_ENDS}) if len(path) > 1 else frozenset[Change]()
    ledger.mark_sending(
        target,
        7,
        1,
        [SendingMessage(row.id, row.size_bytes, row.internal_date, b"k" * 16, b"h" * 32, changes) for row in rows],
    )
    ledger.mark_moved(target, 7, [Arrival(row.id, row.uid, verified, changes) for row in rows])


def _refuse(ledger: SqliteLedger, account_id: str) -> None:
    folder = ledger.source_folder(account_id, ("Projects", "2024 a/b"), ("Projects", "2024 a/b"))
    first, second = ledger.pending(folder.id, MessageOrder.OLDEST_FIRST, None, 2)
    ledger.mark_refused(
        account_id,
        RefusalRecord(
            first.id,
            Reason.MESSAGE_TOO_LARGE,
            "NO [TOOBIG] message exceeds 25 MB",
            "Fri, 01 Mar 2024 12:00:00 +0800",
            '"李雷 & <b>Co</b>" <li@acme.cn>',
            HOSTILE,
        ),
    )
    ledger.mark_refused(
        account_id,
        RefusalRecord(second.id, Reason.MESSAGE_REFUSED, "BAD\r\ninvalid header", "2024", "\tx", FORMULA + "\u202etxt"),
    )
