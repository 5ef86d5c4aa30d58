"""The same conversation with Dovecot in several shapes and with the embedded server."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
import trustme

from mailmove_gui.demo import EmbeddedServer, ServerOptions, Store
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.folders import INBOX, Folder, FolderPath, FolderRole, NamingRules
from mailmove_gui.domain.identity import header_key
from mailmove_gui.domain.messages import Appended, AppendInterrupted, FetchedMessage, OutgoingMessage, Refused
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.ports import Destination
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail import ServerGateway
from tests.servers.dovecot import Dovecot, DovecotMissingError

_INDIA = timezone(timedelta(hours=5, minutes=30))
_WHEN = datetime(2020, 2, 3, 4, 5, 6, tzinfo=_INDIA)
_PASSWORD = '=x§*("ü`'


@dataclass(frozen=True)
class Partner:
    """A server under test and a fresh mailbox there."""

    mailbox: Mailbox
    ca_file: str | None

    def open(self, password: str = _PASSWORD) -> Destination:
        gateway = ServerGateway(ca_file=self.ca_file, timeout_s=20.0, role_names={})
        return gateway.destination(self.mailbox, Secret(password), CancelToken())


_DOVECOTS: dict[str, dict[str, object]] = {
    "dovecot": {},
    "dovecot-prefix": {"separator": ".", "prefix": "INBOX.", "layout": "maildir++"},
    "dovecot-bare": {"hidden_capabilities": ["LITERAL+", "MULTIAPPEND", "UIDPLUS", "NAMESPACE", "SPECIAL-USE"]},
    "dovecot-pipelined": {"hidden_capabilities": ["MULTIAPPEND"]},
}
_EMBEDDED = {
    "embedded": ServerOptions(),
    "embedded-bare": ServerOptions(
        hidden=frozenset({"LITERAL+", "MULTIAPPEND", "UIDPLUS", "NAMESPACE", "SASL-IR", "APPENDLIMIT"})
    ),
    "embedded-prefix": ServerOptions(hidden=frozenset({"APPENDLIMIT"})),
}
_numbers = itertools.count(1)


def _dovecot(shape: str) -> Dovecot:
    return Dovecot(authority=trustme.CA(), **_DOVECOTS[shape])  # type: ignore[arg-type]


def _embedded(shape: str) -> EmbeddedServer:
    store = Store(separator=".", prefix="INBOX.") if shape == "embedded-prefix" else Store()
    return EmbeddedServer(store, _EMBEDDED[shape])


@pytest.fixture(scope="module", params=_DOVECOTS)
def dovecot(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    try:
        with _dovecot(request.param) as server:
            yield server
    except DovecotMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module", params=_EMBEDDED)
def embedded(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    with _embedded(request.param) as server:
        yield server


@pytest.fixture(scope="module", params=[*_DOVECOTS, *_EMBEDDED])
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot | EmbeddedServer]:
    try:
        with _dovecot(request.param) if request.param in _DOVECOTS else _embedded(request.param) as running:
            yield running
    except DovecotMissingError as missing:
        pytest.skip(str(missing))


def _partner(server: Dovecot | EmbeddedServer, password: str = _PASSWORD, quota_bytes: int | None = None) -> Partner:
    name = f"user{next(_numbers)}"
    if isinstance(server, EmbeddedServer):
        server.store.add_user(name, password, quota_bytes=quota_bytes)
        return Partner(Mailbox(Endpoint(server.host, server.imap_port, Security.PLAIN), name), None)
    server.add_user(name, password, quota_bytes=quota_bytes)
    return Partner(Mailbox(Endpoint(server.host, server.imaps_port), name), str(server.ca_file))


@pytest.fixture
def destination(server: Dovecot | EmbeddedServer) -> Iterator[Destination]:
    opened = _partner(server).open()
    yield opened
    opened.close()


@pytest.fixture
def at_dovecot(dovecot: Dovecot) -> Iterator[Destination]:
    opened = _partner(dovecot).open()
    yield opened
    opened.close()


def _message(number: int, *flags: str) -> OutgoingMessage:
    text = f"Message-ID: <{number}@x>\r\nSubject: number {number}\r\n\r\nbody {number}\r\n"
    return OutgoingMessage(text.encode(), _WHEN, frozenset(flags))


def _fetched(destination: Destination, path: FolderPath) -> list[FetchedMessage]:
    destination.examine(path)
    uids = [head.uid for chunk in destination.heads() for head in chunk]
    return sorted(destination.messages(uids), key=lambda message: message.uid)


pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    "path", [INBOX, ("Projekte",), ("Projekte", "Ä & Ö", "日本語"), ('quo"te', "back\\slash", "% *")]
)
def test_a_batch_arrives_as_it_was_given(destination: Destination, path: FolderPath) -> None:
    destination.create_folder(path)
    destination.subscribe(path)
    state, _ = destination.select(path)
    assert state.messages == 0
    messages = [_message(number, "\\Seen", "Keyword") for number in range(150)]
    answer = destination.append(path, messages)
    assert all(isinstance(outcome, Appended) for outcome in answer.outcomes)
    heads = destination.heads_from(state.uidnext)
    assert len(heads) == 150
    uids = [outcome.uid for outcome in answer.outcomes if isinstance(outcome, Appended)]
    assert uids == [head.uid for head in heads] or set(uids) == {None}
    assert answer.uidvalidity in {state.uidvalidity, None}
    for message, found in zip(messages, _fetched(destination, path), strict=True):
        assert found.body == message.body
        assert found.internal_date == message.internal_date
        assert found.flags == message.flags
    keys = dict(destination.header_keys([head.uid for head in heads]))
    assert keys == {head.uid: header_key(message.body) for head, message in zip(heads, messages, strict=True)}
    assert [head for chunk in destination.heads_of([heads[3].uid, 99_999]) for head in chunk] == [heads[3]]
    status = destination.status(path)
    assert (status.messages, status.uidnext) == (150, heads[-1].uid + 1)
    listed = {folder.path: folder for folder in destination.folders()}
    assert listed[path].selectable
    assert listed[path].subscribed


def test_bytes_stay_as_they_are(destination: Destination) -> None:
    bodies = [
        b"Subject: 8bit \xff\xfe\r\n\r\n\xe4\xf6\xfc\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 100_000 + b"\r\n",
        b"Subject: no end of line\r\n\r\nend",
        b"Subject: like IMAP\r\n\r\n)\r\n* 1 EXISTS\r\nM1 OK x\r\n{3}\r\n",
        b"Subject: bare CR\r\n\r\na\rb\r\n",
        b"\r\nno header\r\n",
    ]
    answer = destination.append(INBOX, [OutgoingMessage(body, None, frozenset()) for body in bodies])
    assert all(isinstance(outcome, Appended) for outcome in answer.outcomes)
    assert [message.body for message in _fetched(destination, INBOX)] == bodies


def test_reading_sets_no_flags(destination: Destination) -> None:
    destination.append(INBOX, [_message(1)])
    _fetched(destination, INBOX)
    (found,) = _fetched(destination, INBOX)
    assert "\\Seen" not in found.flags


def test_one_poisoned_message_spoils_no_other(at_dovecot: Destination) -> None:
    # Dovecot refuses empty messages.
    empty = OutgoingMessage(b"", _WHEN, frozenset())
    answer = at_dovecot.append(INBOX, [_message(1), empty, _message(2)])
    assert [type(outcome) for outcome in answer.outcomes] == [Appended, Refused, Appended]
    assert [message.body for message in _fetched(at_dovecot, INBOX)] == [_message(1).body, _message(2).body]


def test_a_keyword_that_the_server_does_not_keep(at_dovecot: Destination) -> None:
    # Dovecot limits the length of keywords.
    answer = at_dovecot.append(INBOX, [_message(1, "\\Seen", "x" * 60), _message(2, "short")])
    kept, untouched = answer.outcomes
    assert isinstance(kept, Appended)
    assert isinstance(untouched, Appended)
    assert kept.keywords_dropped
    assert not untouched.keywords_dropped
    flags = {message.flags for message in _fetched(at_dovecot, INBOX)}
    assert flags == {frozenset({"\\Seen"}), frozenset({"short"})}


def test_folders_that_are_not_there(destination: Destination) -> None:
    for look in (destination.examine, destination.status, destination.select):
        with pytest.raises(MailError) as caught:
            look(("none",))
        assert caught.value.reason is Reason.FOLDER_UNREADABLE
    with pytest.raises(MailError) as caught:
        destination.append(("none",), [_message(1), _message(2)])
    assert caught.value.reason is Reason.FOLDER_REFUSED


def test_inbox_and_roles_at_dovecot(dovecot: Dovecot, at_dovecot: Destination) -> None:
    folders = {folder.path: folder for folder in at_dovecot.folders()}
    assert folders[INBOX].role is FolderRole.INBOX
    if "SPECIAL-USE" not in dovecot.hidden_capabilities:
        assert folders["Sent",] == Folder(("Sent",), FolderRole.SENT)
    assert at_dovecot.naming == NamingRules(dovecot.separator, prefix_is_inbox=dovecot.prefix == "INBOX.")


def test_subscription_to_a_folder_that_dovecot_has_not_made_yet(at_dovecot: Destination) -> None:
    at_dovecot.subscribe(("Trash",))
    assert {folder.path for folder in at_dovecot.folders() if folder.subscribed} == {("Trash",)}


@pytest.mark.parametrize("wrong", ["Fal5ches", "", "%s\\n", 'a"b\\c', "密码123"])
def test_wrong_password(server: Dovecot | EmbeddedServer, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    partner = _partner(server)
    with caplog.at_level(logging.DEBUG), pytest.raises(MailError) as caught:
        partner.open(wrong)
    assert caught.value.reason is Reason.WRONG_PASSWORD
    if wrong:
        assert wrong not in caplog.text + str(caught.value)


@pytest.mark.parametrize("password", [_PASSWORD, "%s\\n", 'a"b\\c', "密码123", " lead and tail "])
@pytest.mark.parametrize("security", list(Security))
def test_right_password(dovecot: Dovecot, password: str, security: Security) -> None:
    mailbox = _partner(dovecot, password).mailbox
    port = dovecot.imaps_port if security is Security.TLS else dovecot.imap_port
    partner = Partner(Mailbox(Endpoint(dovecot.host, port, security), mailbox.user), str(dovecot.ca_file))
    opened = partner.open(password)
    assert opened.folders()
    opened.close()


def test_a_full_mailbox(dovecot: Dovecot) -> None:
    destination = _partner(dovecot, quota_bytes=50_000).open()
    body = b"Subject: x\r\n\r\n" + b"y" * 10_000
    batch = [OutgoingMessage(body, datetime.now(UTC), frozenset())] * 10
    with pytest.raises(AppendInterrupted) as caught:
        destination.append(INBOX, batch)
    assert caught.value.reason is Reason.DESTINATION_FULL
    stored = len(caught.value.answer.outcomes)
    assert 0 < stored < 10
    assert destination.status(INBOX).messages == stored
    destination.close()


def test_a_message_that_is_too_large(embedded: EmbeddedServer) -> None:
    partner = _partner(embedded)
    before = embedded.options
    embedded.options = ServerOptions(append_limit_bytes=1000, hidden=before.hidden | {"APPENDLIMIT"})
    destination = partner.open()
    assert destination.max_message_bytes is None
    large = OutgoingMessage(b"Subject: x\r\n\r\n" + b"y" * 2000, None, frozenset())
    answer = destination.append(INBOX, [_message(1), large, _message(2)])
    embedded.options = before
    assert [type(outcome) for outcome in answer.outcomes] == [Appended, Refused, Appended]
    assert isinstance(answer.outcomes[1], Refused)
    assert answer.outcomes[1].too_large
    destination.close()
