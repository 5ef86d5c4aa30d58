"""Every value has its words, and the words keep to the house style."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import Change, MessageState
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import problems
from mailmove_gui.texts.changes import change_sentence
from mailmove_gui.texts.passwords import kept_in_memory, left_in_keyring, removal
from mailmove_gui.texts.reasons import sentence, side_word, what_happened, what_to_do
from mailmove_gui.texts.states import message_state_word, state_word

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNWANTED = re.compile(r"!|[Pp]lease|[Oo]ops|[Ss]orry|[{}]|  |None")
MESSAGE_REASONS = {
    Reason.MESSAGE_TOO_LARGE,
    Reason.MESSAGE_REFUSED,
    Reason.MESSAGE_UNREADABLE,
    Reason.MESSAGE_GONE,
    Reason.MESSAGE_BREAKS_CONNECTION,
    Reason.ARRIVAL_UNKNOWN,
    Reason.ONE_COPY_KEPT,
}
NAMES_NO_SIDE = MESSAGE_REASONS | {
    Reason.DESTINATION_FULL,
    Reason.FOLDER_REFUSED,
    Reason.NUMBERS_DIFFER,
    Reason.QUIET_HOURS,
    Reason.CANNOT_UNDO,
    Reason.UNDO_UNFINISHED,
    Reason.LOCAL_DISK,
    Reason.INTERNAL_ERROR,
}


def all_texts() -> Iterator[str]:
    for reason in Reason:
        for side in (None, *Side):
            yield what_happened(reason, side)
            yield (
                what_happened(reason, side, server_text="[X] words", limit_bytes=1).replace("{", "").replace("}", "")
            )
            yield what_to_do(reason, side)
            yield what_to_do(reason, side, NOW, now=NOW)
    for kind in ProblemKind:
        yield problems.sentence(Problem(kind, value="Text"))
        yield problems.sentence(Problem(kind, file="a.csv", row=3, field="source", value="text"))
    for state in AccountState:
        yield state_word(state)
    for keyring in (None, *KeyringProblem):
        yield from removal(RemovedPasswords(2, keyring))
        if keyring is not None:
            yield kept_in_memory(keyring)
            yield left_in_keyring(keyring)
    for message_state in MessageState:
        yield message_state_word(message_state)
    yield from map(change_sentence, Change)


def test_house_style() -> None:
    for text in all_texts():
        assert text, "every value has words"
        assert not UNWANTED.search(text), text
        assert text[0].isupper() or text.startswith(("a.csv", "“")), text


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_has_two_sentences(reason: Reason) -> None:
    for text in (what_happened(reason), what_to_do(reason), sentence(Failure(reason))):
        assert text.endswith(".")
        assert ".." not in text


@pytest.mark.parametrize("reason", sorted(set(Reason) - NAMES_NO_SIDE))
def test_a_reason_names_the_side(reason: Reason) -> None:
    assert "source" in what_happened(reason, Side.SOURCE)
    assert "destination" in what_happened(reason, Side.DESTINATION)
    assert not re.search("source|destination", what_happened(reason))


def test_sentences_are_those_of_the_design() -> None:
    failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO bad")
    assert sentence(failure) == "The source server does not accept this password. Type it again."
    assert what_happened(Reason.SERVER_SAID, server_text="  go away.\r\n") == "The server answered: “go away”."
    assert what_happened(Reason.SERVER_SAID) == "The server answered with an error."
    text = what_happened(Reason.MESSAGE_TOO_LARGE, limit_bytes=25_000_000)
    assert text == "This message is larger than the destination accepts (25 MB)."
    text = what_happened(Reason.PROTOCOL_DISABLED, Side.SOURCE, protocol=MailProtocol.POP3)
    assert text == "POP3 is switched off for the source mailbox."
    assert side_word(Side.DESTINATION) == "destination"


def test_server_words_are_never_taken_for_placeholders() -> None:
    for reason in (Reason.SERVER_SAID, Reason.MESSAGE_REFUSED, Reason.FOLDER_REFUSED):
        assert "{0} {x} %s {the_server}" in what_happened(reason, Side.SOURCE, server_text="{0} {x} %s {the_server}")


def test_until_is_told_in_the_zone_of_this_computer() -> None:
    local_now = NOW.astimezone().replace(hour=12, minute=0)
    at = what_to_do(Reason.THROTTLED, until=local_now.replace(hour=14, minute=5), now=local_now)
    assert at == "MailMove continues at 14:05."
    tomorrow = local_now.replace(hour=0, minute=10) + timedelta(days=1)
    assert what_to_do(Reason.DAILY_LIMIT, until=tomorrow, now=local_now) == "MailMove continues tomorrow at 00:10."
    later = (local_now + timedelta(days=3)).replace(hour=8)
    assert sentence(Failure(Reason.DAILY_LIMIT, until=later), now=local_now).endswith(
        f"MailMove continues on {later:%Y-%m-%d} at 08:00."
    )


@pytest.mark.parametrize("kind", ProblemKind)
def test_a_problem_is_one_sentence_with_its_place(kind: ProblemKind) -> None:
    text = problems.sentence(Problem(kind, file="accounts.csv", row=3, field="source", value="xyz"))
    assert text.startswith("accounts.csv, row 3, source: ")
    assert text.endswith(".")
    assert ";" in text or kind is ProblemKind.FILE_TOO_NEW, "it says what to do"


def test_a_problem_without_a_place_starts_with_a_capital() -> None:
    assert problems.sentence(Problem(ProblemKind.FILE_NOT_FOUND)) == "There is no such file; check its name."
    assert problems.place_of(Problem(ProblemKind.BAD_DATE, field="--since")) == "--since"


def test_a_problem_quotes_what_stands_there() -> None:
    text = problems.sentence(Problem(ProblemKind.BAD_DATE, field="--since", value="31.1.2024"))
    assert text == "--since: “31.1.2024” is no date; write it like 2024-01-31."
    assert "“" not in problems.sentence(Problem(ProblemKind.URL_BAD_SCHEME))


def test_every_failure_of_a_keyring_has_its_own_sentence() -> None:
    assert len({kept_in_memory(problem) for problem in KeyringProblem}) == len(KeyringProblem)


def test_a_removal_is_put_in_numbers() -> None:
    assert removal(RemovedPasswords(1))[1].startswith("The system's keyring held 1 of them.")
    assert removal(RemovedPasswords(2))[1].startswith("The system's keyring held 2 of them.")
    assert removal(RemovedPasswords())[1].startswith("The system's keyring held none of them.")
