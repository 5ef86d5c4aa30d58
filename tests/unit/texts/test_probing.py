"""Words of the connection test and of certificates."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailmove_gui.domain.certificates import CERTIFICATE_REASONS, Certificate
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.texts import reasons
from mailmove_gui.texts.probing import (
    answered,
    certificate_faults,
    certificate_lines,
    encrypted,
    failure_sentence,
    folders_seen,
    greeting_seen,
    not_encrypted,
    stage_name,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = Certificate(
    subject="mail.example, Acme",
    names=("mail.example", "192.0.2.1"),
    issuer="Acme CA",
    not_before=datetime(2026, 1, 2, tzinfo=UTC),
    not_after=datetime(2027, 1, 2, tzinfo=UTC),
    sha256="ab" * 32,
)
UNREADABLE = Certificate("", (), "", GOOD.not_before, GOOD.not_after, "cd" * 32, is_readable=False)
BARE = Certificate("", (), "", GOOD.not_before, GOOD.not_after, "ef" * 32)
ENDPOINT = Endpoint("imap.example", 993)
UNWANTED = re.compile(r"!|[Pp]lease|[Oo]ops|[Ss]orry|[{}]|  |None")


def _failed(stage: Stage, reason: Reason) -> StageResult:
    return StageResult(stage, Failure(reason, Side.SOURCE, "words"))


def _sentences() -> Iterator[str]:
    for stage in Stage:
        for reason in Reason:
            for protocol in MailProtocol:
                yield failure_sentence(_failed(stage, reason), Endpoint("imap.example", 993, protocol=protocol))
    for reason in CERTIFICATE_REASONS:
        for certificate in (GOOD, UNREADABLE, BARE):
            yield from certificate_faults(certificate, "other.example", reason, now=NOW)


def test_house_style() -> None:
    for text in _sentences():
        assert text.endswith("."), text
        assert text[0].isupper() or text.startswith("imap.example"), text
        assert not UNWANTED.search(text), text
    assert len({stage_name(stage) for stage in Stage}) == len(Stage)


def test_what_was_seen() -> None:
    assert answered("192.0.2.1", 23) == "192.0.2.1, after 23 ms"
    assert encrypted("TLSv1.3", "TLS_AES_256_GCM_SHA384") == "TLSv1.3, TLS_AES_256_GCM_SHA384"
    assert encrypted("TLSv1.2", "") == "TLSv1.2"
    assert not_encrypted() == "not encrypted"
    assert folders_seen(14, 1250) == "14 folders, 1\N{NARROW NO-BREAK SPACE}250 messages in the inbox"


def test_a_greeting_is_shortened() -> None:
    assert greeting_seen("[CAPABILITY IMAP4rev1] Dovecot   ready.") == "Dovecot ready."
    assert greeting_seen("[unfinished") == "[unfinished"
    assert greeting_seen("") == ""
    long = greeting_seen("word " * 100)
    assert len(long) <= 100
    assert long.endswith("…")


def test_a_step_that_passed_has_no_failure() -> None:
    assert failure_sentence(StageResult(Stage.NAME), ENDPOINT) == ""


def test_a_failure_names_server_and_port_where_that_helps() -> None:
    text = failure_sentence(_failed(Stage.CONNECT, Reason.CONNECTION_REFUSED), ENDPOINT)
    assert text == "imap.example does not answer on port 993. Check port and firewall."
    text = failure_sentence(_failed(Stage.NAME, Reason.HOST_NOT_FOUND), ENDPOINT)
    assert "imap.example" in text


def test_other_failures_have_the_usual_words() -> None:
    failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE)
    assert failure_sentence(StageResult(Stage.LOGIN, failure), ENDPOINT) == reasons.sentence(failure)


def test_a_certificate_line_by_line() -> None:
    lines = dict(certificate_lines(GOOD))
    assert lines == {
        "Issued for": "mail.example, Acme",
        "Server names": "mail.example, 192.0.2.1",
        "Issued by": "Acme CA",
        "Valid from": "2026-01-02",
        "Valid until": "2027-01-02",
        "Fingerprint (SHA-256)": ":".join(["AB"] * 32),
    }
    assert dict(certificate_lines(BARE))["Server names"] == "none"
    assert certificate_lines(UNREADABLE) == (("Fingerprint (SHA-256)", UNREADABLE.fingerprint),)


@pytest.mark.parametrize(
    ("certificate", "host", "reason", "now", "faults"),
    [
        (GOOD, "mail.example", None, NOW, []),
        (
            GOOD,
            "imap.example",
            Reason.CERTIFICATE_WRONG_HOST,
            NOW,
            ["for mail.example, 192.0.2.1, not for imap.example"],
        ),
        (BARE, "mail.example", Reason.CERTIFICATE_WRONG_HOST, NOW, ["does not say for which server"]),
        (GOOD, "mail.example", Reason.CERTIFICATE_EXPIRED, datetime(2028, 1, 1, tzinfo=UTC), ["expired on 2027-01-02"]),
        (
            GOOD,
            "mail.example",
            Reason.CERTIFICATE_NOT_YET_VALID,
            datetime(2025, 6, 1, 12, tzinfo=UTC),
            ["only from 2026-01-02 on; this computer's date is 2025-0"],
        ),
        (
            GOOD,
            "imap.example",
            Reason.CERTIFICATE_UNKNOWN_ISSUER,
            datetime(2028, 1, 1, tzinfo=UTC),
            ["Acme CA", "not for imap.example", "expired"],
        ),
        (GOOD, "mail.example", Reason.CERTIFICATE_SELF_SIGNED, NOW, ["its own owner"]),
        (GOOD, "mail.example", Reason.CERTIFICATE_CHANGED, NOW, ["trusted for mail.example"]),
        (UNREADABLE, "mail.example", Reason.CERTIFICATE_UNKNOWN_ISSUER, NOW, ["cannot be read"]),
    ],
)
def test_what_is_wrong_with_a_certificate(
    certificate: Certificate, host: str, reason: Reason | None, now: datetime, faults: list[str]
) -> None:
    found = certificate_faults(certificate, host, reason, now=now)
    assert len(found) == len(faults)
    for sentence, words in zip(found, faults, strict=True):
        assert words in sentence


def test_a_long_list_of_names_is_cut() -> None:
    many = replace(GOOD, names=tuple(f"m{number}.example" for number in range(40)))
    assert dict(certificate_lines(many))["Server names"].endswith("m9.example and 30 more")
    (fault,) = certificate_faults(many, "other.example", Reason.CERTIFICATE_WRONG_HOST, now=NOW)
    assert fault == "It is for m0.example, m1.example, m2.example and 37 more, not for other.example."


@pytest.mark.parametrize("reason", sorted(CERTIFICATE_REASONS))
def test_a_refused_certificate_has_a_way_on(reason: Reason) -> None:
    assert "in the connection test" in reasons.what_to_do(reason)
    text = failure_sentence(_failed(Stage.TLS, reason), ENDPOINT)
    assert text.startswith("imap.example shows ")
    assert "trust this certificate" in text
