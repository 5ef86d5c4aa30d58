import pytest

from mailmove_gui.desktop.widgets.cells import _break


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("The source server does not answer", 12, ("The source", "server does not answer")),
        ("源服务器已达到每日用量上限。", 13, ("源服务器已达到每日用量上", "限。")),
        ("25 / 752\N{NO-BREAK SPACE}MB", 8, ("25 /", "752\N{NO-BREAK SPACE}MB")),
        ("2 400 封/分", 6, ("2 400", "封/分")),
        ("maximiliane@old.example", 10, ("maximilian", "e@old.example")),
    ],
)
def test_a_text_is_broken_where_people_would(text: str, room: int, lines: tuple[str, str]) -> None:
    assert _break(text, len, room) == lines
