"""What is at the destination already is not sent again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.identity import content_hash, names_one_message
from mailmove_gui.domain.ports import MailboxReader
from mailmove_gui.domain.records import MatchGroup, MovedBefore, SourceCandidate, UnclaimedMessage
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.scanning import find_header_keys

_CLAIMS_AT_ONCE = 500

_Copy = TypeVar("_Copy", UnclaimedMessage, MovedBefore)


def match_existing(run: Pass) -> None:
    """Let new source messages stand for what the destination mailbox holds already, wherever its user has filed it.

    A header key that holds a Message-ID and is unique on both sides is enough if the sizes are equal; in every other
    case the content hash decides. Each message at the destination is claimed at most once, so that two identical
    messages at the source become two at the destination.
    """
    if not run.ledger.unclaimed_count(run.owner) and not run.ledger.vanished_claims(run.account.id):
        return
    find_header_keys(run)
    _hash_what_is_in_question(run)
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    claims: list[tuple[int, int]] = []
    for group in run.ledger.match_groups(run.account.id, run.owner):
        run.cancel.check()
        claims += _settle_group(run, group, paths)
        if len(claims) >= _CLAIMS_AT_ONCE:
            run.ledger.claim(claims)
            claims = []
    run.ledger.claim(claims)
    run.progressed()


def _is_obvious(group: MatchGroup) -> bool:
    return (
        names_one_message(group.header_key)
        and len(group.sources) == 1
        and len(group.unclaimed) == 1
        and not group.moved_before
        and not group.settled
        and group.sources[0].size_bytes == group.unclaimed[0].size_bytes
    )


def _settle_group(run: Pass, group: MatchGroup, paths: dict[int, FolderPath]) -> list[tuple[int, int]]:
    """Which sources stand for which unclaimed messages; what was moved before is rebound at once."""
    if _is_obvious(group):
        return [(group.sources[0].id, group.unclaimed[0].id)]
    claims: list[tuple[int, int]] = []
    unclaimed = [message for message in group.unclaimed if message.content_hash is not None]
    moved = [message for message in group.moved_before if message.content_hash is not None]
    waiting = [source for source in group.sources if source.content_hash is not None]
    # A copy in the folder where it belongs is preferred; only what finds none there takes one filed elsewhere.
    for same_folder in (True, False):
        remaining: list[SourceCandidate] = []
        for source in waiting:
            before = _twin(source, moved, same_folder, lambda message: paths.get(message.destination_folder_id))
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
    return claims


def _twin(
    source: SourceCandidate, copies: Iterable[_Copy], same_folder: bool, path_of: Callable[[_Copy], FolderPath | None]
) -> _Copy | None:
    for copy in copies:
        if copy.content_hash == source.content_hash and (not same_folder or path_of(copy) == source.destination):
            return copy
    return None


def _hash_what_is_in_question(run: Pass) -> None:
    """Have the content hash of every message whose header key does not decide, on both sides, in the ledger."""
    at_source: dict[FolderPath, dict[int, int]] = defaultdict(dict)
    at_destination: dict[FolderPath, dict[int, int]] = defaultdict(dict)
    moved: dict[FolderPath, dict[int, int]] = defaultdict(dict)
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    for group in run.ledger.match_groups(run.account.id, run.owner):
        if _is_obvious(group):
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
    for path, ids in at_source.items():
        for uid, digest in content_hashes(run, run.source, path, ids):
            run.ledger.set_source_hash(ids[uid], digest)
    for path, ids in at_destination.items():
        for uid, digest in content_hashes(run, run.destination, path, ids):
            run.ledger.set_destination_hash(ids[uid], digest)
    for path, ids in moved.items():
        for uid, digest in content_hashes(run, run.destination, path, ids):
            run.ledger.set_source_hash(ids[uid], digest)


def content_hashes(
    run: Pass, reader: MailboxReader, path: FolderPath, uids: Iterable[int]
) -> Iterator[tuple[int, bytes]]:
    """(UID, content hash) of messages of a folder; one message in memory at a time."""
    reader.examine(path)
    for uid in sorted(uids):
        run.cancel.check()
        for message in reader.messages([uid]):
            if message.body is not None:
                # The size is known only now; the next one waits for it.
                run.spend(len(message.body))
                yield message.uid, content_hash(message.body)
