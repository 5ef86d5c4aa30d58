"""Folders whose names the destination refuses."""

from mailmove_gui.domain.states import AccountState
from tests.unit.engine.conftest import World

_BODY = b"Subject: %d\r\n\r\ntext\r\n"


def test_names_that_become_the_same_stay_two_folders_with_all_below_them(world: World) -> None:
    paths = [("a{b",), ("a{b", "below"), ("a}b",), ("a}b", "below"), ("a_b",)]
    for number, path in enumerate(paths):
        world.source.folder(*path).add(_BODY % number)
    world.destination.refuses_folder = lambda path: any(mark in part for part in path for mark in "{}")
    for _ in range(2):
        assert world.run().state is AccountState.DONE
    made = {path: [message.body for message in folder.messages] for path, folder in world.destination.folders.items()}
    assert made == {
        ("INBOX",): [],
        ("a_b (1)",): [_BODY % 0],
        ("a_b (1)", "below"): [_BODY % 1],
        ("a_b (2)",): [_BODY % 2],
        ("a_b (2)", "below"): [_BODY % 3],
        ("a_b",): [_BODY % 4],
    }


def test_the_refusal_that_is_told_is_that_of_the_name_people_know(world: World) -> None:
    world.source.folder("🎉 {x}").add(_BODY % 1)
    world.destination.refuses_folder = lambda path: path != ("INBOX",)
    record = world.run()
    assert record.state is AccountState.FAILED
    assert sorted(world.destination.folders) == [("INBOX",)]


def test_letters_that_only_some_servers_have_are_the_last_to_go(world: World) -> None:
    world.source.folder("🎉 {x}").add(_BODY % 1)
    world.destination.refuses_folder = lambda path: any(ord(letter) > 0xFFFF for part in path for letter in part)
    assert world.run().state is AccountState.DONE
    assert ("_ _x_",) in world.destination.folders
