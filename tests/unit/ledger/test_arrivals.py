from datetime import timedelta
from pathlib import Path

import pytest

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import (
    Arrival,
    Change,
    MessageState,
    RefusalRecord,
    SendingBatch,
    SendingMessage,
)
from mailmove_gui.ledger import SqliteLedger, open_ledger
from mailmove_gui.ledger.columns import change_bits, changes_of, state_number, state_of
from tests.unit.ledger.mailbox import ANNA, BO, DAY, INBOX, OWNER, Mail, digest, key


def test_every_state_and_change_has_a_number() -> None:
    assert {state_of(state_number(state)) for state in MessageState} == set(MessageState)
    assert changes_of(change_bits(frozenset(Change))) == frozenset(Change)
    assert [changes_of(change_bits(frozenset({change}))) for change in Change] == [
        frozenset({change}) for change in Change
    ]


def test_what_is_in_doubt_survives_the_program(path: Path, ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    rows = mail.rows()
    changes = frozenset({Change.DATE_CLAMPED, Change.LINE_ENDS})
    first = SendingMessage(rows[1].id, 11, DAY + timedelta(days=1), key(1), digest(1), changes)
    second = SendingMessage(rows[2].id, 22, None, key(2), digest(2))
    elsewhere = ledger.destination_folder(OWNER, ("Sent",)).id
    third = SendingMessage(rows[3].id, 33, DAY, key(3), digest(3))
    ledger.mark_sending(mail.target, 7, 100, [second])
    ledger.mark_sending(mail.target, 7, 90, [first])
    ledger.mark_sending(elsewhere, 8, 5, [third])
    ledger.close()
    ledger = open_ledger(path)
    assert ledger.sending(ANNA) == (
        SendingBatch(mail.target, 7, 90, (first, second)),
        SendingBatch(elsewhere, 8, 5, (third,)),
    )
    assert ledger.sending(BO) == ()
    counts = ledger.counts(ANNA)
    assert (counts.pending, counts.bytes_total, counts.bytes_settled) == (3, 66, 0)
    assert ledger.pending_count(ANNA) == 0
    ledger.close()


def test_an_arrival_settles_its_row_and_leaves_the_index(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    ids = mail.send(1, 2)
    mail.unclaimed(31, 32)
    ledger.mark_moved(mail.target, 7, [Arrival(ids[1], 31, True, frozenset({Change.REWRITTEN}))])
    assert ledger.unclaimed_count(OWNER) == 1
    assert [message.id for message in ledger.sending(ANNA)[0].messages] == [ids[2]]
    assert ledger.indexed_uids(mail.target, 7) == {31, 32}
    assert ledger.claimed_uids(mail.target, 7, 0) == {31}
    (claimed,) = ledger.claimed(mail.target)
    assert (claimed.uid, claimed.source, claimed.source_uid, claimed.size_bytes) == (31, INBOX, 1, 1)


def test_changes_are_counted_for_what_was_moved(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    both = frozenset({Change.LINE_ENDS, Change.FLAGS_DROPPED})
    rows = mail.rows()
    ledger.mark_sending(
        mail.target,
        7,
        1,
        [
            SendingMessage(rows[uid].id, 1, None, key(uid), digest(uid), changes)
            for uid, changes in ((1, both), (2, both))
        ],
    )
    ledger.mark_moved(mail.target, 7, [Arrival(rows[1].id, 5, True, frozenset({Change.REWRITTEN}))])
    assert ledger.change_counts(ANNA) == {Change.FLAGS_DROPPED: 1, Change.LINE_ENDS: 1, Change.REWRITTEN: 1}
    assert ledger.change_counts(BO) == {}


def test_a_re_filed_message_is_where_it_was_found(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    ids = mail.move(1)
    elsewhere = ledger.destination_folder(OWNER, ("Archive",)).id
    ledger.mark_moved(elsewhere, 3, [Arrival(ids[1], 5, True)])
    assert list(ledger.claimed(mail.target)) == []
    assert [row.uid for row in ledger.claimed(elsewhere)] == [5]
    assert ledger.counts(ANNA).moved == 1


def test_one_that_was_there_already_stays_so_when_it_is_re_filed(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.unclaimed(9)
    ledger.set_destination_keys(mail.target, [(9, key(1))])
    (row,) = mail.rows().values()
    ledger.claim([(row.id, ledger.unclaimed_by_key(OWNER, key(1))[0].id)])
    ledger.mark_moved(mail.target, 7, [Arrival(row.id, 44, True)])
    counts = ledger.counts(ANNA)
    assert (counts.already_there, counts.moved) == (1, 0)
    assert ledger.claimed_uids(mail.target, 7, 0) == {44}


def test_an_arrival_of_nothing_is_an_error_and_keeps_nothing(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    ids = mail.send(1)
    with pytest.raises(KeyError):
        ledger.mark_moved(mail.target, 7, [Arrival(ids[1], 5, True), Arrival(999, 6, True)])
    assert ledger.counts(ANNA).moved == 0


def test_what_was_not_stored_is_sent_again(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    ids = mail.send(1, 2)
    ledger.mark_listed([ids[1]])
    assert mail.rows().keys() == {1}
    assert len(ledger.sending(ANNA)[0].messages) == 1
    mail.send(1, uidnext=4)
    assert [batch.uidnext for batch in ledger.sending(ANNA)] == [1]
    ledger.mark_moved(mail.target, 7, [Arrival(ids[1], 5, True)])
    ledger.mark_listed([ids[1]])
    assert ledger.counts(ANNA).moved == 1


def test_a_refusal_says_which_message_it_is(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(7)
    (row,) = mail.rows().values()
    record = RefusalRecord(row.id, Reason.MESSAGE_REFUSED, "NO\udc80 bad", "Fri, 1 Mar", "李 <li@x>", "=1+1 \udcff")
    told = ledger.mark_refused(ANNA, record)
    assert told == Refusal(
        ANNA, INBOX, 7, Reason.MESSAGE_REFUSED, "NO\\udc80 bad", "Fri, 1 Mar", "李 <li@x>", "=1+1 \\udcff", 7, 1, row.id
    )
    assert list(ledger.refusals()) == [told]
    assert list(ledger.refusals(BO)) == []


def test_a_message_without_a_readable_header_is_told_by_its_date(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(7)
    told = ledger.mark_refused(ANNA, RefusalRecord(mail.rows()[7].id, Reason.MESSAGE_UNREADABLE, ""))
    assert told.date == "2024-03-01 12:00:00+08:00"


def test_doubtful_rows_stand_for_nothing_and_are_listed(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    sending = mail.send(1)
    moved = mail.move(2, verified=False)
    told = ledger.mark_doubtful(ANNA, [sending[1], moved[2]])
    assert [(refusal.uid, refusal.reason) for refusal in told] == [
        (1, Reason.ARRIVAL_UNKNOWN),
        (2, Reason.ARRIVAL_UNKNOWN),
    ]
    assert tuple(ledger.refusals(ANNA)) == told
    assert ledger.claimed_uids(mail.target, 7, 0) == set()
    counts = ledger.counts(ANNA)
    assert (counts.doubtful, counts.moved, counts.unverified, counts.pending) == (2, 0, 0, 0)


def test_a_row_of_another_account_is_not_refused(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    with pytest.raises(KeyError):
        ledger.mark_refused(BO, RefusalRecord(mail.rows()[1].id, Reason.MESSAGE_REFUSED, ""))
    assert ledger.counts(ANNA).refused == 0


def test_refused_messages_are_tried_again_doubtful_ones_are_not(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    ledger.mark_doubtful(ANNA, mail.send(3).values())
    rows = mail.rows()
    for uid in (1, 2):
        ledger.mark_refused(ANNA, RefusalRecord(rows[uid].id, Reason.MESSAGE_REFUSED, ""))
    assert ledger.retry_refused(BO) == 0
    assert ledger.retry_refused(ANNA) == 2
    assert mail.rows().keys() == {1, 2}
    assert [refusal.reason for refusal in ledger.refusals()] == [Reason.ARRIVAL_UNKNOWN]
    assert ledger.retry_refused(ANNA) == 0


def test_a_doubtful_message_that_was_found_is_listed_no_more(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    ids = mail.send(1)
    ledger.mark_doubtful(ANNA, ids.values())
    ledger.mark_moved(mail.target, 7, [Arrival(ids[1], 5, True)])
    assert list(ledger.refusals()) == []
    assert ledger.counts(ANNA).moved == 1


def test_many_refusals_come_in_order(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(*range(1, 2501))
    ledger.mark_doubtful(ANNA, [row.id for row in mail.rows().values()])
    assert [refusal.uid for refusal in ledger.refusals()] == list(range(1, 2501))
    assert [refusal.uid for refusal in ledger.refusals(ANNA)] == list(range(1, 2501))
