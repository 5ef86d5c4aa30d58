"""`mailmove accounts`: a list for a control panel."""

from collections.abc import Callable

import pytest

from mailmove_gui.domain.panels import ControlPanel
from tests.unit.cli.conftest import Answer, Servers

Call = Callable[..., Answer]


@pytest.mark.parametrize("panel", ControlPanel)
def test_the_list_is_written_and_what_it_lacks_is_said(servers: Servers, call: Call, panel: ControlPanel) -> None:
    servers.add("anna")
    state, path = str(servers.folder / "acme.mailmove"), servers.folder / "list.csv"
    call("run", "--quiet", "--accounts", servers.accounts(), "--state", state, *servers.urls)
    answer = call("accounts", "--state", state, "--for", panel.value, "--csv", str(path))
    assert (answer.status, answer.out) == (0, "")
    assert answer.err.splitlines()[0] == f"Written: {path}"
    assert answer.err.splitlines()[1].startswith("Names are made from the addresses")
    assert b"anna@new.example" in path.read_bytes()


def test_a_place_that_cannot_be_written(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = str(servers.folder / "acme.mailmove")
    call("run", "--quiet", "--accounts", servers.accounts(), "--state", state, *servers.urls)
    there = str(servers.folder / "nowhere" / "list.csv")
    assert call("accounts", "--state", state, "--for", "google", "--csv", there).status == 2
