from datetime import timedelta

import pytest

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountVerification, FolderVerification
from mailmove_gui.domain.ledger import AlreadyClaimed
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import VerificationRecord
from mailmove_gui.ledger import SqliteLedger
from tests.unit.ledger.mailbox import ANNA, BO, INBOX, NOW, OWNER, Mail, head, key


def unclaimed(ledger: SqliteLedger, folder: str, uid: int, number: int, uidvalidity: int = 7) -> int:
    """A message at the destination with the header key of that number."""
    place = ledger.destination_folder(OWNER, (folder,)).id
    ledger.add_unclaimed(place, uidvalidity, [head(uid)])
    ledger.set_destination_keys(place, [(uid, key(number))])
    return next(copy.id for copy in ledger.unclaimed_by_key(OWNER, key(number)) if copy.uid == uid)


def test_rows_go_astray_and_are_found_in_another_folder(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    ids = mail.move(1, 2, 3)
    ledger.mark_astray(mail.target, 7, [1002, 4711])
    assert ledger.is_astray(ANNA)
    assert not ledger.is_astray(BO)
    assert ledger.counts(ANNA).unverified == 1
    copy = unclaimed(ledger, "Filed", 5, 2)
    (group,) = ledger.astray_groups(ANNA, OWNER)
    assert [row.id for row in group.missing] == [ids[2]]
    assert [one.id for one in group.unclaimed] == [copy]
    assert group.settled == 0
    ledger.mark_found([(ids[2], copy)])
    counts = ledger.counts(ANNA)
    assert (counts.moved, counts.refiled, counts.removed, counts.unverified) == (3, 1, 0, 0)
    assert ledger.unclaimed_count(OWNER) == 0
    with pytest.raises(AlreadyClaimed):
        ledger.mark_found([(ids[2], copy)])


@pytest.mark.parametrize("uidvalidity", [6, 8, 0])
def test_another_uidvalidity_makes_all_rows_of_the_folder_go_astray(
    ledger: SqliteLedger, mail: Mail, uidvalidity: int
) -> None:
    mail.list(1, 2, 3)
    mail.move(1, 2)
    ledger.mark_astray(mail.target, uidvalidity, ())
    assert [one.source_uid for one in ledger.missing(ANNA)] == [1, 2]


def test_what_is_not_found_was_removed_unless_nobody_had_ever_seen_it(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1, 2, 3)
    mail.move(1, 2)
    ids = mail.move(3, verified=False)
    ledger.mark_astray(mail.target, 8, ())
    assert ledger.give_up_search(ANNA) == (ids[3],)
    assert ledger.counts(ANNA).removed == 2
    assert ledger.counts(ANNA).at_destination == 1
    ledger.mark_doubtful(ANNA, [ids[3]])
    assert not ledger.is_astray(ANNA)
    ledger.mark_vanished(mail.folder, 1, [1])
    assert [(one.source_uid, one.is_at_source, one.destination) for one in ledger.missing(ANNA)] == [
        (1, False, INBOX),
        (2, True, INBOX),
    ]
    assert ledger.bring_back(ANNA) == 1
    assert list(mail.rows()) == [2]
    assert ledger.counts(ANNA).removed == 1


def test_the_newest_verification_of_each_kind_is_kept(ledger: SqliteLedger) -> None:
    def result(deep: bool, expected: int) -> AccountVerification:
        folder = FolderVerification(("项目", "a/b"), expected, 1, 1, 1, ('x "1"',), ("y\udc80",))
        return AccountVerification(ANNA, deep, (folder,))

    ledger.save_verification(result(True, 1), NOW)
    ledger.save_verification(result(False, 2), NOW + timedelta(days=1))
    ledger.save_verification(result(True, 3), NOW + timedelta(days=2))
    ledger.save_verification(
        AccountVerification(ANNA, True, failure=Failure(Reason.CONNECTION_LOST)), NOW + timedelta(days=3)
    )
    assert ledger.verifications(ANNA) == (
        VerificationRecord(NOW + timedelta(days=2), result(True, 3)),
        VerificationRecord(NOW + timedelta(days=1), result(False, 2)),
    )
    assert ledger.verifications(BO) == ()
