"""`mailmove report` and `mailmove demo`."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import DESTINATION_PASSWORD, MESSAGES, SOURCE_PASSWORD, Answer, Servers

Call = Callable[..., Answer]


@pytest.fixture
def state(servers: Servers, call: Call) -> str:
    """A migration with an account that is done, one with a refused message, and one with a wrong password."""
    servers.add("anna")
    servers.add("bo", poison=True)
    servers.add("cy")
    rows = servers.rows()
    rows[2][3] = "wrong"
    path = str(servers.folder / "m.mailmove")
    answer = call("run", *servers.urls, "--accounts", servers.accounts(rows), "--state", path, "--quiet")
    assert answer.status == 1
    return path


def test_a_report_on_the_terminal(state: str, call: Call) -> None:
    answer = call("report", "--state", state)
    assert answer.status == 0
    assert "cy@old.example: The destination server does not accept this password. Type it again." in answer.out
    assert "“poison 999”" in answer.out
    assert f"2 of 3 accounts done; {2 * MESSAGES} messages moved" in answer.out


def test_a_report_for_programs(state: str, call: Call) -> None:
    objects = call("report", "--state", state, "--json", "--quiet").objects
    assert [one["event"] for one in objects] == ["account"] * 3 + ["refusal", "summary"]
    assert [one["state"] for one in objects[:3]] == ["done", "done_with_refusals", "needs_password"]


def test_report_files(state: str, call: Call, tmp_path: Path) -> None:
    page, table = tmp_path / "r.html", tmp_path / "r.csv"
    answer = call("report", "--state", state, "--html", str(page), "--csv", str(table))
    assert (answer.status, answer.out) == (0, "")
    written = [tmp_path / name for name in ("r.html", "r.csv", "r-not-moved.csv")]
    assert answer.err.splitlines() == [f"Written: {path}" for path in written]
    for path in written:
        text = path.read_text(encoding="utf-8-sig")
        assert "bo@old.example" in text
        assert SOURCE_PASSWORD not in text
        assert DESTINATION_PASSWORD not in text
    assert len(list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))) == 1 + 3


def test_a_report_that_cannot_be_written(state: str, call: Call, tmp_path: Path) -> None:
    answer = call("report", "--state", state, "--html", str(tmp_path / "none" / "r.html"))
    assert answer.status == 2
    assert answer.err.startswith("mailmove: r.html, --html: this file cannot be written")


def test_the_demo_ends_as_it_is_meant_to(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    page = tmp_path / "demo.html"
    answer = call("demo", "--fast", "--json", "--html", str(page))
    assert answer.status == 0
    summary = answer.objects[-1]
    assert (summary["accounts"], summary["done"], summary["failed"], summary["refused"]) == (6, 5, 1, 1)
    failed = [one for one in answer.objects if one["event"] == "account" and one["state"] == "needs_password"]
    assert [(one["reason"], one["side"]) for one in failed] == [("wrong_password", "source")]
    assert f"The report: {page}" in answer.err
    assert "<html" in page.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [page], "nothing but the report stays"
