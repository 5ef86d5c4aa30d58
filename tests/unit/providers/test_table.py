"""The table that comes with the program is whole, and a wrong one is refused."""

import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mailmove_gui.domain.endpoints import MailProtocol, Security
from mailmove_gui.domain.providers import Confidence, PasswordKind, UserNameForm
from mailmove_gui.providers.asked import ascii_name
from mailmove_gui.providers.table import provider_by_id, provider_of_host, provider_table
from mailmove_gui.providers.table_file import PROVIDER_FILES, TableFiles, read_table
from mailmove_gui.resource_files import resource_path

FOLDER = resource_path("providers")
FILES: TableFiles = read_table(FOLDER)
PLACES = {"domain": "acme.cn", "region": "us-east-1", "mxhost": "mx.acme.cn"}


def test_all_providers_of_the_facts_are_there() -> None:
    assert len(FILES.entries) == 92
    assert len(FILES.gateways) == 12
    assert {path.name for path in FOLDER.glob("*.toml")} == {
        *PROVIDER_FILES,
        "folder_names.toml",
        "gateways.toml",
        "greetings.toml",
        "sources.toml",
    }


def test_nothing_is_claimed_twice() -> None:
    claims = {
        "id": [entry.provider.id for entry in FILES.entries],
        "domain": [domain for entry in FILES.entries for domain in entry.domains],
        "mx": [suffix for entry in FILES.entries for suffix in (*entry.mx, *entry.mx_low)]
        + [suffix for gateway in FILES.gateways for suffix in gateway.mx],
        "spf": [name for entry in FILES.entries for name in entry.spf],
        "cname": [name for entry in FILES.entries for name in entry.cname],
        "greeting": [greeting.contains.casefold() for greeting in FILES.greetings],
    }
    for kind, names in claims.items():
        assert [name for name, number in Counter(names).items() if number > 1] == [], kind


def test_every_source_is_known_and_used() -> None:
    used = {source for entry in FILES.entries for source in entry.sources}
    used |= {source for gateway in FILES.gateways for source in gateway.sources}
    assert used == set(FILES.sources)


def test_names_are_names() -> None:
    for entry in FILES.entries:
        names = [*entry.domains, *entry.mx, *entry.mx_low, *entry.spf, *entry.cname]
        for by_name in (*entry.hosts_by_domain.values(), *entry.hosts_by_mx.values()):
            names += [*by_name.keys(), *by_name.values()]
        offers = [offer for offers in entry.servers.values() for offer in offers]
        names += [offer.host.format_map(PLACES) for offer in offers]
        for name in names:
            assert ascii_name(name) == name, (entry.provider.id, name)
            assert "." in name, (entry.provider.id, name)
        for offer in offers:
            assert set(re.findall(r"\{(\w+)\}", offer.host)) <= set(PLACES), offer.host


def test_servers_speak_tls_on_the_usual_ports() -> None:
    for entry in FILES.entries:
        for protocol, offers in entry.servers.items():
            for offer in offers:
                usual = (993, Security.TLS) if protocol is MailProtocol.IMAP else (995, Security.TLS)
                is_local = offer.host == "127.0.0.1"
                assert is_local or (offer.port, offer.security) == usual, entry.provider.id


def test_whoever_takes_programs_has_a_server_or_is_known_by_the_greeting() -> None:
    greeted = {greeting.provider for greeting in FILES.greetings}
    for entry in FILES.entries:
        assert (
            entry.servers[MailProtocol.IMAP]
            or not entry.provider.takes_programs
            or entry.provider.id in greeted
            or entry.servers[MailProtocol.POP3]
        ), entry.provider.id


def test_greetings_name_providers_that_exist() -> None:
    known = {entry.provider.id for entry in FILES.entries} | {""}
    assert {greeting.provider for greeting in FILES.greetings} <= known


@pytest.mark.parametrize("name", PROVIDER_FILES)
def test_nobody_lost_a_chinese_name(name: str) -> None:
    rows: list[dict[str, Any]] = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["provider"]
    assert all(row["name_zh"] for row in rows)


def test_provider_by_id() -> None:
    exmail = provider_by_id("tencent-exmail")
    assert exmail is not None
    assert exmail.name_zh == "腾讯企业邮箱"
    assert exmail.imap[0].endpoint.url == "imaps://imap.exmail.qq.com:993"
    assert exmail.imap[1].when == "client outside mainland China"
    assert exmail.passwords == (PasswordKind.APP_PASSWORD, PasswordKind.PASSWORD)
    assert exmail.app_password_name == "客户端专用密码"
    assert exmail.window is not None
    assert exmail.window.days == 30
    assert exmail.user_folder_parent == "其他文件夹"
    gmail = provider_by_id("gmail")
    assert gmail is not None
    assert gmail.limits.download_bytes_a_day == 2_500_000_000
    assert gmail.limits.connections == 15
    m365 = provider_by_id("m365")
    assert m365 is not None
    assert m365.needs_browser
    assert "Calendar" in m365.skip_folders
    netease = provider_by_id("netease-free")
    assert netease is not None
    assert netease.id_required
    assert [offer.endpoint.host for offer in netease.imap] == ["imap.163.com", "imap.126.com", "imap.yeah.net"]
    assert provider_by_id("nobody") is None
    assert provider_by_id("") is None


@pytest.mark.parametrize(
    ("host", "provider_id"),
    [
        ("imap.exmail.qq.com", "tencent-exmail"),
        ("HWIMAP.exmail.qq.com.", "tencent-exmail"),
        ("imap.126.com", "netease-free"),
        ("outlook.office365.com", "m365"),
        ("imap.gmail.com", "gmail"),
        ("imap.1und1.de", "ionos"),
        ("mail99.emailsrvr.com", "rackspace"),
        ("imap.mxhichina.com", "aliyun-qiye"),
        ("imap.acme.cn", None),
        ("eu-smtp-inbound-1.mimecast.com", None),
        ("192.0.2.1", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_provider_of_host(host: str, provider_id: str | None) -> None:
    found = provider_of_host(host)
    assert (found.id if found else None) == provider_id


def test_a_longer_suffix_wins_and_a_pattern_beats_it() -> None:
    table = provider_table()

    def owner(host: str) -> str:
        found = table.by_mx(host)
        return found.entry.provider.id if found is not None and hasattr(found, "entry") else ""

    assert owner("mx01.mail.icloud.com") == "icloud"
    assert owner("aspmx.l.google.com") == "google-workspace"
    assert owner("alt1.gmail-smtp-in.l.google.com") == "gmail"
    assert owner("mx-aol.mail.gm0.yahoodns.net") == "aol"
    assert owner("mta5.am0.yahoodns.net") == "yahoo"
    assert owner("qiye163mx01.mxmail.netease.com") == "netease-qiye"
    assert owner("163mx03.mxmail.netease.com") == "netease-free"
    assert owner("vip163mx00.mxmail.netease.com") == "netease-vip"
    assert owner("evilqq.com") == ""
    assert owner("mxbiz1.qq.com.evil.example") == ""


def test_templates_are_filled_in() -> None:
    table = provider_table()

    def first(mx_host: str, domain: str) -> str:
        found = table.by_mx(mx_host)
        assert found is not None
        assert hasattr(found, "provider_for")
        return str(found.provider_for(domain).imap[0].endpoint.host)

    assert first("inbound-smtp.eu-west-1.amazonaws.com", "acme.example") == "imap.mail.eu-west-1.awsapps.com"
    assert first("mx00.ionos.fr", "acme.example") == "imap.ionos.fr"
    assert first("mx00.kundenserver.de", "acme.example") == "imap.ionos.de"
    assert first("mx01.ionos.com", "acme.example") == "imap.ionos.com"
    assert first("xion.cloudus.xion.oxcs.net", "acme.example") == "imap.us.appsuite.cloud"
    assert first("gator9.hostgator.com", "acme.example") == "mail.acme.example"
    sina = table.by_domain("sina.cn")
    assert sina is not None
    assert sina.provider_for("sina.cn").imap[0].endpoint.host == "imap.sina.cn"


def _broken(tmp_path: Path, old: str, new: str) -> Path:
    folder = tmp_path / "providers"
    shutil.copytree(FOLDER, folder)
    file = folder / "china.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "business"', 'kind = "business"\ncolour = "red"', "tencent-exmail: unknown key colour"),
        ("port = 993 }", "port = 993, speed = 1 }", "tencent-exmail, imap: unknown key speed"),
        ("port = 993 }", 'port = "993" }', "port"),
        ('kind = "business"', 'kind = "large"', "kind"),
        ('user_name = "full"', 'user_name = "whole"', "user_name"),
        ('confidence = "high"\n', "", "confidence"),
        ('passwords = ["app_password", "password"]', 'passwords = ["pin"]', "passwords"),
        ("enable_first = true", 'enable_first = "yes"', "enable_first"),
        ('domains = ["exmail.qq.com"]', 'domains = "exmail.qq.com"', "domains"),
        ('domains = ["exmail.qq.com"]', "domains = [1]", "domains"),
        ("days = 30", "days = -1", "days"),
        ('id = "tencent-exmail"\n', "", "id"),
        ("[[provider]]", "[[providers]]", "unknown key providers"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_table(_broken(tmp_path, old, new))


def test_what_is_not_said_has_a_usual_value() -> None:
    sina = provider_by_id("sina-enterprise")
    assert sina is not None
    assert sina.user_name is UserNameForm.FULL
    assert sina.passwords == (PasswordKind.PASSWORD,)
    assert sina.confidence is Confidence.LOW
    assert sina.imap[0].confidence is Confidence.LOW
    assert sina.takes_programs
