"""`mailmove cutover`: finished only when all is, and what is to be done until then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.commandline import cutover
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.cutover import CutoverStep
from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxPlace, SenderPolicy, domains_of
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.unit.cli.conftest import Answer, Servers

Call = Callable[..., Answer]

OLD = MxAnswer("ns1.dns.example", MxPlace.SOURCE, ("mx.old.example",), 0)
NEW = MxAnswer("ns1.dns.example", MxPlace.DESTINATION, ("mx.new.example",), 0)


class FakeDns:
    """What name servers say at the moment."""

    def __init__(self) -> None:
        self.mail = DomainMail("", (OLD,), (OLD,), SenderPolicy.OTHERS)

    def switch(self) -> None:
        self.mail = DomainMail("", (NEW,), (NEW,), SenderPolicy.DESTINATION)

    def __call__(self, plan: MigrationPlan, cancel: CancelToken) -> tuple[DomainMail, ...]:
        return tuple(replace(self.mail, domain=domain) for domain in domains_of(plan))


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> FakeDns:
    dns = FakeDns()
    monkeypatch.setattr(cutover, "make_watch", lambda: dns)
    return dns


@pytest.fixture
def state(servers: Servers) -> str:
    return str(servers.folder / "acme.mailmove")


@pytest.fixture
def move(servers: Servers, state: str, call: Call) -> Callable[[], Answer]:
    servers.add("anna")
    accounts = servers.accounts()
    return lambda: call("run", "--quiet", "--accounts", accounts, "--state", state, *servers.urls)


def steps(answer: Answer) -> dict[str, str]:
    (found,) = answer.objects
    return {step["step"]: step["status"] for step in found["steps"]}


def test_from_the_beginning_to_the_end(
    servers: Servers, state: str, move: Callable[[], Answer], dns: FakeDns, call: Call
) -> None:
    def look() -> Answer:
        return call("cutover", "--json", "--state", state)

    assert move().status == 0
    before = look()
    assert before.status == 1
    (found,) = before.objects
    assert (found["finished"], found["way"], found["next"]) == (False, "move_first", "sender_policy")
    assert [domain["place"] for domain in found["domains"]] == ["source", "source"]
    assert [step for step, status in steps(before).items() if status == "done"] == ["all_moved"]

    dns.switch()
    switched = look()
    assert switched.status == 1
    open_steps = [step for step, status in steps(switched).items() if status != "done"]
    assert open_steps == ["no_new_mail", "final_pass", "final_verification"]
    assert steps(switched)["no_new_mail"] == "untold"

    assert move().status == 0
    assert [step for step, status in steps(look()).items() if status != "done"] == ["final_verification"]
    assert call("verify", "--quiet", "--state", state, "--accounts", servers.accounts()).status == 0
    after = look()
    assert after.status == 0
    (found,) = after.objects
    assert (found["finished"], found["next"]) == (True, None)
    assert found["accounts"][0]["newest_at_source"] is not None


def test_a_verification_that_misses_something_does_not_count(
    servers: Servers, state: str, move: Callable[[], Answer], dns: FakeDns, call: Call
) -> None:
    move()
    call("cutover", "--json", "--state", state)
    dns.switch()
    call("cutover", "--json", "--state", state)
    assert move().status == 0
    inbox = servers.destination.store.user("anna@new.example").folder("INBOX")
    inbox.expunge([inbox.messages[0].uid])
    assert call("verify", "--quiet", "--state", state, "--accounts", servers.accounts()).status == 1
    answer = call("cutover", "--json", "--state", state)
    assert answer.status == 1
    assert [step for step, status in steps(answer).items() if status != "done"] == ["final_verification"]


def test_what_people_read(state: str, move: Callable[[], Answer], dns: FakeDns, call: Call) -> None:
    move()
    answer = call("cutover", "--state", state, "--way", "switch-first")
    assert (answer.status, answer.err) == (1, "")
    lines = answer.out.splitlines()
    assert lines[0] == "Mail for old.example goes to the old server."
    assert "Switch the domain first, and let old mail follow:" in lines
    assert "  1. The SPF record names the new mail server: To do" in lines
    assert "     ns1.dns.example: the old server (mx.old.example)" in lines
    assert lines[-1] == "Not finished: step 1 of 8 is next."


def test_an_account_that_is_left_out_does_not_count(
    servers: Servers, state: str, move: Callable[[], Answer], dns: FakeDns, call: Call
) -> None:
    servers.add("bo")
    assert call("run", "--quiet", "--accounts", servers.accounts(), "--state", state, *servers.urls).status == 0
    ledger = open_ledger(Path(state))
    bo = next(account for account in ledger.plan().accounts if account.source.user.startswith("bo"))
    ledger.set_account_state(bo.id, AccountState.SKIPPED, at=datetime.now(UTC))
    ledger.close()
    answer = call("cutover", "--json", "--state", state)
    assert [account["source"] for account in answer.objects[0]["accounts"]] == ["anna@old.example"]


def test_stopped_while_it_looks(
    state: str, move: Callable[[], Answer], monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    def stopped(plan: MigrationPlan, cancel: CancelToken) -> tuple[DomainMail, ...]:
        raise Cancelled

    move()
    monkeypatch.setattr(cutover, "make_watch", lambda: stopped)
    answer = call("cutover", "--state", state)
    assert (answer.status, answer.out) == (3, "")


def test_a_file_that_is_not_there(tmp_path: Path, dns: FakeDns, call: Call) -> None:
    assert call("cutover", "--state", str(tmp_path / "no.mailmove")).status == 2


def test_every_step_says_what_to_do(state: str, move: Callable[[], Answer], dns: FakeDns, call: Call) -> None:
    move()
    (found,) = call("cutover", "--json", "--state", state).objects
    assert {step["step"] for step in found["steps"]} == set(CutoverStep)
    assert all(step["lines"] for step in found["steps"] if step["status"] != "done")
