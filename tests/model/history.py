"""Runs a script on two embedded servers and the program, and holds what comes of it against the model."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest import mock

from mailmove_gui.demo import EmbeddedServer, ServerOptions, Store
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.states import FINISHED
from mailmove_gui.engine import reading
from tests.faults.faults import Say
from tests.faults.proxy import FaultProxy
from tests.faults.script import Faults
from tests.mailboxes.fill import append_head
from tests.mailboxes.folders import GeneratedMessage
from tests.model.books import Books, is_doubtful
from tests.model.contents import day, name_of, refusal_of
from tests.model.mailbox import ModelMailbox
from tests.model.program import PASSWORD, Program
from tests.model.steps import During, Pass, Quota, Restart, Script, Step, Stop, UserAction
from tests.model.users import Users
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
        self._books = Books(self._mailboxes)
        self._users = Users(self._mailboxes, self._books)
        self._hidden = hidden
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
        self._books.note_source()
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
                self._users.act(step, running=False)

    # -- passes

    def _pass(self, step: Pass) -> bool:
        """One run of the program; whether it says that it is done."""
        self._running, self._cancel = step, CancelToken()
        self._seen.clear()
        self._disturbed = False
        self._books.doubts.begin()
        self._books.turned_down = any(isinstance(one.fault, Say) for one in step.fails)
        for side, proxy in self._proxies.items():
            proxy.script = Faults([(one.when, one.fault) for one in step.fails if one.side is side])
        record = self._program.run(self._cancel, step.death)
        self._deliver_all()
        self._running = None
        if self._trouble:
            raise self._trouble[0]
        finished = record.state in FINISHED
        self._books.close(self._program.named(), finished=finished, undisturbed=not self._disturbed)
        return finished

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
            self._books.seen(undisturbed=not self._disturbed)
            self._disturbed = True
            self._users.act(action, running=True)
        except BaseException as error:  # noqa: BLE001  it is raised again where the pass was begun
            self._trouble.append(error)
            self._cancel.cancel()

    # -- the end

    def _end(self) -> None:
        """The line is good, there is room, the user has tried again what was refused: all is where it belongs."""
        self._users.act(Quota(None), running=False)
        self._program.try_refused_again()
        for _ in range(_LAST_PASSES):
            before = self._mailboxes[Side.DESTINATION].look()
            if self._pass(Pass()) and self._mailboxes[Side.DESTINATION].look() == before:
                break
        else:
            raise AssertionError(f"there is no end to it: {self._program.counts()}")
        named = self._program.named()
        for one in named:
            if not is_doubtful(one):
                self._confirm(self._books.content(one))
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
