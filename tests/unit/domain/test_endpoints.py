import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security, default_port, parse_endpoint
from mailmove_gui.domain.problems import InvalidInput, ProblemKind

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("imaps://mail.example.com", Endpoint("mail.example.com", 993)),
        ("imap://mail.example.com", Endpoint("mail.example.com", 143, Security.PLAIN)),
        ("imap+starttls://mail.example.com:1143", Endpoint("mail.example.com", 1143, Security.STARTTLS)),
        ("pop3s://mail.example.com", Endpoint("mail.example.com", 995, Security.TLS, MailProtocol.POP3)),
        ("pop3://10.0.0.1:1110", Endpoint("10.0.0.1", 1110, Security.PLAIN, MailProtocol.POP3)),
        ("pop3+starttls://m.example", Endpoint("m.example", 110, Security.STARTTLS, MailProtocol.POP3)),
        ("imaps://[2001:db8::1]:994", Endpoint("2001:db8::1", 994)),
        ("imaps://[2001:db8::1]", Endpoint("2001:db8::1", 993)),
        ("  IMAPS://Mail.Example.COM/ ", Endpoint("mail.example.com", 993)),
        ("imaps://邮件.例子", Endpoint("邮件.例子", 993)),
    ],
)
def test_reads(url: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(url) == endpoint


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("", ProblemKind.URL_BAD_SCHEME),
        ("mail.example.com", ProblemKind.URL_BAD_SCHEME),
        ("mail.example.com:993", ProblemKind.URL_BAD_SCHEME),
        ("https://mail.example.com", ProblemKind.URL_BAD_SCHEME),
        ("imaps:mail.example.com", ProblemKind.URL_BAD_SCHEME),
        ("imaps://", ProblemKind.URL_NO_HOST),
        ("imaps://:993", ProblemKind.URL_NO_HOST),
        ("imaps://two words", ProblemKind.URL_NO_HOST),
        ("imaps://mail.example.com:0", ProblemKind.URL_BAD_PORT),
        ("imaps://mail.example.com:65536", ProblemKind.URL_BAD_PORT),
        ("imaps://mail.example.com:x", ProblemKind.URL_BAD_PORT),
        ("imaps://mail.example.com:-1", ProblemKind.URL_BAD_PORT),
        ("imaps://[2001:db8::1", ProblemKind.URL_BAD_PORT),
        ("imaps://mail.example.com/INBOX", ProblemKind.URL_HAS_EXTRA),
        ("imaps://mail.example.com?x=1", ProblemKind.URL_HAS_EXTRA),
        ("imaps://mail.example.com#x", ProblemKind.URL_HAS_EXTRA),
        ("imaps://anna@mail.example.com", ProblemKind.URL_HAS_SECRET),
    ],
)
def test_says_what_is_wrong(url: str, kind: ProblemKind) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_endpoint(url)
    assert caught.value.problem.kind is kind


@pytest.mark.parametrize(
    "url",
    [
        f"imaps://anna:{SECRET}@mail.example.com",
        f"imaps://anna:{SECRET}@mail.example.com:993/INBOX",
        f"imaps://anna:{SECRET}@mail.example.com:nonsense",
        f"imaps://anna:{SECRET}@",
        f"imaps://anna:{SECRET}@[::1",
        f"https://anna:{SECRET}@mail.example.com",
        f"anna:{SECRET}@mail.example.com",
        f"imaps://an/na:{SECRET}@mail.example.com",
        f"imaps://an#na:{SECRET}@mail.example.com",
        f"imaps://an?na:{SECRET}@mail.example.com",
        f"anna:{SECRET}://mail.example.com",
    ],
)
def test_a_password_in_a_url_is_never_echoed(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_endpoint(url)
    assert SECRET not in repr(caught.value.problem)
    assert SECRET not in str(caught.value)


@given(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,8}){0,3}", fullmatch=True),
    st.integers(1, 65535),
    st.sampled_from(Security),
    st.sampled_from(MailProtocol),
)
def test_a_url_reads_back(host: str, port: int, security: Security, protocol: MailProtocol) -> None:
    endpoint = Endpoint(host, port, security, protocol)
    assert parse_endpoint(endpoint.url) == endpoint


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        endpoint = parse_endpoint(text)
    except InvalidInput:
        return
    assert parse_endpoint(endpoint.url) == endpoint


def test_a_server_is_the_same_behind_its_registered_ports_only() -> None:
    assert Endpoint("mail.example", 993).server == Endpoint("MAIL.example", 143).server == "mail.example"
    assert Endpoint("localhost", 1993).server != Endpoint("localhost", 2993).server
    assert Endpoint("::1", 1993).server == "[::1]:1993"


def test_registered_ports() -> None:
    assert default_port(MailProtocol.IMAP, Security.STARTTLS) == 143
    assert default_port(MailProtocol.POP3, Security.TLS) == 995
