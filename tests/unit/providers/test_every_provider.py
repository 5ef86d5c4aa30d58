"""Every name in the table leads to its provider, over real DNS; expectations come from the files as they are."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.providers import Confidence, Detection, DetectionStep, StepOutcome
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.providers.name_servers import NameServers
from mailmove_gui.providers.table_file import PROVIDER_FILES
from mailmove_gui.resource_files import resource_path
from tests.unit.providers.name_server import NameServer

GATEWAY = "10 eu-smtp-inbound-1.mimecast.com."
PATTERN_SAMPLES = {
    "netease-qiye": ["qiye163mx01.mxmail.netease.com", "hzmx02.mxmail.netease.com", "bjmx1.mxmail.netease.com"],
    "netease-free": ["163mx00.mxmail.netease.com", "126mx01.mxmail.netease.com", "yeahmx01.mxmail.netease.com"],
    "netease-vip": ["vip163mx01.mxmail.netease.com", "188mx00.mxmail.netease.com"],
    "ionos": ["mx00.ionos.de", "mx01.kundenserver.de", "mx01.1and1.co.uk", "mx00.perfora.net"],
    "amazon-workmail": ["inbound-smtp.us-west-2.amazonaws.com"],
}
DOMAIN_SAMPLES = {
    "outlook": ["hotmail.it", "live.com.mx", "outlook.co.th"],
    "fastmail": ["fastmail.jp", "fastmail.com.au"],
    "posteo": ["posteo.fr"],
}
WITHOUT_SERVERS = {"tuta", "zimbra"}
"""Tuta has none, Zimbra's are found by their names at the customer's."""
TUTA = {"tutanota.com", "tutanota.de", "tuta.com", "tuta.io", "tutamail.com", "keemail.me"}
RANKS = ["low", "medium", "high"]


def _rows() -> list[dict[str, Any]]:
    folder = resource_path("providers")
    return [
        row for name in PROVIDER_FILES for row in tomllib.loads((folder / name).read_text(encoding="utf-8"))["provider"]
    ]


ROWS = _rows()
BY_MX = [
    (row["id"], host, row["confidence"] if key == "mx" else "low")
    for row in ROWS
    for key in ("mx", "mx_low")
    for suffix in row.get(key, [])
    for host in (suffix, f"in9.{suffix}")
] + [(row["id"], host, row["confidence"]) for row in ROWS for host in PATTERN_SAMPLES.get(row["id"], [])]
BY_SPF = [(row["id"], name, row["confidence"]) for row in ROWS for name in row.get("spf", [])]
BY_CNAME = [(row["id"], name, row["confidence"]) for row in ROWS for name in row.get("cname", [])]
BY_DOMAIN = [(row["id"], domain, row["confidence"]) for row in ROWS for domain in row.get("domains", [])] + [
    (row["id"], domain, row["confidence"]) for row in ROWS for domain in DOMAIN_SAMPLES.get(row["id"], [])
]


def test_patterns_have_samples() -> None:
    assert set(PATTERN_SAMPLES) == {row["id"] for row in ROWS if "mx_patterns" in row}
    assert set(DOMAIN_SAMPLES) == {row["id"] for row in ROWS if "domain_patterns" in row}


@pytest.fixture(scope="module")
def name_server() -> Iterator[NameServer]:
    zone: dict[tuple[str, str], list[str]] = {}
    for _id, host, _confidence in BY_MX:
        zone[f"{host}.mx.test", "MX"] = [f"10 {host}."]
    for _id, name, _confidence in BY_SPF:
        zone[f"{name}.spf.test", "MX"] = [GATEWAY]
        zone[f"{name}.spf.test", "TXT"] = ['"site-verification=1"', f'"v=spf1 include:{name} " "-all"']
        zone[f"{name}.only.test", "TXT"] = [f'"v=spf1 include:{name} ~all"']
    for _id, name, _confidence in BY_CNAME:
        zone[f"{name}.cname.test", "MX"] = [GATEWAY]
        zone[f"imap.{name}.cname.test", "CNAME"] = [f"host.{name}."]
    with NameServer(zone) as server:
        yield server


@pytest.fixture
def look(name_server: NameServer) -> "Look":
    return Look(name_server)


class Look:
    def __init__(self, server: NameServer) -> None:
        def no_web() -> Any:
            raise AssertionError("no web server is there")

        self._detector = ServerDetector(
            None, tls_context=no_web, name_servers=NameServers(("127.0.0.1",), (), server.port)
        )

    def __call__(self, domain: str) -> Detection:
        return self._detector(f"anna@{domain}", CancelToken())


def _provider_id(found: Detection) -> str | None:
    return found.provider.id if found.provider is not None else None


def _at_most(confidence: str, limit: str) -> str:
    return min(confidence, limit, key=RANKS.index)


@pytest.mark.parametrize(("provider_id", "host", "confidence"), BY_MX, ids=str)
def test_by_mx(look: Look, provider_id: str, host: str, confidence: str) -> None:
    found = look(f"{host}.mx.test")
    assert (_provider_id(found), found.how, found.evidence) == (provider_id, DetectionStep.MX, host)
    assert found.confidence.value == confidence
    assert bool(found.servers) == (provider_id not in WITHOUT_SERVERS)
    assert not found.needs_consent
    assert not found.gateway


@pytest.mark.parametrize(("provider_id", "name", "confidence"), BY_SPF, ids=str)
def test_by_spf_behind_a_gateway(look: Look, provider_id: str, name: str, confidence: str) -> None:
    found = look(f"{name}.spf.test")
    assert (_provider_id(found), found.how, found.evidence) == (provider_id, DetectionStep.SPF, name)
    assert found.confidence.value == _at_most(confidence, "medium")
    assert found.gateway == "Mimecast"
    assert found.servers


@pytest.mark.parametrize(("provider_id", "name", "confidence"), BY_SPF, ids=str)
def test_by_spf_alone_is_not_sure(look: Look, provider_id: str, name: str, confidence: str) -> None:
    found = look(f"{name}.only.test")
    assert (_provider_id(found), found.how) == (provider_id, DetectionStep.SPF)
    assert found.confidence is Confidence.LOW


@pytest.mark.parametrize(("provider_id", "name", "confidence"), BY_CNAME, ids=str)
def test_by_cname(look: Look, provider_id: str, name: str, confidence: str) -> None:
    domain = f"{name}.cname.test"
    found = look(domain)
    assert (_provider_id(found), found.how) == (provider_id, DetectionStep.CNAME)
    assert found.evidence == f"imap.{domain} → host.{name}"
    assert found.confidence.value == _at_most(confidence, "medium")
    assert found.servers


@pytest.mark.parametrize(("provider_id", "domain", "confidence"), BY_DOMAIN, ids=str)
def test_by_domain(look: Look, name_server: NameServer, provider_id: str, domain: str, confidence: str) -> None:
    asked_before = len(name_server.questions)
    found = look(domain)
    assert (_provider_id(found), found.how, found.evidence) == (provider_id, DetectionStep.DOMAIN_TABLE, domain)
    assert found.confidence.value == confidence
    assert bool(found.servers) == (domain not in {"awsapps.com", *TUTA})
    assert len(name_server.questions) == asked_before
    assert {report.outcome for report in found.steps[1:]} == {StepOutcome.NOT_ASKED}
