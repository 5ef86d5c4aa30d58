"""What the model keeps of a history, and what it holds against what the program has done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from mailmove_gui.demo import Message
from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.reasons import Reason, Side
from tests.model.contents import CONTENTS, name_of
from tests.model.doubts import Doubts
from tests.model.mailbox import ModelMailbox, Place, additions, differences
from tests.model.reckoning import Reckoning


class Books:
    """Two mailboxes, and what may and must have become of each message; raises AssertionError."""

    def __init__(self, mailboxes: Mapping[Side, ModelMailbox]) -> None:
        self.reckonings = {name: Reckoning(name) for name in CONTENTS}
        self.doubts = Doubts()
        self.turned_down = False
        """Whether the destination has said no to a message in this pass: it is tried again without its keywords."""

        self._source = mailboxes[Side.SOURCE]
        self._destination = mailboxes[Side.DESTINATION]
        # What source messages were like at any time, and where; by (folder, UIDVALIDITY, UID) which they were.
        self._forms: set[tuple[bytes, frozenset[str], object]] = set()
        self._places: defaultdict[bytes, set[FolderPath]] = defaultdict(set)
        self._ever: dict[tuple[FolderPath, int, int], bytes] = {}
        self._names: defaultdict[FolderPath, set[FolderPath]] = defaultdict(set)
        self._doubtful: dict[int, bytes] = {}

    # -- what is told

    def note_source(self) -> None:
        """What is at the source now may be copied as it is, to where it is."""
        for path, look in self._source.expected.items():
            for message in look.messages.values():
                self._forms.add((message.content, message.flags, message.internal_date))
                self._places[message.content] |= {path, *self._names[path]}
                self._ever[path, look.uidvalidity, message.uid] = message.content

    def renamed(self, before: FolderPath, after: FolderPath) -> None:
        """A folder, of either side, has another name: what was to go to one may go to the other."""
        self._names[after] |= self._names[before] | {before}

    def came(self, place: Place, by_user: bytes | None = None) -> None:
        """A message came into a folder at the destination; see `Doubts.came`."""
        self.doubts.came(place.path, self._uidvalidity(place.path), place.uid, by_user)

    def went(self, place: Place) -> None:
        """A message was taken out of a folder at the destination."""
        self.doubts.went(place.path, self._uidvalidity(place.path), place.uid)

    def _uidvalidity(self, path: FolderPath) -> int:
        return self._destination.folder(path).uid_validity

    # -- what is checked

    def content(self, refusal: Refusal) -> bytes:
        """The message that the program names."""
        return self._ever[refusal.folder, refusal.uidvalidity, refusal.uid]

    def seen(self, *, undisturbed: bool) -> None:
        """A part of a pass is over; see `Reckoning.seen`."""
        arrived, there = self._arrivals()
        for name, reckoning in self.reckonings.items():
            reckoning.seen(there[name], arrived[name], undisturbed=undisturbed)

    def close(self, named: list[Refusal], *, finished: bool, undisturbed: bool) -> None:
        """A pass is over.

        Args:
            named: what the program says it has not moved, or cannot tell.
            finished: whether it says that it is done.
            undisturbed: whether no user has done anything meanwhile.
        """
        self._check_source()
        arrived, there = self._arrivals()
        fresh_doubts = self._fresh_doubts(named)
        for one in fresh_doubts:
            self._check_doubt(one)
        doubtful = Counter(name_of(self.content(one)) for one in fresh_doubts)
        refused = Counter(name_of(self.content(one)) for one in named if not is_doubtful(one))
        for name, reckoning in self.reckonings.items():
            if finished and undisturbed:
                reckoning.finished(there[name], arrived[name], refused[name], doubtful[name])
            else:
                reckoning.interrupted(there[name], arrived[name], doubtful[name], undisturbed=undisturbed)
        if finished:
            self.doubts.end()

    def _fresh_doubts(self, named: list[Refusal]) -> list[Refusal]:
        """What has just become doubtful, without what was doubtful before and has another place at the source now."""
        before = self._doubtful
        self._doubtful = {one.message_id: self.content(one) for one in named if is_doubtful(one)}
        taken_over = Counter(content for number, content in before.items() if number not in self._doubtful)
        fresh: list[Refusal] = []
        for one in named:
            if one.message_id not in self._doubtful or one.message_id in before:
                continue
            content = self.content(one)
            if taken_over[content]:
                taken_over[content] -= 1
            else:
                fresh.append(one)
        return fresh

    def _check_doubt(self, refusal: Refusal) -> None:
        content = self.content(refusal)
        assert self.doubts.allowed(content, {refusal.folder, *self._names[refusal.folder]}), (
            f"nothing is doubtful about {name_of(content)!r} in {refusal.folder}"
        )

    def _arrivals(self) -> tuple[Counter[str], dict[str, int]]:
        """What has come to the destination since the last look, each checked, and how much of each was there."""
        box = self._destination
        found = box.look()
        said = differences(box.expected, found, may_follow=self._changed_at_source)
        assert not said, f"at the destination: {said}"
        there = {name: box.count(name) for name in CONTENTS}
        new = additions(box.expected, found)
        box.expected = found
        for place, message in new:
            self._check_arrival(place, message)
            self.came(place)
        return Counter(name_of(message.content) for _, message in new), there

    def _check_arrival(self, place: Place, message: Message) -> None:
        name = name_of(message.content)
        forms = {form for form in self._forms if form[0] == message.content}
        if self.turned_down:
            forms |= {(content, frozenset(f for f in flags if f[0] == "\\"), date) for content, flags, date in forms}
        form = (message.content, message.flags, message.internal_date)
        assert form in forms, f"{name!r} came with {sorted(message.flags)}, {message.internal_date}"
        assert place.path in self._places[message.content], f"{name!r} was never in {place.path} at the source"

    def _changed_at_source(self, message: Message) -> frozenset[str]:
        """Flags that messages of this content have had at the source at one time, and have not had at another."""
        ever = [flags for content, flags, _date in self._forms if content == message.content]
        return frozenset().union(*ever) - frozenset.intersection(*ever) if ever else frozenset()

    def _check_source(self) -> None:
        box = self._source
        assert box.look() == box.expected, f"the source was changed: {differences(box.expected, box.look())}"


def is_doubtful(refusal: Refusal) -> bool:
    """Whether the program cannot tell what became of a message."""
    return refusal.reason is Reason.ARRIVAL_UNKNOWN
