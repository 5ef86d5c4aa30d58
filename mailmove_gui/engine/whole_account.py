"""Looking for messages in a whole destination mailbox, because rules and people file mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.matching import content_hashes
from mailmove_gui.engine.scanning import find_destination_keys, index_destination


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
            hashes = {copy.uid: copy.content_hash} if copy.content_hash else None
            digest = (hashes or dict(content_hashes(run, run.destination, copy.path, [copy.uid]))).get(copy.uid)
            if digest == row.content_hash:
                state = run.destination.examine(copy.path)
                found.append(Whereabouts(row.id, copy.folder_id, copy.path, state.uidvalidity, copy.uid))
                taken.add(copy.id)
                break
    return found
