"""What the day of the switch asks of the ledger."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from mailmove_gui.domain.messages import MessageHead
from mailmove_gui.domain.mx import MxHistory
from mailmove_gui.domain.records import MessageState
from mailmove_gui.domain.states import AccountState as S
from mailmove_gui.ledger import SqliteLedger, open_ledger
from tests.unit.ledger.mailbox import ANNA, BO

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_what_was_seen_of_a_domain_is_there_after_opening_again(path: Path, ledger: SqliteLedger) -> None:
    seen = MxHistory("acme.cn", NOW, 3600, NOW + timedelta(hours=1))
    ledger.save_mx_history(MxHistory("acme.cn", None, 60, None))
    ledger.save_mx_history(seen)
    ledger.close()
    again = open_ledger(path)
    assert again.mx_history("acme.cn") == seen
    assert again.mx_history("acme.com") == MxHistory("acme.com")
    again.close()


def test_the_newest_message_of_a_source(ledger: SqliteLedger) -> None:
    assert ledger.newest_at_source(ANNA, NOW) is None
    china = timezone(timedelta(hours=8))
    dates: dict[str, list[datetime | None]] = {
        "INBOX": [NOW - timedelta(days=2), None, NOW + timedelta(days=400)],
        "Work": [(NOW - timedelta(hours=3)).astimezone(china), NOW - timedelta(days=9)],
    }
    for name, moments in dates.items():
        folder = ledger.source_folder(ANNA, (name,), (name,)).id
        heads = [MessageHead(uid, 10, moment, frozenset()) for uid, moment in enumerate(moments, start=1)]
        ledger.add_messages(folder, 1, [(head, MessageState.LISTED) for head in heads])
    assert ledger.newest_at_source(ANNA, NOW) == NOW - timedelta(hours=3)
    assert ledger.newest_at_source(BO, NOW) is None


def test_when_the_last_complete_pass_began(ledger: SqliteLedger) -> None:
    assert ledger.pass_begun(ANNA) is None
    states = (S.QUEUED, S.CHECKING, S.MOVING, S.VERIFYING, S.DONE, S.QUEUED, S.CHECKING, S.MOVING, S.PAUSED)
    for minute, state in enumerate(states):
        ledger.set_account_state(ANNA, state, at=NOW + timedelta(minutes=minute))
    assert ledger.pass_begun(ANNA) == NOW + timedelta(minutes=1)
    for minute, state in enumerate((S.CHECKING, S.MOVING, S.VERIFYING, S.DONE_WITH_REFUSALS), start=20):
        ledger.set_account_state(ANNA, state, at=NOW + timedelta(minutes=minute))
    assert ledger.pass_begun(ANNA) == NOW + timedelta(minutes=20)
    assert ledger.pass_begun(BO) is None
