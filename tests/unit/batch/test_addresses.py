import pytest

from mailmove_gui.batch import address_problem, is_host
from mailmove_gui.domain.problems import ProblemKind

BAD, UNKNOWN = ProblemKind.BAD_ADDRESS, ProblemKind.UNKNOWN_HOST


@pytest.mark.parametrize(
    "user",
    ["anna", "anna@acme.cn", "ACME\\anna smith", "anna@intern", "张三@公司.中国", "a.b+c@x-y.example",
     "anna@[10.0.0.1]", "anna@[IPv6:2001:db8::7]", "admin@acme.cn\\shared", "admin@acme.cn/shared",
     "o'neil@acme.ie", ""],
)  # fmt: skip
def test_names_that_can_be_used(user: str) -> None:
    assert address_problem(user) is None


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("@acme.cn", (BAD, "@acme.cn")),
        ("anna@", (BAD, "anna@")),
        ("anna@@acme.cn", (BAD, "anna@@acme.cn")),
        ("anna @acme.cn", (BAD, "anna @acme.cn")),
        ("anna\x07", (BAD, "anna\x07")),
        ("anna＠acme.cn", (BAD, "anna＠acme.cn")),
        ("anna@acme,cn", (UNKNOWN, "acme,cn")),
        ("anna@acme..cn", (UNKNOWN, "acme..cn")),
        ("anna@-acme.cn", (UNKNOWN, "-acme.cn")),
        ("anna@acme.cn;", (UNKNOWN, "acme.cn;")),
        ("anna@10.0.0.300", (UNKNOWN, "10.0.0.300")),
        ("anna@" + "a" * 64 + ".cn", (UNKNOWN, "a" * 64 + ".cn")),
    ],
)
def test_names_that_cannot(user: str, found: tuple[ProblemKind, str]) -> None:
    assert address_problem(user) == found


@pytest.mark.parametrize(
    ("text", "can_be"),
    [("mail.example", True), ("10.0.0.1", True), ("::1", True), ("a_b.local", True), ("a b", False), ("x/y", False),
     ("", False), (".", False), ("a" * 300, False)],
)  # fmt: skip
def test_hosts(text: str, can_be: bool) -> None:
    assert is_host(text) is can_be
