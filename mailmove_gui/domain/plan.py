"""The plan of a migration: an immutable value."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import uuid4

from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.endpoints import Endpoint, parse_endpoint
from mailmove_gui.domain.folders import FolderMap, FolderPath, FolderRole
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import SecretKey

USUAL_WINDOW_DAYS = 30
"""So long passes go on by themselves, unless a plan says otherwise."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A user's mailbox at an endpoint."""

    endpoint: Endpoint
    user: str

    def secret_key(self, side: Side) -> SecretKey:
        """Under which its password is kept."""
        endpoint = self.endpoint
        return SecretKey(side, endpoint.host, endpoint.port, self.user, endpoint.security)

    @property
    def owner(self) -> str:
        """Whose mailbox it is: the user name, in lower case."""
        return self.user.strip().casefold()

    @property
    def key(self) -> str:
        """Which mailbox it is: its owner and server. ``info`` at one server is not ``info`` at another."""
        return f"{self.owner} at {self.endpoint.server}"


@dataclass(frozen=True, slots=True)
class Account:
    """One source mailbox and its destination mailbox.

    `id` stays what it is when user names or servers of the account are corrected, so that what has been moved stays
    known. `folder_map` holds this account's own wishes, which win over those of `Options`; `exclude`, if it is not
    None, stands in the place of that of `Options`.
    """

    id: str
    source: Mailbox
    destination: Mailbox
    folder_map: FolderMap = ()
    exclude: tuple[str, ...] | None = None

    def mailbox(self, side: Side) -> Mailbox:
        """The mailbox at `side`."""
        return self.source if side is Side.SOURCE else self.destination

    def secret_key(self, side: Side) -> SecretKey:
        """Under which the password of `side` is kept."""
        return self.mailbox(side).secret_key(side)


class ServerSetup(StrEnum):
    """How somebody chose a server; it stays what it was when the migration is opened again."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class ServerOrigin:
    """Where a server's data came from: the address or domain asked about, and the provider found (its id, or empty)."""

    setup: ServerSetup = ServerSetup.MANUAL
    asked: str = ""
    provider_id: str = ""


def new_plan_id() -> str:
    """An id that no other migration has."""
    return uuid4().hex


class MessageOrder(StrEnum):
    """In which order a folder's messages are moved."""

    NEWEST_FIRST = "newest_first"
    OLDEST_FIRST = "oldest_first"


@dataclass(frozen=True, slots=True)
class Options:
    """What to move and how.

    `since` and `before` compare with the day of a message's internal date (`before` excluded). `folders` and `exclude`
    are wildcard patterns over folder names; folders of a role in `exclude_roles` are left out too, whatever their
    name. `folder_map` holds wishes for all accounts. `below` is a destination folder under which everything is put.
    `pins` are certificates that the user trusts, each for its server alone.

    A message that the source shows in several folders (Gmail's labels) is moved once, to the first of them in the order
    of `account_folders.map_account`; with `label_copies` into each of them, as copies.

    `bandwidth_bytes_s` bounds what messages take of the line, reading and writing added up, of all accounts together;
    None is no bound. In `quiet_hours` (by the clock of this computer) nothing is moved. These two and
    `accounts_at_once` may change while accounts run.

    POP3 does not tell which messages were read: they arrive as read, or with `pop3_unread` as unread. Some POP3 servers
    say that they delete what was read (EXPIRE 0): `pop3_may_delete` is the user's yes to reading there all the same.

    After its first pass an account makes a further one every `pass_every_s` seconds, for `window_days` days; None is
    one pass only (see `passes`).
    """

    since: date | None = None
    before: date | None = None
    max_size_bytes: int | None = None
    folders: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclude_roles: frozenset[FolderRole] = frozenset()
    folder_map: FolderMap = ()
    below: FolderPath = ()
    order: MessageOrder = MessageOrder.NEWEST_FIRST
    accounts_at_once: int = 4
    ca_file: str | None = None
    pins: tuple[CertificatePin, ...] = ()
    bandwidth_bytes_s: int | None = None
    quiet_hours: tuple[QuietHours, ...] = ()
    label_copies: bool = False
    pop3_unread: bool = False
    pop3_may_delete: bool = False
    pass_every_s: int | None = None
    window_days: int = USUAL_WINDOW_DAYS

    def selects(self, size_bytes: int, internal_date: datetime | None) -> bool:
        """Whether a message is to be moved; one without a date is, whatever the days."""
        if self.max_size_bytes is not None and size_bytes > self.max_size_bytes:
            return False
        if internal_date is None:
            return True
        day = internal_date.date()
        return (self.since is None or day >= self.since) and (self.before is None or day < self.before)


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """Which accounts move from where to where.

    `id` is new for every migration, and part of the name under which its passwords are kept. `source` and
    `destination` say how the usual servers were chosen; where an account really is stands in the account. With
    `remember_passwords` the system's keyring keeps them until all accounts are finished. `source_ends` is the day on
    which the old contract ends, None if that is not known.
    """

    name: str = ""
    accounts: tuple[Account, ...] = ()
    options: Options = field(default_factory=Options)
    id: str = field(default_factory=new_plan_id)
    source: ServerOrigin = field(default_factory=ServerOrigin)
    destination: ServerOrigin = field(default_factory=ServerOrigin)
    remember_passwords: bool = True
    source_ends: date | None = None

    def account(self, account_id: str) -> Account:
        """The account of that id.

        Raises:
            KeyError: there is none.
        """
        for account in self.accounts:
            if account.id == account_id:
                return account
        raise KeyError(account_id)


def account_id(source_user: str, destination_user: str) -> str:
    """The id under which an account enters a plan for the first time."""
    return f"{source_user.strip().casefold()} > {destination_user.strip().casefold()}"


class ListedAccounts:
    """The accounts of a list so far: each new one is judged by those before it."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], int | None] = {}
        self._sources: dict[str, int | None] = {}
        self._destinations: dict[str, int | None] = {}

    def judge(self, row: int | None, account: Account) -> list[Problem]:
        """What is wrong with an account that stands in `row`: nothing moves onto itself, nobody is listed twice.

        One source for two destinations is `DUPLICATE_SOURCE`, two sources for one destination are `SHARED_DESTINATION`:
        allowed, but to be looked at. `other_row` names the first row that an account is at odds with.
        """
        source, destination = account.source, account.destination
        pair = (source.owner, destination.owner)
        if pair in self._pairs:
            return [
                Problem(ProblemKind.DUPLICATE_ACCOUNT, row=row, value=source.user, other_row=self._pairs[pair]),
            ]
        self._pairs[pair] = row
        problems: list[Problem] = []
        if source.key in self._sources:
            other = self._sources[source.key]
            problems.append(Problem(ProblemKind.DUPLICATE_SOURCE, row=row, value=source.user, other_row=other))
        if pair[0] == pair[1] and source.endpoint.server == destination.endpoint.server:
            problems.append(Problem(ProblemKind.SAME_MAILBOX, row=row, value=source.user))
        elif pair[1] in self._destinations:
            other = self._destinations[pair[1]]
            problems.append(Problem(ProblemKind.SHARED_DESTINATION, row=row, value=destination.user, other_row=other))
        self._sources.setdefault(source.key, row)
        self._destinations.setdefault(pair[1], row)
        return problems


def with_accounts(plan: MigrationPlan, accounts: Iterable[Account]) -> MigrationPlan:
    """The plan with accounts added, or corrected where one of the same id is there."""
    merged = {account.id: account for account in plan.accounts}
    merged.update({account.id: account for account in accounts})
    return replace(plan, accounts=tuple(merged.values()))


def plan_to_json(plan: MigrationPlan) -> str:
    """The plan as text for the ledger. There are no secrets in a plan."""
    options = plan.options
    document = {
        "id": plan.id,
        "name": plan.name,
        "remember_passwords": plan.remember_passwords,
        "source_ends": _day_to_json(plan.source_ends),
        "source": _origin_to_json(plan.source),
        "destination": _origin_to_json(plan.destination),
        "accounts": [
            {
                "id": account.id,
                "source": [account.source.endpoint.url, account.source.user],
                "destination": [account.destination.endpoint.url, account.destination.user],
                "folder_map": account.folder_map,
                "exclude": account.exclude,
            }
            for account in plan.accounts
        ],
        "options": {
            "since": _day_to_json(options.since),
            "before": _day_to_json(options.before),
            "max_size_bytes": options.max_size_bytes,
            "folders": options.folders,
            "exclude": options.exclude,
            "exclude_roles": sorted(options.exclude_roles),
            "folder_map": options.folder_map,
            "below": options.below,
            "order": options.order.value,
            "accounts_at_once": options.accounts_at_once,
            "ca_file": options.ca_file,
            "pins": [[pin.host, pin.port, pin.sha256] for pin in options.pins],
            "bandwidth_bytes_s": options.bandwidth_bytes_s,
            "quiet_hours": [
                [hours.begin.isoformat(), hours.end.isoformat(), sorted(hours.weekdays)]
                for hours in options.quiet_hours
            ],
            "label_copies": options.label_copies,
            "pop3_unread": options.pop3_unread,
            "pop3_may_delete": options.pop3_may_delete,
            "pass_every_s": options.pass_every_s,
            "window_days": options.window_days,
        },
    }
    return json.dumps(document, ensure_ascii=False)


def plan_from_json(text: str) -> MigrationPlan:
    """Read what `plan_to_json` wrote.

    Raises:
        InvalidInput: the text is not a plan.
    """
    try:
        document = json.loads(text)
        return MigrationPlan(
            name=str(document["name"]),
            accounts=tuple(
                Account(
                    str(item["id"]),
                    _mailbox(item["source"]),
                    _mailbox(item["destination"]),
                    _folder_map(item["folder_map"]),
                    None if item["exclude"] is None else tuple(item["exclude"]),
                )
                for item in document["accounts"]
            ),
            options=_options(document["options"]),
            id=str(document["id"]),
            source=_origin(document["source"]),
            destination=_origin(document["destination"]),
            remember_passwords=bool(document.get("remember_passwords", True)),
            source_ends=_day(document.get("source_ends")),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_MIGRATION)) from None


def _origin_to_json(origin: ServerOrigin) -> list[str]:
    return [origin.setup.value, origin.asked, origin.provider_id]


def _origin(parts: list[str]) -> ServerOrigin:
    return ServerOrigin(ServerSetup(parts[0]), str(parts[1]), str(parts[2]))


def _folder_map(pairs: list[list[list[str]]]) -> FolderMap:
    return tuple((tuple(source), tuple(target)) for source, target in pairs)


def _day_to_json(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _mailbox(pair: list[str]) -> Mailbox:
    return Mailbox(parse_endpoint(pair[0]), str(pair[1]))


def _options(document: dict[str, Any]) -> Options:
    return Options(
        since=_day(document["since"]),
        before=_day(document["before"]),
        max_size_bytes=document["max_size_bytes"],
        folders=tuple(document["folders"]),
        exclude=tuple(document["exclude"]),
        exclude_roles=frozenset(map(FolderRole, document["exclude_roles"])),
        folder_map=_folder_map(document["folder_map"]),
        below=tuple(document["below"]),
        order=MessageOrder(document["order"]),
        accounts_at_once=int(document["accounts_at_once"]),
        ca_file=document["ca_file"],
        pins=tuple(CertificatePin(str(host), int(port), str(sha256)) for host, port, sha256 in document["pins"]),
        # Files of earlier programs have none of these.
        bandwidth_bytes_s=document.get("bandwidth_bytes_s"),
        quiet_hours=tuple(
            QuietHours(time.fromisoformat(begin), time.fromisoformat(end), frozenset(map(int, weekdays)))
            for begin, end, weekdays in document.get("quiet_hours", ())
        ),
        label_copies=bool(document.get("label_copies", False)),
        pop3_unread=bool(document.get("pop3_unread", False)),
        pop3_may_delete=bool(document.get("pop3_may_delete", False)),
        pass_every_s=document.get("pass_every_s"),
        window_days=int(document.get("window_days", USUAL_WINDOW_DAYS)),
    )
