from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
import trustme
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailmove_gui.demo import EmbeddedServer, ServerOptions, Store

PASSWORD = 'pässwörd § "1" \\ 密码'


class Connect(Protocol):
    def __call__(self, server: EmbeddedServer, user: str | None = "anna") -> IMAPClient: ...


class Serve(Protocol):
    def __call__(
        self, options: ServerOptions | None = None, *, store: Store | None = None, tls: bool = False
    ) -> EmbeddedServer: ...


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) == before


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_user("anna", PASSWORD)
    store.add_user("bo", "sample-bo")
    return store


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's context that trusts the server's certificate."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def serve(store: Store, authority: trustme.CA) -> Iterator[Serve]:
    """Starts servers over `store`, POP3 included, and stops them after the test."""
    default_store = store
    with contextlib.ExitStack() as stack:

        def start(
            options: ServerOptions | None = None, *, store: Store | None = None, tls: bool = False
        ) -> EmbeddedServer:
            context = None
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
            return stack.enter_context(EmbeddedServer(store or default_store, options, pop3_port=0, tls=context))

        yield start


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes imapclient sessions, logged in unless `user` is None, and closes them after the test."""
    closers: list[Callable[[], object]] = []

    def open_session(server: EmbeddedServer, user: str | None = "anna") -> IMAPClient:
        client = IMAPClient(server.host, server.imap_port, ssl=False, timeout=5)
        closers.append(client.shutdown)
        if user is not None:
            client.plain_login(user, server.store.user(user).password)
        return client

    yield open_session
    for close in closers:
        with contextlib.suppress(OSError):
            close()
