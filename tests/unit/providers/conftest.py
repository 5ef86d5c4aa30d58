"""Detection against name servers, web servers and mail servers of the test's own."""

import ssl
from collections.abc import Callable
from typing import Any

import pytest
import trustme

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.probing import Prober
from mailmove_gui.domain.providers import Detection
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.providers.name_servers import NameServers
from tests.unit.providers.name_server import NameServer, Zone
from tests.unit.providers.web_server import WebServer

NOWHERE = 9
"""A port where no web server is: discard, which nobody runs any more."""


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> Callable[[], ssl.SSLContext]:
    """Makes contexts that trust the tests' authority and no other."""

    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(context)
        return context

    return make


Detect = Callable[..., Detection]


@pytest.fixture
def detect(trusting: Callable[[], ssl.SSLContext]) -> Detect:
    """`detect(asked, zone)`: what is found with one name server that has this zone, or with the ones given."""

    def run(
        asked: str,
        zone: Zone | None = None,
        *,
        prober: Prober | None = None,
        web: WebServer | None = None,
        cancel: CancelToken | None = None,
        **behaviour: Any,
    ) -> Detection:
        with NameServer(zone, **behaviour) as server:
            detector = ServerDetector(
                prober,
                tls_context=trusting,
                name_servers=NameServers(("127.0.0.1",), (), server.port),
                https_port=web.port if web is not None else NOWHERE,
            )
            return detector(asked, cancel or CancelToken())

    return run
