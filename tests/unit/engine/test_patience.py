import pytest

from mailmove_gui.domain.reasons import MailError, Reason, Turn, refuses_login, turn_of
from mailmove_gui.engine.patience import BUDGET_FOR_ROOM_S, BUDGET_S, Patience

ROOM_IS_NEEDED = {Reason.DESTINATION_FULL, Reason.LOCAL_DISK}
LINE_BROKE = {Reason.CONNECTION_REFUSED, Reason.HOST_NOT_FOUND, Reason.NOT_A_MAIL_SERVER}


def delays(patience: Patience, error: MailError) -> list[float]:
    all_delays = []
    while (delay_s := patience.delay_s(error)) is not None:
        all_delays.append(delay_s)
        assert len(all_delays) < 10_000
    return all_delays


@pytest.mark.parametrize("connected", [False, True])
@pytest.mark.parametrize(
    "reason",
    [reason for reason in Reason if turn_of(reason) is not Turn.CLOCK and reason not in ROOM_IS_NEEDED | LINE_BROKE],
)
def test_nothing_that_needs_a_person_is_tried_again(reason: Reason, connected: bool) -> None:
    assert Patience(1, connected=connected).delay_s(MailError(reason, retry_after_s=5)) is None


@pytest.mark.parametrize("reason", [reason for reason in Reason if refuses_login(reason)])
def test_a_refused_password_is_never_tried_again(reason: Reason) -> None:
    assert Patience(1, connected=True).delay_s(MailError(reason)) is None


def test_delays_grow_to_minutes_and_end_after_a_day() -> None:
    waited = delays(Patience(1, connected=True), MailError(Reason.CONNECTION_LOST))
    assert waited[:6] == sorted(waited[:6])
    assert waited[0] < 2
    assert 200 < max(waited) <= 375
    assert BUDGET_S <= sum(waited) < BUDGET_S + 375


def test_a_throttled_account_comes_back_less_often() -> None:
    waited = delays(Patience(1, connected=True), MailError(Reason.DAILY_LIMIT))
    assert 3000 < max(waited) <= 4500
    assert len(waited) < 50


def test_a_full_mailbox_is_looked_at_every_few_minutes_for_days() -> None:
    waited = delays(Patience(1, connected=True), MailError(Reason.DESTINATION_FULL))
    assert min(waited) > 30
    assert max(waited) <= 375
    assert BUDGET_FOR_ROOM_S <= sum(waited) < BUDGET_FOR_ROOM_S + 375


def test_progress_starts_a_new_count() -> None:
    patience = Patience(1, connected=True)
    for _ in range(3000):
        delay_s = patience.delay_s(MailError(Reason.CONNECTION_LOST))
        assert delay_s is not None
        assert delay_s < 2
        patience.progressed()


@pytest.mark.parametrize("told_s", [299.91, 3600.0])
def test_a_server_is_not_asked_before_the_time_that_it_names(told_s: float) -> None:
    delay_s = Patience(1, connected=True).delay_s(MailError(Reason.THROTTLED, retry_after_s=told_s))
    assert delay_s is not None
    assert told_s <= delay_s <= told_s * 1.1


def test_a_time_that_no_server_can_mean_is_bounded() -> None:
    error = MailError(Reason.THROTTLED, retry_after_s=10_000 * 3600.0)
    delay_s = Patience(1, connected=True).delay_s(error)
    assert delay_s is not None
    assert delay_s <= 26 * 3600


def test_a_server_that_always_says_at_once_is_not_hammered() -> None:
    waited = delays(Patience(1, connected=True), MailError(Reason.THROTTLED, retry_after_s=0.0))
    assert len(waited) < 100


@pytest.mark.parametrize("reason", sorted(LINE_BROKE))
def test_a_refused_port_is_final_at_first_and_a_restart_later(reason: Reason) -> None:
    patience = Patience(1)
    assert patience.delay_s(MailError(reason)) is None
    patience.connected = True
    assert patience.delay_s(MailError(reason)) is not None


def test_a_server_that_was_never_reached_is_tried_three_times_and_one_that_says_wait_is_waited_for() -> None:
    assert len(delays(Patience(1), MailError(Reason.TIMED_OUT))) == 2
    for reason in (Reason.SERVER_BUSY, Reason.THROTTLED, Reason.TOO_MANY_CONNECTIONS):
        assert len(delays(Patience(1), MailError(reason))) > 20


def test_accounts_do_not_all_come_back_at_once() -> None:
    for retry_after_s in (None, 300.0):
        error = MailError(Reason.THROTTLED, retry_after_s=retry_after_s)
        assert len({Patience(seed, connected=True).delay_s(error) for seed in range(20)}) == 20
