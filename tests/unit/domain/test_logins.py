from dataclasses import replace

import pytest

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.logins import questions_of, waits_at_login
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.providers import Provider, ProviderLimits
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord, RefusedLogins
from mailmove_gui.domain.states import AccountState

ACCOUNT = Account("a", Mailbox(Endpoint("old.example", 993), "a@old"), Mailbox(Endpoint("new.example", 993), "a@new"))
WRONG = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO")
RECORD = AccountRecord("a", AccountState.NEEDS_PASSWORD, Counts(), WRONG)
NONE_REFUSED = {side: RefusedLogins() for side in Side}
NOBODY = dict.fromkeys(Side)
S = AccountState


def test_the_side_that_failed_is_asked_about() -> None:
    refused = NONE_REFUSED | {Side.SOURCE: RefusedLogins(2, WRONG)}
    provider = Provider("p", "P", limits=ProviderLimits(login_tries=6))
    (question,) = questions_of(ACCOUNT, RECORD, refused, NOBODY | {Side.SOURCE: provider}).questions
    assert (question.side, question.failure, question.tries) == (Side.SOURCE, WRONG, 2)
    assert question.mailbox == ACCOUNT.source
    assert question.tries_allowed == 6
    assert question.needs_password


def test_the_other_side_is_asked_about_if_it_has_refused_too() -> None:
    other = Failure(Reason.LOCKED_OUT, Side.DESTINATION)
    refused = {Side.SOURCE: RefusedLogins(1, WRONG), Side.DESTINATION: RefusedLogins(3, other)}
    questions = questions_of(ACCOUNT, RECORD, refused, NOBODY).questions
    assert [(one.side, one.failure, one.tries) for one in questions] == [
        (Side.SOURCE, WRONG, 1),
        (Side.DESTINATION, other, 3),
    ]
    assert not questions[1].needs_password
    assert questions[1].tries_allowed is None


def test_an_account_that_goes_on_is_not_asked_about() -> None:
    refused = NONE_REFUSED | {Side.SOURCE: RefusedLogins(1, WRONG)}
    told = questions_of(ACCOUNT, replace(RECORD, state=S.MOVING), refused, NOBODY)
    assert (told.state, told.questions) == (S.MOVING, ())


@pytest.mark.parametrize(
    ("state", "reason", "waits"),
    [
        (S.NEEDS_PASSWORD, Reason.PASSWORD_MISSING, True),
        (S.FAILED, Reason.PROTOCOL_DISABLED, True),
        (S.FAILED, Reason.LOCKED_OUT, True),
        (S.FAILED, Reason.OAUTH_REQUIRED, True),
        (S.FAILED, Reason.DESTINATION_FULL, False),
        (S.FAILED, Reason.HOST_REFUSES_ALL, False),
        (S.WAITING, Reason.WRONG_PASSWORD, False),
        (S.DONE, Reason.WRONG_PASSWORD, False),
    ],
)
def test_who_waits_at_a_login(state: AccountState, reason: Reason, waits: bool) -> None:
    assert waits_at_login(state, Failure(reason, Side.SOURCE)) is waits
    assert waits_at_login(state, None) is (state is S.NEEDS_PASSWORD)
