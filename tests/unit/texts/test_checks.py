from dataclasses import replace

import pytest

from mailmove_gui.domain.findings import AccountCheck, FolderFinding, HiddenMail, Quota
from mailmove_gui.domain.folders import INBOX, Folder, FolderMapping, FolderRole, MappingCause
from mailmove_gui.texts.checks import folder_map_summary, remarks, renaming, warnings
from mailmove_gui.texts.folders import role_word, shown_again, shown_again_in, why_renamed

INBOX_MAPPING = FolderMapping(Folder(INBOX), INBOX, exists=True, renamed=False)
RENAMED = FolderMapping(Folder(("Out",)), ("Sent",), exists=True, renamed=True, cause=MappingCause.SPECIAL)
FINE = AccountCheck("a", folders=(FolderFinding(INBOX_MAPPING, 10, 2_000_000),))


def test_nothing_to_say() -> None:
    assert warnings(FINE) == remarks(FINE) == ()
    assert renaming(FINE) == ""
    assert folder_map_summary([FINE, FINE]) == "Folder map: 1 folder, all keep their names"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (replace(FINE, hidden_mail=HiddenMail.ONLY_RECENT), "Only mail of the last month is visible."),
        (replace(FINE, hidden_mail=HiddenMail.FULL_FOLDER), "as many messages as its provider shows at the most"),
        (
            replace(FINE, hidden_mail=HiddenMail.ONLY_RECENT, window_where="设置 {收取} 全部"),
            "of the source mailbox (设置 {收取} 全部), then check again.",
        ),
        (replace(FINE, quota=Quota(9_000_000, 10_000_000)), "room for 1 MB, too little"),
        (
            replace(FINE, folders=(replace(FINE.folders[0], too_large=2),), max_message_bytes=25_000_000),
            "2 messages are larger than the destination accepts (25 MB)",
        ),
    ],
)
def test_warnings_say_what_to_do(check: AccountCheck, words: str) -> None:
    (said,) = warnings(check)
    assert words in said


def test_remarks() -> None:
    shared = replace(RENAMED, source=Folder(("Sent",)), renamed=False)
    findings = tuple(FolderFinding(one, 1, 1, left_out=4) for one in (RENAMED, shared))
    check = AccountCheck("a", folders=findings)
    assert remarks(check) == (
        "2 folders go into one with another folder.",
        "8 messages are left out for their date or size.",
    )
    assert renaming(check) == "1 folder gets another name at the destination."
    assert folder_map_summary([check, FINE]) == "Folder map: 3 folders, 1 renamed"


def test_remarks_on_labels_and_on_what_is_no_mail() -> None:
    again = replace(FINE.folders[0], repeated=3)
    calendar = replace(INBOX_MAPPING, source=Folder(("Calendar",), FolderRole.NOT_MAIL))
    no_mail, labels = remarks(replace(FINE, folders=(again,), left_out=(calendar, RENAMED)))
    assert no_mail == "These folders hold no mail and are left out: Calendar."
    assert labels.startswith("The source shows messages 3 times more under other labels. Each message is moved once:")
    assert shown_again(0) == shown_again_in({}) == shown_again_in({("Acme",): 0}) == ""
    assert shown_again_in({("A", "B/C"): 12, ("D",): 1}) == (
        "Not moved from these folders, because moved from another: A/B//C (12), D (1)."
    )


def test_every_role_has_its_word_and_every_cause_its_own() -> None:
    words = [role_word(role) for role in FolderRole if role is not FolderRole.NONE]
    assert all(words)
    assert len(set(words)) == len(words)
    causes = [
        why_renamed(replace(RENAMED, cause=cause)) for cause in MappingCause if cause is not MappingCause.SAME_NAME
    ]
    assert all(causes)
    assert len(set(causes)) == len(causes)
    assert why_renamed(INBOX_MAPPING) == ""
