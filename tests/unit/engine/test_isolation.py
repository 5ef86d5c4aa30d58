"""One message at which a server fails each time: found, refused with a truthful reason, and nothing sent twice."""

from collections import Counter
from collections.abc import Callable

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.conftest import World
from tests.unit.engine.fake_mail import FakeMailbox, mail

MESSAGES = 250


def fill(world: World, messages: int = MESSAGES) -> None:
    for number in range(messages):
        world.source.folder("INBOX" if number % 3 else "Sent").add(mail(f"m{number}"))


def failing(*names: str, reason: Reason, text: str = "") -> Callable[[bytes], MailError | None]:
    poison = {mail(name) for name in names}
    return lambda body: MailError(reason, text) if body in poison else None


def mailbox(world: World, side: Side) -> FakeMailbox:
    return world.source if side is Side.SOURCE else world.destination


def all_but(world: World, *names: str) -> Counter[bytes]:
    return world.source.bodies() - Counter(mail(name) for name in names)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("uidplus", [False, True])
def test_a_message_at_which_the_line_breaks_each_time_is_refused_and_all_others_arrive_once(
    world: World, side: Side, uidplus: bool
) -> None:
    fill(world)
    world.destination.uidplus = uidplus
    mailbox(world, side).fails = failing("m100", "m7", reason=Reason.CONNECTION_LOST)
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert world.destination.bodies() == all_but(world, "m100", "m7")
    refusals = list(world.ledger.refusals(world.account.id))
    assert {refusal.reason for refusal in refusals} == {Reason.MESSAGE_BREAKS_CONNECTION}
    assert record.counts.refused == len(refusals) == 2
    if side is Side.DESTINATION:
        assert sorted(refusal.subject for refusal in refusals) == ["m100", "m7"]
    assert world.ledger.suspects(world.account.id) == ()
    assert (world.clock.waits).count(2.0) < 30


@pytest.mark.parametrize("side", Side)
def test_a_message_that_the_server_answers_with_an_error_each_time_is_refused_with_its_words(
    world: World, side: Side
) -> None:
    fill(world)
    poison = ["m100", *(f"m{number}" for number in range(20, 30))]
    words = "[SERVERBUG] Internal error occurred."
    mailbox(world, side).fails = failing(*poison, reason=Reason.SERVER_BUSY, text=words)
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert world.destination.bodies() == all_but(world, *poison)
    refusals = list(world.ledger.refusals(world.account.id))
    reason = Reason.MESSAGE_UNREADABLE if side is Side.SOURCE else Reason.MESSAGE_REFUSED
    assert {(refusal.reason, refusal.server_text) for refusal in refusals} == {(reason, words)}
    assert len(refusals) == len(poison)


def test_a_source_that_says_no_to_one_message_does_not_fail_the_account(world: World) -> None:
    fill(world)
    world.source.fails = failing("m100", reason=Reason.MESSAGE_UNREADABLE, text="Message is damaged")
    assert world.run().state is AccountState.DONE_WITH_REFUSALS
    assert world.destination.bodies() == all_but(world, "m100")
    (refusal,) = world.ledger.refusals()
    assert (refusal.reason, refusal.server_text) == (Reason.MESSAGE_UNREADABLE, "Message is damaged")


def test_a_message_that_comes_empty_and_then_with_an_error_does_not_fail_the_account(world: World) -> None:
    fill(world, 30)
    world.source.emptied.add(mail("m7"))
    fetches = 0

    def fail(body: bytes) -> MailError | None:
        nonlocal fetches
        fetches += body == mail("m7")
        return MailError(Reason.MESSAGE_UNREADABLE, "damaged") if body == mail("m7") and fetches % 2 == 0 else None

    world.source.fails = fail
    assert world.run().state is AccountState.DONE_WITH_REFUSALS
    assert world.destination.bodies() == all_but(world, "m7")


@pytest.mark.parametrize("side", Side)
def test_a_line_that_broke_now_and_then_blames_nobody(world: World, side: Side) -> None:
    fill(world)
    breaks = iter([True] + [False] * 60)
    mailbox(world, side).fails = lambda body: (
        MailError(Reason.CONNECTION_LOST) if b"m7" in body and next(breaks, False) else None
    )
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()
    assert world.ledger.suspects(world.account.id) == ()


@pytest.mark.parametrize("side", Side)
def test_a_server_that_fails_at_every_message_for_half_an_hour_blames_none(world: World, side: Side) -> None:
    fill(world, 12)
    world.run()
    fill(world, 24)
    until = world.clock.now().timestamp() + 1800
    mailbox(world, side).fails = lambda body: (
        MailError(Reason.SERVER_BUSY, "[UNAVAILABLE] try later") if world.clock.now().timestamp() < until else None
    )
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_a_server_that_is_restarted_four_times_in_the_middle_of_reading_blames_none(world: World) -> None:
    fill(world)
    restarts = 0

    def restart(body: bytes) -> MailError | None:
        nonlocal restarts
        if body != mail("m100") or restarts == 4:
            return None
        restarts += 1
        error = MailError(Reason.SERVER_BUSY, "Server shutting down.")
        error.ends_connection = True
        return error

    world.source.fails = restart
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_what_is_known_of_a_suspect_outlives_a_restart(world: World) -> None:
    fill(world, 30)
    world.destination.fails = failing("m7", reason=Reason.CONNECTION_LOST)
    tries = 0
    while world.run(stop_at_first_wait(world)).state is AccountState.PAUSED:
        tries += 1
        assert tries < 12
    assert tries >= 4
    assert world.ledger.account(world.account.id).state is AccountState.DONE_WITH_REFUSALS
    assert world.destination.bodies() == all_but(world, "m7")


def stop_at_first_wait(world: World) -> CancelToken:
    """A run that ends where it would wait for its next try; settling may wait."""
    cancel = CancelToken()

    def stop() -> None:
        if world.ledger.account(world.account.id).state is AccountState.WAITING:
            cancel.cancel()

    world.clock.before_wait = stop
    return cancel


def test_a_refused_suspect_that_is_retried_starts_anew(world: World) -> None:
    fill(world, 30)
    world.destination.fails = failing("m7", reason=Reason.CONNECTION_LOST)
    world.run()
    world.destination.fails = lambda body: None
    assert world.ledger.retry_refused(world.account.id) == 1
    assert world.ledger.suspects(world.account.id) == ()
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_the_only_message_left_is_tried_for_an_hour(world: World) -> None:
    world.source.folder("INBOX").add(mail("only"))
    world.destination.fails = failing("only", reason=Reason.SERVER_BUSY, text="[UNAVAILABLE]")
    began = world.clock.now()
    assert world.run().state is AccountState.DONE_WITH_REFUSALS
    assert 3600 <= (world.clock.now() - began).total_seconds() < 2 * 3600


def test_a_message_that_was_stored_although_the_line_broke_is_no_suspect(world: World) -> None:
    fill(world, 30)
    world.destination.breaks = [30]
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_a_stopped_run_suspects_nothing(world: World) -> None:
    fill(world, 30)
    cancel = CancelToken()

    def cut(body: bytes) -> MailError:
        cancel.cancel()
        return MailError(Reason.CONNECTION_LOST)

    world.destination.fails = cut
    assert world.run(cancel).state is AccountState.PAUSED
    world.destination.fails = lambda body: None
    assert world.run().state is AccountState.DONE
