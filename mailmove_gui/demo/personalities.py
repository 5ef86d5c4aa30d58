"""Servers that behave as those of large providers do, as far as that matters to whoever moves mail.

What they say is what was seen of them on the wire; the limits are smaller, so that a few messages reach them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailmove_gui.demo.folder import Message, Path
from mailmove_gui.demo.options import ServerOptions
from mailmove_gui.demo.store import Store, User
from mailmove_gui.demo.traits import Interruption, Traits

GMAIL_TOO_MUCH = "[OVERQUOTA] Account exceeded command or bandwidth limits."
GMAIL_TOO_MANY = "[ALERT] Too many simultaneous connections. (Failure)"
GMAIL_TOO_BIG = "[TOOBIG] Message too large. https://support.google.com/mail/answer/6584#limit"
GMAIL_CONNECTIONS = 15
EXCHANGE_BYE = "Connection closed. 14"
EXCHANGE_NOT_CONNECTED = "User is authenticated but not connected."
EXCHANGE_BUSY = "Server Unavailable. 15"
EXCHANGE_TOO_BIG = "command line limit exceeded"
EXCHANGE_ERRORS = 10
TENCENT_REFUSAL = (
    "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited,"
    " or system is busy."
)
YAHOO_UNREADABLE = "[UNAVAILABLE] UID FETCH Server error - Please try again later"
YAHOO_SHOWN = 10_000
COURIER_REFUSAL = "Login failed."

_NOT_THERE = frozenset({"MULTIAPPEND", "STATUS=SIZE", "ENABLE"})


@dataclass(frozen=True, slots=True)
class Personality:
    """How a provider's server behaves, and which folders every mailbox of it has: (path, special use, selectable)."""

    options: ServerOptions
    folders: tuple[tuple[Path, str | None, bool], ...] = ()
    separator: str = "/"
    prefix: str = ""

    def store(self) -> Store:
        """An empty store with this provider's way to write names."""
        return Store(separator=self.separator, prefix=self.prefix)

    def add_user(self, store: Store, name: str, password: str) -> User:
        """A new user with the provider's folders."""
        user = store.add_user(name, password)
        for path, special_use, selectable in self.folders:
            user.add_folder(path, special_use=special_use, selectable=selectable)
        return user


class Allowance:
    """Bytes that may be read and written until it is renewed. Thread-safe."""

    def __init__(self, size_bytes: int) -> None:
        self._lock = threading.Lock()
        self._size_bytes = size_bytes
        self._left_bytes = size_bytes

    def renew(self) -> None:
        """Time has passed."""
        with self._lock:
            self._left_bytes = self._size_bytes

    def take(self, size_bytes: int) -> bool:
        """Whether there is something left; the last message may take more than that."""
        with self._lock:
            if self._left_bytes <= 0:
                return False
            self._left_bytes -= size_bytes
            return True


class Troubles:
    """What happens to the next commands of a kind: each entry once, in order. Thread-safe."""

    def __init__(self, troubles: Iterable[tuple[str, Interruption]]) -> None:
        self._lock = threading.Lock()
        self._troubles = list(troubles)

    @property
    def left(self) -> int:
        """How many have not happened."""
        with self._lock:
            return len(self._troubles)

    def __call__(self, command: str, _size_bytes: int) -> Interruption | None:
        """An `Intervention`."""
        with self._lock:
            if self._troubles and self._troubles[0][0] == command:
                return self._troubles.pop(0)[1]
            return None


def netease(*, window: Callable[[Sequence[Message]], Sequence[Message]] | None = None) -> Personality:
    """163.com, 126.com, yeah.net: Chinese names, and no folder is opened before ID. `window` is `Traits.shows`."""
    traits = Traits(
        greeting="Coremail System IMap Server Ready(163com[10774b260cc7a37d26d71b52404dcf5c])", shows=window
    )
    options = ServerOptions(
        hidden=_NOT_THERE | {"NAMESPACE", "UNSELECT", "CHILDREN"}, require_id=True, traits=_with(traits, "XLIST")
    )
    return Personality(
        options,
        (
            (("草稿箱",), "\\Drafts", True),
            (("已发送",), "\\Sent", True),
            (("已删除",), "\\Trash", True),
            (("垃圾邮件",), "\\Junk", True),
            (("病毒文件夹",), None, True),
            (("广告邮件",), None, True),
            (("订阅邮件",), None, True),
        ),
    )


def tencent(
    *,
    window: Callable[[Sequence[Message]], Sequence[Message]] | None = None,
    search_finds: Callable[[Message], bool] | None = None,
) -> Personality:
    """QQ and Exmail: roles by XLIST alone, folders of one's own below one that holds nothing, ascending UIDs only."""
    traits = Traits(
        greeting="QQMail XMIMAP4Server ready",
        shows=window,
        search_finds=search_finds,
        takes_uid_set=_ascends,
    )
    options = ServerOptions(
        hidden=_NOT_THERE | {"LITERAL+", "SPECIAL-USE", "QUOTA", "UNSELECT"},
        wrong_password_text=TENCENT_REFUSAL,
        traits=_with(traits, "XLIST"),
    )
    return Personality(
        options,
        (
            (("Sent Messages",), "\\Sent", True),
            (("Drafts",), "\\Drafts", True),
            (("Deleted Messages",), "\\Trash", True),
            (("Junk",), "\\Junk", True),
            (("其他文件夹",), None, False),
        ),
    )


def gmail(
    *, allowance: Allowance | None = None, largest_bytes: int | None = None, slowed_down: bool = False
) -> Personality:
    """Labels as folders, each message once, and a line that is closed when too much is read or written.

    Args:
        allowance: what may go over the line before that.
        largest_bytes: larger messages are refused, in BAD.
        slowed_down: whether it says after each FETCH that it takes its time on purpose.
    """

    def intervene(command: str, size_bytes: int) -> Interruption | None:
        if command == "APPEND" and largest_bytes is not None and size_bytes > largest_bytes:
            return Interruption("BAD", GMAIL_TOO_BIG)
        if allowance is not None and size_bytes and not allowance.take(size_bytes):
            return Interruption("NO", GMAIL_TOO_MUCH, GMAIL_TOO_MUCH)
        return None

    traits = Traits(
        greeting="Gimap ready for requests from 127.0.0.1 x145mb143154643vke",
        one_copy=True,
        intervention=intervene,
        done_text=lambda name: "Success [THROTTLED]" if slowed_down and name.endswith("FETCH") else None,
    )
    options = ServerOptions(
        hidden=_NOT_THERE | {"LITERAL+"},
        connections_per_user=GMAIL_CONNECTIONS,
        too_many_text=GMAIL_TOO_MANY,
        traits=_with(traits, "XLIST", "X-GM-EXT-1"),
    )
    return Personality(
        options,
        (
            (("[Gmail]",), None, False),
            (("[Gmail]", "所有邮件"), "\\All", True),
            (("[Gmail]", "已发邮件"), "\\Sent", True),
            (("[Gmail]", "草稿"), "\\Drafts", True),
            (("[Gmail]", "已删除邮件"), "\\Trash", True),
            (("[Gmail]", "垃圾邮件"), "\\Junk", True),
            (("[Gmail]", "已加星标"), "\\Flagged", True),
            (("[Gmail]", "重要"), "\\Important", True),
        ),
    )


def exchange(
    *,
    allowance: Allowance | None = None,
    backoff_ms: int = 299_910,
    troubles: Troubles | None = None,
    largest_bytes: int | None = None,
) -> Personality:
    """Estimated sizes, folders that hold no mail, waiting times that are told, and ten errors until it hangs up.

    Args:
        allowance: what may go over the line before it is throttled for `backoff_ms` and hangs up.
        backoff_ms: the waiting time that it asks for.
        troubles: what else goes wrong, once each.
        largest_bytes: a larger APPEND is refused, in BAD.
    """  # fmt: skip

    def intervene(command: str, size_bytes: int) -> Interruption | None:
        if command == "APPEND" and largest_bytes is not None and size_bytes > largest_bytes:
            return Interruption("BAD", EXCHANGE_TOO_BIG)
        if allowance is not None and size_bytes and not allowance.take(size_bytes):
            return Interruption(
                "BAD", f"Request is throttled. Suggested Backoff Time: {backoff_ms} milliseconds", EXCHANGE_BYE
            )
        return troubles(command, size_bytes) if troubles is not None else None

    traits = Traits(
        greeting="The Microsoft Exchange IMAP4 service is ready.",
        size_of=_estimate,
        intervention=intervene,
        errors_before_bye=EXCHANGE_ERRORS,
        counts_no=True,
        bye_after_errors=EXCHANGE_BYE,
    )
    options = ServerOptions(hidden=_NOT_THERE | {"QUOTA", "SPECIAL-USE"}, keywords_refused=True, traits=traits)
    names = ("Calendar", "Contacts", "Conversation History", "Journal", "Notes", "Outbox", "Tasks")
    return Personality(
        options,
        (
            (("Sent Items",), "\\Sent", True),
            (("Drafts",), "\\Drafts", True),
            (("Deleted Items",), "\\Trash", True),
            (("Junk Email",), "\\Junk", True),
            *(((name,), None, True) for name in names),
            (("Sync Issues",), None, True),
            (("Sync Issues", "Conflicts"), None, True),
        ),
    )


def yahoo(*, shown: int = YAHOO_SHOWN, unreadable: Callable[[Message], bool] = lambda _message: False) -> Personality:
    """Only the newest messages of a folder, and some that it never hands out."""
    traits = Traits(
        greeting="IMAP4rev1 Hello",
        shows=newest(shown),
        unreadable=lambda message: YAHOO_UNREADABLE if unreadable(message) else None,
    )
    options = ServerOptions(hidden=_NOT_THERE, traits=traits)
    return Personality(
        options,
        (
            (("Sent",), "\\Sent", True),
            (("Draft",), "\\Drafts", True),
            (("Trash",), "\\Trash", True),
            (("Bulk",), "\\Junk", True),
            (("Archive",), "\\Archive", True),
        ),
    )


def courier(*, connections: int = 4) -> Personality:
    """A dot and INBOX. in every name, none of the newer extensions, and no word about too many connections."""
    hidden = _NOT_THERE | {"LITERAL+", "UIDPLUS", "SPECIAL-USE", "SASL-IR", "ID", "UNSELECT"}
    traits = Traits(greeting="Courier-IMAP ready.", new_mail_needs_noop=True, connections_in_all=connections)
    return Personality(
        ServerOptions(hidden=hidden, wrong_password_text=COURIER_REFUSAL, traits=traits),
        ((("Sent",), None, True), (("Drafts",), None, True), (("Trash",), None, True)),
        separator=".",
        prefix="INBOX.",
    )


def younger_than(days: int, now: datetime) -> Callable[[Sequence[Message]], Sequence[Message]]:
    """For `Traits.shows`: what has arrived in the last `days` days."""
    since = now - timedelta(days=days)
    return lambda messages: [message for message in messages if message.internal_date >= since]


def newest(count: int) -> Callable[[Sequence[Message]], Sequence[Message]]:
    """For `Traits.shows`: the `count` messages with the highest UIDs."""
    return lambda messages: messages[-count:]


def _with(traits: Traits, *extensions: str) -> Traits:
    return replace(traits, extensions=frozenset(extensions))


def _estimate(message: Message) -> int:
    """What Exchange stores instead of the message: headers and transfer encodings weigh otherwise."""
    return message.size_bytes * 3 // 4 + 517


def _ascends(uid_set: bytes) -> bool:
    last = 0
    for piece in uid_set.split(b","):
        first, colon, end = piece.partition(b":")
        for number in (first, end) if colon else (first,):
            if number != b"*":
                if int(number) < last:
                    return False
                last = int(number)
    return True
