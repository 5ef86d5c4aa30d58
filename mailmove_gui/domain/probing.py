"""Looking at a server step by step, before anything is moved."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mailmove_gui.domain.certificates import Certificate, CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret


class Stage(StrEnum):
    """The steps of a connection, in their order.

    With STARTTLS the greeting comes before TLS. A connection that shall not be encrypted passes TLS, and says so.
    """

    NAME = "name"
    CONNECT = "connect"
    TLS = "tls"
    GREETING = "greeting"
    LOGIN = "login"
    FOLDERS = "folders"


@dataclass(frozen=True, slots=True)
class StageResult:
    """What came of one step; `failure` is None if it worked.

    `detail` is what was seen, in the user's language: addresses, TLS version, the greeting, the number of folders.
    `certificate` is there for `Stage.TLS` whenever the server showed one, trusted or not.
    """

    stage: Stage
    failure: Failure | None = None
    detail: str = ""
    certificate: Certificate | None = None

    @property
    def passed(self) -> bool:
        """Whether it worked."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a server told without a login. `stages` ends with the first that failed.

    `capabilities` are in upper case: words with IMAP, lines of CAPA with POP3. Under TLS they are those told there.
    """

    endpoint: Endpoint
    stages: tuple[StageResult, ...]
    greeting: str = ""
    capabilities: frozenset[str] = frozenset()

    @property
    def failure(self) -> Failure | None:
        """Why it could not be looked at; None if everything worked."""
        return self.stages[-1].failure if self.stages else None

    @property
    def certificate(self) -> Certificate | None:
        """What it showed, trusted or not."""
        return next((stage.certificate for stage in self.stages if stage.certificate is not None), None)


class Prober(Protocol):
    """Looks at a server without a login: name, connection, TLS, greeting."""

    def probe(self, endpoint: Endpoint, cancel: CancelToken, *, timeout_s: float) -> Probe:
        """Never raises for what a server does; Cancelled if asked to stop."""
        ...


class ConnectionTester(Protocol):
    """Goes all the way with one account: name, connection, TLS, greeting, login, folders."""

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        """Report each step as it ends, the failed one last; sends the password only over a connection that passed.

        Raises:
            Cancelled: asked to stop.
            InvalidInput: the CA file of `options` cannot be used.
        """
        ...


def pin_for(endpoint: Endpoint, certificate: Certificate) -> CertificatePin:
    """The pin by which this certificate is trusted for this server from now on."""
    return CertificatePin(endpoint.host, endpoint.port, certificate.sha256)
