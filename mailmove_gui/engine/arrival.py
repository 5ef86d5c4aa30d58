"""Looking at what has just arrived."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.identity import content_hash
from mailmove_gui.domain.records import Arrival, Change, SendingMessage
from mailmove_gui.domain.rewriting import Oddities, changes_between, oddities
from mailmove_gui.engine.context import Pass

_SAMPLE = 3


@dataclass(slots=True)
class _Habit:
    """What the server has done to messages of one kind so far."""

    changes: frozenset[Change]
    looks: int = 1
    is_constant: bool = True

    @property
    def is_known(self) -> bool:
        return self.is_constant and self.looks >= _SAMPLE

    def saw(self, changes: frozenset[Change]) -> None:
        self.looks += 1
        self.is_constant = self.is_constant and changes == self.changes


class ArrivalCheck:
    """Looks whether messages have arrived, and says which of them the server has changed.

    The size that was sent is proof enough for ordinary mail. Where a server reports another size, and for messages with
    something in them that servers like to change (Dovecot's 0x80 for NUL and Cyrus' X for an 8-bit byte keep the size),
    the bytes are compared: of a few messages of each kind, and of all where the server does not treat them alike.
    """

    def __init__(self, run: Pass) -> None:
        self._run = run
        self._habits: dict[tuple[Oddities, bool], _Habit] = {}

    def checked(self, arrivals: Sequence[Arrival], sent: Mapping[int, bytes]) -> list[Arrival]:
        """The arrivals in the open folder, each marked as verified if it is there under its UID.

        Args:
            arrivals: what the server says it has taken.
            sent: the bytes of each, by its message's id.
        """
        if not arrivals:
            return []
        sizes = {
            head.uid: head.size_bytes
            for chunk in self._run.destination.heads_of(sorted(arrival.uid for arrival in arrivals))
            for head in chunk
        }
        checked: list[Arrival] = []
        for arrival in arrivals:
            is_there = arrival.uid in sizes
            body = sent[arrival.message_id]
            changes = self._changes(arrival.uid, body, sizes[arrival.uid]) if is_there else frozenset[Change]()
            # That it was rewritten may have been told by its hash; how is known only now.
            kept = arrival.changes - {Change.REWRITTEN} if changes else arrival.changes
            checked.append(replace(arrival, verified=is_there, changes=kept | changes))
        return checked

    def _changes(self, uid: int, body: bytes, size_bytes: int) -> frozenset[Change]:
        is_other_size = size_bytes != len(body)
        odd = oddities(body)
        # A line end that is added shows in the size.
        if not (is_other_size or odd.zero_bytes or odd.header_letters or odd.bare_line_ends):
            return frozenset()
        habit = self._habits.get((odd, is_other_size))
        if habit is not None and habit.is_known:
            return habit.changes
        for found in _bodies(self._run, uid):
            changes = changes_between(body, found)
            if habit is None:
                self._habits[odd, is_other_size] = _Habit(changes)
            else:
                habit.saw(changes)
            return changes
        return frozenset()


def compared_with_rows(
    run: Pass, path: FolderPath, arrivals: Sequence[Arrival], rows: Sequence[SendingMessage]
) -> list[Arrival]:
    """The arrivals of messages whose bytes are at hand no more, with what their size and content hash tell."""
    by_id = {row.id: row for row in rows}
    if arrivals:
        run.destination.examine(path)
    compared: list[Arrival] = []
    for arrival in arrivals:
        row = by_id[arrival.message_id]
        changes = arrival.changes
        for found in _bodies(run, arrival.uid):
            if content_hash(found) != row.content_hash:
                changes |= {Change.REWRITTEN}
            elif len(found) != row.size_bytes:
                changes |= {Change.LINE_ENDS}
        compared.append(replace(arrival, changes=changes))
    return compared


def _bodies(run: Pass, uid: int) -> Iterator[bytes]:
    """The message's bytes, if the open folder gives them."""
    run.cancel.check()
    for message in run.destination.messages([uid]):
        if message.body is not None:
            run.spend(len(message.body))
            yield message.body
