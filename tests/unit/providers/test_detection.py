"""What is found and how sure that is: gateways, lies, and domains where nothing is."""

import pytest

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.providers import Confidence, DetectionStep, StepOutcome
from mailmove_gui.domain.reasons import Side
from tests.unit.providers.conftest import Detect
from tests.unit.providers.findings import detail, outcomes, provider_id
from tests.unit.providers.name_server import Zone
from tests.unit.providers.probers import FakeProber

EXMAIL: Zone = {("acme.cn", "MX"): ["5 mxbiz1.qq.com.", "10 mxbiz2.qq.com."]}
MIMECAST = "10 eu-smtp-inbound-1.mimecast.com."


@pytest.mark.parametrize(
    ("mx", "expected", "url"),
    [
        ("mxbiz1.qq.com", "tencent-exmail", "imaps://imap.exmail.qq.com:993"),
        ("qiye163mx01.mxmail.netease.com", "netease-qiye", "imaps://imap.qiye.163.com:993"),
        ("mxn.mxhichina.com", "aliyun-qiye", "imaps://imap.qiye.aliyun.com:993"),
        ("mx1.qiye.aliyun.com", "aliyun-qiye", "imaps://imap.qiye.aliyun.com:993"),
        ("mx.263.net", "263", "imaps://imap.263.net:993"),
        ("mx1.feishu.cn", "feishu", "imaps://imap.feishu.cn:993"),
        ("aspmx.l.google.com", "google-workspace", "imaps://imap.gmail.com:993"),
        ("acme-cn.mail.protection.outlook.com", "m365", "imaps://outlook.office365.com:993"),
        ("acme-cn.mail.protection.partner.outlook.cn", "m365-21vianet", "imaps://partner.outlook.cn:993"),
        ("mx.zoho.com.cn", "zoho-cn", "imaps://imap.zoho.com.cn:993"),
        ("mx.zoho.com", "zoho-us", "imaps://imap.zoho.com:993"),
        ("in1-smtp.messagingengine.com", "fastmail", "imaps://imap.fastmail.com:993"),
        ("mx00.ionos.de", "ionos", "imaps://imap.ionos.de:993"),
        ("smtpin.rzone.de", "strato", "imaps://imap.strato.de:993"),
    ],
)
def test_well_known_exchangers(detect: Detect, mx: str, expected: str, url: str) -> None:
    found = detect("Anna@ACME.cn", {("acme.cn", "MX"): [f"10 {mx}."]})
    assert provider_id(found) == expected
    assert (found.how, found.evidence) == (DetectionStep.MX, mx)
    assert found.servers[0].url == url
    assert found.domain == "acme.cn"
    assert found.asked == "Anna@ACME.cn"


def test_all_that_dns_said_is_kept(detect: Detect) -> None:
    found = detect(
        "acme.cn",
        {
            **EXMAIL,
            ("acme.cn", "TXT"): ['"v=spf1 include:spf.mail.qq.com ~all"'],
            ("imap.acme.cn", "CNAME"): ["imap.exmail.qq.com."],
            ("_imaps._tcp.acme.cn", "SRV"): ["0 0 993 imap.exmail.qq.com."],
        },
    )
    assert found.confidence is Confidence.HIGH
    assert [(report.step.value, report.outcome.value, report.detail) for report in found.steps] == [
        ("domain_table", "nothing", ""),
        ("mx", "found", "mxbiz1.qq.com"),
        ("cname", "found", "imap.acme.cn → imap.exmail.qq.com"),
        ("srv", "found", "imaps://imap.exmail.qq.com:993"),
        ("autoconfig", "not_asked", ""),
        ("spf", "found", "spf.mail.qq.com"),
        ("guess", "not_asked", ""),
    ]


def test_imap_comes_before_pop3_and_what_shows_more_first_for_a_source(detect: Detect) -> None:
    found = detect("ymail.com")
    protocols = [server.protocol for server in found.servers]
    assert protocols == sorted(protocols, key=lambda protocol: protocol is not MailProtocol.IMAP)
    source = found.server(MailProtocol.IMAP)
    destination = found.server(MailProtocol.IMAP, Side.DESTINATION)
    pop3 = found.server(MailProtocol.POP3)
    assert source is not None
    assert destination is not None
    assert pop3 is not None
    assert source.host == "export.imap.mail.yahoo.com"
    assert destination.host == "imap.mail.yahoo.com"
    assert pop3.host == "pop.mail.yahoo.com"


def test_a_server_that_was_asked_for_by_name_is_the_first(detect: Detect) -> None:
    found = detect("hwimap.exmail.qq.com")
    assert provider_id(found) == "tencent-exmail"
    assert found.servers[0].host == "hwimap.exmail.qq.com"


def test_a_server_of_a_provider_that_the_table_does_not_list(detect: Detect) -> None:
    found = detect("s17.cn4e.com", {("s17.cn4e.com", "A"): ["127.0.0.1"]})
    assert (provider_id(found), found.how) == ("35com", DetectionStep.DOMAIN_TABLE)


def test_an_internationalised_domain(detect: Detect) -> None:
    found = detect("安娜@阿里.cn", {("xn--0m4ap1g.cn", "MX"): ["5 mxn.mxhichina.com."]})
    assert provider_id(found) == "aliyun-qiye"
    assert found.domain == "xn--0m4ap1g.cn"


@pytest.mark.parametrize("asked", ["", "   ", "@", "a b.c d", "anna@", "..", "1.2.3"])
def test_no_domain_at_all(detect: Detect, asked: str) -> None:
    found = detect(asked)
    assert (found.asked, found.domain, found.found, found.servers) == (asked, "", False, ())


# -- Gateways ---------------------------------------------------------------------------------------------------------


def test_behind_a_gateway_an_alias_tells(detect: Detect) -> None:
    found = detect(
        "acme.cn",
        {("acme.cn", "MX"): [MIMECAST], ("autodiscover.acme.cn", "CNAME"): ["autodiscover.outlook.com."]},
    )
    assert (provider_id(found), found.how, found.gateway) == ("m365", DetectionStep.CNAME, "Mimecast")
    assert found.confidence is Confidence.MEDIUM
    assert detail(found, DetectionStep.MX) == "eu-smtp-inbound-1.mimecast.com"


def test_behind_a_gateway_two_candidates_are_not_sure(detect: Detect) -> None:
    spf = '"v=spf1 include:eu._netblocks.mimecast.com include:_spf.google.com include:spf.protection.outlook.com -all"'
    found = detect("acme.cn", {("acme.cn", "MX"): [MIMECAST], ("acme.cn", "TXT"): [spf]})
    assert (provider_id(found), found.how) == ("google-workspace", DetectionStep.SPF)
    assert found.confidence is Confidence.LOW


def test_a_gateway_and_nothing_behind_it(detect: Detect) -> None:
    found = detect("acme.cn", {("acme.cn", "MX"): ["10 mx1.hc1.iphmx.com."]}, prober=FakeProber({}))
    assert not found.found
    assert found.gateway.startswith("Cisco")
    assert outcomes(found)[DetectionStep.GUESS] is StepOutcome.NOTHING


def test_the_gateways_own_host_is_never_guessed(detect: Detect) -> None:
    prober = FakeProber({})
    detect("acme.cn", {("acme.cn", "MX"): [MIMECAST]}, prober=prober)
    assert prober.asked
    assert not any("mimecast" in url for url in prober.asked)


def test_a_provider_beside_a_gateway(detect: Detect) -> None:
    found = detect("acme.cn", {("acme.cn", "MX"): [MIMECAST, "20 aspmx.l.google.com."]})
    assert (provider_id(found), found.how, found.gateway) == ("google-workspace", DetectionStep.MX, "Mimecast")
    assert found.confidence is Confidence.MEDIUM


def test_a_provider_that_only_keeps_a_backup_is_the_last_resort(detect: Detect) -> None:
    zone: Zone = {("acme.cn", "MX"): ["10 mail.acme.cn.", "20 mx1.mail.ovh.net."]}
    found = detect("acme.cn", zone)
    assert (provider_id(found), found.confidence) == ("ovh", Confidence.LOW)
    found = detect("acme.cn", zone, prober=FakeProber({"imaps://mail.acme.cn:993": "* OK Dovecot ready."}))
    assert (provider_id(found), found.how) == (None, DetectionStep.GUESS)


# -- SPF --------------------------------------------------------------------------------------------------------------


def test_spf_of_the_domains_own_and_redirections_are_followed(detect: Detect) -> None:
    zone: Zone = {
        ("acme.cn", "MX"): [MIMECAST],
        ("acme.cn", "TXT"): ['"v=spf1 include:_spf.acme.cn -all"'],
        ("_spf.acme.cn", "TXT"): ['"v=spf1 redirect=_spf.holding.example"'],
        ("_spf.holding.example", "TXT"): ['"v=spf1 +include:SPF.protection.outlook.com. ~all"'],
    }
    assert provider_id(detect("acme.cn", zone)) == "m365"


def test_spf_that_goes_round_in_circles_ends(detect: Detect) -> None:
    found = detect(
        "acme.cn",
        {
            ("acme.cn", "TXT"): ['"v=spf1 include:a.acme.cn redirect=acme.cn"'],
            ("a.acme.cn", "TXT"): ['"v=spf1 include:acme.cn include:a.acme.cn"'],
        },
    )
    assert not found.found


@pytest.mark.parametrize(
    "record",
    [
        '"v=spf10 include:_spf.google.com"',
        '"include:_spf.google.com"',
        '"v=spf1 -include:_spf.google.com -all"',
        '"v=spf1 include:%{i}._spf.google.com"',
        '"v=spf1 include: -all"',
        '""',
        '"\\255\\254"',
    ],
)
def test_what_is_no_spf_hint(detect: Detect, record: str) -> None:
    assert not detect("acme.cn", {("acme.cn", "TXT"): [record]}).found


# -- SRV (RFC 6186) ---------------------------------------------------------------------------------------------------


def test_services_of_the_domains_own(detect: Detect) -> None:
    found = detect(
        "acme.cn",
        {
            ("acme.cn", "MX"): ["10 relay.acme.cn."],
            ("_imaps._tcp.acme.cn", "SRV"): ["20 0 993 spare.acme.cn.", "10 0 1993 box.acme.cn."],
            ("_imap._tcp.acme.cn", "SRV"): ["0 0 143 box.acme.cn."],
            ("_pop3s._tcp.acme.cn", "SRV"): ["0 0 0 ."],
        },
    )
    assert found.how is DetectionStep.SRV
    assert [server.url for server in found.servers] == [
        "imaps://box.acme.cn:1993",
        "imaps://spare.acme.cn:993",
        "imap+starttls://box.acme.cn:143",
    ]
    assert (found.provider, found.confidence, found.needs_consent) == (None, Confidence.MEDIUM, False)


def test_a_service_of_a_known_provider(detect: Detect) -> None:
    found = detect("acme.cn", {("_imaps._tcp.acme.cn", "SRV"): ["0 1 993 mail.gandi.net."]})
    assert (provider_id(found), found.how, found.confidence) == ("gandi", DetectionStep.SRV, Confidence.HIGH)
    assert not found.needs_consent


def test_a_service_at_a_stranger_needs_consent(detect: Detect) -> None:
    found = detect("acme.cn", {("_imaps._tcp.acme.cn", "SRV"): ["0 1 993 imap.stranger.example."]})
    assert (found.provider, found.needs_consent, found.confidence) == (None, True, Confidence.LOW)


def test_a_stranger_beside_a_service_of_the_domains_own_is_left_out(detect: Detect) -> None:
    records = ["0 0 993 imap.stranger.example.", "5 0 993 box.acme.cn."]
    found = detect("acme.cn", {("_imaps._tcp.acme.cn", "SRV"): records})
    assert (found.servers, found.needs_consent) == ((Endpoint("box.acme.cn", 993),), False)


def test_services_that_are_decidedly_not_there(detect: Detect) -> None:
    zone = {(f"_{name}._tcp.acme.cn", "SRV"): ["0 0 0 ."] for name in ("imaps", "imap", "pop3s", "pop3")}
    found = detect("acme.cn", zone)
    assert not found.found
    assert outcomes(found)[DetectionStep.SRV] is StepOutcome.NOTHING


# -- Domains without mail ---------------------------------------------------------------------------------------------


def test_a_domain_that_does_not_exist_is_looked_for_no_further(detect: Detect) -> None:
    prober = FakeProber({})
    found = detect("nothing.example", {("other.example", "MX"): ["1 a."]}, prober=prober)
    assert not found.found
    assert found.domain == "nothing.example"
    assert prober.asked == []
    assert outcomes(found)[DetectionStep.MX] is StepOutcome.NOTHING
    assert outcomes(found)[DetectionStep.AUTOCONFIG] is StepOutcome.NOT_ASKED


def test_a_domain_that_takes_no_mail(detect: Detect) -> None:
    prober = FakeProber({})
    found = detect("acme.cn", {("acme.cn", "MX"): ["0 ."]}, prober=prober)
    assert not found.found
    assert detail(found, DetectionStep.MX) == "."
    assert prober.asked == []


def test_a_domain_without_mx_still_has_the_usual_names(detect: Detect) -> None:
    prober = FakeProber({"imaps://mail.acme.cn:993": "* OK ready"})
    found = detect("acme.cn", {("acme.cn", "A"): ["192.0.2.1"]}, prober=prober)
    assert [server.url for server in found.servers] == ["imaps://mail.acme.cn:993"]
    assert outcomes(found)[DetectionStep.MX] is StepOutcome.NOTHING


def test_an_exchanger_that_nobody_knows(detect: Detect) -> None:
    prober = FakeProber({"imaps://mx.hoster.example:993": "* OK ready", "imaps://acme.cn:993": "* OK web"})
    found = detect("acme.cn", {("acme.cn", "MX"): ["10 mx.hoster.example."]}, prober=prober)
    assert detail(found, DetectionStep.MX) == "mx.hoster.example"
    assert outcomes(found)[DetectionStep.MX] is StepOutcome.NOTHING
    assert found.servers == (Endpoint("mx.hoster.example", 993),)
