"""Two small mail servers, and calls of the command against them."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mailmove_gui import cli
from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.texts import language, set_language

HEADINGS = ("source_user", "source_password", "destination_user", "destination_password")
SOURCE_PASSWORD = "old § secret-1"
DESTINATION_PASSWORD = 'new, "secret"-2'
MESSAGES = 6


def message(number: int, *, poison: bool = False) -> NewMessage:
    """A message of its own; a poisoned one is refused by the destination."""
    header = f"Message-ID: <{number}@sample.example>\r\nSubject: {'poison' if poison else 'message'} {number}\r\n"
    return NewMessage(f"From: a@sample.example\r\n{header}\r\nText {number}\r\n".encode())


def refuse_poison(content: bytes) -> str | None:
    """What the destination says to a message."""
    return "Message contains poison" if b"Subject: poison" in content else None


@dataclass(slots=True)
class Answer:
    """What came of a call."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The lines of standard output as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class Servers:
    """An old server with accounts, and a new one where they are empty."""

    source: EmbeddedServer
    destination: EmbeddedServer
    folder: Path
    users: list[str] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        """The options that name the servers."""
        source, destination = (f"imap://127.0.0.1:{server.imap_port}" for server in (self.source, self.destination))
        return ["--source", source, "--destination", destination]

    def add(self, user: str, *, messages: int = MESSAGES, poison: bool = False) -> None:
        """An account on both servers, with mail in two folders of the old one."""
        old = self.source.store.add_user(f"{user}@old.example", SOURCE_PASSWORD)
        self.destination.store.add_user(f"{user}@new.example", DESTINATION_PASSWORD)
        old.add_folder(("Work",))
        for number in range(messages):
            old.folder("INBOX" if number % 2 else "Work").add_messages([message(number)])
        if poison:
            old.folder("INBOX").add_messages([message(999, poison=True)])
        self.users.append(user)

    def rows(self) -> list[list[str]]:
        """The account list."""
        return [
            [f"{user}@old.example", SOURCE_PASSWORD, f"{user}@new.example", DESTINATION_PASSWORD] for user in self.users
        ]

    def accounts(self, rows: Sequence[Sequence[str]] | None = None, *, name: str = "list.csv") -> str:
        """Write an account list; returns its path."""
        text = io.StringIO()
        csv.writer(text).writerows([HEADINGS, *(self.rows() if rows is None else rows)])
        path = self.folder / name
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        return str(path)

    def moved(self, user: str) -> int:
        """How many messages the new server has for a user."""
        folders = self.destination.store.user(f"{user}@new.example").folders
        return sum(len(folder) for folder in folders.values())


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(language, "system_language", lambda: "en")
    yield
    set_language("en")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    options = ServerOptions(refuse_message=refuse_poison)
    with EmbeddedServer(Store()) as source, EmbeddedServer(Store(), options) as destination:
        yield Servers(source, destination, tmp_path)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*argv: str) -> Answer:
        status = cli.main(argv)
        out, err = capsys.readouterr()
        return Answer(status, out, err)

    return run
