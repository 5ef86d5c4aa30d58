"""The process is killed right before and right after every commit of a move, one a run: nothing lost, nothing twice.

All of them with MAILMOVE_EVERY_CUT=1 (`make faults`), else a fixed part.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.cutting import MASKS, check, mask_name, new_move
from tests.faults.dying import Commits, die_at, spawner
from tests.faults.every import chosen
from tests.faults.moves import SwiftClock
from tests.faults.pairs import Servers, proxied

_TRIED = 4


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("masked", MASKS, ids=mask_name)
def test_a_kill_at_any_commit_loses_and_doubles_nothing(
    servers: Servers, masked: tuple[str, ...], tmp_path: Path
) -> None:
    context = spawner()
    complaints: list[str] = []
    with proxied(servers, masked) as between:
        destination = servers.new_destination()
        commits = Commits()
        whole = new_move(between, destination, tmp_path / "whole")
        with commits.watching():
            record = whole.run(SwiftClock(between.catch_up))
        check(between, destination, record)
        moments = [(number, after) for number in range(1, commits.count + 1) for after in (False, True)]
        tried = chosen(moments, _TRIED, 5 * MASKS.index(masked))
        for number, after in tried:
            between.restart()
            destination = servers.new_destination()
            move = new_move(between, destination, tmp_path / f"killed{number}{after}")
            die_at(context, move, number, after=after)
            between.wait_until_idle()
            try:
                check(between, destination, move.run(SwiftClock(between.catch_up)))
            except AssertionError as error:
                complaints.append(f"{'after' if after else 'before'} commit {number}: {error}")
            move.forget()
    print(f"killed at {len(tried)} of {len(moments)} moments, before and after {commits.count} commits")
    assert not complaints, f"{len(complaints)} kills:\n" + "\n\n".join(complaints[:10])
