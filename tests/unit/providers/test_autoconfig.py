"""Autoconfig over https: what is believed, and what not."""

from __future__ import annotations

import pytest
import trustme

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.providers import Confidence, Detection, DetectionStep, StepOutcome, UserNameForm
from mailmove_gui.providers.autoconfig import read_autoconfig
from tests.unit.providers.conftest import Detect
from tests.unit.providers.name_server import Zone
from tests.unit.providers.probers import FakeProber
from tests.unit.providers.web_server import Page, WebServer

PATH = "/mail/config-v1.1.xml"
HOST = "autoconfig.acme.cn"
WELL_KNOWN = f"acme.cn/.well-known/autoconfig{PATH}"
ZONE: Zone = {
    ("acme.cn", "MX"): ["10 mx.acme.cn."],
    ("acme.cn", "A"): ["127.0.0.1"],
    (HOST, "A"): ["127.0.0.1"],
    ("other.example", "A"): ["127.0.0.1"],
}
IMAP = ("imap", "box.acme.cn", "993", "SSL", "%EMAILADDRESS%")
Server = tuple[str, str, str, str, str]


def config(*servers: Server, before: str = "") -> bytes:
    entries = "".join(
        f'<incomingServer type="{kind}"><hostname>{host}</hostname><port>{port}</port>'
        f"<socketType>{security}</socketType><username>{user}</username>"
        f"<authentication>password-cleartext</authentication></incomingServer>"
        for kind, host, port, security, user in servers
    )
    return (
        f'<?xml version="1.0"?>{before}<clientConfig version="1.1"><emailProvider id="acme.cn"><domain>acme.cn</domain>'
        f'{entries}<outgoingServer type="smtp"><hostname>smtp.acme.cn</hostname></outgoingServer>'
        f"</emailProvider></clientConfig>"
    ).encode()


def outcome(found: Detection) -> StepOutcome:
    return next(report.outcome for report in found.steps if report.step is DetectionStep.AUTOCONFIG)


def test_the_domains_own_settings_file(detect: Detect, authority: trustme.CA) -> None:
    page = config(("pop3", "box.acme.cn", "995", "SSL", "%EMAILADDRESS%"), IMAP)
    with WebServer(authority, [HOST, "acme.cn"], {f"{HOST}{PATH}": page}) as web:
        found = detect("anna@acme.cn", ZONE, web=web, prober=FakeProber({}))
    assert (found.how, found.evidence) == (DetectionStep.AUTOCONFIG, f"https://{HOST}{PATH}")
    assert [server.url for server in found.servers] == ["imaps://box.acme.cn:993", "pop3s://box.acme.cn:995"]
    assert (found.confidence, found.provider, found.needs_consent) == (Confidence.MEDIUM, None, False)
    assert not any("anna" in asked for asked in web.asked)


def test_the_well_known_place_and_a_known_provider(detect: Detect, authority: trustme.CA) -> None:
    page = config(("imap", "imap.gandi.net", "993", "SSL", "%EMAILLOCALPART%"))
    with WebServer(authority, [HOST, "acme.cn"], {WELL_KNOWN: page}) as web:
        found = detect("acme.cn", ZONE, web=web)
    assert found.evidence == f"https://{WELL_KNOWN}"
    assert found.provider is not None
    assert found.provider.id == "gandi"


def test_a_lying_file_does_not_beat_the_mx(detect: Detect, authority: trustme.CA) -> None:
    page = config(("imap", "imap.evil.example", "993", "SSL", "%EMAILADDRESS%"))
    zone = {**ZONE, ("acme.cn", "MX"): ["5 mxbiz1.qq.com."]}
    with WebServer(authority, [HOST, "acme.cn"], {f"{HOST}{PATH}": page, WELL_KNOWN: page}) as web:
        found = detect("acme.cn", zone, web=web)
    assert found.provider is not None
    assert found.provider.id == "tencent-exmail"
    assert not any("evil" in server.host for server in found.servers)


def test_a_lying_file_does_not_beat_the_one_who_sends_behind_a_gateway(detect: Detect, authority: trustme.CA) -> None:
    page = config(("imap", "mail.acme.cn", "993", "SSL", "%EMAILADDRESS%"))
    zone = {
        **ZONE,
        ("acme.cn", "MX"): ["10 eu-smtp-inbound-1.mimecast.com."],
        ("acme.cn", "TXT"): ['"v=spf1 include:spf.protection.outlook.com -all"'],
    }
    with WebServer(authority, [HOST, "acme.cn"], {f"{HOST}{PATH}": page}) as web:
        found = detect("acme.cn", zone, web=web)
    assert (found.how, found.servers[0].host) == (DetectionStep.SPF, "outlook.office365.com")


def test_plain_http_is_never_asked(detect: Detect) -> None:
    with WebServer(None, [], {f"{HOST}{PATH}": config(IMAP), WELL_KNOWN: config(IMAP)}) as web:
        found = detect("acme.cn", ZONE, web=web)
    assert (outcome(found), found.found, web.asked) == (StepOutcome.NO_ANSWER, False, [])


def test_a_certificate_for_another_name(detect: Detect, authority: trustme.CA) -> None:
    with WebServer(authority, ["www.hoster.example"], {f"{HOST}{PATH}": config(IMAP)}) as web:
        found = detect("acme.cn", ZONE, web=web)
    assert (outcome(found), found.found, web.asked) == (StepOutcome.NOT_TRUSTED, False, [])


def test_a_certificate_of_an_unknown_issuer(detect: Detect) -> None:
    with WebServer(trustme.CA(), [HOST, "acme.cn"], {f"{HOST}{PATH}": config(IMAP)}) as web:
        found = detect("acme.cn", ZONE, web=web)
    assert (outcome(found), found.found, web.asked) == (StepOutcome.NOT_TRUSTED, False, [])


def _redirect(target: str) -> Page:
    return 302, {"Location": target}, b""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://other.example/config.xml", StepOutcome.FOUND),
        ("/elsewhere.xml", StepOutcome.FOUND),
        ("http://other.example/config.xml", StepOutcome.NOT_TRUSTED),
        ("https://other.example:8443/config.xml", StepOutcome.NOT_TRUSTED),
        ("https://user@other.example/config.xml", StepOutcome.NOT_TRUSTED),
        ("file:///etc/passwd", StepOutcome.NOT_TRUSTED),
        (f"https://{HOST}{PATH}", StepOutcome.NOT_TRUSTED),
        ("https://[broken/", StepOutcome.NOT_TRUSTED),
        ("", StepOutcome.NOT_TRUSTED),
    ],
)
def test_redirections(detect: Detect, authority: trustme.CA, target: str, expected: StepOutcome) -> None:
    pages: dict[str, Page | bytes] = {
        f"{HOST}{PATH}": _redirect(target),
        "other.example/config.xml": config(IMAP),
        f"{HOST}/elsewhere.xml": config(IMAP),
    }
    with WebServer(authority, [HOST, "acme.cn", "other.example"], pages) as web:
        found = detect("acme.cn", ZONE, web=web)
    assert outcome(found) is expected
    assert found.found == (expected is StepOutcome.FOUND)


BOMB = '<!DOCTYPE lolz [<!ENTITY a "box.acme.cn"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (config(IMAP, before=BOMB), StepOutcome.NOTHING),
        (config(IMAP, before=BOMB).decode().encode("utf-16"), StepOutcome.NOTHING),
        (config(IMAP, before='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), StepOutcome.NOTHING),
        (config(IMAP) + b" " * 200_000, StepOutcome.NOT_TRUSTED),
        (b"<html>404, but with a smile</html>", StepOutcome.NOTHING),
        (config(IMAP)[:-30], StepOutcome.NOTHING),
        (b"", StepOutcome.NOTHING),
        (b"\xff\xfe\x00garbage", StepOutcome.NOTHING),
        (config(), StepOutcome.NOTHING),
        ((500, {}, config(IMAP)), StepOutcome.NOTHING),
        ((200, {"Transfer-Encoding": "gzip"}, config(IMAP)[:5]), StepOutcome.NOTHING),
    ],
    ids=[
        "entities",
        "entities in UTF-16",
        "system",
        "huge",
        "html",
        "cut",
        "empty",
        "garbage",
        "none",
        "500",
        "coding",
    ],
)
def test_pages_that_are_of_no_use(
    detect: Detect, authority: trustme.CA, page: Page | bytes, expected: StepOutcome
) -> None:
    with WebServer(authority, [HOST, "acme.cn"], {f"{HOST}{PATH}": page}) as web:
        found = detect("acme.cn", ZONE, web=web)
    assert (outcome(found), found.found) == (expected, False)


def test_servers_that_are_taken() -> None:
    servers, user_name = read_autoconfig(
        config(
            ("pop3", "pop.%EMAILDOMAIN%", "110", "STARTTLS", "%EMAILADDRESS%"),
            ("imap", " IMAP.acme.cn ", "993", "SSL", "%EMAILLOCALPART%"),
        ),
        "acme.cn",
    )
    assert servers == (
        Endpoint("imap.acme.cn", 993),
        Endpoint("pop.acme.cn", 110, Security.STARTTLS, MailProtocol.POP3),
    )
    assert user_name is UserNameForm.LOCAL


@pytest.mark.parametrize(
    "server",
    [
        ("imap", "box.acme.cn", "143", "plain", ""),
        ("imap", "127.0.0.1", "993", "SSL", ""),
        ("imap", "localhost", "993", "SSL", ""),
        ("imap", "box acme.cn", "993", "SSL", ""),
        ("imap", "", "993", "SSL", ""),
        ("imap", "box.acme.cn", "0", "SSL", ""),
        ("imap", "box.acme.cn", "99999", "SSL", ""),
        ("imap", "box.acme.cn", "9" * 5000, "SSL", ""),
        ("imap", "box.acme.cn", "-1", "SSL", ""),
        ("imap", "box.acme.cn", "", "SSL", ""),
        ("imap", "box.acme.cn", "993", "", ""),
        ("exchange", "box.acme.cn", "443", "SSL", ""),
        ("smtp", "box.acme.cn", "465", "SSL", ""),
    ],
)
def test_servers_that_are_left_out(server: Server) -> None:
    assert read_autoconfig(config(server), "acme.cn") == ((), UserNameForm.FULL)
