"""A short soak; `make soak` is the long one, which also judges how much memory the engine holds."""

import pytest

from tests.soak.memory import slope_mb_per_hour
from tests.soak.run import soak


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_minutes_of_bad_weather_end_equal(dovecot_installed: None) -> None:
    soaked = soak(120.0)
    assert soaked.equal, soaked
    assert soaked.faults > 0
    assert soaked.moved > 0


def test_slope_of_memory() -> None:
    assert slope_mb_per_hour([(10.0, 50.0), (20.0, 51.0), (30.0, 52.0)]) == pytest.approx(360.0)
    assert slope_mb_per_hour([(10.0, 50.0)]) == 0.0
