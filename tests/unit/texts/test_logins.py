import pytest

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.logins import LoginQuestion
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.reasons import Reason, Side, needs_password, refuses_login
from mailmove_gui.providers.table import provider_by_id
from mailmove_gui.texts.logins import (
    filled_in,
    heading,
    is_last_try,
    outcome_sentence,
    place,
    tries_used,
    what_helps,
    why,
)

ACCOUNT = Account("a", Mailbox(Endpoint("imap.old.cn", 993), "a@old"), Mailbox(Endpoint("imap.new.cn", 993), "a@new"))


def question(reason: Reason, provider: Provider | None = None, side: Side = Side.SOURCE) -> LoginQuestion:
    return LoginQuestion(ACCOUNT, side, Failure(reason, side), provider=provider)


def provider(name: str) -> Provider:
    found = provider_by_id(name)
    assert found is not None
    return found


def test_the_place_names_provider_or_server_and_the_side() -> None:
    exmail = provider("tencent-exmail")
    assert place(question(Reason.WRONG_PASSWORD, exmail)) == "at 腾讯企业邮箱 Tencent Exmail / WeCom Mail (source)"
    assert place(question(Reason.WRONG_PASSWORD, side=Side.DESTINATION)) == "at imap.new.cn (destination)"


def test_which_password_it_is_at_this_provider() -> None:
    exmail = provider("tencent-exmail")
    assert why(question(Reason.WRONG_PASSWORD, exmail)) == (
        "The source server does not accept this password. Type it again. The password is the 客户端专用密码; the login"
        " password works only where the provider still allows it."
    )
    asked = question(Reason.NEEDS_APP_PASSWORD, exmail)
    assert why(asked).endswith("Here it is called 客户端专用密码.")
    step = what_helps(asked)
    assert step is not None
    assert step.where == exmail.app_password_where
    switched_off = what_helps(question(Reason.PROTOCOL_DISABLED, exmail))
    assert switched_off is not None
    assert switched_off.where == exmail.enable_where
    assert what_helps(question(Reason.WRONG_PASSWORD)) is None


@pytest.mark.parametrize("reason", [reason for reason in Reason if needs_password(reason) or refuses_login(reason)])
@pytest.mark.parametrize("name", ["", "tencent-exmail", "gmail", "qq"])
def test_every_reason_has_whole_sentences(reason: Reason, name: str) -> None:
    text = why(question(reason, provider(name) if name else None))
    assert text.endswith(".")
    assert ".." not in text
    assert "{" not in text
    assert "  " not in text


@pytest.mark.parametrize(
    ("tries", "allowed", "text", "is_last"),
    [
        (0, 6, "", False),
        (2, 6, "2 of about 6 tries used.", False),
        (5, 6, "5 of about 6 tries used. Another wrong one may lock the mailbox.", True),
        (7, 6, "7 of about 6 tries used. Another wrong one may lock the mailbox.", True),
        (1, None, "1 try was refused. Providers lock a mailbox after a handful.", False),
        (2, None, "2 tries were refused. Providers lock a mailbox after a handful.", True),
    ],
)
def test_tries(tries: int, allowed: int | None, text: str, is_last: bool) -> None:
    assert tries_used(tries, allowed) == text
    assert is_last_try(tries, allowed) is is_last


def test_tencent_locks_after_six() -> None:
    assert provider("tencent-exmail").limits.login_tries == 6


def test_headings() -> None:
    assert heading(1, passwords_alone=True) == "1 account needs a password"
    assert heading(3, passwords_alone=False) == "3 accounts cannot log in"


def test_outcomes() -> None:
    asked = question(Reason.WRONG_PASSWORD)
    assert outcome_sentence(StageResult(Stage.FOLDERS), asked) == "Works"
    refused = StageResult(Stage.LOGIN, Failure(Reason.WRONG_PASSWORD, None))
    assert outcome_sentence(refused, asked) == "The source server does not accept this password. Type it again."
    silent = StageResult(Stage.CONNECT, Failure(Reason.TIMED_OUT, Side.SOURCE))
    assert outcome_sentence(silent, asked).startswith("imap.old.cn did not answer on port 993")


def test_what_was_pasted() -> None:
    assert filled_in(1, 1) == "1 password filled in."
    assert filled_in(5, 8) == (
        "5 passwords filled in. 3 lines of the column are left over: there are no fields for them."
    )
