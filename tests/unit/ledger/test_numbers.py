"""Counters against a fresh count, after everything that can happen to rows, in any order."""

import random
import tempfile
import threading
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import (
    Arrival,
    MessageState,
    MovedBefore,
    RefusalRecord,
    SendingMessage,
    UnclaimedMessage,
)
from mailmove_gui.ledger import SqliteLedger, create_ledger
from mailmove_gui.ledger.columns import AfterMove, state_of
from tests.unit.ledger.mailbox import ANNA, BO, OWNER, Mail, digest, head, key, plan_of

UIDS = st.sets(st.integers(1, 12), max_size=5)


def fresh_counts(ledger: SqliteLedger, where: str, number: int) -> Counts:
    """What `Counts` says of itself, from the rows."""
    rows = [
        (
            state_of(row["state"]),
            row["present"],
            row["verified"] and row["after_move"] != AfterMove.ASTRAY,
            row["size_bytes"],
            row["after_move"],
        )
        for row in ledger._database.rows(f"SELECT * FROM messages WHERE {where} = ?", (number,))
    ]

    def messages(*states: MessageState) -> int:
        return sum(state in states for state, *_ in rows)

    def size(*left_out: MessageState) -> int:
        return sum(size_bytes for state, _, _, size_bytes, _ in rows if state not in left_out)

    of = MessageState
    return Counts(
        total=len(rows),
        moved=messages(of.MOVED),
        already_there=messages(of.ALREADY_THERE),
        refused=messages(of.REFUSED),
        skipped=messages(of.SKIPPED),
        doubtful=messages(of.DOUBTFUL),
        vanished=messages(of.VANISHED),
        bytes_total=size(of.SKIPPED, of.VANISHED),
        bytes_moved=sum(size_bytes for state, _, _, size_bytes, _ in rows if state is of.MOVED),
        unverified=sum(state is of.MOVED and not verified for state, _, verified, *_ in rows),
        gone=sum(state is not of.VANISHED and not present for state, present, *_ in rows),
        bytes_settled=size(of.SKIPPED, of.VANISHED, of.LISTED, of.SENDING),
        refiled=sum(after == AfterMove.REFILED for *_, after in rows),
        removed=sum(after == AfterMove.REMOVED for *_, after in rows),
    )


class Rows(RuleBasedStateMachine):
    """One account with one folder, and everything that the engine does to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = create_ledger(Path(self.folder.name) / "numbers.mailmove", plan_of(ANNA, BO))
        self.mail = Mail(self.ledger)
        self.uidvalidity = 1
        self.next_uid = 1

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    def listed(self, uids: set[int]) -> list[int]:
        return [row.id for uid, row in self.mail.rows().items() if uid in uids]

    def is_astray(self, message_id: int) -> bool:
        row = self.ledger._database.row("SELECT after_move FROM messages WHERE id = ?", (message_id,))
        assert row is not None
        return row["after_move"] == AfterMove.ASTRAY  # type: ignore[no-any-return]

    def sending(self) -> list[int]:
        return [message.id for batch in self.ledger.sending(ANNA) for message in batch.messages]

    @rule(uids=UIDS, state=st.sampled_from([MessageState.LISTED, MessageState.SKIPPED]))
    def appear(self, uids: set[int], state: MessageState) -> None:
        self.mail.list(*uids, state=state, uidvalidity=self.uidvalidity)

    @rule(uids=UIDS)
    def vanish(self, uids: set[int]) -> None:
        self.ledger.mark_vanished(self.mail.folder, self.uidvalidity, uids)

    @rule()
    def renumber(self) -> None:
        self.uidvalidity += 1
        self.ledger.mark_others_vanished(self.mail.folder, self.uidvalidity)

    @rule()
    def lose_the_folder(self) -> None:
        self.ledger.mark_others_vanished(self.mail.folder, 0)

    @rule(limit=st.none() | st.integers(1, 12), wanted=st.booleans())
    def select(self, limit: int | None, wanted: bool) -> None:
        self.ledger.apply_selection(ANNA, Options(max_size_bytes=limit), [self.mail.folder] if wanted else [])

    @rule(uids=UIDS, size_bytes=st.integers(0, 99))
    def send(self, uids: set[int], size_bytes: int) -> None:
        self.ledger.mark_sending(
            self.mail.target,
            7,
            1,
            [SendingMessage(one, size_bytes, None, key(one), digest(one)) for one in self.listed(uids)],
        )

    @rule(verified=st.booleans())
    def arrive(self, verified: bool) -> None:
        arrivals = []
        for message in self.sending():
            arrivals.append(Arrival(message, self.next_uid, verified))
            self.next_uid += 1
        self.ledger.mark_moved(self.mail.target, 7, arrivals)

    @rule()
    def send_again(self) -> None:
        self.ledger.mark_listed(self.sending())

    @rule()
    def doubt(self) -> None:
        self.ledger.mark_doubtful(ANNA, self.sending())

    @rule(uids=UIDS)
    def refuse(self, uids: set[int]) -> None:
        for message in self.listed(uids):
            self.ledger.mark_refused(ANNA, RefusalRecord(message, Reason.MESSAGE_REFUSED, ""))

    @rule()
    def retry(self) -> None:
        self.ledger.retry_refused(ANNA)

    @rule()
    def verify(self) -> None:
        for folder, uids in self.ledger.unverified(OWNER).items():
            self.ledger.mark_verified(folder, 7, uids)

    @rule(number=st.integers(1, 3))
    def match(self, number: int) -> None:
        self.ledger.add_unclaimed(self.mail.target, 7, [head(self.next_uid)])
        self.ledger.set_destination_keys(self.mail.target, [(self.next_uid, key(number))])
        self.next_uid += 1
        self.ledger.set_source_keys(self.mail.folder, [(uid, key(number)) for uid in self.mail.rows()])
        for group in self.ledger.match_groups(ANNA, OWNER):
            copies: list[MovedBefore | UnclaimedMessage] = [*group.moved_before, *group.unclaimed]
            for source, copy in zip(group.sources, copies, strict=False):
                if isinstance(copy, MovedBefore):
                    self.ledger.rebind(source.id, copy.id)
                else:
                    self.ledger.claim([(source.id, copy.id)])

    @rule(uids=UIDS, folder=st.sampled_from(["INBOX", "Filed"]))
    def file_elsewhere(self, uids: set[int], folder: str) -> None:
        known = self.ledger.indexed_uids(self.mail.target, 7)
        self.ledger.mark_astray(self.mail.target, 7, {uid for uid in known if uid % 12 in uids})
        place = self.ledger.destination_folder(OWNER, (folder,)).id
        self.ledger.add_unclaimed(place, 7, [head(self.next_uid)])
        self.ledger.set_destination_keys(place, [(self.next_uid, key(min(uids, default=1)))])
        self.next_uid += 1
        for group in self.ledger.astray_groups(ANNA, OWNER):
            copies = zip(group.missing, group.unclaimed, strict=False)
            self.ledger.mark_found((row.id, copy.id) for row, copy in copies)

    @rule()
    def give_up_search(self) -> None:
        self.ledger.mark_doubtful(ANNA, self.ledger.give_up_search(ANNA))

    @rule()
    def renumber_the_destination(self) -> None:
        self.ledger.mark_astray(self.mail.target, 8, ())

    @rule()
    def bring_back(self) -> None:
        never_seen = self.ledger.give_up_search(ANNA)
        removed = [one for one in self.ledger.missing(ANNA) if one.is_at_source and one.id not in never_seen]
        assert self.ledger.bring_back(ANNA) == len(removed)

    @rule(uids=st.none() | UIDS)
    def restore_the_source(self, uids: set[int] | None) -> None:
        self.ledger.retire(self.mail.folder, self.uidvalidity, uids)

    @invariant()
    def counters_equal_a_count(self) -> None:
        counts = self.ledger.counts(ANNA)
        assert counts == fresh_counts(self.ledger, "account", 1)
        assert [counts] == [folder.counts for folder in self.ledger.folder_counts(ANNA)]
        assert self.ledger.pending_count(ANNA) == counts.pending - len(self.sending())

    @invariant()
    def the_numbers_add_up(self) -> None:
        counts = self.ledger.counts(ANNA)
        present = self.ledger._database.row("SELECT count(*) FROM messages WHERE present = 1")
        assert present is not None
        assert counts.at_source == present[0]
        assert 0 <= counts.bytes_moved <= counts.bytes_settled <= counts.bytes_total
        if not counts.pending:
            assert counts.bytes_settled == counts.bytes_total
        assert self.ledger.counts(BO) == Counts()

    @invariant()
    def what_is_said_about_a_state_is_there_as_long_as_the_state(self) -> None:
        refused = sum(1 for _ in self.ledger.refusals(ANNA))
        counts = self.ledger.counts(ANNA)
        assert refused == counts.refused + counts.doubtful
        in_state = self.ledger._database.rows("SELECT id FROM messages WHERE state = 2 ORDER BY id")
        assert sorted(self.sending()) == [row["id"] for row in in_state]
        claims = self.ledger._database.rows("SELECT state FROM messages WHERE destination_uid IS NOT NULL")
        assert len(claims) + len(self.ledger.missing(ANNA)) == counts.moved + counts.already_there
        assert len(claims) == counts.at_destination - sum(self.is_astray(one.id) for one in self.ledger.missing(ANNA))


Rows.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True, database=None
)
TestRows = Rows.TestCase


def test_numbers_of_folders_add_up_to_the_account(ledger: SqliteLedger, mail: Mail) -> None:
    random.seed(5)
    for name in ("Sent", "Archive", "Empty"):
        mail.folder = ledger.source_folder(ANNA, (name,), ("Old", name)).id
        mail.target = ledger.destination_folder(OWNER, ("Old", name)).id
        if name != "Empty":
            mail.list(*random.sample(range(1, 500), 100))
            mail.move(*list(mail.rows())[:30])
    folders = ledger.folder_counts(ANNA)
    assert [(folder.source, folder.destination) for folder in folders][1:] == [
        (("Sent",), ("Old", "Sent")),
        (("Archive",), ("Old", "Archive")),
        (("Empty",), ("Old", "Empty")),
    ]
    total = sum((folder.counts for folder in folders), Counts())
    assert total == ledger.counts(ANNA) == fresh_counts(ledger, "account", 1)
    assert folders[1].counts == fresh_counts(ledger, "folder", 2)


def test_many_threads_write_at_once(ledger: SqliteLedger) -> None:
    failures: list[BaseException] = []

    def work(account_id: str, owner: str, name: str) -> None:
        try:
            mail = Mail(ledger, account_id, owner)
            mail.folder = ledger.source_folder(account_id, (name,), (name,)).id
            mail.target = ledger.destination_folder(owner, (name,)).id
            mail.list(*range(1, 101))
            while rows := ledger.pending(mail.folder, MessageOrder.NEWEST_FIRST, None, 7):
                mail.move(*(row.uid for row in rows))
                ledger.counts(account_id)
        except BaseException as error:  # noqa: BLE001 -- told by the thread that waits
            failures.append(error)

    threads = [
        threading.Thread(target=work, args=(account_id, owner, name))
        for account_id, owner in ((ANNA, OWNER), (BO, "bo@new.example"))
        for name in ("A", "B", "C")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [ledger.counts(account_id).moved for account_id in (ANNA, BO)] == [300, 300]
    assert ledger.counts(BO) == fresh_counts(ledger, "account", 2)
