from datetime import UTC, date, datetime, time

import pytest

from mailmove_gui.desktop.models.control import (
    Control,
    control_text,
    days_text,
    pass_choices,
    passes_text,
    problem_of,
)
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.quiet_hours import QuietHours

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
WORKING_HOURS = QuietHours(time(8), time(18), frozenset(range(5)))


def test_control_goes_into_a_plan_and_comes_out_again() -> None:
    plan = MigrationPlan("Acme", options=Options(below=("Old",), ca_file="ca.pem"))
    control = Control(7, 1_500_000, (WORKING_HOURS,), 3600, date(2026, 12, 31))
    changed = control.put_into(plan)
    assert Control.of(changed) == control
    assert (changed.name, changed.options.below, changed.options.ca_file) == ("Acme", ("Old",), "ca.pem")


@pytest.mark.parametrize(
    ("control", "text"),
    [
        (Control(), ""),
        (Control(50), ""),
        (Control(4, 2_000_000), "at most 2 MB/s"),
        (Control(4, 300_000), "at most 300 kB/s"),
        (Control(4, None, (WORKING_HOURS,)), "quiet 08:00–18:00 Mon–Fri"),
        (
            Control(4, 2_000_000, (QuietHours(time(22), time(6, 30)), WORKING_HOURS)),
            "at most 2 MB/s · quiet 22:00–06:30, 08:00–18:00 Mon–Fri",
        ),
    ],
)
def test_what_is_in_force_is_said_in_few_words(control: Control, text: str) -> None:
    assert control_text(control) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((0,), "Mon"),
        ((5, 6), "Sat, Sun"),
        ((0, 2), "Mon, Wed"),
        ((0, 1, 2, 4), "Mon–Wed, Fri"),
        (range(7), "Mon–Sun"),
        ((), ""),
    ],
)
def test_days(days: tuple[int, ...], text: str) -> None:
    assert days_text(days) == text


def test_hours_that_cannot_be_taken_are_explained() -> None:
    no_day = QuietHours(time(8), time(18), frozenset())
    assert problem_of([WORKING_HOURS], NOW) == ""
    assert problem_of([], NOW) == ""
    assert problem_of([WORKING_HOURS, no_day], NOW).startswith("Row 2 has no day")
    assert "no time to move" in problem_of([QuietHours(time(0), time(0))], NOW)
    assert "no time" in problem_of([QuietHours(time(8), time(20)), QuietHours(time(20), time(8))], NOW)


def test_passes_that_can_be_chosen() -> None:
    assert [passes_text(one) for one in pass_choices(None)] == [
        "Off",
        "Every 15 minutes",
        "Every hour",
        "Every night",
    ]
    # What `mailmove watch` has set stays what it is.
    assert passes_text(pass_choices(1200)[-1]) == "Every 20 minutes"
    assert pass_choices(900) == pass_choices(None)
