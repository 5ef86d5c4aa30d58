from pathlib import Path

import pytest

from mailmove_gui.domain.folders import FolderRole, normal_name
from mailmove_gui.providers.folder_names import folder_names, read_folder_names


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sent Messages", FolderRole.SENT),
        ("已发送", FolderRole.SENT),
        ("草稿箱", FolderRole.DRAFTS),
        ("DELETED ITEMS", FolderRole.TRASH),
        ("Junk E-mail", FolderRole.JUNK),
        ("Archiv", FolderRole.ARCHIVE),
        ("All Mail", FolderRole.ALL),
        ("垃圾箱", None),
        ("Werbung", None),
        ("Projects", None),
    ],
)
def test_the_table_that_comes_with_the_program(name: str, role: FolderRole | None) -> None:
    assert folder_names().get(normal_name(name)) is role


def test_a_name_of_two_roles_or_an_ambiguous_one_has_none(tmp_path: Path) -> None:
    path = tmp_path / "names.toml"
    path.write_text(
        '[special_folders]\nsent = ["Out", "Both"]\ntrash = ["Bin", "both", "Odd"]\nambiguous = ["ODD"]\nx = ["x"]\n'
    )
    assert dict(read_folder_names(path)) == {"out": FolderRole.SENT, "bin": FolderRole.TRASH}
    path.write_text('sent = ["Out"]\n')
    assert dict(read_folder_names(path)) == {"out": FolderRole.SENT}


@pytest.mark.parametrize("text", ["sent = 1", "sent = [1]", "sent ="])
def test_a_broken_table_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "names.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"sent|Invalid"):
        read_folder_names(path)
