"""Servers for the tests: started once, with a new mailbox for each test."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple, NoReturn

import pytest
import trustme

from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot, DovecotMissingError, dovecot_program
from tests.servers.mail_server import MailServer
from tests.servers.secret_service import SecretService, SecretServiceMissingError, require_secret_service
from tests.servers.unpacked import ServerMissingError


class Pair(NamedTuple):
    """Where mail comes from and where it goes."""

    source: Dovecot
    destination: Dovecot


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the certificates of all servers, so that one CA file does for a source and a destination."""
    return trustme.CA()


@pytest.fixture(scope="session")
def dovecot_installed() -> None:
    try:
        dovecot_program()
    except DovecotMissingError as missing:
        _fail_or_skip(str(missing))


@pytest.fixture(scope="session")
def secret_service_installed() -> None:
    try:
        require_secret_service()
    except SecretServiceMissingError as missing:
        _fail_or_skip(str(missing))


@pytest.fixture
def secret_service(secret_service_installed: None) -> Iterator[SecretService]:
    """An unlocked keyring with nothing in it, on a bus and in a home of its own."""
    with SecretService() as service:
        yield service


@pytest.fixture
def locked_secret_service(secret_service_installed: None) -> Iterator[SecretService]:
    """A keyring that is locked, and has no display on which it could ask."""
    with SecretService(is_locked=True) as service:
        yield service


def _fail_or_skip(text: str) -> NoReturn:
    if os.environ.get("MAILMOVE_REQUIRE_SERVERS") == "1":
        pytest.fail(text)
    pytest.skip(text)


@pytest.fixture(scope="session")
def dovecot_pair(dovecot_installed: None, authority: trustme.CA) -> Iterator[Pair]:
    """Two servers with "/" and no prefix. A test makes mailboxes of its own with `new_user` or `add_user`."""
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(Dovecot(authority=authority, name="source"))
        destination = stack.enter_context(Dovecot(authority=authority, name="destination"))
        yield Pair(source, destination)


@pytest.fixture(scope="session")
def dovecot_dot(dovecot_installed: None, authority: trustme.CA) -> Iterator[Dovecot]:
    """A server as many hosts have it: "." separates, all folders lie below "INBOX."."""
    with Dovecot(separator=".", prefix="INBOX.", layout="maildir++", authority=authority, name="dot") as server:
        yield server


@pytest.fixture(scope="session")
def mail_servers(dovecot_installed: None) -> Iterator[Mapping[str, MailServer]]:
    """One server of each kind and separator, by name: those with "." have all folders below "INBOX."."""
    with contextlib.ExitStack() as stack:
        try:
            servers: list[MailServer] = [
                stack.enter_context(Dovecot(name="dovecot-slash")),
                stack.enter_context(Dovecot(separator=".", prefix="INBOX.", layout="maildir++", name="dovecot-dot")),
                stack.enter_context(Cyrus(separator="/", name="cyrus-slash")),
                stack.enter_context(Cyrus(name="cyrus-dot")),
                stack.enter_context(Courier()),
            ]
        except ServerMissingError as missing:
            _fail_or_skip(str(missing))
        yield {server.name: server for server in servers}
