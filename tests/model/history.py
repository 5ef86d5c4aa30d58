"""Runs a script on two embedded servers and the program, and holds what comes of it against the model."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, assert_never
from unittest import mock

from mailmove_gui.demo import EmbeddedServer, Message, ServerOptions, Store
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.folders import INBOX, FolderPath
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.states import FINISHED
from mailmove_gui.engine import reading
from tests.faults.proxy import FaultProxy
from tests.faults.script import Faults
from tests.mailboxes.fill import append_head
from tests.mailboxes.folders import GeneratedMessage
from tests.model.contents import CONTENTS, day, name_of, refusal_of
from tests.model.doubts import Doubts
from tests.model.mailbox import ModelMailbox, Place, additions, differences
from tests.model.program import PASSWORD, Program
from tests.model.reckoning import Reckoning
from tests.model.steps import (
    Deliver,
    During,
    File,
    Mark,
    Pass,
    Quota,
    Remove,
    RemoveFolder,
    RenameFolder,
    Renumber,
    Restart,
    Script,
    Step,
    Stop,
    UserAction,
)
from tests.servers.wire import Wire, WireError

_USER = "anna"
_LAST_PASSES = 5
_BATCH_MESSAGES = 3


class History:
    """One account, from a first message to the end of the script and beyond. A context manager."""

    def __init__(self, folder: Path, hidden: frozenset[str] = frozenset()) -> None:
        self._lock = threading.RLock()
        self._mailboxes: dict[Side, ModelMailbox] = {}
        self._servers: dict[Side, EmbeddedServer] = {}
        self._proxies: dict[Side, FaultProxy] = {}
        self._open = ExitStack()
        for side in Side:
            user = Store().add_user(_USER, PASSWORD)
            self._mailboxes[side] = ModelMailbox(user, side)
            self._servers[side] = EmbeddedServer(user._store)
        self._reckonings = {name: Reckoning(name) for name in CONTENTS}
        self._hidden = hidden
        # What source messages were like at any time, and where; by (folder, UIDVALIDITY, UID) which they were.
        self._forms: set[tuple[bytes, frozenset[str], object]] = set()
        self._places: defaultdict[bytes, set[FolderPath]] = defaultdict(set)
        self._ever: dict[tuple[FolderPath, int, int], bytes] = {}
        self._names: defaultdict[FolderPath, set[FolderPath]] = defaultdict(set)
        self._doubts = Doubts()
        self._doubtful: set[int] = set()
        # Of the pass that runs.
        self._running: Pass | None = None
        self._cancel = CancelToken()
        self._seen: Counter[tuple[Side, str]] = Counter()
        self._disturbed = False
        self._trouble: list[BaseException] = []
        self._file = folder / "model.mailmove"

    def __enter__(self) -> Self:
        # Small batches have more borders at which something can happen.
        self._open.enter_context(mock.patch.object(reading, "BATCH_MESSAGES", _BATCH_MESSAGES))
        for side, server in self._servers.items():
            self._open.enter_context(server)
            server.options = self._options(side)
            self._proxies[side] = self._open.enter_context(FaultProxy(server.host, server.imap_port))
        self._program = Program(self._file, self._account(), self._deliver_all)
        self._note_source()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.close()
        self._open.close()

    def run(self, script: Script) -> None:
        """All steps, and then passes without faults until nothing changes any more; raises AssertionError."""
        for step in script.steps:
            self._take(step)
        self._end()

    def _take(self, step: Step) -> None:
        match step:
            case Pass():
                self._pass(step)
            case Restart():
                self._program.restart()
            case _:
                self._act(step)

    # -- users

    def _act(self, action: UserAction) -> None:
        match action:
            case Deliver(Side.SOURCE, folder, content, day, flags):
                box = self._mailboxes[Side.SOURCE]
                box.deliver(box.path(folder), content, day, flags)
                self._reckonings[content].source_gained()
            case Deliver(_, folder, content, day, flags):
                box = self._mailboxes[Side.DESTINATION]
                self._came(box.deliver(box.path(folder), content, day, flags), CONTENTS[content])
                self._reckonings[content].destination_gained()
            case Remove(side, which):
                if (place := self._mailboxes[side].place(which)) is not None:
                    self._remove(side, place)
            case File(side, which, folder):
                self._file_elsewhere(side, which, folder)
            case Mark(side, which, flag):
                if (place := self._mailboxes[side].place(which)) is not None:
                    self._mailboxes[side].mark(place, flag)
            case RenameFolder(side, folder):
                self._rename(side, folder)
            case RemoveFolder(side, folder):
                self._remove_folder(side, folder)
            case Renumber(side, folder):
                box = self._mailboxes[side]
                self._replaced(side, box.path(folder))
                box.renumber(box.path(folder))
            case Quota(room_bytes):
                user = self._mailboxes[Side.DESTINATION].user
                user.quota_bytes = None if room_bytes is None else user.used_bytes + room_bytes
            case _:
                assert_never(action)
        self._note_source()

    def _remove(self, side: Side, place: Place) -> None:
        box = self._mailboxes[side]
        name = name_of(box.message(place).content)
        if side is Side.SOURCE:
            self._reckonings[name].source_lost(running=self._running is not None)
        else:
            self._reckonings[name].destination_lost(box.count(name))
            self._went(place)
        box.remove(place)

    def _file_elsewhere(self, side: Side, which: int, folder: int) -> None:
        box = self._mailboxes[side]
        place = box.place(which)
        if place is None or box.path(folder) == place.path:
            return
        if side is Side.DESTINATION:
            self._went(place)
        filed = box.file(place, box.path(folder))
        if side is Side.DESTINATION:
            self._came(filed, box.message(filed).content)

    def _rename(self, side: Side, folder: int) -> None:
        box = self._mailboxes[side]
        path = box.path(folder)
        if path == INBOX:
            return
        below = [other for other in box.expected if other[: len(path)] == path]
        renamed = box.rename(path)
        for other in below:
            names = self._names[other] | {other}
            self._names[renamed + other[len(path) :]] |= names
            self._replaced(side, other)

    def _remove_folder(self, side: Side, folder: int) -> None:
        box = self._mailboxes[side]
        path = box.path(folder)
        if path == INBOX:
            return
        self._replaced(side, path)
        for uid in list(box.expected[path].messages):
            self._remove(side, Place(path, uid))
        box.remove_folder(path)

    # -- what the model keeps of it

    def _came(self, place: Place, by_user: bytes | None = None) -> None:
        self._doubts.came(place.path, self._uidvalidity(place.path), place.uid, by_user)

    def _went(self, place: Place) -> None:
        self._doubts.went(place.path, self._uidvalidity(place.path), place.uid)

    def _replaced(self, side: Side, path: FolderPath) -> None:
        if side is Side.DESTINATION:
            self._doubts.replaced(path)

    def _uidvalidity(self, path: FolderPath) -> int:
        return self._mailboxes[Side.DESTINATION].folder(path).uid_validity

    def _note_source(self) -> None:
        for path, look in self._mailboxes[Side.SOURCE].expected.items():
            for message in look.messages.values():
                self._forms.add((message.content, message.flags, message.internal_date))
                self._places[message.content] |= {path, *self._names[path]}
                self._ever[path, look.uidvalidity, message.uid] = message.content

    # -- passes

    def _pass(self, step: Pass) -> bool:
        """One run of the program; whether it says that it is done."""
        self._running, self._cancel = step, CancelToken()
        self._seen.clear()
        self._disturbed = False
        self._doubts.begin()
        for side, proxy in self._proxies.items():
            proxy.script = Faults([(one.when, one.fault) for one in step.fails if one.side is side])
        record = self._program.run(self._cancel, step.death)
        self._deliver_all()
        self._running = None
        if self._trouble:
            raise self._trouble[0]
        self._check_source()
        finished = record.state in FINISHED
        self._close_books(finished=finished)
        if finished:
            self._doubts.end()
        return finished

    def _close_books(self, *, finished: bool) -> None:
        arrived, there = self._arrivals()
        named = self._program.named()
        fresh_doubts = [one for one in named if one.message_id not in self._doubtful and _is_doubtful(one)]
        for one in fresh_doubts:
            self._check_doubt(one)
        self._doubtful |= {one.message_id for one in fresh_doubts}
        doubtful = Counter(name_of(self._content(one)) for one in fresh_doubts)
        refused = Counter(name_of(self._content(one)) for one in named if not _is_doubtful(one))
        for name, reckoning in self._reckonings.items():
            if finished and not self._disturbed:
                reckoning.finished(there[name], arrived[name], refused[name], doubtful[name])
            else:
                undisturbed = not self._disturbed
                reckoning.interrupted(there[name], arrived[name], doubtful[name], undisturbed=undisturbed)

    def _check_doubt(self, refusal: Refusal) -> None:
        content = self._content(refusal)
        assert self._doubts.allowed(content, {refusal.folder, *self._names[refusal.folder]}), (
            f"nothing is doubtful about {name_of(content)!r} in {refusal.folder}"
        )

    def _changed_at_source(self, message: Message) -> frozenset[str]:
        """Flags that messages of this content have had at the source at one time, and have not had at another."""
        ever = [flags for content, flags, _date in self._forms if content == message.content]
        return frozenset().union(*ever) - frozenset.intersection(*ever) if ever else frozenset()

    def _arrivals(self) -> tuple[Counter[str], dict[str, int]]:
        """What has come to the destination since the last look, each checked, and how much of each was there."""
        box = self._mailboxes[Side.DESTINATION]
        found = box.look()
        said = differences(box.expected, found, may_follow=self._changed_at_source)
        assert not said, f"at the destination: {said}"
        there = {name: box.count(name) for name in CONTENTS}
        new = additions(box.expected, found)
        box.expected = found
        for place, message in new:
            self._check_arrival(place, message)
            self._came(place)
        return Counter(name_of(message.content) for _, message in new), there

    def _check_arrival(self, place: Place, message: Message) -> None:
        name = name_of(message.content)
        form = (message.content, message.flags, message.internal_date)
        assert form in self._forms, f"{name!r} came with {sorted(message.flags)}, {message.internal_date}"
        assert place.path in self._places[message.content], f"{name!r} was never in {place.path} at the source"

    def _check_source(self) -> None:
        box = self._mailboxes[Side.SOURCE]
        assert box.look() == box.expected, f"the source was changed: {differences(box.expected, box.look())}"

    # -- what happens in the middle of a pass; on the threads of the servers

    def _answered(self, side: Side, command: str) -> bool:
        """Asked by a server that has carried out a command; True would have the line break before the answer."""
        with self._lock:
            if self._running is not None:
                self._seen[side, command] += 1
                number = self._seen[side, command]
                for one in self._running.during:
                    if (one.side, one.command, one.nth) == (side, command, number):
                        self._happens(one)
        return False

    def _happens(self, event: During) -> None:
        match event.happens:
            case Stop():
                self._cancel.cancel()
            case action:
                self._disturb(action)

    def _disturb(self, action: UserAction) -> None:
        try:
            arrived, there = self._arrivals()
            for name, reckoning in self._reckonings.items():
                reckoning.seen(there[name], arrived[name], undisturbed=not self._disturbed)
            self._disturbed = True
            self._act(action)
        except BaseException as error:  # noqa: BLE001  it is raised again where the pass was begun
            self._trouble.append(error)
            self._cancel.cancel()

    # -- the end

    def _end(self) -> None:
        """The line is good, there is room, the user has tried again what was refused: all is where it belongs."""
        self._act(Quota(None))
        self._program.try_refused_again()
        for _ in range(_LAST_PASSES):
            before = self._mailboxes[Side.DESTINATION].look()
            if self._pass(Pass()) and self._mailboxes[Side.DESTINATION].look() == before:
                break
        else:
            raise AssertionError(f"there is no end to it: {self._program.counts()}")
        named = self._program.named()
        for one in named:
            if not _is_doubtful(one):
                self._confirm(self._content(one))
        source = self._mailboxes[Side.SOURCE].look()
        counts = self._program.counts()
        assert counts.at_source == sum(len(look.messages) for look in source.values()), f"numbers differ: {counts}"
        assert counts.pending == counts.unverified == 0, f"numbers differ: {counts}"
        assert len(named) == counts.refused + counts.doubtful, f"named {len(named)}, counted {counts}"

    def _confirm(self, content: bytes) -> None:
        """A plain APPEND of the same bytes is refused as well."""
        server = self._servers[Side.DESTINATION]
        with Wire(server.host, server.imap_port) as wire:
            wire.login(_USER, PASSWORD)
            try:
                wire.append(b"INBOX", [(append_head(GeneratedMessage(content, (), day(0))), content)])
            except WireError:
                return
        raise AssertionError(f"{name_of(content)!r} is named as refused, and the server takes it")

    def _content(self, refusal: Refusal) -> bytes:
        return self._ever[refusal.folder, refusal.uidvalidity, refusal.uid]

    # -- servers

    def _options(self, side: Side) -> ServerOptions:
        options = ServerOptions(lose_answer=lambda command: self._answered(side, command))
        if side is Side.DESTINATION:
            options = replace(options, hidden=self._hidden, refuse_message=refusal_of)
        return options

    def _account(self) -> Account:
        def mailbox(side: Side) -> Mailbox:
            proxy = self._proxies[side]
            return Mailbox(Endpoint(proxy.host, proxy.port, Security.PLAIN), _USER)

        return Account("model", mailbox(Side.SOURCE), mailbox(Side.DESTINATION))

    def _deliver_all(self) -> None:
        """What was sent over connections that are gone is dealt with."""
        for proxy in self._proxies.values():
            proxy.wait_until_delivered()


def play(script: Script) -> None:
    """Run a script from beginning to end; raises AssertionError, with the script in its notes."""
    with tempfile.TemporaryDirectory(prefix="mailmove-model-") as folder, History(Path(folder), script.hidden) as one:
        try:
            one.run(script)
        except BaseException as error:
            error.add_note(str(script))
            raise


def _is_doubtful(refusal: Refusal) -> bool:
    return refusal.reason is Reason.ARRIVAL_UNKNOWN
