"""What people choose about messages, what servers said to logins, and the way back of undo."""

from mailmove_gui.domain.events import Failure, Refusal
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import Arrival, RefusalRecord, RefusedLogins
from mailmove_gui.domain.secret import SecretKey
from mailmove_gui.ledger import SqliteLedger
from tests.unit.ledger.mailbox import ANNA, BO, OWNER, Mail, folder_state

KEY = SecretKey(Side.SOURCE, "imap.old.example", 993, "anna\udc80")
WRONG = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO [AUTHENTICATIONFAILED]")
LOCKED = Failure(Reason.LOCKED_OUT, Side.SOURCE, "NO locked")


def refuse(mail: Mail, *uids: int) -> list[Refusal]:
    rows = mail.rows()
    return [
        mail.ledger.mark_refused(mail.account_id, RefusalRecord(rows[uid].id, Reason.MESSAGE_REFUSED, "no"))
        for uid in uids
    ]


# Logins


def test_refused_logins_are_counted_until_one_is_accepted(ledger: SqliteLedger) -> None:
    assert ledger.refused_logins(KEY) == RefusedLogins()
    ledger.note_login(KEY, WRONG)
    ledger.note_login(KEY, LOCKED)
    assert ledger.refused_logins(KEY) == RefusedLogins(2, LOCKED)
    ledger.note_login(KEY, None)
    assert ledger.refused_logins(KEY) == RefusedLogins()


def test_each_mailbox_counts_for_itself(ledger: SqliteLedger) -> None:
    ledger.note_login(KEY, WRONG)
    others = [
        SecretKey(Side.DESTINATION, KEY.host, KEY.port, KEY.user),
        SecretKey(KEY.side, "other.example", KEY.port, KEY.user),
        SecretKey(KEY.side, KEY.host, 143, KEY.user),
        SecretKey(KEY.side, KEY.host, KEY.port, "anna"),
    ]
    for other in others:
        assert ledger.refused_logins(other).tries == 0
        ledger.note_login(other, None)
    assert ledger.refused_logins(KEY).tries == 1


# Messages


def test_skipped_for_good_is_what_the_plan_does_not_bring_back(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    first, second = refuse(mail, 1, 2)
    assert ledger.dismiss(ANNA, [first.message_id]) == 1
    ledger.apply_selection(ANNA, Options(max_size_bytes=2), [mail.folder])
    ledger.apply_selection(ANNA, Options(), [mail.folder])
    counts = ledger.counts(ANNA)
    assert (counts.refused, counts.skipped, counts.pending) == (1, 1, 1)
    assert list(ledger.refusals()) == [second]
    assert list(ledger.dismissed()) == [first]
    assert list(ledger.dismissed(BO)) == []


def test_what_the_plan_leaves_out_is_not_dismissed_and_cannot_be_retried(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    (row,) = mail.rows().values()
    assert ledger.dismiss(ANNA, [row.id]) == 0
    ledger.apply_selection(ANNA, Options(), [])
    assert ledger.counts(ANNA).skipped == 1
    assert ledger.retry_messages(ANNA, [row.id]) == 0
    assert list(ledger.dismissed()) == []


def test_only_the_named_messages_of_the_account_are_tried_again(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3, 4)
    first, second, _ = refuse(mail, 1, 2, 3)
    sent = mail.send(4)
    ledger.mark_doubtful(ANNA, sent.values())
    ledger.dismiss(ANNA, [second.message_id])
    assert ledger.retry_messages(BO, [first.message_id]) == 0
    assert ledger.retry_messages(ANNA, []) == 0
    assert ledger.retry_messages(ANNA, [first.message_id, second.message_id, sent[4]]) == 3
    assert sorted(mail.rows()) == [1, 2, 4]
    assert ledger.counts(ANNA).refused == 1


def test_what_is_at_the_source_no_more_is_not_tried_again(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    sent = mail.send(1)
    ledger.mark_doubtful(ANNA, sent.values())
    ledger.mark_vanished(mail.folder, 1, [1])
    assert ledger.retry_messages(ANNA, sent.values()) == 0


def test_a_dismissed_message_that_vanishes_is_forgotten(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    (refusal,) = refuse(mail, 1)
    ledger.dismiss(ANNA, [refusal.message_id])
    ledger.mark_vanished(mail.folder, 1, [1])
    assert ledger.counts(ANNA).vanished == 1
    assert list(ledger.dismissed()) == []


# Undo


def test_removing_is_kept_until_the_rows_stand_for_nothing(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    ids = mail.move(1, 2)
    ledger.save_index(mail.target, folder_state(7))
    ledger.mark_removing(ANNA, ids.values())
    ledger.mark_removing(ANNA, ids.values())
    assert ledger.removing(ANNA) == frozenset(ids.values())
    assert ledger.counts(ANNA).moved == 2
    ledger.mark_unmoved([ids[1]])
    assert ledger.removing(ANNA) == {ids[2]}
    assert ledger.removing(BO) == frozenset()
    assert sorted(mail.rows()) == [1]
    assert [row.id for row in ledger.claimed(mail.target)] == [ids[2]]
    # What is left in the folder is listed anew.
    (record,) = ledger.destination_folders(OWNER)
    assert record.indexed is None


def test_all_of_one_account_stand_for_nothing(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3, 4)
    ids = mail.move(1, 2)
    mail.unclaimed(50)
    (copy,) = ledger._database.rows("SELECT id FROM unclaimed")
    ledger.claim([(mail.rows()[3].id, copy["id"])])
    ledger.mark_vanished(mail.folder, 1, [2])
    ledger.mark_removing(ANNA, [ids[1]])
    other = Mail(ledger, BO)
    other.list(9)
    kept = other.send(9)
    ledger.mark_moved(other.target, 7, [Arrival(kept[9], 5000, verified=True)])
    ledger.begin_undo(ANNA)
    assert ledger.is_undoing(ANNA)
    assert not ledger.is_undoing(BO)
    ledger.end_undo(ANNA)
    assert not ledger.is_undoing(ANNA)
    counts = ledger.counts(ANNA)
    assert (counts.moved, counts.already_there, counts.pending, counts.vanished) == (0, 0, 3, 1)
    assert ledger.removing(ANNA) == frozenset()
    assert ledger.counts(BO).moved == 1
    assert [row.id for row in ledger.claimed(mail.target)] == [kept[9]]


def test_flags_and_changes_are_told_of_what_was_moved(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.move(1)
    (row,) = ledger.claimed(mail.target)
    assert (row.source_uidvalidity, row.flags, row.changes) == (1, frozenset(), frozenset())
