import pytest

from mailmove_gui.domain.ledger import AlreadyClaimed
from mailmove_gui.domain.records import Arrival, MatchGroup, MessageState, MovedBefore, SourceCandidate
from mailmove_gui.ledger import SqliteLedger
from mailmove_gui.ledger.matches import KEYS_AT_ONCE
from tests.unit.ledger.mailbox import ANNA, BO, INBOX, OWNER, Mail, digest, key


def groups(ledger: SqliteLedger) -> dict[bytes, MatchGroup]:
    return {group.header_key: group for group in ledger.match_groups(ANNA, OWNER)}


def test_rows_without_a_key_are_asked_for_folder_by_folder(ledger: SqliteLedger, mail: Mail) -> None:
    sent = ledger.source_folder(ANNA, ("Sent",), ("Sent",)).id
    mail.list(1, 2, 3)
    mail.folder = sent
    mail.list(4)
    inbox = ledger.source_folder(ANNA, INBOX, INBOX).id
    assert ledger.sources_without_key(ANNA, 2) == {inbox: [1, 2]}
    assert ledger.sources_without_key(ANNA, 10) == {inbox: [1, 2, 3], sent: [4]}
    ledger.set_source_keys(inbox, [(1, key(1)), (2, b"")])
    assert ledger.sources_without_key(ANNA, 10) == {inbox: [3], sent: [4]}
    assert ledger.sources_without_key(BO, 10) == {}


def test_unclaimed_messages_without_a_key_likewise(ledger: SqliteLedger, mail: Mail) -> None:
    mail.unclaimed(1, 2, 3)
    assert ledger.destinations_without_key(OWNER, 2) == {mail.target: [1, 2]}
    ledger.set_destination_keys(mail.target, [(1, key(1)), (2, b"")])
    assert ledger.destinations_without_key(OWNER, 10) == {mail.target: [3]}
    assert [copy.uid for copy in ledger.unclaimed_by_key(OWNER, key(1))] == [1]
    assert ledger.unclaimed_by_key(OWNER, b"") == ()
    assert ledger.unclaimed_by_key("someone else", key(1)) == ()


def test_a_group_holds_all_of_one_key(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3, 4, 5)
    moved = mail.move(3, 4)
    ledger.mark_vanished(mail.folder, 1, [3])
    rows = mail.rows()
    mail.unclaimed(21, 22, 23)
    ledger.set_source_keys(mail.folder, [(1, key(3)), (2, key(3)), (5, key(5))])
    ledger.set_destination_keys(mail.target, [(21, key(3)), (22, key(3)), (23, key(6))])
    ledger.set_source_hash(rows[1].id, digest(1))
    copies = ledger.unclaimed_by_key(OWNER, key(3))
    ledger.set_destination_hash(copies[0].id, digest(2))
    assert ledger.unclaimed_by_key(OWNER, key(3))[0].content_hash == digest(2)
    assert groups(ledger) == {
        key(3): MatchGroup(
            key(3),
            (
                SourceCandidate(rows[1].id, mail.folder, INBOX, INBOX, 1, 1, digest(1)),
                SourceCandidate(rows[2].id, mail.folder, INBOX, INBOX, 2, 2, None),
            ),
            ledger.unclaimed_by_key(OWNER, key(3)),
            (MovedBefore(moved[3], 3, digest(3), mail.target, 1003),),
            0,
        )
    }


def test_settled_counts_rows_of_the_key_that_are_still_at_the_source(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3, 4)
    mail.move(2, 3)
    ledger.set_source_keys(mail.folder, [(1, key(2)), (4, key(2))])
    mail.unclaimed(9)
    ledger.set_destination_keys(mail.target, [(9, key(2))])
    group = groups(ledger)[key(2)]
    assert group.settled == 1
    ledger.claim([(group.sources[0].id, group.unclaimed[0].id)])
    assert groups(ledger) == {}
    mail.unclaimed(10)
    ledger.set_destination_keys(mail.target, [(10, key(2))])
    assert groups(ledger)[key(2)].settled == 2


def test_the_empty_key_matches_nothing(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.unclaimed(2)
    ledger.set_source_keys(mail.folder, [(1, b"")])
    ledger.set_destination_keys(mail.target, [(2, b"")])
    assert groups(ledger) == {}


def test_another_accounts_messages_do_not_match(ledger: SqliteLedger, mail: Mail) -> None:
    other = Mail(ledger, BO, "bo@new.example")
    other.list(1)
    other.unclaimed(2)
    ledger.set_source_keys(other.folder, [(1, key(1))])
    ledger.set_destination_keys(other.target, [(2, key(1))])
    mail.list(1)
    ledger.set_source_keys(mail.folder, [(1, key(1))])
    assert groups(ledger) == {}
    assert len(list(ledger.match_groups(BO, "bo@new.example"))) == 1


def test_what_was_moved_to_another_owner_is_no_moved_before(ledger: SqliteLedger, mail: Mail) -> None:
    elsewhere = Mail(ledger, ANNA, "old-name@new.example")
    elsewhere.list(1, 2)
    elsewhere.move(1)
    ledger.mark_vanished(mail.folder, 1, [1])
    ledger.set_source_keys(mail.folder, [(2, key(1))])
    assert groups(ledger) == {}
    assert len(list(ledger.match_groups(ANNA, "old-name@new.example"))) == 1


def test_claims_while_iterating_over_many_keys(ledger: SqliteLedger, mail: Mail) -> None:
    uids = range(1, 2 * KEYS_AT_ONCE + 8)
    mail.list(*uids)
    mail.unclaimed(*uids)
    ledger.set_source_keys(mail.folder, [(uid, key(uid)) for uid in uids])
    ledger.set_destination_keys(mail.target, [(uid, key(uid)) for uid in uids])
    for group in ledger.match_groups(ANNA, OWNER):
        ledger.claim([(group.sources[0].id, group.unclaimed[0].id)])
    assert ledger.counts(ANNA).already_there == len(uids)
    assert ledger.unclaimed_count(OWNER) == 0
    assert {row.uid: row.source_uid for row in ledger.claimed(mail.target)} == {uid: uid for uid in uids}


def test_a_copy_is_claimed_once(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    mail.unclaimed(9)
    ledger.set_destination_keys(mail.target, [(9, key(1))])
    (copy,) = ledger.unclaimed_by_key(OWNER, key(1))
    rows = mail.rows()
    ledger.claim([(rows[1].id, copy.id)])
    with pytest.raises(AlreadyClaimed):
        ledger.claim([(rows[2].id, copy.id)])
    counts = ledger.counts(ANNA)
    assert (counts.already_there, counts.pending) == (1, 1)


def test_a_row_claims_one_copy(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    mail.unclaimed(8, 9)
    ledger.set_destination_keys(mail.target, [(8, key(1)), (9, key(1))])
    first, second = ledger.unclaimed_by_key(OWNER, key(1))
    (row,) = mail.rows().values()
    ledger.claim([(row.id, first.id)])
    with pytest.raises(AlreadyClaimed):
        ledger.claim([(row.id, second.id)])
    assert ledger.unclaimed_by_key(OWNER, key(1)) == (second,)


def test_two_rows_cannot_stand_for_one_message(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    ids = mail.send(1, 2)
    with pytest.raises(AlreadyClaimed):
        ledger.mark_moved(mail.target, 7, [Arrival(ids[1], 50, True), Arrival(ids[2], 50, True)])
    assert ledger.counts(ANNA).moved == 0
    assert len(ledger.sending(ANNA)[0].messages) == 2


def test_rebinding_hands_over_everything(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    ids = mail.move(1, verified=False)
    ledger.mark_vanished(mail.folder, 1, [1])
    row = mail.rows()[2]
    ledger.rebind(row.id, ids[1])
    (claimed,) = ledger.claimed(mail.target)
    assert (claimed.id, claimed.uid, claimed.source_uid) == (row.id, 1001, 2)
    assert (claimed.content_hash, claimed.header_key, claimed.state) == (digest(1), key(1), MessageState.MOVED)
    assert ledger.unverified(OWNER) == {mail.target: [1001]}
    counts = ledger.counts(ANNA)
    assert (counts.total, counts.moved, counts.vanished, counts.gone, counts.unverified) == (1, 1, 0, 0, 1)
    mail.list(1)
    assert ledger.counts(ANNA).pending == 1


def test_only_a_row_whose_message_is_gone_hands_over(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2)
    ids = mail.move(1)
    row = mail.rows()[2]
    with pytest.raises(AlreadyClaimed):
        ledger.rebind(row.id, ids[1])
    ledger.mark_vanished(mail.folder, 1, [1])
    with pytest.raises(AlreadyClaimed):
        ledger.rebind(ids[1], ids[1])
    assert ledger.counts(ANNA).moved == 1
