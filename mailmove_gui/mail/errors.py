"""From exceptions and server texts to reasons, with nothing secret left in the text."""

import base64
import errno
import re
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import quote

from mailmove_gui.domain.reasons import Reason, Turn, turn_of
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.connection import ConnectionEnded, Unintelligible
from mailmove_gui.mail.error_table import (
    OPENSSL_REASONS,
    OPENSSL_VERIFY_CODES,
    RULES,
    VERIFY_WORDING,
    WINDOWS_VERIFY_CODES,
)

_MAX_TEXT = 500
_STARS = "***"
_MILLISECONDS = re.compile(r"Backoff Time: (\d{1,9}) milliseconds", re.IGNORECASE)
_WAIT = re.compile(r"\b(?:in|after|for an?) (\d{1,6})[ -]?(second|minute|hour)", re.IGNORECASE)
_UNIT_S = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, 10049, 10050, 10051, 10064, 10065}
)
"""The numbers are Windows' WSAEADDRNOTAVAIL, WSAENETDOWN, WSAENETUNREACH, WSAEHOSTDOWN, WSAEHOSTUNREACH."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a server's text means; `retry_after_s` is the waiting time that it names itself."""

    reason: Reason
    retry_after_s: float | None = None


class Redactor:
    """Takes the password out of what a server says, should it echo it in any usual form."""

    __slots__ = ("_forms",)

    def __init__(self, user: str, secret: Secret) -> None:
        self._forms = tuple(Secret(form) for form in _forms(user, secret) if form)

    def clean(self, text: str) -> str:
        """The text without the password, without control characters, at most 500 characters long."""
        for form in self._forms:
            text = text.replace(form.reveal(), _STARS)
        return printable(text)


def printable(text: str) -> str:
    """The text without control characters, at most 500 characters long."""
    return "".join(character if character.isprintable() else " " for character in text).strip()[:_MAX_TEXT]


def _forms(user: str, secret: Secret) -> list[str]:
    """Longest first, so that no rest of a longer form stays behind."""
    password = secret.reveal()
    utf8 = password.encode("utf-8", "surrogatepass")
    blob = sasl_plain(user, secret)
    forms = {
        password,
        password.replace("\\", "\\\\").replace('"', '\\"'),
        quote(utf8, safe=""),
        base64.b64encode(utf8).decode("ascii"),
        base64.b64encode(blob).decode("ascii"),
        base64.b64encode(password.encode("utf-16-le", "surrogatepass")).decode("ascii"),
        blob.decode("utf-8", "replace"),
        utf8.decode("latin-1"),
    }
    # What a decoder makes of the bytes when it guesses wrong.
    forms.add(decode_text(utf8))
    return sorted(forms, key=len, reverse=True)


def sasl_plain(user: str, secret: Secret) -> bytes:
    """The message of SASL PLAIN (RFC 4616 section 2), not yet in base64."""
    return b"\0" + user.encode("utf-8", "surrogatepass") + b"\0" + secret.reveal().encode("utf-8", "surrogatepass")


def decode_text(text: bytes) -> str:
    """A server's words: UTF-8, else GB18030 (older Chinese servers), else what is readable."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text.decode("utf-8", "replace")


def classify(text: str, default: Reason, *, host: str = "") -> Verdict:
    """What a refusal's text means.

    Args:
        text: response code and text, without status word and tag.
        default: what it means if the table does not know the text.
        host: name of the server, for wordings that mean different things at different providers.
    """
    reason = next(
        (rule.reason for rule in RULES if rule.pattern.search(text) and (rule.host is None or rule.host.search(host))),
        default,
    )
    return Verdict(reason, _retry_after_s(text) if turn_of(reason) is Turn.CLOCK else None)


def _retry_after_s(text: str) -> float | None:
    match = _MILLISECONDS.search(text)
    if match:
        return int(match[1]) / 1000
    match = _WAIT.search(text)
    return int(match[1]) * _UNIT_S[match[2].lower()] if match else None


def reason_of_exception(error: Exception) -> Reason:
    """What an exception of the connection means."""
    match error:
        case ssl.SSLCertVerificationError():
            return _reason_of_certificate(error)
        case TimeoutError():
            return Reason.TIMED_OUT
        case ssl.SSLError():
            return OPENSSL_REASONS.get(error.reason or "", Reason.TLS_FAILED)
        case socket.gaierror():
            # EAI_AGAIN: no name server answered, so whether the name exists is not known.
            return Reason.NETWORK_UNREACHABLE if error.errno == socket.EAI_AGAIN else Reason.HOST_NOT_FOUND
        case UnicodeError():
            return Reason.HOST_NOT_FOUND
        case ConnectionRefusedError():
            return Reason.CONNECTION_REFUSED
        case Unintelligible():
            return Reason.NOT_A_MAIL_SERVER
        case ConnectionEnded():
            return Reason.CONNECTION_LOST
        case OSError():
            return Reason.NETWORK_UNREACHABLE if error.errno in _UNREACHABLE else Reason.CONNECTION_LOST
        case _:
            return Reason.INTERNAL_ERROR


def _reason_of_certificate(error: ssl.SSLCertVerificationError) -> Reason:
    code = getattr(error, "verify_code", None) or 0
    reason = OPENSSL_VERIFY_CODES.get(code) or WINDOWS_VERIFY_CODES.get(code & 0xFFFFFFFF)
    if reason is not None:
        return reason
    text = str(error)
    return next((known for known, pattern in VERIFY_WORDING if pattern.search(text)), Reason.TLS_FAILED)


def text_of_exception(error: Exception) -> str:
    """What may be shown of an exception of the connection: TLS's own words; others add nothing to the `Reason`."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(getattr(error, "verify_message", "") or error.reason or "")
    if isinstance(error, ssl.SSLError):
        return str(error.reason or "")
    return ""
