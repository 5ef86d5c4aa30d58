"""Messages at which something failed: counted, kept over restarts, cleared when they are settled."""

from datetime import UTC, datetime
from pathlib import Path

from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import RefusalRecord
from mailmove_gui.ledger import SqliteLedger, create_ledger, open_ledger
from tests.unit.ledger.mailbox import ANNA, Mail, plan_of

AT = datetime(2026, 6, 1, tzinfo=UTC)


def failed(*ids: int, subject: str = "", text: str = "") -> list[RefusalRecord]:
    return [RefusalRecord(one, Reason.MESSAGE_BREAKS_CONNECTION, text, subject=subject) for one in ids]


def counted(ledger: SqliteLedger) -> list[tuple[int, int, int]]:
    return [(one.message_id, one.together, one.alone) for one in ledger.suspects(ANNA)]


def test_failures_are_counted_with_others_and_alone_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "x.mailmove"
    ledger = create_ledger(path, plan_of(ANNA))
    mail = Mail(ledger)
    mail.list(1, 2, 3)
    one, two, _ = (row.id for row in mail.rows().values())
    ledger.note_failed(ANNA, failed(one, two, subject="hello"), at=AT)
    ledger.note_failed(ANNA, failed(one), at=datetime(2026, 6, 2, tzinfo=UTC))
    ledger.close()
    ledger = open_ledger(path)
    assert counted(ledger) == [(one, 1, 1), (two, 1, 0)]
    suspect = ledger.suspects(ANNA)[0]
    # The first time counts, and what is known of a message is not forgotten because the next failure knows less.
    assert (suspect.since, suspect.moved_before, suspect.last.subject) == (AT, 0, "hello")
    ledger.note_failed(ANNA, failed(one, text="[SERVERBUG] no"), at=AT)
    assert ledger.suspects(ANNA)[0].last.server_text == "[SERVERBUG] no"
    ledger.close()


def test_what_is_settled_is_no_suspect_and_a_retry_starts_anew(tmp_path: Path) -> None:
    ledger = create_ledger(tmp_path / "x.mailmove", plan_of(ANNA))
    mail = Mail(ledger)
    mail.list(1, 2)
    one, two = (row.id for row in mail.rows().values())
    ledger.note_failed(ANNA, failed(one, two), at=AT)
    ledger.mark_refused(ANNA, ledger.suspects(ANNA)[0].last)
    assert counted(ledger) == [(two, 1, 0)]
    assert ledger.retry_refused(ANNA) == 1
    assert counted(ledger) == [(two, 1, 0)]
    ledger.close()
