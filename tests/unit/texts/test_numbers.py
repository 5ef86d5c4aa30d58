import pytest

from mailmove_gui.texts import numbers

THIN = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (999, "999"), (1000, "1_000"), (1234567, "1_234_567")])
def test_count(number: int, text: str) -> None:
    assert numbers.count(number) == text.replace("_", THIN)


def test_things_are_counted_in_singular_and_plural() -> None:
    assert numbers.messages(1) == "1 message"
    assert numbers.messages(12480) == f"12{THIN}480 messages"
    assert numbers.accounts(0) == "0 accounts"
    assert numbers.folders(1) == "1 folder"


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1500, "1.5 kB"),
        (9_960, "10 kB"),
        (80_400_000, "80 MB"),
        (999_600, "1 MB"),
        (999_400, "999 kB"),
        (3_100_000_000, "3.1 GB"),
        (66_000_000_000, "66 GB"),
        (5_000_000_000_000, "5 TB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_size(size_bytes: int, text: str) -> None:
    assert numbers.size(size_bytes) == text


def test_size_of() -> None:
    assert numbers.size_of(41_000_000_000, 66_000_000_000) == "41 of 66 GB"
    assert numbers.size_of(900_000_000, 66_000_000_000) == "900 MB of 66 GB"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (65, "1 min 5 s"),
        (22 * 60 + 30, "22 min"),
        (3600, "1 h"),
        (7800, "2 h 10 min"),
        (86400 * 3 + 4 * 3600 + 59, "3 d 4 h"),
        (86400, "1 d"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (61, "about 1 min"),
        (22 * 60 + 10, "about 22 min"),
        (3600 + 50 * 60 + 20, "about 1 h 50 min"),
        (7800 + 200, "about 2 h 10 min"),
        (86400 + 3600, "about 1 d 1 h"),
    ],
)
def test_estimate(seconds: float, text: str) -> None:
    assert numbers.estimate(seconds) == text


def test_rates() -> None:
    assert numbers.messages_per_minute(1310.4) == f"1{THIN}310/min"
    assert numbers.messages_per_minute(0) == "0/min"
    assert numbers.messages_per_minute(0.52) == "0.5/min"
    assert numbers.bytes_per_second(1_240_000) == "1.2 MB/s"


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 0, 100), (0, 9, 0), (999, 1000, 99), (1000, 1000, 100), (62, 100, 62)]
)
def test_percent_is_100_only_at_the_end(done: int, total: int, share: int) -> None:
    assert numbers.percent(done, total) == f"{share}{THIN}%"
