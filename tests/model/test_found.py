"""Histories in which something was lost, copied twice or miscounted once, each as short as it could be made."""

from __future__ import annotations

import pytest

from mailmove_gui.domain.reasons import Side
from tests.faults.faults import Drop, Nil, Omit, Say
from tests.faults.moments import Where
from tests.faults.script import When
from tests.model.history import play
from tests.model.steps import (
    Death,
    Deliver,
    During,
    Fails,
    File,
    Pass,
    Remove,
    RemoveFolder,
    RenameFolder,
    Renumber,
    Script,
    Stop,
)

_FROM, _TO = Side.SOURCE, Side.DESTINATION

FOUND: dict[str, Script] = {
    "filed at the source between the listings of two folders": Script(
        (Deliver(_FROM, 0, "plain"), Pass(), Pass((During(_FROM, "STATUS", 2, File(_FROM, 0, 2)),)))
    ),
    "a header at the destination that comes as NIL once": Script(
        (
            Deliver(_TO, 0, "plain"),
            Deliver(_FROM, 0, "plain"),
            Deliver(_TO, 0, "plain"),
            Pass(fails=(Fails(_TO, When(Where.BEFORE_RESPONSE, "UID FETCH", 2), Nil()),)),
            Deliver(_FROM, 0, "plain"),
        )
    ),
    "filed at the destination into the folder in which another message is in doubt": Script(
        (
            Deliver(_FROM, 2, "plain"),
            Pass(),
            Deliver(_FROM, 0, "header only"),
            Pass((During(_TO, "SELECT", 1, Stop()),), (Fails(_TO, When(Where.BEFORE_COMMAND, "APPEND", 1), Drop()),)),
            File(_TO, 0, 0),
            Deliver(_FROM, 0, "plain"),
        )
    ),
    "a source folder goes, those below it stay": Script((Deliver(_FROM, 1, "plain"), Pass(), RemoveFolder(_FROM, 1))),
    "it was there already, was deleted there, and is filed at the source": Script(
        (
            Deliver(_FROM, 0, "plain"),
            Deliver(_TO, 0, "plain"),
            Pass(),
            Pass(),
            Remove(_TO, 0),
            File(_FROM, 0, 1),
        )
    ),
    "a message that does not come once while equal ones are compared": Script(
        (
            Deliver(_FROM, 0, "plain"),
            Deliver(_FROM, 0, "plain"),
            Deliver(_TO, 0, "plain"),
            Deliver(_TO, 0, "plain"),
            Pass(fails=(Fails(_FROM, When(Where.BEFORE_RESPONSE, "UID FETCH", 3), Omit()),)),
        )
    ),
    "filed into the parent folder, which then gets another name": Script(
        (
            Deliver(_FROM, 2, "large"),
            Pass(),
            File(_FROM, 0, 1),
            RenameFolder(_FROM, 1),
            Pass(),
            Deliver(_FROM, 2, "large"),
        )
    ),
    "taken without its keyword after a BAD": Script(
        (
            Deliver(_FROM, 0, "plain", flags=("$Forwarded",)),
            Pass(fails=(Fails(_TO, When(Where.BEFORE_COMMAND, "APPEND", 1), Say("BAD what")),)),
        )
    ),
    "in doubt, and filed at the source": Script(
        (
            Deliver(_FROM, 0, "plain"),
            Deliver(_FROM, 0, "plain"),
            Deliver(_FROM, 0, "plain"),
            Pass(
                fails=(Fails(_TO, When(Where.BEFORE_ANSWER, "APPEND", 1), Drop()),),
                death=Death(nth=34, committed=False),
            ),
            Renumber(_TO, 0),
            Pass(),
            File(_FROM, 2, 2),
        ),
        frozenset({"LITERAL+"}),
    ),
    "in doubt, and renumbered at the source": Script(
        (
            Deliver(_FROM, 0, "plain"),
            Deliver(_FROM, 0, "plain"),
            Deliver(_FROM, 0, "plain"),
            Pass(
                fails=(Fails(_TO, When(Where.BEFORE_ANSWER, "APPEND", 1), Drop()),),
                death=Death(nth=34, committed=False),
            ),
            Renumber(_TO, 0),
            Pass(),
            Renumber(_FROM, 0),
        ),
        frozenset({"LITERAL+"}),
    ),
}


@pytest.mark.parametrize("script", FOUND.values(), ids=FOUND.keys())
def test_history(script: Script) -> None:
    play(script)
