"""What is at the destination already is not sent again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.identity import content_hash, names_one_message
from mailmove_gui.domain.ports import MailboxReader
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import MatchGroup, MovedBefore, RefusalRecord, SourceCandidate, UnclaimedMessage
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.isolation import as_busy, concerns_messages, suspect
from mailmove_gui.engine.scanning import find_header_keys

_CLAIMS_AT_ONCE = 500
_TRIES = 3
_MOST_UNREAD = 10
"""A server that hands out nothing else either fails at everything, not at messages."""

_Copy = TypeVar("_Copy", UnclaimedMessage, MovedBefore)


@dataclass(slots=True)
class Undecided:
    """Rows of which nobody can say in this pass whether they are at the destination already, and why.

    They must not be sent: a message on one side or the other that it takes to know was not handed out. Those that are
    tried in vain too often are given up (`engine.isolation`).
    """

    rows: set[int] = field(default_factory=set)
    error: MailError | None = None

    def add(self, run: Pass, row_id: int, side: Side, said: MailError | None) -> None:
        """Put a row among them; `said` is what the server of that side answered, None if nothing."""
        text = said.server_text if said is not None else ""
        self.rows.add(row_id)
        unreadable = MailError(Reason.MESSAGE_UNREADABLE, text, side=side)
        self.error = as_busy(said or unreadable)
        suspect(run, [RefusalRecord(row_id, unreadable.reason, text)], unreadable)


def match_existing(run: Pass) -> Undecided:
    """Let new source messages stand for what the destination mailbox holds already, wherever its user has filed it.

    A header key that holds a Message-ID and is unique on both sides is enough if the sizes are equal; in every other
    case the content hash decides. Each message at the destination is claimed at most once, so that two identical
    messages at the source become two at the destination.

    Returns:
        What cannot be told in this pass.
    """
    undecided = Undecided()
    if not run.ledger.unclaimed_count(run.owner) and not run.ledger.vanished_claims(run.account.id):
        return undecided
    find_header_keys(run)
    unread = _hash_what_is_in_question(run, undecided)
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    claims: list[tuple[int, int]] = []
    for group in run.ledger.match_groups(run.account.id, run.owner):
        run.cancel.check()
        claims += _settle_group(run, group, paths, unread, undecided)
        if len(claims) >= _CLAIMS_AT_ONCE:
            run.ledger.claim(claims)
            claims = []
    run.ledger.claim(claims)
    run.progressed()
    return undecided


def _is_obvious(group: MatchGroup) -> bool:
    return (
        names_one_message(group.header_key)
        and len(group.sources) == 1
        and len(group.unclaimed) == 1
        and not group.moved_before
        and not group.settled
        and group.sources[0].size_bytes == group.unclaimed[0].size_bytes
    )


def _is_obviously_moved_before(group: MatchGroup) -> bool:
    """Whether a message that was claimed by its header key has turned up elsewhere at the source.

    Nothing more is known of it than that key, which is unique still.
    """
    return (
        names_one_message(group.header_key)
        and len(group.sources) == 1
        and not group.unclaimed
        and len(group.moved_before) == 1
        and not group.settled
        and group.moved_before[0].content_hash is None
        and group.sources[0].size_bytes == group.moved_before[0].size_bytes
    )


def _settle_group(
    run: Pass,
    group: MatchGroup,
    paths: Mapping[int, FolderPath],
    unread: Mapping[int, MailError | None],
    undecided: Undecided,
) -> list[tuple[int, int]]:
    """Which sources stand for which unclaimed messages; what was moved before is rebound at once."""
    if _is_obvious(group):
        return [(group.sources[0].id, group.unclaimed[0].id)]
    if _is_obviously_moved_before(group):
        run.ledger.rebind(group.sources[0].id, group.moved_before[0].id)
        return []
    claims: list[tuple[int, int]] = []
    unclaimed = [message for message in group.unclaimed if message.content_hash is not None]
    moved = [message for message in group.moved_before if message.content_hash is not None]
    waiting = [source for source in group.sources if source.content_hash is not None]
    # A copy in the folder where it belongs is preferred; only what finds none there takes one filed elsewhere.
    for same_folder in (True, False):
        remaining: list[SourceCandidate] = []
        for source in waiting:
            before = _twin(source, moved, same_folder, lambda message: paths.get(message.destination_folder_id or 0))
            if before is not None:
                run.ledger.rebind(source.id, before.id)
                moved.remove(before)
                continue
            copy = _twin(source, unclaimed, same_folder, lambda message: message.path)
            if copy is not None:
                claims.append((source.id, copy.id))
                unclaimed.remove(copy)
                continue
            remaining.append(source)
        waiting = remaining
    waiting = _rebound_by_header(run, group, waiting)
    # Any of them may be what could not be read at the destination.
    for source, copy_id in zip(waiting, [copy.id for copy in group.unclaimed if copy.id in unread], strict=False):
        undecided.add(run, source.id, Side.DESTINATION, unread[copy_id])
    return claims


def _rebound_by_header(run: Pass, group: MatchGroup, waiting: list[SourceCandidate]) -> list[SourceCandidate]:
    """Rebind what was claimed by its header key, and can be hashed no more, to what equals it as far as is known.

    Returns:
        The sources that are left.
    """
    if not names_one_message(group.header_key):
        return waiting
    for before in group.moved_before:
        candidates = [source for source in waiting if source.size_bytes == before.size_bytes]
        if before.content_hash is None and len({source.content_hash for source in candidates}) == 1:
            run.ledger.rebind(candidates[0].id, before.id)
            waiting = [source for source in waiting if source is not candidates[0]]
    return waiting


def _twin(
    source: SourceCandidate, copies: Iterable[_Copy], same_folder: bool, path_of: Callable[[_Copy], FolderPath | None]
) -> _Copy | None:
    for copy in copies:
        if copy.content_hash == source.content_hash and (not same_folder or path_of(copy) == source.destination):
            return copy
    return None


def _hash_what_is_in_question(run: Pass, undecided: Undecided) -> dict[int, MailError | None]:
    """Have the content hash of every message whose header key does not decide, on both sides, in the ledger.

    Args:
        run: the pass.
        undecided: is told of source messages that are not handed out.

    Returns:
        Unclaimed messages that are not handed out, and what the server said.
    """
    at_source: defaultdict[FolderPath, dict[int, int]] = defaultdict(dict)
    at_destination: defaultdict[FolderPath, dict[int, int]] = defaultdict(dict)
    moved: defaultdict[FolderPath, dict[int, int]] = defaultdict(dict)
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    for group in run.ledger.match_groups(run.account.id, run.owner):
        if _is_obvious(group) or _is_obviously_moved_before(group):
            continue
        for candidate in group.sources:
            if candidate.content_hash is None:
                at_source[candidate.source][candidate.uid] = candidate.id
        for unclaimed in group.unclaimed:
            if unclaimed.content_hash is None:
                at_destination[unclaimed.path][unclaimed.uid] = unclaimed.id
        for before in group.moved_before:
            if before.content_hash is None and before.uid is not None and before.destination_folder_id in paths:
                moved[paths[before.destination_folder_id]][before.uid] = before.id
    for row_id, said in _hash_each(run, run.source, at_source, run.ledger.set_source_hash).items():
        undecided.add(run, row_id, Side.SOURCE, said)
    _hash_each(run, run.destination, moved, run.ledger.set_source_hash)
    return _hash_each(run, run.destination, at_destination, run.ledger.set_destination_hash)


def _hash_each(
    run: Pass,
    reader: MailboxReader,
    folders: Mapping[FolderPath, Mapping[int, int]],
    keep: Callable[[int, bytes], None],
) -> dict[int, MailError | None]:
    """Give the content hash of each message to `keep`.

    Args:
        run: the pass.
        reader: where the messages are.
        folders: UID -> what the message is called, by folder.
        keep: takes what it is called, and its hash.

    Returns:
        What messages are called that are there and not handed out, and what the server said.
    """
    unread: dict[int, MailError | None] = {}
    read = 0
    for path, ids in folders.items():
        reader.examine(path)
        for uid in sorted(ids):
            run.cancel.check()
            said: MailError | None = None
            digest: bytes | None = None
            try:
                digest = _read_hash(run, reader, uid)
            except MailError as error:
                if not concerns_messages(error):
                    raise
                said = error
            if digest is not None:
                keep(ids[uid], digest)
                read += 1
            elif said is not None or any(chunk for chunk in reader.heads_of([uid])):
                unread[ids[uid]] = said
            if said is not None and not read and len(unread) == _MOST_UNREAD:
                raise as_busy(said) from said
    return unread


def content_hashes(
    run: Pass, reader: MailboxReader, path: FolderPath, uids: Iterable[int]
) -> Iterator[tuple[int, bytes]]:
    """(UID, content hash) of messages of a folder, without those that are not handed out; one in memory at a time."""
    reader.examine(path)
    for uid in sorted(uids):
        run.cancel.check()
        try:
            digest = _read_hash(run, reader, uid)
        except MailError as error:
            if error.reason is not Reason.MESSAGE_UNREADABLE or error.ends_connection:
                raise
            continue
        if digest is not None:
            yield uid, digest


def _read_hash(run: Pass, reader: MailboxReader, uid: int) -> bytes | None:
    """The content hash of a message of the open folder, which is asked for again if it does not come."""
    for _ in range(_TRIES):
        digest: bytes | None = None
        for message in reader.messages([uid]):
            if message.body is not None:
                # The size is known only now; the next one waits for it.
                run.spend(len(message.body))
                digest = content_hash(message.body)
        if digest is not None:
            return digest
    return None
