import pytest

from mailmove_gui.domain.reasons import MailError, Reason, Turn, turn_of
from mailmove_gui.engine.patience import Patience


@pytest.mark.parametrize("reason", [reason for reason in Reason if turn_of(reason) is not Turn.CLOCK])
def test_nothing_that_needs_a_person_is_tried_again(reason: Reason) -> None:
    assert Patience(1).delay_s(MailError(reason)) is None


def test_delays_grow_and_end() -> None:
    patience = Patience(1, connected=True)
    delays: list[float] = []
    while (delay_s := patience.delay_s(MailError(Reason.CONNECTION_LOST))) is not None:
        delays.append(delay_s)
    assert len(delays) == 8
    assert delays[:4] == sorted(delays[:4])
    assert all(delay_s <= 75 for delay_s in delays)


def test_progress_starts_a_new_count() -> None:
    patience = Patience(1, connected=True)
    for _ in range(50):
        assert patience.delay_s(MailError(Reason.CONNECTION_LOST)) is not None
        patience.progressed()


def test_servers_own_waiting_time_is_honoured() -> None:
    patience = Patience(1, connected=True)
    assert patience.delay_s(MailError(Reason.THROTTLED, retry_after_s=299.91)) == 299.91


def test_a_refused_port_is_final_at_first_and_a_restart_later() -> None:
    patience = Patience(1)
    assert patience.delay_s(MailError(Reason.CONNECTION_REFUSED)) is None
    patience.connected = True
    assert patience.delay_s(MailError(Reason.CONNECTION_REFUSED)) is not None


def test_accounts_do_not_all_come_back_at_once() -> None:
    delays = {Patience(seed, connected=True).delay_s(MailError(Reason.CONNECTION_LOST)) for seed in range(20)}
    assert len(delays) == 20
