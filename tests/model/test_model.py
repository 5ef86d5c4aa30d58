"""Random histories: nothing is lost, nothing comes twice, and nothing else is touched.

`MAILMOVE_MODEL_EXAMPLES=20000` tries so many that nobody has tried yet (about half a second each); without it the same
ones are run every time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mailmove_gui.domain.reasons import Side
from tests.faults.faults import Bye, Drop, Nil, Omit, Say
from tests.faults.moments import Way, Where
from tests.faults.script import When
from tests.model.contents import CONTENTS
from tests.model.history import play
from tests.model.steps import (
    Death,
    Deliver,
    During,
    Fails,
    File,
    Mark,
    Pass,
    Quota,
    Remove,
    RemoveFolder,
    RenameFolder,
    Renumber,
    Restart,
    Script,
    Step,
    Stop,
    UserAction,
)

_WANTED = int(os.environ.get("MAILMOVE_MODEL_EXAMPLES", "0"))
_SETTINGS = settings(
    max_examples=_WANTED or 150,
    derandomize=not _WANTED,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)

_T = TypeVar("_T")

_NUMBER = st.integers(0, 5)
_FOLDER = st.integers(0, 2)
_SIDE = st.sampled_from(Side)
_FLAG = st.sampled_from(("\\Seen", "\\Flagged", "$Forwarded"))
_COMMANDS = {
    Side.SOURCE: ("LIST", "STATUS", "EXAMINE", "UID FETCH"),
    Side.DESTINATION: ("LIST", "STATUS", "EXAMINE", "SELECT", "UID FETCH", "APPEND"),
}
_WORDS = ("NO [UNAVAILABLE] Try again later", "NO [OVERQUOTA] Mailbox is full", "NO no", "BAD what")
_SAY = st.builds(Say, st.sampled_from(_WORDS))


def _at(verb: str, where: st.SearchStrategy[Where]) -> st.SearchStrategy[When]:
    return st.builds(When, where, st.just(verb), st.integers(1, 4))


def _weighted(*choices: tuple[int, st.SearchStrategy[_T]]) -> st.SearchStrategy[_T]:
    """One of the strategies, each as often as its weight says."""
    return st.sampled_from([one for weight, one in choices for _ in range(weight)]).flatmap(lambda one: one)


def _deliveries(side: st.SearchStrategy[Side], contents: Sequence[str]) -> st.SearchStrategy[UserAction]:
    return st.builds(
        Deliver,
        side=side,
        folder=_FOLDER,
        content=st.sampled_from(contents),
        day=st.integers(0, 1),
        flags=st.just(()) | st.tuples(_FLAG),
    )


def _actions(contents: Sequence[str]) -> st.SearchStrategy[UserAction]:
    return _weighted(
        (8, _deliveries(_SIDE, contents)),
        (4, st.builds(Remove, side=_SIDE, which=_NUMBER)),
        (4, st.builds(File, side=_SIDE, which=_NUMBER, folder=_FOLDER)),
        (1, st.builds(Mark, side=_SIDE, which=_NUMBER, flag=_FLAG)),
        (1, st.builds(RenameFolder, side=_SIDE, folder=_FOLDER)),
        (1, st.builds(RemoveFolder, side=_SIDE, folder=_FOLDER)),
        (1, st.builds(Renumber, side=_SIDE, folder=_FOLDER)),
        (1, st.builds(Quota, room_bytes=st.none() | st.sampled_from((0, 500, 20_000)))),
    )


@st.composite
def _during(draw: st.DrawFn, contents: Sequence[str]) -> During:
    side = draw(_SIDE)
    command = draw(st.sampled_from(_COMMANDS[side]))
    return During(
        side, command, draw(st.integers(1, 6)), draw(_weighted((1, st.just(Stop())), (4, _actions(contents))))
    )


_CUT = st.builds(Drop, hold=st.booleans()) | st.builds(Bye)
_FAILS = _weighted(
    (2, st.builds(Fails, _SIDE, st.builds(When, step=st.integers(1, 150), way=st.sampled_from(Way)), _CUT)),
    (4, st.builds(Fails, st.just(Side.DESTINATION), _at("APPEND", st.sampled_from(Where)), _CUT)),
    (2, st.builds(Fails, st.just(Side.DESTINATION), _at("APPEND", st.just(Where.BEFORE_COMMAND)), _SAY)),
    (1, st.builds(Fails, _SIDE, _at("UID FETCH", st.just(Where.BEFORE_RESPONSE)), st.builds(Omit) | st.builds(Nil))),
)


def _passes(contents: Sequence[str]) -> st.SearchStrategy[Pass]:
    deaths = st.builds(Death, nth=st.integers(1, 40), committed=st.booleans())
    return st.builds(
        Pass,
        during=st.lists(_during(contents), max_size=2).map(tuple),
        fails=st.lists(_FAILS, max_size=3).map(tuple),
        death=_weighted((3, st.none()), (1, deaths)),
    )


@st.composite
def _scripts(draw: st.DrawFn) -> Script:
    # Few contents, so that there are many equal messages.
    contents = draw(st.lists(st.sampled_from(tuple(CONTENTS)), min_size=1, max_size=3, unique=True))
    steps: list[Step] = draw(st.lists(_deliveries(st.just(Side.SOURCE), contents), min_size=1, max_size=7))
    for _ in range(draw(st.integers(1, 5))):
        steps += draw(st.lists(_actions(contents), max_size=4))
        steps += draw(st.lists(st.just(Restart()), max_size=1))
        steps.append(draw(_passes(contents)))
    steps += draw(st.lists(_actions(contents), max_size=4))
    hidden = st.frozensets(st.sampled_from(("UIDPLUS", "MULTIAPPEND", "LITERAL+")))
    return Script(tuple(steps), draw(hidden))


@pytest.mark.slow
@pytest.mark.timeout(0 if _WANTED else 900)
@_SETTINGS
@given(_scripts())
def test_nothing_is_lost_and_nothing_comes_twice(script: Script) -> None:
    play(script)
