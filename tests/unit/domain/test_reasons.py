import pytest

from mailmove_gui.domain.reasons import MailError, Reason, Side, Turn, needs_password, refuses_login, turn_of


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_turn(reason: Reason) -> None:
    assert turn_of(reason) in Turn


@pytest.mark.parametrize("reason", [reason for reason in Reason if needs_password(reason)])
def test_a_password_is_the_users_turn(reason: Reason) -> None:
    assert turn_of(reason) is Turn.USER


@pytest.mark.parametrize(
    ("reason", "turn"),
    [
        (Reason.THROTTLED, Turn.CLOCK),
        (Reason.CONNECTION_LOST, Turn.CLOCK),
        (Reason.QUIET_HOURS, Turn.CLOCK),
        (Reason.HOST_REFUSES_ALL, Turn.USER),
        (Reason.UNDO_UNFINISHED, Turn.USER),
        (Reason.WRONG_PASSWORD, Turn.USER),
        (Reason.LOCKED_OUT, Turn.USER),
        (Reason.LOCAL_DISK, Turn.USER),
        (Reason.MESSAGE_REFUSED, Turn.NOBODY),
        (Reason.ARRIVAL_UNKNOWN, Turn.NOBODY),
        (Reason.ONE_COPY_KEPT, Turn.NOBODY),
    ],
)
def test_whose_turn(reason: Reason, turn: Turn) -> None:
    assert turn_of(reason) is turn


def test_an_error_says_its_reason_and_the_servers_words() -> None:
    error = MailError(Reason.THROTTLED, "slow down", side=Side.SOURCE, retry_after_s=30)
    assert str(error) == "throttled: slow down"
    assert str(MailError(Reason.THROTTLED)) == "throttled"
    assert (error.side, error.retry_after_s) == (Side.SOURCE, 30)


@pytest.mark.parametrize("reason", [reason for reason in Reason if refuses_login(reason)])
def test_a_refused_login_is_never_tried_again_by_the_clock(reason: Reason) -> None:
    assert turn_of(reason) is Turn.USER


def test_a_password_that_nobody_has_is_no_refused_login() -> None:
    assert needs_password(Reason.PASSWORD_MISSING)
    assert not refuses_login(Reason.PASSWORD_MISSING)
    assert not refuses_login(Reason.HOST_REFUSES_ALL)
