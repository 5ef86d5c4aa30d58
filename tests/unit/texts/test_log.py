from dataclasses import replace
from datetime import timedelta

import pytest

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AttemptRecord
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.log import log_lines, log_words
from tests.unit.texts.test_sentences import NOW, UNWANTED

AT = NOW.astimezone().replace(hour=18, minute=2)


@pytest.mark.parametrize("state", AccountState)
def test_every_state_has_a_sentence(state: AccountState) -> None:
    words = log_words(AttemptRecord(AT, state))
    assert words.endswith(".")
    assert words[0].isupper()
    assert not UNWANTED.search(words)


def test_a_lost_connection_is_told_with_the_wait_that_followed() -> None:
    failure = Failure(Reason.CONNECTION_LOST, Side.DESTINATION, until=AT + timedelta(minutes=3))
    words = log_words(AttemptRecord(AT, AccountState.WAITING, failure))
    assert words == "The connection to the destination server was lost. MailMove tries again at 18:05."


def test_a_failure_is_told_without_advice_that_is_old_by_now() -> None:
    record = AttemptRecord(AT, AccountState.NEEDS_PASSWORD, Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO"))
    assert log_words(record) == "The source server does not accept this password."


def test_each_day_of_a_log_has_a_heading_also_when_it_is_told_in_parts() -> None:
    records = [AttemptRecord(AT + timedelta(days=day), AccountState.MOVING) for day in (0, 0, 1)]
    line = "18:02:00  Moving messages."
    today, tomorrow = AT.date().isoformat(), (AT + timedelta(days=1)).date().isoformat()
    whole = [today, line, line, tomorrow, line]
    records = [replace(one, at=one.at.replace(second=0)) for one in records]
    assert list(log_lines(records)) == whole
    assert [*log_lines(records[:1]), *log_lines(records[1:], after=records[0])] == whole
