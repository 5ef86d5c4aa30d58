"""What the engine needs of the world, as Protocols."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Event
from mailmove_gui.domain.findings import Quota
from mailmove_gui.domain.folders import Folder, FolderPath, NamingRules
from mailmove_gui.domain.messages import AppendAnswer, FetchedMessage, Flags, FolderState, MessageHead, OutgoingMessage
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.secret import Secret, SecretKey


class MailboxReader(Protocol):
    """A logged-in connection that can look and never changes anything.

    Every method but `abort` may block up to the connection's timeout and raises `MailError`.
    """

    def folders(self) -> tuple[Folder, ...]:
        """All folders of the personal namespace, parents before children, roles assigned."""
        ...

    def status(self, path: FolderPath) -> FolderState:
        """The folder's numbers without opening it."""
        ...

    def examine(self, path: FolderPath) -> FolderState:
        """Open the folder read-only; what follows reads from it.

        Raises:
            MailError: FOLDER_UNREADABLE if the server does not open it.
        """
        ...

    def heads(self, known: Collection[int] = ()) -> Iterator[Sequence[MessageHead]]:
        """All messages of the open folder, in chunks of bounded size, ascending by UID inside a chunk.

        Of those whose UIDs are `known`, nothing but the UID need be right: POP3 has to look into each message.
        """
        ...

    def heads_from(self, uid: int) -> Sequence[MessageHead]:
        """Messages of the open folder with this UID or a higher one; looks anew, so that fresh arrivals are in."""
        ...

    def heads_of(self, uids: Sequence[int]) -> Iterator[Sequence[MessageHead]]:
        """Those of the named messages that exist in the open folder."""
        ...

    def header_keys(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """(uid, `identity.header_key`) of the named messages of the open folder, in no certain order."""
        ...

    def messages(self, uids: Sequence[int]) -> Iterator[FetchedMessage]:
        r"""The named messages of the open folder with their bytes, without setting \Seen.

        A message that the server leaves out of its answer does not come.
        """
        ...

    def close(self) -> None:
        """Log out (bounded) and close. Never raises."""
        ...

    def abort(self) -> None:
        """Shut the socket; callable from any thread; a blocked call then raises. Never raises itself."""
        ...


class Source(MailboxReader, Protocol):
    """The mailbox where the mail is."""

    @property
    def keeps_flags(self) -> bool:
        """Whether flags mean anything here: POP3 knows none."""
        ...

    def flags(self, since: int | None = None) -> Iterator[Sequence[tuple[int, Flags]]]:
        """(UID, flags) of the messages of the open folder, in chunks of bounded size and no certain order.

        Args:
            since: only those that have changed since this `FolderState.highest_modseq`.
        """
        ...


class Destination(MailboxReader, Protocol):
    """The mailbox where the mail shall be."""

    @property
    def naming(self) -> NamingRules:
        """What its folder names cannot hold."""
        ...

    @property
    def max_message_bytes(self) -> int | None:
        """The announced limit (RFC 7889 APPENDLIMIT), or one that it has shown to have; None if none is known."""
        ...

    def quota(self) -> Quota | None:
        """Room in the mailbox (RFC 9208 GETQUOTAROOT of INBOX), None if the server does not tell."""
        ...

    def create_folder(self, path: FolderPath) -> None:
        """Make the folder and its parents; a folder that is there already is fine.

        Raises:
            MailError: FOLDER_REFUSED with the server's words.
        """
        ...

    def subscribe(self, path: FolderPath) -> None:
        """Subscribe to the folder; a server that refuses is no failure."""
        ...

    def select(self, path: FolderPath) -> tuple[FolderState, Flags | None]:
        """Open the folder for appending: its numbers and PERMANENTFLAGS (None where the server does not say)."""
        ...

    def append(self, path: FolderPath, messages: Sequence[OutgoingMessage]) -> AppendAnswer:
        """Append a batch to the folder, in order, bytes unchanged.

        Raises:
            AppendInterrupted: the batch did not come to its end; what was answered for is in it.
            MailError: the whole batch is in doubt (the connection was lost), or it was turned down and it is not these
                messages' fault (`THROTTLED`, ...).
        """
        ...

    def set_flag(self, uids: Sequence[int], flag: str, *, on: bool) -> bool:
        """Give a flag to messages of the folder opened by `select`, or take it from them; the others stay as they are.

        Messages that do not exist are fine. False if the server does not let this flag be changed.
        """
        ...


class MailGateway(Protocol):
    """Opens logged-in connections."""

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Source:
        """Connect and log in.

        Raises:
            MailError: with `side` filled in.
            Cancelled: the run was asked to stop meanwhile.
        """
        ...

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Destination:
        """Connect and log in; raises as `source`."""
        ...


class Remover(Destination, Protocol):
    """A destination mailbox from which messages can be removed: for undo alone."""

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        """Remove exactly these messages of the folder opened by `select`, and no other that is marked as deleted.

        Those that do not exist are fine.

        Returns:
            Those that the server did not remove; they are as they were before.

        Raises:
            MailError: CANNOT_UNDO if the server lets nothing be marked as deleted.
        """
        ...


class UndoGateway(Protocol):
    """Opens connections with which messages can be removed."""

    def remover(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Remover:
        """Connect and log in; raises as `MailGateway.destination`, and CANNOT_UNDO where nothing single is removed."""
        ...


GatewayFactory = Callable[[Options], MailGateway]

ProviderOfHost = Callable[[str], Provider | None]
"""Whose mail server a host is, None if that is not known; answers at once, from what the program brings along."""


class SecretStore(Protocol):
    """Where passwords are kept: the system's keyring, or memory."""

    def get(self, key: SecretKey) -> Secret | None:
        """The password, or None if it is not known."""
        ...

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep the password."""
        ...

    def forget(self, key: SecretKey) -> None:
        """Drop the password; one that is not there is fine."""
        ...


class Clock(Protocol):
    """Time, so that tests can make it run."""

    def now(self) -> datetime:
        """Time of day, with time zone."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never run backwards."""
        ...

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        """Sleep; raises `Cancelled` as soon as the run is asked to stop."""
        ...


class Sink(Protocol):
    """Takes events; called from any thread; must neither block nor raise."""

    def __call__(self, event: Event, /) -> None:
        """Take one event."""
        ...


class RunningThread(Protocol):
    """A thread that was spawned."""

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; True if it has ended."""
        ...


class Spawn(Protocol):
    """Makes threads: plain ones for the command line, QThreads in the window."""

    def __call__(self, name: str, target: Callable[[], None]) -> RunningThread:
        """Start `target` in a thread of that name."""
        ...
