"""What has happened. Past tense, frozen; published after the ledger has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.states import AccountState


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an account does not go on: reason, side, the server's own words, and until when it waits by itself."""

    reason: Reason
    side: Side | None = None
    server_text: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that could not be moved; `uidvalidity` is its folder's at the source, `message_id` its ledger row."""

    account_id: str
    folder: FolderPath
    uid: int
    reason: Reason
    server_text: str
    date: str
    sender: str
    subject: str
    size_bytes: int
    uidvalidity: int = 0
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """An account came into a state; `started` and `finished` are those of its record."""

    account_id: str
    state: AccountState
    counts: Counts
    failure: Failure | None = None
    started: datetime | None = None
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountProgressed:
    """An account got on inside a state; `folder` is the one being worked on."""

    account_id: str
    counts: Counts
    folder: FolderPath | None = None


@dataclass(frozen=True, slots=True)
class MessageRefused:
    """A message will not be moved."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class AccountNoted:
    """Something worth a line in the account's log, such as a reconnection; `reason` in words says what."""

    account_id: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class QueueEmptied:
    """No account is running or waiting for its turn any more."""


Event: TypeAlias = AccountChanged | AccountProgressed | MessageRefused | AccountNoted | QueueEmptied
