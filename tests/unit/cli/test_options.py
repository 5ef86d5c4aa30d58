from datetime import date, time

import pytest

from mailmove_gui.commandline.options import read_options, read_source_ends
from mailmove_gui.commandline.parser import build_parser
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from mailmove_gui.domain.quiet_hours import QuietHours

WORK = QuietHours(time(8), time(18))
BEFORE = Options(bandwidth_bytes_s=7, quiet_hours=(WORK,))


@pytest.mark.parametrize(
    ("text", "bytes_s"), [("500k", 500_000), ("2M", 2_000_000), ("2m", 2_000_000), ("1234", 1234), ("off", None)]
)
def test_bandwidth(text: str, bytes_s: int | None) -> None:
    args = build_parser().parse_args(["run", "--bandwidth", text])
    assert read_options(args, BEFORE) == Options(bandwidth_bytes_s=bytes_s, quiet_hours=(WORK,))


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        (["8:00-18:00"], (WORK,)),
        (["22:30-06:00", "12:00-13:00"], (QuietHours(time(22, 30), time(6)), QuietHours(time(12), time(13)))),
        (["off"], ()),
    ],
)
def test_quiet_hours(texts: list[str], hours: tuple[QuietHours, ...]) -> None:
    argv = [part for text in texts for part in ("--quiet-hours", text)]
    assert read_options(build_parser().parse_args(["run", *argv]), BEFORE).quiet_hours == hours


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("argv", "copies"), [(["--label-copies"], True), (["--no-label-copies"], False), ([], None)])
def test_label_copies(argv: list[str], copies: bool | None, before: bool) -> None:
    options = read_options(build_parser().parse_args(["run", *argv]), Options(label_copies=before))
    assert options.label_copies is (before if copies is None else copies)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("argv", "unread"), [(["--pop3-unread"], True), (["--no-pop3-unread"], False), ([], None)])
def test_pop3_unread(argv: list[str], unread: bool | None, before: bool) -> None:
    options = read_options(build_parser().parse_args(["run", *argv]), Options(pop3_unread=before))
    assert options == Options(pop3_unread=before if unread is None else unread)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("argv", "allowed"), [(["--pop3-may-delete"], True), (["--no-pop3-may-delete"], False), ([], None)]
)
def test_pop3_may_delete(argv: list[str], allowed: bool | None, before: bool) -> None:
    options = read_options(build_parser().parse_args(["run", *argv]), Options(pop3_may_delete=before))
    assert options == Options(pop3_may_delete=before if allowed is None else allowed)


@pytest.mark.parametrize("before", [date(2026, 12, 31), None])
@pytest.mark.parametrize(
    ("argv", "ends"),
    [(["--source-ends", "2027-01-31"], date(2027, 1, 31)), (["--source-ends", "off"], None)],
)
def test_source_ends(argv: list[str], ends: date | None, before: date | None) -> None:
    assert read_source_ends(build_parser().parse_args(["run", *argv]), before) == ends
    assert read_source_ends(build_parser().parse_args(["run"]), before) == before


def test_an_end_that_is_no_date() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_source_ends(build_parser().parse_args(["check", "--source-ends", "31.12.2026"]), None)
    assert (refused.value.problem.kind, refused.value.problem.field) == (ProblemKind.BAD_DATE, "--source-ends")


def test_what_is_not_said_stays_as_it_was() -> None:
    assert read_options(build_parser().parse_args(["run"]), BEFORE) == BEFORE
