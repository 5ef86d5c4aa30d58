"""The details of an account of the sample mail, on the embedded servers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QMessageBox

from mailmove_gui.app import open_gateway
from mailmove_gui.demo.sample import build_demo, running_demo
from mailmove_gui.demo.sample_plan import sample_accounts
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.events import AccountChanged
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.services import FakeWorld
from tests.servers.wire import Wire, namespace_of, quoted

OpenWindow = Callable[[Services], MainWindow]
S = AccountState


def test_the_refused_message_of_the_sample(open_window: OpenWindow, world: FakeWorld, tmp_path: Path) -> None:
    """Saved as the source has it, tried again in vain, and skipped for good."""
    with running_demo(build_demo(scale=0.1, duration_s=0.0)) as demo:
        accounts, passwords = sample_accounts(demo)
        (user,) = [user for user, refused in demo.demo.refused.items() if refused]
        account = next(one for one in accounts if one.source.user == user)
        window = open_window(replace(world.services(), gateway=open_gateway))
        plan = MigrationPlan("Sample", accounts)
        window.controller.create(NewMigration(tmp_path / "sample.mailmove", plan, passwords, start=(account.id,)))
        wait_until(lambda: window.has_migration)
        row = window.board.model.row_of(account.id)
        assert row is not None
        wait_until(lambda: row.state is S.DONE_WITH_REFUSALS, 30)

        window.board.show_details(account.id)
        panel = window.board.details
        wait_until(lambda: panel.refusals.model.rowCount() == demo.demo.refused[user])
        assert panel.folders.model.sums == row.counts
        assert row.counts.total == demo.demo.messages[user]

        folder = tmp_path / "saved"
        folder.mkdir()
        refusals = tuple(one.refusal for one in panel.refusals.model.messages)
        window.controller.details.save(account.id, refusals, folder)
        wait_until(lambda: "saved in" in panel.refusals.notice.text())
        (file,) = folder.iterdir()
        endpoint, secret = account.source.endpoint, passwords[account.secret_key(Side.SOURCE)]
        with Wire(endpoint.host, endpoint.port) as wire:
            wire.login(user, secret.reveal())
            wire.run(b"EXAMINE", quoted(namespace_of(wire).name_of(refusals[0].folder)))
            (answer,) = wire.run(b"UID FETCH", str(refusals[0].uid).encode(), b"BODY.PEEK[]")
            assert answer.literals == (file.read_bytes(),)

        states: list[AccountState] = []
        window.controller.happened.connect(
            lambda events: states.extend(one.state for one in events if isinstance(one, AccountChanged))
        )
        panel.refusals.retry_button.click()
        wait_until(lambda: states[-1:] == [S.DONE_WITH_REFUSALS], 30)
        assert S.MOVING in states
        panel.refusals.dismiss_button.click()
        (question,) = panel.findChildren(QMessageBox)
        question.defaultButton().click()
        wait_until(lambda: row.state is S.DONE)
        wait_until(lambda: panel.folders.model.sums == row.counts)
