"""What servers say, what exceptions mean, and that nothing secret is repeated."""

from __future__ import annotations

import base64
import errno
import socket
import ssl
from urllib.parse import quote

import pytest

from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.connection import ConnectionEnded, Unintelligible
from mailmove_gui.mail.errors import Redactor, classify, decode_text, reason_of_exception, sasl_plain


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 299910 milliseconds", 299.91),
        ("Exceeded the login limit for a 15 minute period.", 900.0),
        ("[UNAVAILABLE] Please try again later in 30 seconds", 30.0),
        ("[UNAVAILABLE] Please try again later", None),
        ("[AUTHENTICATIONFAILED] wrong, come back in 30 seconds", None),
    ],
)
def test_waiting_time_is_the_servers_own(text: str, seconds: float | None) -> None:
    assert classify(text, Reason.SERVER_SAID).retry_after_s == seconds


def _ssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] x")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError(), Reason.TIMED_OUT),
        (OSError(errno.ETIMEDOUT, "x"), Reason.TIMED_OUT),
        (ConnectionEnded(), Reason.CONNECTION_LOST),
        (ConnectionResetError(), Reason.CONNECTION_LOST),
        (BrokenPipeError(), Reason.CONNECTION_LOST),
        (ConnectionRefusedError(), Reason.CONNECTION_REFUSED),
        (socket.gaierror(socket.EAI_NONAME, "x"), Reason.HOST_NOT_FOUND),
        (socket.gaierror(socket.EAI_AGAIN, "x"), Reason.NETWORK_UNREACHABLE),
        (UnicodeError("label too long"), Reason.HOST_NOT_FOUND),
        (OSError(errno.ENETUNREACH, "x"), Reason.NETWORK_UNREACHABLE),
        (OSError(errno.EHOSTUNREACH, "x"), Reason.NETWORK_UNREACHABLE),
        (_ssl_error("WRONG_VERSION_NUMBER"), Reason.PLAIN_ON_TLS_PORT),
        (_ssl_error("TLSV1_ALERT_PROTOCOL_VERSION"), Reason.TLS_TOO_OLD),
        (_ssl_error("UNSUPPORTED_PROTOCOL"), Reason.TLS_TOO_OLD),
        (_ssl_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), Reason.TLS_FAILED),
        (Unintelligible(), Reason.NOT_A_MAIL_SERVER),
        (ZeroDivisionError(), Reason.INTERNAL_ERROR),
    ],
)
def test_reason_of_exception(error: Exception, reason: Reason) -> None:
    assert reason_of_exception(error) is reason


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        (62, "Hostname mismatch", Reason.CERTIFICATE_WRONG_HOST),
        (64, "IP address mismatch", Reason.CERTIFICATE_WRONG_HOST),
        (10, "certificate has expired", Reason.CERTIFICATE_EXPIRED),
        (9, "certificate is not yet valid", Reason.CERTIFICATE_NOT_YET_VALID),
        (18, "self-signed certificate", Reason.CERTIFICATE_SELF_SIGNED),
        (19, "self-signed certificate in certificate chain", Reason.CERTIFICATE_UNKNOWN_ISSUER),
        (20, "unable to get local issuer certificate", Reason.CERTIFICATE_UNKNOWN_ISSUER),
        (21, "unable to verify the first certificate", Reason.CERTIFICATE_UNKNOWN_ISSUER),
        (0x800B010F - 2**32, "CN", Reason.CERTIFICATE_WRONG_HOST),
        (0x800B0109, "root", Reason.CERTIFICATE_UNKNOWN_ISSUER),
        (0, "self signed certificate", Reason.CERTIFICATE_SELF_SIGNED),
        (0, "self-signed certificate in certificate chain", Reason.CERTIFICATE_UNKNOWN_ISSUER),
        (0, "“mail” certificate is not trusted", Reason.CERTIFICATE_UNKNOWN_ISSUER),
        (0, "“mail” certificate is expired", Reason.CERTIFICATE_EXPIRED),
        (0, "certificate name does not match input", Reason.CERTIFICATE_WRONG_HOST),
        (0, "basic constraints", Reason.TLS_FAILED),
    ],
)
def test_reason_of_certificate(code: int, message: str, reason: Reason) -> None:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_code = code
    error.verify_message = message
    assert reason_of_exception(error) is reason


@pytest.mark.parametrize("password", ['=x§*("ü`', "%s\\n", 'a"b\\c', "密码123"])
def test_an_echoed_password_is_taken_out(password: str) -> None:
    redactor = Redactor("alice", Secret(password))
    utf8 = password.encode()
    forms = [
        password,
        base64.b64encode(utf8).decode(),
        base64.b64encode(sasl_plain("alice", Secret(password))).decode(),
        base64.b64encode(password.encode("utf-16-le")).decode(),
        quote(utf8, safe=""),
        password.replace("\\", "\\\\").replace('"', '\\"'),
        decode_text(utf8),
        utf8.decode("latin-1"),
    ]
    for form in forms:
        cleaned = redactor.clean(f"BAD cannot parse LOGIN alice {form} sorry")
        assert form not in cleaned
        assert password not in cleaned
        assert "sorry" in cleaned
    assert password not in repr(redactor)


def test_text_is_short_and_printable() -> None:
    cleaned = Redactor("alice", Secret("")).clean("a\r\nb\x00" + "x" * 1000)
    assert cleaned.startswith("a  b x")
    assert len(cleaned) == 500


def test_text_of_old_chinese_servers() -> None:
    assert decode_text("密码错误".encode("gb18030")) == "密码错误"
    assert decode_text("密码错误".encode()) == "密码错误"
    assert decode_text(b"\xff\xff\xff") != ""
