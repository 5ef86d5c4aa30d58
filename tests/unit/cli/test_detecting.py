"""`mailmove detect`: what is printed, and what a script gets."""

import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from mailmove_gui.commandline import detecting
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.providers import Confidence, Detection, DetectionStep
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.providers.name_servers import NameServers
from tests.unit.cli.conftest import Answer
from tests.unit.providers.name_server import NameServer, Zone

Call = Callable[..., Answer]

ZONE: Zone = {
    ("acme.cn", "MX"): ["5 mxbiz1.qq.com."],
    ("filtered.example", "MX"): ["10 eu-smtp-inbound-1.mimecast.com."],
    ("nomail.example", "MX"): ["0 ."],
    ("far.example", "MX"): ["10 mx.far.example."],
    ("_imaps._tcp.far.example", "SRV"): ["0 0 993 imap.stranger.example."],
}


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    """The command asks this name server instead of the system's."""
    with NameServer(ZONE) as server:

        def make() -> ServerDetector:
            servers = NameServers(("127.0.0.1",), (), server.port)
            return ServerDetector(None, tls_context=ssl.create_default_context, name_servers=servers)

        monkeypatch.setattr(detecting, "make_detector", make)
        yield server


def test_found(call: Call, name_server: NameServer) -> None:
    answer = call("detect", "Anna@Acme.cn")
    assert (answer.status, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "腾讯企业邮箱 Tencent Exmail / WeCom Mail"
    assert lines[1] == "Found by the domain's MX record (mxbiz1.qq.com); sure."
    assert lines[2] == "  imaps://imap.exmail.qq.com:993"
    assert lines[3] == "  imaps://hwimap.exmail.qq.com:993  (client outside mainland China)"
    assert "The user name is the whole address." in lines
    assert any("客户端专用密码" in line for line in lines)
    assert any("only the last 30 days" in line for line in lines)
    assert "  - MX record of the domain: found (mxbiz1.qq.com)" in lines


def test_found_as_json(call: Call, name_server: NameServer) -> None:
    answer = call("detect", "anna@acme.cn", "--json")
    assert (answer.status, answer.err) == (0, "")
    (found,) = answer.objects
    assert set(found) == {
        "event",
        "asked",
        "domain",
        "found",
        "provider",
        "servers",
        "user_name",
        "how",
        "evidence",
        "confidence",
        "gateway",
        "needs_consent",
        "software",
        "steps",
    }
    assert (found["event"], found["asked"], found["domain"]) == ("detection", "anna@acme.cn", "acme.cn")
    assert (found["how"], found["evidence"], found["confidence"]) == ("mx", "mxbiz1.qq.com", "high")
    assert found["provider"]["id"] == "tencent-exmail"
    assert found["provider"]["name_zh"] == "腾讯企业邮箱"
    assert found["provider"]["passwords"] == ["app_password", "password"]
    assert found["provider"]["preparation"][0]["where"]
    assert found["servers"][0] == {
        "url": "imaps://imap.exmail.qq.com:993",
        "protocol": "imap",
        "host": "imap.exmail.qq.com",
        "port": 993,
        "security": "tls",
        "when": "",
    }
    assert [step["step"] for step in found["steps"]] == [step.value for step in DetectionStep]


@pytest.mark.parametrize("domain", ["nothing.example", "nomail.example", "filtered.example"])
def test_not_found(call: Call, name_server: NameServer, domain: str) -> None:
    answer = call("detect", domain)
    assert answer.status == 1
    assert answer.out.startswith(f"It could not be found out who runs the mail of {domain}.")
    assert ("Mimecast" in answer.out) == (domain == "filtered.example")
    (found,) = call("detect", domain, "--json").objects
    assert (found["found"], found["provider"], found["servers"], found["confidence"]) == (False, None, [], None)


def test_a_stranger(call: Call, name_server: NameServer) -> None:
    answer = call("detect", "far.example")
    assert answer.status == 0
    assert answer.out.startswith("Mail server of far.example\n")
    assert "Nothing vouches for this server" in answer.out


def test_a_provider_without_mail_programs(call: Call, name_server: NameServer) -> None:
    answer = call("detect", "anna@tuta.com")
    assert answer.status == 0
    assert "lets no mail program in" in answer.out


@pytest.mark.parametrize("asked", ["", "anna smith", "@", "a..b"])
def test_no_domain(call: Call, name_server: NameServer, asked: str) -> None:
    answer = call("detect", asked)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("mailmove: There is no domain in")


def test_without_an_argument(call: Call) -> None:
    answer = call("detect")
    assert answer.status == 2
    assert "ADDRESS_OR_DOMAIN" in answer.err


def test_offline_asks_nobody(call: Call, name_server: NameServer) -> None:
    assert call("detect", "acme.cn", "--offline").status == 1
    assert call("detect", "163.com", "--offline").status == 0
    assert name_server.questions == []


def test_quiet_says_it_with_the_exit_status_alone(call: Call, name_server: NameServer) -> None:
    assert call("detect", "acme.cn", "--quiet") == Answer(0, "", "")


def test_the_programs_own_detector_asks_nobody_offline(call: Call) -> None:
    answer = call("detect", "anna@126.com", "--offline", "--json")
    assert answer.status == 0
    assert answer.objects[0]["servers"][0]["host"] == "imap.126.com"


def test_only_what_is_asked_over_the_network_imports_a_dns_library() -> None:
    code = "import sys; from mailmove_gui.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    argv = ["detect", "163.com", "--offline"]
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, timeout=60, check=True)
    assert not {"dns", "PySide6"} & set(done.stderr.split())


def test_the_object_of_a_guess_says_that_nothing_vouches_for_it() -> None:
    found = Detection(
        "acme.cn",
        "acme.cn",
        servers=(Endpoint("mail.acme.cn", 993),),
        how=DetectionStep.GUESS,
        evidence="imaps://mail.acme.cn:993",
        confidence=Confidence.LOW,
        needs_consent=True,
        software="Dovecot",
    )
    as_object = detecting.detection_object(found)
    assert (as_object["needs_consent"], as_object["confidence"], as_object["software"]) == (True, "low", "Dovecot")
