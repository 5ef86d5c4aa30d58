"""Connections for tests."""

from __future__ import annotations

from typing import Any

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.ports import Destination, Source
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail import ServerGateway
from tests.mail.scripted_server import ScriptedServer

PASSWORD = "pass word"


def mailbox(
    port: int,
    security: Security = Security.PLAIN,
    *,
    user: str = "alice",
    host: str = "127.0.0.1",
    protocol: MailProtocol = MailProtocol.IMAP,
) -> Mailbox:
    return Mailbox(Endpoint(host, port, security, protocol), user)


def gateway(**changes: Any) -> ServerGateway:
    return ServerGateway(**{"timeout_s": 5.0, "connect_timeout_s": 5.0, "role_names": {}, **changes})


def open_source(server: ScriptedServer, *, password: str = PASSWORD, **changes: Any) -> Source:
    return gateway(**changes).source(mailbox(server.port), Secret(password), CancelToken())


def open_destination(server: ScriptedServer, *, password: str = PASSWORD, **changes: Any) -> Destination:
    return gateway(**changes).destination(mailbox(server.port), Secret(password), CancelToken())
