"""Servers for the tests: started once, with a new mailbox for each test."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import trustme

from tests.servers.dovecot import Dovecot, DovecotMissingError, dovecot_program


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
        if os.environ.get("MAILMOVE_REQUIRE_SERVERS") == "1":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


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
