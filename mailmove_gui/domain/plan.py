"""The plan of a migration: an immutable value."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from mailmove_gui.domain.endpoints import Endpoint, parse_endpoint
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import SecretKey


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A user's mailbox at an endpoint."""

    endpoint: Endpoint
    user: str

    @property
    def secret_key(self) -> SecretKey:
        """Under which its password is kept."""
        return SecretKey(self.endpoint.server, self.user)

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
    known.
    """

    id: str
    source: Mailbox
    destination: Mailbox

    def mailbox(self, side: Side) -> Mailbox:
        """The mailbox at `side`."""
        return self.source if side is Side.SOURCE else self.destination


class MessageOrder(StrEnum):
    """In which order a folder's messages are moved."""

    NEWEST_FIRST = "newest_first"
    OLDEST_FIRST = "oldest_first"


@dataclass(frozen=True, slots=True)
class Options:
    """What to move and how.

    `since` and `before` compare with the day of a message's internal date (`before` excluded). `folders` and `exclude`
    are wildcard patterns over folder names, `folder_map` pairs of source and destination path. `below` is a
    destination folder under which everything is put.
    """

    since: date | None = None
    before: date | None = None
    max_size_bytes: int | None = None
    folders: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    folder_map: tuple[tuple[FolderPath, FolderPath], ...] = ()
    below: FolderPath = ()
    order: MessageOrder = MessageOrder.NEWEST_FIRST
    accounts_at_once: int = 4
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """Which accounts move from where to where."""

    name: str = ""
    accounts: tuple[Account, ...] = ()
    options: Options = field(default_factory=Options)

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


def plan_problems(accounts: Iterable[tuple[int | None, Account]]) -> list[Problem]:
    """What is wrong with a list of (row, account): nothing moves onto itself, nobody is listed twice.

    Two sources that share a destination are `SHARED_DESTINATION`: allowed, but to be looked at.
    """
    problems: list[Problem] = []
    pairs: set[tuple[str, str]] = set()
    destinations: set[str] = set()
    for row, account in accounts:
        pair = (account.source.owner, account.destination.owner)
        if pair in pairs:
            problems.append(Problem(ProblemKind.DUPLICATE_ACCOUNT, row=row, value=account.source.user))
            continue
        pairs.add(pair)
        if pair[0] == pair[1] and account.source.endpoint.server == account.destination.endpoint.server:
            problems.append(Problem(ProblemKind.SAME_MAILBOX, row=row, value=account.source.user))
        elif pair[1] in destinations:
            problems.append(Problem(ProblemKind.SHARED_DESTINATION, row=row, value=account.destination.user))
        destinations.add(pair[1])
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
        "name": plan.name,
        "accounts": [
            {
                "id": account.id,
                "source": [account.source.endpoint.url, account.source.user],
                "destination": [account.destination.endpoint.url, account.destination.user],
            }
            for account in plan.accounts
        ],
        "options": {
            "since": options.since.isoformat() if options.since else None,
            "before": options.before.isoformat() if options.before else None,
            "max_size_bytes": options.max_size_bytes,
            "folders": options.folders,
            "exclude": options.exclude,
            "folder_map": options.folder_map,
            "below": options.below,
            "order": options.order.value,
            "accounts_at_once": options.accounts_at_once,
            "ca_file": options.ca_file,
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
                Account(str(item["id"]), _mailbox(item["source"]), _mailbox(item["destination"]))
                for item in document["accounts"]
            ),
            options=_options(document["options"]),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_MIGRATION)) from None


def _mailbox(pair: list[str]) -> Mailbox:
    return Mailbox(parse_endpoint(pair[0]), str(pair[1]))


def _options(document: dict[str, Any]) -> Options:
    return Options(
        since=date.fromisoformat(document["since"]) if document["since"] else None,
        before=date.fromisoformat(document["before"]) if document["before"] else None,
        max_size_bytes=document["max_size_bytes"],
        folders=tuple(document["folders"]),
        exclude=tuple(document["exclude"]),
        folder_map=tuple((tuple(source), tuple(target)) for source, target in document["folder_map"]),
        below=tuple(document["below"]),
        order=MessageOrder(document["order"]),
        accounts_at_once=int(document["accounts_at_once"]),
        ca_file=document["ca_file"],
    )
