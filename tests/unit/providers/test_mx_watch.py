"""Where a domain's mail goes, asked of name servers of the test's own: each has an address and a zone of its own."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxPlace, SenderPolicy
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan
from mailmove_gui.providers.mx_watch import DnsMxWatch
from mailmove_gui.providers.name_servers import NameServers
from tests.unit.providers.name_server import NameServer, Zone

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="has one loopback address alone")

SYSTEM, NS1, NS2, PUBLIC = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"
EXMAIL = ["5 mxbiz1.qq.com.", "10 mxbiz2.qq.com."]
ALIBABA = ["5 mx1.qiye.aliyun.com.", "10 mx2.qiye.aliyun.com."]
DELEGATION: Zone = {
    ("acme.cn", "NS"): ["ns1.dns.example.", "ns2.dns.example."],
    ("ns1.dns.example", "A"): [NS1],
    ("ns2.dns.example", "A"): [NS2],
}
NEW_SPF = ["v=spf1 include:spf.qiye.aliyun.com -all"]


def mx(*records: str, domain: str = "acme.cn") -> Zone:
    return {(domain, "MX"): records}


class Net:
    """Name servers on one port of several addresses: the system's, two of the domain's own, and a public one."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.zone: dict[tuple[str, str], list[str]] = {key: list(records) for key, records in DELEGATION.items()}
        self.system = self._stack.enter_context(NameServer(self.zone, host=SYSTEM))
        self.servers: dict[str, NameServer] = {}

    def add(self, address: str, zone: Zone | None = None, **behaviour: object) -> NameServer:
        server = NameServer(zone, host=address, port=self.system.port, **behaviour)  # type: ignore[arg-type]
        self.servers[address] = self._stack.enter_context(server)
        return server

    def say(self, **records: list[str]) -> None:
        """More records of acme.cn that the system's name server knows."""
        self.system.zone |= {("acme.cn", kind): values for kind, values in records.items()}

    def know(self, zone: Zone) -> None:
        self.system.zone |= zone

    def everywhere(self, zone: Zone) -> None:
        for address in (NS1, NS2, PUBLIC):
            self.add(address, zone)

    def look(
        self, source: str = "imap.exmail.qq.com", destination: str = "imap.qiye.aliyun.com", *, to: str = "acme.cn"
    ) -> DomainMail:
        return self.look_at_all(source, destination, to=to)[0]

    def look_at_all(self, source: str, destination: str, *, to: str = "acme.cn") -> tuple[DomainMail, ...]:
        account = Account(
            "anna",
            Mailbox(Endpoint(source, 993), "anna@acme.cn"),
            Mailbox(Endpoint(destination, 993), f"anna@{to}"),
        )
        watch = DnsMxWatch(NameServers((SYSTEM,), (PUBLIC,), self.system.port))
        return watch(MigrationPlan(accounts=(account,)), CancelToken())

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def net() -> Iterator[Net]:
    net = Net()
    yield net
    net.close()


def places(answers: tuple[MxAnswer, ...]) -> list[MxPlace]:
    return [answer.place for answer in answers]


@pytest.mark.parametrize(
    ("records", "place"),
    [
        (EXMAIL, MxPlace.SOURCE),
        (ALIBABA, MxPlace.DESTINATION),
        ([*EXMAIL, *ALIBABA], MxPlace.MIXED),
        (["10 eu-smtp-inbound-1.mimecast.com."], MxPlace.FILTER),
        (["10 mx.stranger.example."], MxPlace.ELSEWHERE),
        (["5 mx1.qiye.aliyun.com.", "50 mx.stranger.example."], MxPlace.MIXED),
        (["0 ."], MxPlace.NONE),
    ],
    ids=["source", "destination", "both", "filter", "elsewhere", "stranger behind", "null MX"],
)
def test_each_name_server_is_asked_for_itself(net: Net, records: list[str], place: MxPlace) -> None:
    net.everywhere(mx(*records))
    found = net.look()
    assert [answer.server for answer in found.own] == ["ns1.dns.example", "ns2.dns.example"]
    assert [answer.server for answer in found.public] == [PUBLIC]
    assert places((*found.own, *found.public)) == [place] * 3
    assert found.place is place
    assert found.is_switched == (place is MxPlace.DESTINATION)
    assert found.ttl_s == 60


def test_a_domain_without_mx(net: Net) -> None:
    net.everywhere({("acme.cn", "A"): ["192.0.2.1"]})
    assert net.look().place is MxPlace.NONE


def test_a_domain_that_is_not_there(net: Net) -> None:
    net.everywhere({("other.cn", "A"): ["192.0.2.1"]})
    assert net.look().place is MxPlace.NONE


def test_own_name_servers_that_disagree(net: Net) -> None:
    net.add(NS1, mx(*ALIBABA))
    net.add(NS2, mx(*EXMAIL))
    net.add(PUBLIC, mx(*ALIBABA))
    found = net.look()
    assert places(found.own) == [MxPlace.DESTINATION, MxPlace.SOURCE]
    assert found.place is MxPlace.MIXED
    assert not found.is_switched


def test_public_name_servers_that_remember_what_was(net: Net) -> None:
    net.add(NS1, mx(*ALIBABA), ttl_s=600)
    net.add(NS2, mx(*ALIBABA), ttl_s=600)
    net.add(PUBLIC, mx(*EXMAIL), ttl_s=1234)
    found = net.look()
    assert found.is_switched
    assert found.public == (MxAnswer(PUBLIC, MxPlace.SOURCE, ("mxbiz1.qq.com", "mxbiz2.qq.com"), 1234),)


@pytest.mark.parametrize(
    "behaviour",
    [{"broken": ["acme.cn"]}, {"mute": True}, {"lame": True}],
    ids=["SERVFAIL", "silence", "lame delegation"],
)
def test_a_name_server_that_gives_no_answer_that_counts(net: Net, behaviour: dict[str, object]) -> None:
    net.add(NS1, mx(*ALIBABA))
    net.add(NS2, mx(*ALIBABA), **behaviour)
    net.add(PUBLIC, mx(*ALIBABA))
    found = net.look()
    assert places(found.own) == [MxPlace.DESTINATION, MxPlace.UNKNOWN]
    assert found.place is MxPlace.DESTINATION
    assert not found.is_switched


def test_a_name_server_that_is_not_there(net: Net) -> None:
    net.add(NS1, mx(*ALIBABA))
    found = net.look()
    assert places(found.own) == [MxPlace.DESTINATION, MxPlace.UNKNOWN]
    assert places(found.public) == [MxPlace.UNKNOWN]


def test_nobody_answers(net: Net) -> None:
    net.zone.clear()
    net.system.zone.clear()
    net.system._mute = True
    found = net.look()
    assert (found.own, found.place, found.policy) == ((), MxPlace.UNKNOWN, SenderPolicy.UNKNOWN)


def test_own_name_servers_are_asked_without_recursion_and_over_tcp_if_need_be(net: Net) -> None:
    net.add(NS1, mx(*ALIBABA), by_tcp_only=True)
    net.add(NS2, mx(*ALIBABA), by_tcp_only=True)
    net.add(PUBLIC, mx(*ALIBABA), by_tcp_only=True)
    assert net.look().is_switched
    asked = net.servers
    assert not any(asked[address].recursion_wanted for address in (NS1, NS2))
    assert asked[PUBLIC].recursion_wanted


def test_a_name_server_with_an_address_that_leads_nowhere(net: Net) -> None:
    net.know({("ns1.dns.example", "A"): ["127.0.0.9", NS1]})
    net.everywhere(mx(*ALIBABA))
    assert net.look().is_switched


def test_a_domain_below_the_zone_has_the_name_servers_of_the_zone(net: Net) -> None:
    net.everywhere(mx(*ALIBABA, domain="mail.acme.cn"))
    mails = net.look_at_all("imap.exmail.qq.com", "imap.qiye.aliyun.com", to="mail.acme.cn")
    assert [mail.domain for mail in mails] == ["acme.cn", "mail.acme.cn"]
    assert [answer.server for answer in mails[1].own] == ["ns1.dns.example", "ns2.dns.example"]
    assert mails[1].is_switched
    assert not mails[0].is_switched


def test_an_exchanger_that_is_an_alias(net: Net) -> None:
    net.know({("mx.acme.cn", "CNAME"): ["mx1.qiye.aliyun.com."]})
    net.everywhere(mx("10 mx.acme.cn."))
    assert net.look().place is MxPlace.DESTINATION


def test_a_domain_that_is_an_alias(net: Net) -> None:
    net.know({("hosted.example", "MX"): ALIBABA})
    net.everywhere({("acme.cn", "CNAME"): ["hosted.example."]})
    assert net.look().is_switched


def test_aliases_in_a_circle_come_to_an_end(net: Net) -> None:
    net.know({("a.acme.cn", "CNAME"): ["b.acme.cn."], ("b.acme.cn", "CNAME"): ["a.acme.cn."]})
    net.everywhere(mx("10 a.acme.cn."))
    assert net.look().place is MxPlace.ELSEWHERE


@pytest.mark.parametrize(
    ("exchanger", "place"),
    [
        ("mail.acme.cn", MxPlace.SOURCE),
        ("mx1.hoster.example", MxPlace.DESTINATION),
        ("box.stranger.example", MxPlace.DESTINATION),
        ("mx.stranger.example", MxPlace.ELSEWHERE),
    ],
    ids=["the server itself", "the same domain", "the same address", "a stranger"],
)
def test_servers_of_no_known_provider(net: Net, exchanger: str, place: MxPlace) -> None:
    net.know({("imap.hoster.example", "A"): ["192.0.2.7"], ("box.stranger.example", "A"): ["192.0.2.7"]})
    net.everywhere(mx(f"10 {exchanger}."))
    assert net.look("mail.acme.cn", "imap.hoster.example").place is place


@pytest.mark.parametrize(
    ("source", "destination", "exchanger"),
    [
        ("imap.qiye.aliyun.com", "imap.qiye.aliyun.com", "mx1.qiye.aliyun.com"),
        ("old.hoster.example", "new.hoster.example", "mx.hoster.example"),
    ],
    ids=["one provider", "one domain"],
)
def test_both_sides_look_alike(net: Net, source: str, destination: str, exchanger: str) -> None:
    net.everywhere(mx(f"10 {exchanger}."))
    found = net.look(source, destination)
    assert found.place is MxPlace.UNKNOWN
    assert not found.is_switched


def test_a_host_that_may_be_either_is_not_taken_for_the_one_beside_it(net: Net) -> None:
    net.everywhere(mx("10 new.hoster.example.", "20 mx.hoster.example."))
    found = net.look("old.hoster.example", "new.hoster.example")
    assert found.place is MxPlace.UNKNOWN
    assert not found.is_switched


def test_servers_below_a_suffix_of_many_are_no_neighbours(net: Net) -> None:
    net.everywhere(mx("10 mx.stranger.com.cn."))
    assert net.look("acme.com.cn", "imap.hoster.example").place is MxPlace.ELSEWHERE


def test_old_and_new_domain_differ(net: Net) -> None:
    net.know({("acme.com", "NS"): ["ns2.dns.example."]})
    net.add(NS1, mx(*EXMAIL))
    net.add(NS2, {**mx(*EXMAIL), **mx(*ALIBABA, domain="acme.com")})
    net.add(PUBLIC)
    mails = net.look_at_all("imap.exmail.qq.com", "imap.qiye.aliyun.com", to="acme.com")
    assert [(mail.domain, mail.place) for mail in mails] == [
        ("acme.cn", MxPlace.SOURCE),
        ("acme.com", MxPlace.DESTINATION),
    ]


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        (None, SenderPolicy.NONE),
        ("v=spf1 include:spf.mail.qq.com ~all", SenderPolicy.OTHERS),
        ("v=spf1 include:spf.mail.qq.com include:spf.qiye.aliyun.com -all", SenderPolicy.DESTINATION),
        ("v=spf1 -include:spf.qiye.aliyun.com -all", SenderPolicy.OTHERS),
        ("v=spf1 redirect=_spf.acme.cn", SenderPolicy.DESTINATION),
        ("v=spf1 include:%{i}.spf.example -all", SenderPolicy.OTHERS),
        ("v=spf1 include:broken.example -all", SenderPolicy.UNKNOWN),
        ("google-site-verification=1", SenderPolicy.NONE),
    ],
)
def test_who_may_send(net: Net, record: str | None, policy: SenderPolicy) -> None:
    net.know({("_spf.acme.cn", "TXT"): [f'"{NEW_SPF[0]}"']})
    if record is not None:
        net.say(TXT=[f'"{record}"'])
    net.everywhere(mx(*EXMAIL))
    for server in (net.system, net.servers[PUBLIC]):
        server._broken.add("broken.example")
    assert net.look().policy is policy


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", SenderPolicy.DESTINATION),
        ("v=spf1 ip4:198.51.100.1 ip4:nonsense -all", SenderPolicy.UNKNOWN),
        ("v=spf1 a:imap.hoster.example -all", SenderPolicy.DESTINATION),
        ("v=spf1 mx -all", SenderPolicy.DESTINATION),
        ("v=spf1 include:_spf.hoster.example -all", SenderPolicy.DESTINATION),
    ],
)
def test_who_may_send_for_a_destination_in_no_table(net: Net, record: str, policy: SenderPolicy) -> None:
    net.know({("imap.hoster.example", "A"): ["192.0.2.7"]})
    net.say(TXT=[f'"{record}"'])
    net.everywhere(mx("10 mx.hoster.example."))
    assert net.look("mail.acme.cn", "imap.hoster.example").policy is policy


def test_a_providers_own_domain_cannot_be_switched(net: Net) -> None:
    account = Account(
        "anna",
        Mailbox(Endpoint("imap.qq.com", 993), "anna@qq.com"),
        Mailbox(Endpoint("imap.qiye.aliyun.com", 993), "anna@qq.com"),
    )
    watch = DnsMxWatch(NameServers((SYSTEM,), (), net.system.port))
    (found,) = watch(MigrationPlan(accounts=(account,)), CancelToken())
    assert found.is_providers


def test_an_address_that_names_no_domain(net: Net) -> None:
    account = Account("a", Mailbox(Endpoint("a.example", 993), "a@b c"), Mailbox(Endpoint("b.example", 993), "a"))
    watch = DnsMxWatch(NameServers((SYSTEM,), (), net.system.port))
    assert watch(MigrationPlan(accounts=(account,)), CancelToken()) == (DomainMail("b c"),)


def test_it_stops_when_it_is_asked_to(net: Net) -> None:
    net.add(NS1, mute=True)
    net.add(NS2, mute=True)
    net.add(PUBLIC, mute=True)
    account = Account(
        "anna", Mailbox(Endpoint("a.example", 993), "a@acme.cn"), Mailbox(Endpoint("b.example", 993), "a@acme.cn")
    )
    cancel = CancelToken()
    watch = DnsMxWatch(NameServers((SYSTEM,), (PUBLIC,), net.system.port))
    timer = threading.Timer(0.1, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        watch(MigrationPlan(accounts=(account,)), cancel)
    timer.join()
