"""Words about providers: every one of the table, every step, every outcome."""

from dataclasses import replace

import pytest

from mailmove_gui.domain.providers import (
    Confidence,
    Detection,
    DetectionStep,
    PasswordKind,
    Provider,
    ProviderLimits,
    StepOutcome,
    StepReport,
    UserNameForm,
    VisibleWindow,
)
from mailmove_gui.providers.table import provider_by_id, provider_table
from mailmove_gui.texts.detection import (
    display_name,
    hindrance,
    how_found,
    how_sure,
    limits,
    preparation,
    step_tried,
    user_name,
)

PLAIN = Provider("x", "X Mail")


def known(provider_id: str) -> Provider:
    found = provider_by_id(provider_id)
    assert found is not None
    return found


def test_both_names_are_shown() -> None:
    assert display_name(known("tencent-exmail")) == "腾讯企业邮箱 Tencent Exmail / WeCom Mail"
    assert display_name(known("gmail")) == "Gmail 谷歌邮箱"
    assert display_name(PLAIN) == "X Mail"


def test_how_it_was_found() -> None:
    found = Detection("acme.cn", "acme.cn", how=DetectionStep.MX, evidence="mxbiz1.qq.com")
    assert how_found(found) == "found by the domain's MX record (mxbiz1.qq.com)"
    assert how_found(replace(found, how=None, evidence="")) == "nothing was found"
    phrases = {how_found(replace(found, how=step)) for step in DetectionStep}
    assert len(phrases) == len(DetectionStep)


def test_how_sure_it_is() -> None:
    assert len({how_sure(Detection("a.b", "a.b", confidence=confidence)) for confidence in Confidence}) == 3


def test_what_has_to_be_done_at_exmail() -> None:
    steps = preparation(known("tencent-exmail"))
    assert [step.what for step in steps] == [
        "IMAP is switched on for every mailbox",
        "The password is the 客户端专用密码; the login password works only where the provider still allows it",
        "All mail is shown to mail programs, not only the last 30 days as it usually is",
    ]
    assert all(step.where for step in steps)


def test_what_has_to_be_done_elsewhere() -> None:
    assert preparation(PLAIN) == ()
    (gmail_password, gmail_window) = preparation(known("gmail"))
    assert gmail_password.what == "The password is the app password (授权码), not the login password"
    assert "apppasswords" in gmail_password.where
    assert gmail_window.what.endswith("without a limit for large folders")
    assert preparation(known("tuta")) == ()
    unsure = replace(PLAIN, window=VisibleWindow(30, "", Confidence.LOW))
    assert preparation(unsure)[0].what.endswith("(it may be set so)")
    either = replace(PLAIN, passwords=(PasswordKind.PASSWORD, PasswordKind.APP_PASSWORD))
    assert preparation(either)[0].what.startswith("Where the login password is refused")


@pytest.mark.parametrize("provider_id", ["m365", "m365-21vianet", "outlook"])
def test_sign_in_with_a_browser_is_not_promised(provider_id: str) -> None:
    assert "cannot do that yet" in hindrance(known(provider_id))


def test_what_hinders() -> None:
    assert "no mail program" in hindrance(known("tuta"))
    assert hindrance(known("gmail")) == ""


def test_limits() -> None:
    assert [sentence.replace("\N{NARROW NO-BREAK SPACE}", " ") for sentence in limits(known("gmail"))] == [
        "At most 2.5 GB a day can be read from a mailbox.",
        "At most 500 MB a day can be put into a mailbox.",
        "Messages over 36 MB are refused.",
        "At most 15 connections to a mailbox.",
    ]
    assert "10 000" in limits(known("yahoo"))[0].replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert limits(replace(PLAIN, limits=ProviderLimits(connections=1))) == ("At most 1 connection to a mailbox.",)
    assert limits(PLAIN) == ()


def test_steps() -> None:
    def words(outcome: StepOutcome, detail: str = "") -> str:
        return step_tried(StepReport(DetectionStep.MX, outcome, detail))

    assert words(StepOutcome.FOUND, "mx.a.cn") == "MX record of the domain: found (mx.a.cn)"
    assert words(StepOutcome.NOTHING) == "MX record of the domain: nothing"
    assert words(StepOutcome.NOTHING, "mx.a.cn") == "MX record of the domain: not known (mx.a.cn)"
    assert words(StepOutcome.NO_ANSWER) == "MX record of the domain: no answer"
    every = {step_tried(StepReport(step, outcome)) for step in DetectionStep for outcome in StepOutcome}
    assert len(every) == len(DetectionStep) * len(StepOutcome)


def test_user_names() -> None:
    assert len({user_name(form) for form in UserNameForm}) == len(UserNameForm)


def test_there_are_words_for_every_provider() -> None:
    for match in provider_table().matches():
        provider = match.provider()
        assert display_name(provider)
        assert all(step.what.strip() for step in preparation(provider)), provider.id
        assert all("{" not in sentence for sentence in limits(provider)), provider.id
