"""The model itself: it notices what it is there to notice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailmove_gui.domain.reasons import Side
from tests.model.contents import CONTENTS
from tests.model.history import History
from tests.model.mailbox import ModelMailbox, additions, differences
from tests.model.reckoning import Impossible, Reckoning


def _after(*events: str) -> Reckoning:
    """One message at the source that was copied, and what came then."""
    reckoning = Reckoning("plain")
    reckoning.source_gained()
    reckoning.finished(0, arrived=1, refused=0, doubtful=0)
    happen: dict[str, Callable[[], None]] = {
        "delivered at the source": reckoning.source_gained,
        "deleted at the source": lambda: reckoning.source_lost(running=False),
        "delivered at the destination": reckoning.destination_gained,
        "deleted at the destination": lambda: reckoning.destination_lost(1),
    }
    for event in events:
        happen[event]()
    return reckoning


@pytest.mark.parametrize(
    ("events", "there", "arrived"),
    [
        ((), 1, 0),
        (("delivered at the source",), 1, 1),
        (("deleted at the destination",), 0, 0),
        # Another one, or the same again: nobody knows.
        (("deleted at the source", "delivered at the source"), 1, 0),
        (("deleted at the source", "delivered at the source"), 1, 1),
        (("delivered at the destination", "delivered at the source"), 2, 0),
    ],
)
def test_what_is_as_promised(events: tuple[str, ...], there: int, arrived: int) -> None:
    _after(*events).finished(there, arrived, refused=0, doubtful=0)


@pytest.mark.parametrize(
    ("events", "there", "arrived"),
    [
        ((), 1, 1),
        (("delivered at the source",), 1, 0),
        (("delivered at the source",), 1, 2),
        (("deleted at the destination",), 0, 1),
        (("deleted at the source",), 1, 1),
        (("delivered at the destination", "delivered at the source"), 2, 1),
    ],
)
def test_what_is_not(events: tuple[str, ...], there: int, arrived: int) -> None:
    reckoning = _after(*events)
    with pytest.raises(Impossible, match="lost or copied twice"):
        reckoning.finished(there, arrived, refused=0, doubtful=0)


def test_refused_messages_stay_where_they_are() -> None:
    reckoning = Reckoning("refused")
    reckoning.source_gained()
    reckoning.finished(0, arrived=0, refused=1, doubtful=0)
    with pytest.raises(Impossible):
        reckoning.finished(0, arrived=1, refused=1, doubtful=0)


def test_interrupted_pass_may_do_a_part_but_never_more() -> None:
    reckoning = Reckoning("plain")
    reckoning.source_gained()
    reckoning.source_gained()
    reckoning.interrupted(0, arrived=1, doubtful=0, undisturbed=True)
    with pytest.raises(Impossible):
        reckoning.interrupted(1, arrived=2, doubtful=0, undisturbed=True)


def test_changed_mailbox_is_noticed(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        box: ModelMailbox = history._mailboxes[Side.SOURCE]
        place = box.deliver(("INBOX",), "plain", 0, ())
        folder = box.folder(place.path)
        folder.change_flags(place.uid, lambda flags: flags | {"\\Seen"})
        assert differences(box.expected, box.look())
        with pytest.raises(AssertionError, match="source was changed"):
            history._books.close([], finished=False, undisturbed=True)
        box.take_note()
        folder.add_message(CONTENTS["no id"])
        assert len(additions(box.expected, box.look())) == 1


def test_refusal_that_a_plain_append_does_not_confirm(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        history._confirm(CONTENTS["refused"])
        history._confirm(CONTENTS["empty"])
        with pytest.raises(AssertionError, match="the server takes it"):
            history._confirm(CONTENTS["plain"])
