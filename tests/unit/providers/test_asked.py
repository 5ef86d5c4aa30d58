import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.providers.asked import Asked, read_asked


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("anna@acme.cn", "acme.cn"),
        ("  Acme.CN.  ", "acme.cn"),
        ("Anna Müller <anna@acme.cn>", "acme.cn"),
        ("anna＠ａｃｍｅ。cn", "acme.cn"),
        ("a@b@acme.cn", "acme.cn"),
        ("anna smith@acme.cn", "acme.cn"),
        ("阿里.cn", "xn--0m4ap1g.cn"),
        ("anna@bücher.de", "xn--bcher-kva.de"),
        ("https://www.acme.cn/mail?x=1", "acme.cn"),
        ("imaps://imap.acme.cn:993", "imap.acme.cn"),
        ("acme.cn:993", "acme.cn"),
        ("_dmarc.acme.cn", "_dmarc.acme.cn"),
    ],
)
def test_domains(text: str, name: str) -> None:
    assert read_asked(text) == Asked(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:993", "192.0.2.7"),
        ("anna@[192.0.2.7]", "192.0.2.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("mailserver", "mailserver"),
    ],
)
def test_machines(text: str, name: str) -> None:
    assert read_asked(text) == Asked(name, is_host=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "@",
        "anna@",
        "a b.cn",
        "anna@b.c d",
        "..",
        "acme..cn",
        "-acme.cn",
        "a/b",
        "1.2.3",
        "a\0.cn",
        "x" * 300,
    ],
)
def test_neither(text: str) -> None:
    assert read_asked(text) is None


@given(st.text(max_size=80))
def test_nothing_that_can_be_typed_makes_it_stumble(text: str) -> None:
    found = read_asked(text)
    if found is not None:
        assert found.name.isascii()
        assert found.name == found.name.lower().strip()
