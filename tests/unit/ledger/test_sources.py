from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailmove_gui.domain.messages import FolderState
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import MessageState, PendingMessage, RefusalRecord, SourceFolderRecord
from mailmove_gui.ledger import SqliteLedger
from mailmove_gui.ledger.columns import date_columns, date_of, path_of, path_text
from tests.unit.ledger.mailbox import ANNA, BO, DAY, INBOX, Mail, head


def test_a_source_folder_is_made_once_and_takes_a_new_destination(ledger: SqliteLedger) -> None:
    path = ("项目", "a/b", 'q"\udc80')
    first = ledger.source_folder(ANNA, path, ("Projects",))
    again = ledger.source_folder(ANNA, path, ("Other", "Place"))
    assert again == SourceFolderRecord(first.id, path, ("Other", "Place"), None)
    assert ledger.source_folders(ANNA) == (again,)


def test_nothing_is_known_of_a_source_that_is_forgotten(ledger: SqliteLedger, mail: Mail) -> None:
    other = Mail(ledger, BO)
    mail.list(1, 2, 3)
    other.list(1)
    mail.send(1)
    ledger.mark_refused(ANNA, RefusalRecord(mail.rows()[2].id, Reason.MESSAGE_REFUSED, "no"))
    ledger.forget_source(ANNA)
    assert ledger.counts(ANNA) == Counts()
    assert (ledger.source_folders(ANNA), ledger.folder_counts(ANNA)) == ((), ())
    assert (ledger.sending(ANNA), list(ledger.refusals(ANNA))) == ((), [])
    assert ledger.counts(BO).total == 1


@pytest.mark.parametrize("state", [FolderState(1, 2, 3), FolderState(2**32 - 1, 2**32, 0, 2**62, 2**40)])
def test_a_scan_is_kept(ledger: SqliteLedger, mail: Mail, state: FolderState) -> None:
    ledger.save_scan(mail.folder, state)
    assert ledger.source_folder(ANNA, INBOX, INBOX).scanned == state


@settings(database=None)
@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_dates_keep_instant_and_zone(moment: datetime) -> None:
    kept = date_of(*date_columns(moment))
    assert kept is not None
    assert kept.utcoffset() == timedelta(seconds=(moment.utcoffset() or timedelta()) // timedelta(seconds=1))
    assert kept.replace(tzinfo=None) == moment.replace(tzinfo=None, microsecond=0, fold=0)


def test_no_date_stays_no_date() -> None:
    assert date_of(*date_columns(None)) is None


@settings(database=None)
@given(st.lists(st.text(st.characters(), min_size=1), max_size=4))
def test_folder_paths_survive(parts: list[str]) -> None:
    assert path_of(path_text(tuple(parts))) == tuple(parts)


def test_a_pending_message_is_what_was_listed(ledger: SqliteLedger, mail: Mail) -> None:
    flags = frozenset({"\\Seen", "$Label", "\\Flagged"})
    ledger.add_messages(mail.folder, 1, [(head(5, size_bytes=2**40, flags=flags), MessageState.LISTED)])
    (row,) = ledger.pending(mail.folder, MessageOrder.NEWEST_FIRST, None, 10)
    assert row == PendingMessage(row.id, 5, 2**40, DAY, flags)
    assert row.internal_date is not None
    assert row.internal_date.utcoffset() == timedelta(hours=8)


def all_pending(ledger: SqliteLedger, folder: int, order: MessageOrder, limit: int) -> list[int]:
    uids: list[int] = []
    after = None
    while rows := ledger.pending(folder, order, after, limit):
        uids += [row.uid for row in rows]
        after = rows[-1]
    return uids


def test_pending_runs_through_dates_and_then_uids_both_ways(ledger: SqliteLedger, mail: Mail) -> None:
    dates = {1: DAY, 2: None, 3: DAY - timedelta(days=9), 4: DAY, 5: None, 6: datetime(1950, 1, 1, tzinfo=UTC)}
    ledger.add_messages(
        mail.folder, 1, [(head(uid, date=moment), MessageState.LISTED) for uid, moment in dates.items()]
    )
    oldest_first = [2, 5, 6, 3, 1, 4]
    for limit in (1, 2, 100):
        assert all_pending(ledger, mail.folder, MessageOrder.OLDEST_FIRST, limit) == oldest_first
        assert all_pending(ledger, mail.folder, MessageOrder.NEWEST_FIRST, limit) == oldest_first[::-1]


def test_pending_goes_on_behind_a_row_that_is_pending_no_more(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    (newest,) = ledger.pending(mail.folder, MessageOrder.NEWEST_FIRST, None, 1)
    mail.move(newest.uid)
    assert [row.uid for row in ledger.pending(mail.folder, MessageOrder.NEWEST_FIRST, newest, 9)] == [2, 1]


def test_known_are_those_at_the_source_under_that_uidvalidity(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    mail.list(4, uidvalidity=2)
    ledger.mark_vanished(mail.folder, 1, [3])
    assert ledger.known_uids(mail.folder, 1) == {1, 2}
    assert ledger.known_uids(mail.folder, 2) == {4}


def test_what_was_never_moved_vanishes_and_comes_back_as_listed_anew(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    mail.list(3, state=MessageState.SKIPPED)
    ledger.mark_refused(ANNA, RefusalRecord(mail.rows()[2].id, Reason.MESSAGE_REFUSED, "no"))
    ledger.mark_vanished(mail.folder, 1, [1, 2, 3])
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.vanished, counts.refused, counts.skipped, counts.at_source) == (3, 3, 0, 0, 0)
    assert list(ledger.refusals()) == []
    mail.list(1, 2)
    mail.list(3, state=MessageState.SKIPPED)
    counts = ledger.counts(ANNA)
    assert (counts.pending, counts.skipped, counts.vanished, counts.at_source) == (2, 1, 0, 3)


def test_what_was_moved_stays_moved_and_is_gone_until_it_is_seen_again(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    mail.move(1, 2)
    ledger.mark_vanished(mail.folder, 1, [1])
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.moved, counts.gone, counts.vanished, counts.at_source) == (3, 2, 1, 0, 2)
    assert ledger.vanished_claims(ANNA) == 1
    mail.list(1)
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.moved, counts.gone, counts.at_source) == (3, 2, 0, 3)
    assert ledger.vanished_claims(ANNA) == 0


def test_a_message_in_doubt_whose_source_is_gone_is_settled_first(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    ids = mail.send(1, 2, 3)
    ledger.mark_vanished(mail.folder, 1, [1, 2])
    assert [message.id for message in ledger.sending(ANNA)[0].messages] == list(ids.values())
    assert ledger.counts(ANNA).pending == 3
    ledger.mark_listed([ids[1], ids[3]])
    ledger.mark_doubtful(ANNA, [ids[2]])
    counts = ledger.counts(ANNA)
    assert (counts.pending, counts.vanished, counts.doubtful, counts.gone, counts.at_source) == (1, 1, 1, 1, 1)


def test_after_renumbering_nothing_is_counted_twice(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(*range(1, 7))
    mail.list(7, state=MessageState.SKIPPED)
    ids = mail.move(1, 2)
    ledger.mark_refused(ANNA, RefusalRecord(mail.rows()[3].id, Reason.MESSAGE_REFUSED, "no"))
    (doubt,) = ledger.mark_doubtful(ANNA, mail.send(4).values())
    mail.list(*range(101, 108), uidvalidity=2)
    ledger.mark_others_vanished(mail.folder, 2)
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.moved, counts.gone, counts.pending, counts.at_source) == (10, 2, 3, 7, 7)
    assert list(ledger.refusals()) == [doubt]
    rows = mail.rows()
    ledger.rebind(rows[101].id, ids[1])
    ledger.rebind(rows[102].id, ids[2])
    ledger.rebind(rows[104].id, doubt.message_id)
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.moved, counts.gone, counts.pending, counts.vanished) == (7, 2, 0, 4, 0)
    assert [(refusal.uid, refusal.reason) for refusal in ledger.refusals()] == [(104, doubt.reason)]


def test_when_the_folder_is_gone_what_was_never_moved_vanishes_and_doubt_stays(
    ledger: SqliteLedger, mail: Mail
) -> None:
    mail.list(1, 2, 3, 4)
    mail.list(5, state=MessageState.SKIPPED)
    mail.move(1)
    ledger.mark_doubtful(ANNA, mail.send(2).values())
    ledger.mark_refused(ANNA, RefusalRecord(mail.rows()[3].id, Reason.MESSAGE_REFUSED, "no"))
    ledger.save_scan(mail.folder, FolderState(1, 6, 5))
    ledger.mark_others_vanished(mail.folder, 0)
    assert ledger.source_folder(ANNA, INBOX, INBOX).scanned is None
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.moved, counts.doubtful, counts.vanished, counts.gone) == (5, 1, 1, 3, 2)
    assert (counts.at_source, counts.pending) == (0, 0)
    assert [refusal.reason for refusal in ledger.refusals()] == [Reason.ARRIVAL_UNKNOWN]
    mail.list(1, 4)
    assert (ledger.counts(ANNA).moved, ledger.counts(ANNA).pending, ledger.counts(ANNA).at_source) == (1, 1, 2)


def test_selection_by_date_and_size_goes_both_ways(ledger: SqliteLedger, mail: Mail) -> None:
    zone = timezone(timedelta(hours=8))
    messages = {
        1: head(1, date=datetime(2023, 12, 31, 23, 59, tzinfo=zone)),
        2: head(2, date=datetime(2024, 1, 1, 0, 0, tzinfo=zone)),  # still 2023 in UTC
        3: head(3, date=datetime(2024, 1, 31, 23, 59, tzinfo=zone)),
        4: head(4, date=datetime(2024, 2, 1, 0, 0, tzinfo=zone)),
        5: head(5, date=None),
        6: head(6, date=datetime(2024, 1, 15, tzinfo=zone), size_bytes=1001),
        7: head(7, date=None, size_bytes=1000),
    }
    ledger.add_messages(mail.folder, 1, [(one, MessageState.LISTED) for one in messages.values()])
    narrow = Options(since=date(2024, 1, 1), before=date(2024, 2, 1), max_size_bytes=1000)
    ledger.apply_selection(ANNA, narrow, [mail.folder])
    assert set(mail.rows()) == {2, 3, 5, 7}
    assert ledger.counts(ANNA).skipped == 3
    ledger.apply_selection(ANNA, Options(since=date(2024, 1, 1)), [mail.folder])
    assert set(mail.rows()) == {2, 3, 4, 5, 6, 7}
    ledger.apply_selection(ANNA, Options(), [])
    assert mail.rows() == {}
    assert ledger.counts(ANNA).skipped == 7
    ledger.apply_selection(ANNA, Options(), [mail.folder])
    assert set(mail.rows()) == set(messages)


def test_selection_leaves_what_was_moved_and_other_accounts_alone(ledger: SqliteLedger, mail: Mail) -> None:
    other = Mail(ledger, "bo@old.example > bo@new.example", "bo@new.example")
    other.list(5)
    mail.list(5, 6)
    mail.move(5)
    ledger.apply_selection(ANNA, Options(max_size_bytes=1), [mail.folder, other.folder])
    counts = ledger.counts(ANNA)
    assert (counts.moved, counts.skipped, counts.pending) == (1, 1, 0)
    assert other.rows().keys() == {5}


def test_pending_count_is_what_is_listed(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    mail.send(3)
    assert ledger.pending_count(ANNA) == 2
