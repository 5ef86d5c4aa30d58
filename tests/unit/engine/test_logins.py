"""Refused logins: counted, never repeated by themselves, and not tried on a whole company."""

from collections.abc import Callable

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import AccountChanged, Failure
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.logins import WatchedTester
from tests.unit.engine.company import Company
from tests.unit.engine.fake_mail import FakeConnection


def tries(company: Company, user: str, side: Side) -> int:
    account = next(one for one in company.accounts if one.source.user == user)
    return company.ledger.refused_logins(account.secret_key(side)).tries


def test_refused_logins_are_counted_over_restarts_until_one_is_accepted(company: Company) -> None:
    company.set_password("u0", Side.SOURCE, "wrong")
    for number in (1, 2):
        company.run("u0")
        assert company.state("u0") is AccountState.NEEDS_PASSWORD
        assert tries(company, "u0", Side.SOURCE) == number
        company.reopen()
    account = company.accounts[0]
    assert company.ledger.refused_logins(account.secret_key(Side.SOURCE)).last == Failure(
        Reason.WRONG_PASSWORD, Side.SOURCE, "Authentication failed"
    )
    assert tries(company, "u0", Side.DESTINATION) == 0
    company.set_password("u0", Side.SOURCE, "secret")
    company.run("u0")
    assert company.state("u0") is AccountState.DONE
    assert tries(company, "u0", Side.SOURCE) == 0


def test_starting_all_does_not_try_a_refused_password_again(company: Company) -> None:
    company.set_password("u0", Side.SOURCE, "wrong")
    company.run()
    assert company.state("u0") is AccountState.NEEDS_PASSWORD
    company.reopen()
    logins = company.gateway.logins.copy()
    company.run()
    assert company.gateway.logins == logins
    assert company.state("u0") is AccountState.NEEDS_PASSWORD
    company.run("u0")
    assert company.gateway.logins[Side.SOURCE, "u0"] == logins[Side.SOURCE, "u0"] + 1


def test_starting_all_does_not_knock_at_a_locked_mailbox(company: Company) -> None:
    company.gateway.refused_connections = [Reason.LOCKED_OUT]
    company.run("u0")
    assert company.state("u0") is AccountState.FAILED
    company.run()
    assert company.state("u0") is AccountState.FAILED
    assert company.state("u1") is AccountState.DONE


def test_starting_all_takes_a_password_that_was_missing(company: Company) -> None:
    key = company.accounts[0].secret_key(Side.SOURCE)
    company.secrets.forget(key)
    company.run("u0")
    assert company.state("u0") is AccountState.NEEDS_PASSWORD
    company.set_password("u0", Side.SOURCE, "secret")
    company.run()
    assert company.state("u0") is AccountState.DONE


def test_both_passwords_are_learned_to_be_wrong_at_once_and_each_is_tried_once(company: Company) -> None:
    for side in Side:
        company.set_password("u0", side, "wrong")
    company.run("u0")
    assert [tries(company, "u0", side) for side in Side] == [1, 1]
    company.run("u0")
    # The source was asked for by name; the destination's is known to be wrong.
    assert [tries(company, "u0", side) for side in Side] == [2, 1]


def test_a_refusal_that_comes_while_the_run_is_stopped_is_still_one(company: Company) -> None:
    company.set_password("u0", Side.SOURCE, "wrong")
    refuse = company.gateway.source

    def stop_meanwhile(mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> FakeConnection:
        try:
            return refuse(mailbox, secret, cancel)
        finally:
            cancel.cancel()

    company.gateway.source = stop_meanwhile  # type: ignore[method-assign]
    company.run("u0")
    assert company.state("u0") is AccountState.NEEDS_PASSWORD


def wrong_for(company: Company, *users: str) -> None:
    for user in users:
        company.set_password(user, Side.SOURCE, "wrong")


@pytest.mark.parametrize("company", [{"users": 8, "at_once": 1}], indirect=True)
def test_a_host_that_refuses_three_in_a_row_is_not_tried_with_the_others(company: Company) -> None:
    wrong_for(company, *company.sources)
    company.run()
    states = list(company.states().values())
    assert states == [AccountState.NEEDS_PASSWORD] * 3 + [AccountState.FAILED] * 5
    failures = [event.failure.reason for event in company.events if isinstance(event, AccountChanged) and event.failure]
    assert failures == [Reason.WRONG_PASSWORD] * 3 + [Reason.HOST_REFUSES_ALL] * 5
    assert sum(count for (side, _), count in company.gateway.logins.items() if side is Side.SOURCE) == 3

    # Somebody has looked at it, and goes on.
    for user in company.sources:
        company.set_password(user, Side.SOURCE, "secret")
    company.run()
    assert list(company.states().values()) == [AccountState.NEEDS_PASSWORD] * 3 + [AccountState.DONE] * 5


@pytest.mark.parametrize("company", [{"users": 8, "at_once": 1}], indirect=True)
def test_wrong_passwords_here_and_there_are_nobodys_fault_but_their_own(company: Company) -> None:
    wrong_for(company, "u0", "u1", "u3", "u4", "u6", "u7")
    company.run()
    assert AccountState.FAILED not in company.states().values()
    assert [user for user in company.sources if company.state(user) is AccountState.DONE] == ["u2", "u5"]


@pytest.mark.parametrize("company", [{"users": 5, "at_once": 1}], indirect=True)
def test_who_was_accepted_before_is_not_held_back_with_the_others(company: Company) -> None:
    wrong_for(company, "u1", "u2", "u3")
    company.run("u0")
    company.migration.start(["id of u1", "id of u2", "id of u3", "id of u4"])
    assert company.migration.wait(30)
    assert company.state("u4") is AccountState.FAILED
    logins = company.migration._logins
    other, accepted = company.accounts[4].source, company.accounts[0].source
    with pytest.raises(MailError, match="host_refuses_all"):
        logins.source(other, Secret("secret"), CancelToken())
    logins.source(accepted, Secret("secret"), CancelToken()).close()
    # A login that is accepted speaks for the host.
    logins.source(other, Secret("secret"), CancelToken()).close()


@pytest.mark.parametrize("company", [{"users": 4, "at_once": 1}], indirect=True)
def test_one_user_refused_again_and_again_does_not_speak_for_the_host(company: Company) -> None:
    wrong_for(company, "u0")
    for _ in range(4):
        company.run("u0")
    company.run()
    assert company.state("u3") is AccountState.DONE


class OneAnswerTester:
    """Reports what it was made with."""

    def __init__(self, *results: StageResult) -> None:
        self._results = results

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        for result in self._results:
            report(result)


WRONG = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO")


@pytest.mark.parametrize(
    ("result", "counted"),
    [
        (StageResult(Stage.LOGIN, WRONG), 1),
        (StageResult(Stage.LOGIN, Failure(Reason.LOCKED_OUT, Side.SOURCE)), 1),
        (StageResult(Stage.LOGIN, Failure(Reason.CONNECTION_LOST, Side.SOURCE)), 0),
        (StageResult(Stage.CONNECT, Failure(Reason.TIMED_OUT, Side.SOURCE)), 0),
        (StageResult(Stage.LOGIN), 0),
    ],
)
def test_a_refused_test_counts_as_a_try(company: Company, result: StageResult, counted: int) -> None:
    told: list[StageResult] = []
    mailbox = company.accounts[0].source
    tester = WatchedTester(OneAnswerTester(StageResult(Stage.NAME), result), company.ledger)
    tester.test(mailbox, Secret("any"), Side.SOURCE, Options(), told.append, CancelToken())
    assert told == [StageResult(Stage.NAME), result]
    assert tries(company, "u0", Side.SOURCE) == counted


def test_an_accepted_test_leaves_the_kept_password_refused(company: Company) -> None:
    company.set_password("u0", Side.SOURCE, "wrong")
    company.run("u0")
    tester = WatchedTester(OneAnswerTester(StageResult(Stage.LOGIN)), company.ledger)
    tester.test(
        company.accounts[0].source, Secret("secret"), Side.SOURCE, Options(), lambda result: None, CancelToken()
    )
    logins = company.gateway.logins.copy()
    company.run()
    assert company.gateway.logins[Side.SOURCE, "u0"] == logins[Side.SOURCE, "u0"]
    assert company.state("u0") is AccountState.NEEDS_PASSWORD
