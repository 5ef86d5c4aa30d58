"""The way to a server, step by step: name, connection, encryption; and which certificates it may show."""

import math
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from mailmove_gui.domain.certificates import CERTIFICATE_REASONS, CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.probing import Stage
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.mail.connect import Address, open_socket
from mailmove_gui.mail.errors import reason_of_exception, text_of_exception
from mailmove_gui.mail.tls import CertificateNotPinned, client_context, shown_certificate, wrap_pinned, wrap_verified
from mailmove_gui.texts.probing import answered, encrypted, not_encrypted

_T = TypeVar("_T")
_NO_GREETING = frozenset({Reason.TIMED_OUT, Reason.CONNECTION_LOST, Reason.NOT_A_MAIL_SERVER})
_LOOK_TIMEOUT_S = 5.0
_ABOUT_CERTIFICATES = CERTIFICATE_REASONS | {Reason.TLS_FAILED}
"""TLS_FAILED is also said of certificates whose fault has no name of its own."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Which certificates are accepted in addition to those of the system's authorities.

    `ca_file` is a PEM file with authorities, `pins` are certificates that are each accepted for one server.
    """

    ca_file: str | None = None
    pins: tuple[CertificatePin, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a file that cannot be used before anybody relies on it (InvalidInput)."""
        if self.ca_file is not None:
            client_context(self.ca_file)


Witness: TypeAlias = Callable[[Stage, str, bytes | None], None]
"""Is told of each step that worked: what was seen, and the certificate (DER) where there was one."""


def nobody(_stage: Stage, _detail: str, _der: bytes | None) -> None:
    """A `Witness` that does not care."""


class Approach:
    """Goes to one server, with as many connections as it takes to decide about its certificate.

    Its `stage` is the step that was begun last: after an error, the one that failed.

    Args:
        endpoint: where to.
        trust: which certificates are accepted.
        cancel: looked at in every wait.
        side: whose server it is, for errors.
        step_timeout_s: how long resolving and connecting may take together, and then the TLS handshake.
        deadline: when everything must be over, in the seconds of `time.monotonic`.
        witness: told of the steps; of each one once, however many connections it takes.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        trust: Trust,
        cancel: CancelToken,
        *,
        side: Side | None = None,
        step_timeout_s: float = 20.0,
        deadline: float = math.inf,
        witness: Witness = nobody,
    ) -> None:
        self.endpoint = endpoint
        self.host = endpoint.host.rstrip(".")
        self.cancel = cancel
        self.side = side
        self.stage = Stage.NAME
        self.ca_file = trust.ca_file
        self._pins = frozenset(pin.sha256.lower() for pin in trust.pins if pin.is_for(endpoint))
        self._step_timeout_s = step_timeout_s
        self._deadline = deadline
        self._witness = witness
        self._seen: set[Stage] = set()
        self._unpinned: bytes | None = None

    def begin(self, stage: Stage) -> None:
        """A step begins."""
        self.stage = stage

    def passed(self, stage: Stage, detail: str = "", der: bytes | None = None) -> None:
        """A step worked."""
        if stage not in self._seen:
            self._seen.add(stage)
            self._witness(stage, detail, der)

    def left_s(self) -> float:
        """How long the next step may take.

        Raises:
            TimeoutError: the time is over.
        """
        left_s = min(self._step_timeout_s, self._deadline - time.monotonic())
        if left_s <= 0:
            raise TimeoutError
        return left_s

    def failure(self, error: Exception) -> MailError:
        """What an exception of the connection means."""
        return MailError(reason_of_exception(error), text_of_exception(error), side=self.side)

    def reach(self, converse: Callable[["Attempt"], _T]) -> _T:
        """Connect, and have `converse` go as far as the encryption, at least.

        A server with a pin may show that certificate, whatever is wrong with it; or one that is right in every way.
        Any other is refused before anything has been sent to whoever showed it.

        Args:
            converse: may be called several times, each time with a new connection to be made.

        Raises:
            MailError: CERTIFICATE_CHANGED if there is a pin and the certificate is neither it nor right.
            Cancelled: asked to stop.
        """
        try:
            return self._decide(converse)
        except MailError as error:
            if error.reason in _NO_GREETING and self._waits_for_tls():
                raise MailError(Reason.TLS_ON_PLAIN_PORT, side=self.side) from None
            raise

    def _decide(self, converse: Callable[["Attempt"], _T]) -> _T:
        """The pinned certificate is as good as one that is right."""
        if not self._pins:
            return converse(Attempt(self))
        try:
            return converse(Attempt(self, pins=self._pins))
        except CertificateNotPinned as other:
            self._unpinned = other.der
        try:
            return converse(Attempt(self))
        except MailError as error:
            if error.reason in CERTIFICATE_REASONS:
                raise MailError(Reason.CERTIFICATE_CHANGED, error.server_text, side=self.side) from None
            raise

    def refused_certificate(self, error: MailError, converse: Callable[["Attempt"], object]) -> bytes | None:
        """The certificate (DER) that `reach` failed for with `error`; None if it was not for a certificate.

        The handshake that fails does not hand it out: a second one, on which nothing is sent, has to look.
        """
        if error.reason not in _ABOUT_CERTIFICATES:
            return None
        return self._unpinned or self._look(converse)

    def _waits_for_tls(self) -> bool:
        """Whether a server that did not greet in plain text is one that speaks TLS from the first byte."""
        if self.stage is not Stage.GREETING or self.endpoint.security is Security.TLS:
            return False
        return self._look(lambda attempt: attempt.secure(attempt.connect())) is not None

    def _look(self, converse: Callable[["Attempt"], object]) -> bytes | None:
        try:
            converse(Attempt(self, pins=frozenset(), is_a_look=True))
        except CertificateNotPinned as shown:
            return shown.der
        except (MailError, OSError):
            return None
        return None


class Attempt:
    """One connection of an `Approach`.

    Args:
        approach: whose.
        pins: fingerprints of which the certificate must have one; None has it judged in the ordinary way.
        is_a_look: it is made for its certificate alone, and is no step of the approach.
    """

    def __init__(self, approach: Approach, *, pins: frozenset[str] | None = None, is_a_look: bool = False) -> None:
        self.approach = approach
        self._pins = pins
        self._is_a_look = is_a_look

    def begin(self, stage: Stage) -> None:
        """A step begins."""
        if not self._is_a_look:
            self.approach.begin(stage)

    def passed(self, stage: Stage, detail: str = "", der: bytes | None = None) -> None:
        """A step worked."""
        if not self._is_a_look:
            self.approach.passed(stage, detail, der)

    def connect(self) -> socket.socket:
        """A connected socket, with TLS on it where that comes first.

        Raises:
            MailError: it could not be reached, or its certificate is not accepted.
            CertificateNotPinned: it is not the pinned one.
            Cancelled: asked to stop.
        """
        try:
            return self._connect()
        except (OSError, UnicodeError) as error:
            raise self.approach.failure(error) from None

    def _connect(self) -> socket.socket:
        security = self.approach.endpoint.security
        sock = self._open_socket()
        if security is Security.TLS:
            return self.secure(sock)
        if security is Security.PLAIN:
            self.passed(Stage.TLS, not_encrypted())
        return sock

    def _open_socket(self) -> socket.socket:
        approach = self.approach
        started = 0.0

        def resolved(addresses: Sequence[Address]) -> None:
            nonlocal started
            self.passed(Stage.NAME, ", ".join(dict.fromkeys(str(address[0]) for _, address in addresses)))
            self.begin(Stage.CONNECT)
            started = time.monotonic()

        self.begin(Stage.NAME)
        sock = open_socket(
            approach.host,
            approach.endpoint.port,
            timeout_s=self._left_s(),
            cancel=approach.cancel,
            resolved=resolved,
        )
        milliseconds = round((time.monotonic() - started) * 1000)
        self.passed(Stage.CONNECT, answered(_peer(sock), milliseconds))
        return sock

    def secure(self, sock: socket.socket) -> socket.socket:
        """Put TLS on a connected socket; closes it if that fails.

        Raises:
            OSError: as `wrap_verified` and `wrap_pinned` do.
            CertificateNotPinned: it is not the pinned one.
            Cancelled: asked to stop.
        """
        approach = self.approach
        self.begin(Stage.TLS)
        try:
            left_s = self._left_s()
        except TimeoutError:
            sock.close()
            raise
        if self._pins is None:
            secure = wrap_verified(
                sock, approach.host, ca_file=approach.ca_file, timeout_s=left_s, cancel=approach.cancel
            )
        else:
            secure = wrap_pinned(sock, approach.host, pins=self._pins, timeout_s=left_s, cancel=approach.cancel)
        cipher = secure.cipher()
        self.passed(
            Stage.TLS, encrypted(secure.version() or "", cipher[0] if cipher else ""), shown_certificate(secure)
        )
        return secure

    def _left_s(self) -> float:
        left_s = self.approach.left_s()
        return min(_LOOK_TIMEOUT_S, left_s) if self._is_a_look else left_s


def _peer(sock: socket.socket) -> str:
    """The address that answered; empty if it is gone again."""
    try:
        return str(sock.getpeername()[0])
    except OSError:
        return ""
