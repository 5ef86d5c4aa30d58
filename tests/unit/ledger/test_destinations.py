from mailmove_gui.domain.messages import FolderState
from mailmove_gui.domain.records import DestinationFolderRecord, UnclaimedMessage
from mailmove_gui.ledger import SqliteLedger
from tests.unit.ledger.mailbox import ANNA, DAY, INBOX, OWNER, Mail, head


def test_a_destination_folder_is_made_once_for_each_owner(ledger: SqliteLedger) -> None:
    first = ledger.destination_folder(OWNER, INBOX)
    assert ledger.destination_folder(OWNER, INBOX) == first == DestinationFolderRecord(first.id, INBOX, None)
    other = ledger.destination_folder("bo@new.example", INBOX)
    assert other.id != first.id
    assert ledger.destination_folders(OWNER) == (first,)
    assert ledger.destination_folders("nobody") == ()


def test_an_index_is_kept(ledger: SqliteLedger, mail: Mail) -> None:
    state = FolderState(7, 11, 10, 12345, None)
    ledger.save_index(mail.target, state)
    assert ledger.destination_folder(OWNER, INBOX).indexed == state


def test_unclaimed_messages_are_entered_once(ledger: SqliteLedger, mail: Mail) -> None:
    mail.unclaimed(1, 2)
    mail.unclaimed(2, 3)
    assert ledger.unclaimed_count(OWNER) == 3
    assert ledger.indexed_uids(mail.target, 7) == {1, 2, 3}
    assert ledger.indexed_uids(mail.target, 8) == set()
    assert ledger.unclaimed_count("bo@new.example") == 0


def test_an_unclaimed_message_is_what_was_listed(ledger: SqliteLedger, mail: Mail) -> None:
    ledger.add_unclaimed(mail.target, 7, [head(1, size_bytes=5), head(2, date=None)])
    ledger.set_destination_keys(mail.target, [(1, b"k" * 16), (2, b"k" * 16)])
    first, second = ledger.unclaimed_by_key(OWNER, b"k" * 16)
    assert first == UnclaimedMessage(first.id, mail.target, INBOX, 1, 5, DAY, b"k" * 16, None)
    assert second.internal_date is None


def test_what_a_row_stands_for_is_never_unclaimed(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.move(1)
    mail.unclaimed(1001, 1002)
    assert ledger.unclaimed_count(OWNER) == 1
    assert ledger.indexed_uids(mail.target, 7) == {1001, 1002}


def test_dropping_takes_unclaimed_ones_only_and_all_of_another_uidvalidity(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.move(1)
    mail.unclaimed(1, 2)
    ledger.drop_unclaimed(mail.target, 7, [1, 1001])
    assert ledger.indexed_uids(mail.target, 7) == {2, 1001}
    ledger.add_unclaimed(mail.target, 8, [head(2)])
    ledger.drop_unclaimed(mail.target, 8, [])
    assert ledger.indexed_uids(mail.target, 7) == {1001}
    assert ledger.indexed_uids(mail.target, 8) == {2}


def test_claimed_uids_start_where_asked(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    mail.move(1, 2, 3)
    assert ledger.claimed_uids(mail.target, 7, 1002) == {1002, 1003}
    assert ledger.claimed_uids(mail.target, 8, 1) == set()


def test_looking_verifies(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    mail.move(1, verified=True)
    mail.move(2, 3, verified=False)
    assert ledger.unverified(OWNER) == {mail.target: [1002, 1003]}
    assert ledger.counts(ANNA).unverified == 2
    ledger.mark_verified(mail.target, 6, [1002])
    ledger.mark_verified(mail.target, 7, [1003])
    assert ledger.unverified(OWNER) == {mail.target: [1002]}
    assert ledger.counts(ANNA).unverified == 1


def test_after_renumbering_nothing_is_offered_under_old_uids(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.move(1, verified=False)
    ledger.save_index(mail.target, FolderState(8, 5, 4))
    assert ledger.unverified(OWNER) == {}
    # What it stands for is told with the UIDVALIDITY of then, so that nobody takes another message for it.
    assert [(claimed.uidvalidity, claimed.uid) for claimed in ledger.claimed(mail.target)] == [(7, 1001)]
    assert ledger.counts(ANNA).unverified == 1


def test_claimed_rows_come_in_order_and_survive_changes_while_read(ledger: SqliteLedger, mail: Mail) -> None:
    uids = range(1, 2501)
    mail.list(*uids)
    mail.move(*uids)
    seen = []
    for index, row in enumerate(ledger.claimed(mail.target)):
        if index % 100 == 0:
            ledger.mark_doubtful(ANNA, [row.id])
        seen.append(row.uid)
    assert seen == [uid + 1000 for uid in uids]
