"""Looking for messages in a whole destination mailbox, because rules and people file mail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.identity import names_one_message
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.records import AstrayCandidate, AstrayGroup, UnclaimedMessage
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.matching import content_hashes
from mailmove_gui.engine.scanning import find_destination_keys, index_destination

_FINDS_AT_ONCE = 500


class Recognisable(Protocol):
    """A ledger row by which a message can be recognised."""

    @property
    def id(self) -> int:
        """The row."""
        ...

    @property
    def header_key(self) -> bytes | None:
        """Finds candidates."""
        ...

    @property
    def content_hash(self) -> bytes | None:
        """Proves them."""
        ...


class AtSource(Protocol):
    """A ledger row, and where its message is at the source."""

    @property
    def id(self) -> int:
        """The row."""
        ...

    @property
    def source(self) -> FolderPath:
        """The folder."""
        ...

    @property
    def source_uidvalidity(self) -> int:
        """The folder's numbering."""
        ...

    @property
    def source_uid(self) -> int:
        """The message."""
        ...


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a message was found."""

    message_id: int
    folder_id: int
    path: FolderPath
    uidvalidity: int
    uid: int


def look_everywhere(run: Pass, rows: Iterable[Recognisable], folders: tuple[Folder, ...]) -> list[Whereabouts]:
    """Find rows among the messages of all folders that no row stands for; the content hash decides.

    Each message is found for one row at most.
    """
    index_destination(run, folders)
    find_destination_keys(run)
    found: list[Whereabouts] = []
    taken: set[int] = set()
    for row in rows:
        if not row.header_key or row.content_hash is None:
            continue
        for copy in run.ledger.unclaimed_by_key(run.owner, row.header_key):
            if copy.id in taken:
                continue
            if _hash_of(run, copy) == row.content_hash:
                state = run.destination.examine(copy.path)
                found.append(Whereabouts(row.id, copy.folder_id, copy.path, state.uidvalidity, copy.uid))
                taken.add(copy.id)
                break
    return found


def look_through_destination(run: Pass, folders: tuple[Folder, ...], *, anew: bool = False) -> tuple[int, ...]:
    """Bring up to date what the ledger knows of the destination mailbox: an unchanged folder costs one STATUS.

    A row whose message is not where it was (re-filed, in a renamed folder, or renumbered) is bound to the message
    again before anything else may stand for that: else a later twin would count as already there. What is nowhere has
    been removed by its user.

    Args:
        run: the pass.
        folders: what the destination lists.
        anew: list each folder, changed or not.

    Returns:
        The account's rows that are nowhere, and that nobody had ever seen at the destination.
    """
    changed = index_destination(run, folders, anew=anew)
    sharing = [account.id for account in run.ledger.plan().accounts if account.destination.key == run.owner]
    if changed or run.ledger.is_astray(run.account.id):
        _find_missing(run, sharing)
    if not run.ledger.is_astray(run.account.id):
        return ()
    # It may have been filed while we looked, from a folder not yet listed into one that was.
    if index_destination(run, folders):
        _find_missing(run, sharing)
    if run.ledger.sending(run.account.id):
        # What may be one of those whose answer was lost was left alone; when they are settled, it is looked for again.
        return ()
    return run.ledger.give_up_search(run.account.id)


def source_hashes(run: Pass, rows: Iterable[AtSource]) -> dict[int, bytes]:
    """Row -> content hash of its message at the source, as far as that is still there under its number."""
    by_folder: defaultdict[tuple[FolderPath, int], dict[int, int]] = defaultdict(dict)
    for row in rows:
        by_folder[row.source, row.source_uidvalidity][row.source_uid] = row.id
    found: dict[int, bytes] = {}
    for (path, uidvalidity), ids in by_folder.items():
        try:
            if run.source.examine(path).uidvalidity == uidvalidity:
                found.update((ids[uid], digest) for uid, digest in content_hashes(run, run.source, path, ids))
        except MailError as error:
            if error.reason is not Reason.FOLDER_UNREADABLE:
                raise
    return found


def _find_missing(run: Pass, account_ids: Iterable[str]) -> None:
    """Bind missing rows to messages that no row stands for, those of other accounts of this mailbox too."""
    for account_id in account_ids:
        if not run.ledger.is_missing(account_id):
            continue
        find_destination_keys(run)
        in_doubt = _in_doubt(run)
        finds: list[tuple[int, int]] = []
        for group in run.ledger.astray_groups(account_id, run.owner):
            run.cancel.check()
            free = [copy for copy in group.unclaimed if not in_doubt.holds(group.header_key, copy)]
            finds += _recognise(run, group, free, hash_at_source=account_id == run.account.id)
            if len(finds) >= _FINDS_AT_ONCE:
                run.ledger.mark_found(finds)
                finds = []
        run.ledger.mark_found(finds)


@dataclass(frozen=True, slots=True)
class _InDoubt:
    """What may be at the destination without an answer: the header keys, and by folder the UIDs from which on."""

    keys: frozenset[bytes]
    from_uid: Mapping[int, int]

    def holds(self, header_key: bytes, copy: UnclaimedMessage) -> bool:
        """Whether a message at the destination may be one of these."""
        return header_key in self.keys and copy.uid >= self.from_uid.get(copy.folder_id, copy.uid + 1)


def _in_doubt(run: Pass) -> _InDoubt:
    present = {record.id: record.indexed for record in run.ledger.destination_folders(run.owner)}
    keys: set[bytes] = set()
    from_uid: dict[int, int] = {}
    for batch in run.ledger.sending(run.account.id):
        indexed = present.get(batch.destination_folder_id)
        if indexed is not None and indexed.uidvalidity == batch.uidvalidity:
            from_uid[batch.destination_folder_id] = batch.uidnext
            keys.update(message.header_key for message in batch.messages)
    return _InDoubt(frozenset(keys), from_uid)


def _recognise(
    run: Pass, group: AstrayGroup, copies: Sequence[UnclaimedMessage], *, hash_at_source: bool
) -> Iterator[tuple[int, int]]:
    """(Row, unclaimed message): by the header key where that names one message of one size, else by content hash.

    A row that was claimed by its header key, and can be hashed no more, takes what equals it as far as is known.
    """
    if _is_obvious(group, copies):
        yield group.missing[0].id, copies[0].id
        return
    expected = {row.id: row.content_hash for row in group.missing if row.content_hash is not None}
    if copies and hash_at_source:
        found = source_hashes(run, [row for row in group.missing if row.content_hash is None and row.is_at_source])
        for row_id, digest in found.items():
            run.ledger.set_source_hash(row_id, digest)
        expected |= found
    by_header = [row for row in group.missing if row.id not in expected and names_one_message(group.header_key)]
    free = {copy.id: (copy, _hash_of(run, copy)) for copy in copies} if expected or by_header else {}
    # A copy in the folder where it was is preferred; only what finds none there takes one filed elsewhere.
    waiting = [row for row in group.missing if row.id in expected]
    for same_folder in (True, False):
        remaining: list[AstrayCandidate] = []
        for row in waiting:
            twins = (
                copy
                for copy, digest in free.values()
                if digest == expected[row.id] and (not same_folder or copy.folder_id == row.destination_folder_id)
            )
            copy = next(twins, None)
            if copy is None:
                remaining.append(row)
            else:
                del free[copy.id]
                yield row.id, copy.id
        waiting = remaining
    for row in by_header:
        equal = {copy.id: digest for copy, digest in free.values() if copy.size_bytes == row.size_bytes}
        if len(set(equal.values())) == 1:
            copy_id = min(equal)
            del free[copy_id]
            yield row.id, copy_id


def _is_obvious(group: AstrayGroup, copies: Sequence[UnclaimedMessage]) -> bool:
    return (
        names_one_message(group.header_key)
        and len(group.missing) == len(copies) == 1
        and not group.settled
        and group.missing[0].size_bytes == copies[0].size_bytes
    )


def _hash_of(run: Pass, copy: UnclaimedMessage) -> bytes | None:
    """The content hash of a message at the destination, which is read at most once."""
    if copy.content_hash is not None:
        return copy.content_hash
    digest = dict(content_hashes(run, run.destination, copy.path, [copy.uid])).get(copy.uid)
    if digest is not None:
        run.ledger.set_destination_hash(copy.id, digest)
    return digest
