"""Nobody answers, or not in time, or nobody wants to know any more."""

import threading
import time
from collections.abc import Callable
from ssl import SSLContext
from typing import Any

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.probing import Probe
from mailmove_gui.domain.providers import Confidence, DetectionStep, StepOutcome
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.providers.name_servers import NameServers
from tests.unit.providers.conftest import NOWHERE, Detect
from tests.unit.providers.findings import outcomes, provider_id
from tests.unit.providers.name_server import NameServer, Zone
from tests.unit.providers.probers import FakeProber

EXMAIL: Zone = {("acme.cn", "MX"): ["5 mxbiz1.qq.com.", "10 mxbiz2.qq.com."]}
ALONE: Zone = {("acme.cn", "MX"): ["10 mx.acme.cn."]}
LONG_S = 8.0
"""Far more than the five seconds that it may take: a bound, not a measurement."""


def test_nobody_answers_at_all(detect: Detect) -> None:
    started = time.monotonic()
    stuck = frozenset(
        Endpoint(host, port, security, protocol).url
        for host in ("imap.acme.cn", "mail.acme.cn", "acme.cn", "pop.acme.cn")
        for port, security, protocol in (
            (993, Security.TLS, MailProtocol.IMAP),
            (143, Security.STARTTLS, MailProtocol.IMAP),
            (995, Security.TLS, MailProtocol.POP3),
        )
    )
    found = detect("acme.cn", mute=True, prober=FakeProber({}, stuck=stuck))
    assert time.monotonic() - started < LONG_S
    assert not found.found
    silent = {DetectionStep.MX, DetectionStep.CNAME, DetectionStep.SRV, DetectionStep.SPF, DetectionStep.GUESS}
    assert {step for step, outcome in outcomes(found).items() if outcome is StepOutcome.NO_ANSWER} == silent


def test_servers_that_say_nothing_do_not_hide_one_that_does(detect: Detect) -> None:
    prober = FakeProber({"imaps://mail.acme.cn:993": "* OK ready"}, stuck=frozenset({"imaps://imap.acme.cn:993"}))
    found = detect("acme.cn", ALONE, prober=prober)
    assert found.servers[0] == Endpoint("mail.acme.cn", 993)


def test_servers_that_take_their_time(detect: Detect) -> None:
    prober = FakeProber({"imaps://mail.acme.cn:993": "* OK ready"}, delay_s=0.3)
    assert detect("acme.cn", ALONE, prober=prober).servers == (Endpoint("mail.acme.cn", 993),)


@pytest.mark.parametrize("behaviour", [{"delay_s": 0.6}, {"by_tcp_only": True}], ids=["slow", "by TCP only"])
def test_a_name_server_with_troubles(detect: Detect, behaviour: dict[str, Any]) -> None:
    assert provider_id(detect("acme.cn", EXMAIL, **behaviour)) == "tencent-exmail"


def test_a_broken_answer_to_one_question_does_not_hide_the_others(detect: Detect) -> None:
    found = detect("acme.cn", {**EXMAIL, ("imap.acme.cn", "A"): ["192.0.2.1"]}, broken=["imap.acme.cn"])
    assert provider_id(found) == "tencent-exmail"
    found = detect("acme.cn", EXMAIL, silent=["_imaps._tcp.acme.cn", "mail.acme.cn"])
    assert provider_id(found) == "tencent-exmail"


def test_a_name_server_that_fails(detect: Detect) -> None:
    found = detect("acme.cn", EXMAIL, broken=["acme.cn"])
    assert not found.found
    assert outcomes(found)[DetectionStep.MX] is StepOutcome.NO_ANSWER


@pytest.mark.parametrize(
    "trouble", [{"mute": True}, {"broken": ["acme.cn"]}, {}], ids=["mute", "broken", "without mail"]
)
def test_public_name_servers_are_the_second_try(trusting: Callable[[], SSLContext], trouble: dict[str, Any]) -> None:
    with NameServer({("www.acme.cn", "A"): ["192.0.2.1"]}, **trouble) as own:
        try:
            public = NameServer(EXMAIL, host="127.0.0.2", port=own.port)
        except OSError:
            pytest.skip("this system has one loopback address")
        with public:
            servers = NameServers(("127.0.0.1",), ("127.0.0.2",), own.port)
            detector = ServerDetector(None, tls_context=trusting, name_servers=servers, https_port=NOWHERE)
            found = detector("acme.cn", CancelToken())
    assert (provider_id(found), found.confidence) == ("tencent-exmail", Confidence.HIGH)


def test_public_name_servers_are_not_asked_without_need(trusting: Callable[[], SSLContext]) -> None:
    with NameServer(EXMAIL) as own:
        try:
            public = NameServer(host="127.0.0.2", port=own.port)
        except OSError:
            pytest.skip("this system has one loopback address")
        with public:
            servers = NameServers(("127.0.0.1",), ("127.0.0.2",), own.port)
            detector = ServerDetector(None, tls_context=trusting, name_servers=servers, https_port=NOWHERE)
            detector("acme.cn", CancelToken())
    assert public.questions == []


def test_offline_asks_nobody(trusting: Callable[[], SSLContext]) -> None:
    with NameServer(EXMAIL) as server:
        servers = NameServers(("127.0.0.1",), (), server.port)
        prober = FakeProber({})
        detector = ServerDetector(prober, tls_context=trusting, name_servers=servers)
        unknown, known = (detector(asked, CancelToken(), online=False) for asked in ("acme.cn", "163.com"))
    assert server.questions == []
    assert prober.asked == []
    assert provider_id(known) == "netease-free"
    assert set(list(outcomes(unknown).values())[1:]) == {StepOutcome.NOT_ASKED}


# -- Cancelling -------------------------------------------------------------------------------------------------------


def test_cancelled_before_it_begins(detect: Detect) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        detect("163.com", cancel=cancel)


@pytest.mark.parametrize("stop", [CancelToken.cancel, CancelToken.abort])
def test_cancelled_while_nobody_answers(
    trusting: Callable[[], SSLContext], stop: Callable[[CancelToken], None]
) -> None:
    cancel = CancelToken()
    with NameServer(mute=True) as server:
        detector = ServerDetector(
            FakeProber({}), tls_context=trusting, name_servers=NameServers(("127.0.0.1",), (), server.port)
        )
        raised = threading.Event()

        def run() -> None:
            try:
                detector("acme.cn", cancel)
            except Cancelled:
                raised.set()

        thread = threading.Thread(target=run)
        thread.start()
        while not server.questions:
            threading.Event().wait(0.01)
        stop(cancel)
        thread.join(LONG_S)
        assert raised.is_set()


def test_cancelled_while_servers_are_looked_at(detect: Detect) -> None:
    cancel = CancelToken()

    class Cancelling(FakeProber):
        def probe(self, endpoint: Endpoint, token: CancelToken, *, timeout_s: float) -> Probe:
            cancel.cancel()
            token.wait(timeout_s)
            raise AssertionError("nobody ended the look")

    with pytest.raises(Cancelled):
        detect("acme.cn", ALONE, prober=Cancelling({}), cancel=cancel)
