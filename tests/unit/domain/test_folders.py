import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.domain.folders import (
    INBOX,
    Folder,
    FolderPath,
    FolderRole,
    MappingCause,
    NamingRules,
    assign_roles,
    display_name,
    is_wanted,
    map_folders,
    normal_name,
    parse_display_name,
    shared_destinations,
    wanted_paths,
)

SLASH = NamingRules("/")
DOT = NamingRules(".")
COURIER = NamingRules(".", prefix_is_inbox=True)
FLAT = NamingRules("")
INBOX_FOLDER = Folder(INBOX, FolderRole.INBOX)
NAMES = {
    "sent": FolderRole.SENT,
    "已发送": FolderRole.SENT,
    "entwürfe": FolderRole.DRAFTS,
    "trash": FolderRole.TRASH,
}

parts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
awkward = st.sampled_from(["a", "a.b", "a_b", "a/b", "a (1)", "a.b (1)", "INBOX", "Inbox", "Work"])
paths = st.lists(parts | awkward, min_size=1, max_size=4).map(tuple)


def targets(
    source: list[Folder],
    destination: list[Folder] | None = None,
    rules: NamingRules = SLASH,
    chosen: dict[FolderPath, FolderPath] | None = None,
    below: FolderPath = (),
) -> dict[FolderPath, FolderPath]:
    mapped = map_folders(source, destination or [INBOX_FOLDER], rules, chosen=chosen, below=below)
    return {mapping.source.path: mapping.destination for mapping in mapped}


# Names on one line


@pytest.mark.parametrize(
    ("path", "text"),
    [(("Projects", "2024"), "Projects/2024"), (("a/b", "c"), "a//b/c"), (("R&D",), "R&D"), (("a.b",), "a.b")],
)
def test_display_name_reads_back(path: FolderPath, text: str) -> None:
    assert display_name(path) == text
    assert parse_display_name(text) == path


@given(st.lists(parts.filter(lambda part: part.strip("/") == part), min_size=1, max_size=4).map(tuple))
def test_any_display_name_reads_back(path: FolderPath) -> None:
    assert parse_display_name(display_name(path)) == path


def test_normal_name_joins_what_looks_the_same() -> None:
    assert normal_name(" Entwu\N{COMBINING DIAERESIS}rfe ") == normal_name("ENTWÜRFE") == "entwürfe"


# Roles


def test_roles_come_from_names_where_the_server_tells_none() -> None:
    folders = assign_roles([INBOX_FOLDER, Folder(("Sent",)), Folder(("Entwürfe",)), Folder(("Other",))], NAMES)
    roles = [FolderRole.INBOX, FolderRole.SENT, FolderRole.DRAFTS, FolderRole.NONE]
    assert [folder.role for folder in folders] == roles


def test_what_the_server_tells_wins_over_names() -> None:
    folders = assign_roles([Folder(("Sent",)), Folder(("Gesendet",), FolderRole.SENT)], NAMES)
    assert [folder.role for folder in folders] == [FolderRole.NONE, FolderRole.SENT]


def test_two_names_of_one_role_get_none() -> None:
    folders = assign_roles([Folder(("Sent",)), Folder(("已发送",))], NAMES)
    assert {folder.role for folder in folders} == {FolderRole.NONE}


def test_any_number_of_folders_may_hold_no_mail() -> None:
    names = {"calendar": FolderRole.NOT_MAIL, "notes": FolderRole.NOT_MAIL}
    folders = assign_roles([Folder(("Calendar",)), Folder(("Notes",)), Folder(("Notes", "Calendar"))], names)
    assert [folder.role for folder in folders] == [FolderRole.NOT_MAIL, FolderRole.NOT_MAIL, FolderRole.NONE]
    assert wanted_paths(folders, (), ()) == frozenset()
    assert wanted_paths(folders, ("Notes",), ()) == {("Notes",), ("Notes", "Calendar")}
    assert wanted_paths(folders, ("*",), ()) == frozenset()


def test_deep_and_unselectable_folders_get_no_role() -> None:
    folders = assign_roles([Folder(("Archive", "Sent")), Folder(("Trash",), selectable=False)], NAMES)
    assert {folder.role for folder in folders} == {FolderRole.NONE}


# Filters


@pytest.mark.parametrize(
    ("path", "include", "exclude", "wanted"),
    [
        (("Sent",), (), (), True),
        (("Sent",), ("INBOX",), (), False),
        (INBOX, ("inbox",), (), True),
        (("Inbox old",), ("inbox",), (), False),
        (("Projects", "2024"), ("Projects",), (), True),
        (("Projects", "2024"), ("Projects/2*",), (), True),
        (("Projects", "2023"), ("Projects/2024",), (), False),
        (("Trash", "x"), (), ("Trash",), False),
        (("Projects", "Trash"), (), ("Trash",), True),
        (("Projects", "Trash"), ("Projects",), ("*/Trash",), False),
        (("[Gmail]", "All Mail"), (), ("[Gmail]/All Mail",), False),
        (("[Gmail]", "Spam"), (), ("[Gmail]",), False),
        (("what?",), ("what?",), (), True),
        (("a/b",), ("a//b",), (), True),
        (("sent",), ("Sent",), (), False),
    ],
)
def test_filters(path: FolderPath, include: tuple[str, ...], exclude: tuple[str, ...], wanted: bool) -> None:
    assert is_wanted(path, include, exclude) is wanted


def test_roles_are_left_out_with_what_is_below_them() -> None:
    folders = [INBOX_FOLDER, Folder(("垃圾",), FolderRole.JUNK), Folder(("垃圾", "x")), Folder(("Junk",))]
    assert wanted_paths(folders, (), (), {FolderRole.JUNK}) == {INBOX, ("Junk",)}
    assert wanted_paths(folders, (), ("Junk",), {FolderRole.TRASH}) == {INBOX, ("垃圾",), ("垃圾", "x")}
    assert wanted_paths(folders, ("垃圾",), (), ()) == {("垃圾",), ("垃圾", "x")}


# The map


def test_the_map_tells_why_a_name_changes() -> None:
    source = [
        INBOX_FOLDER,
        Folder(("Gesendet",), FolderRole.SENT),
        Folder(("Gesendet", "2024")),
        Folder(("v1.2",)),
        Folder(("v1_2",)),
        Folder(("Work",)),
        Folder(("Home",)),
    ]
    mappings = map_folders(
        source, [INBOX_FOLDER, Folder(("Sent",), FolderRole.SENT)], DOT, chosen={("Work",): ("Office",)}
    )
    causes = {one.source.path: (one.renamed, one.cause) for one in mappings}
    assert causes == {
        INBOX: (False, MappingCause.SPECIAL),
        ("Gesendet",): (True, MappingCause.SPECIAL),
        ("Gesendet", "2024"): (True, MappingCause.FOLLOWS),
        ("v1.2",): (True, MappingCause.NOT_ALLOWED),
        ("v1_2",): (True, MappingCause.TAKEN),
        ("Work",): (True, MappingCause.CHOSEN),
        ("Home",): (False, MappingCause.SAME_NAME),
    }


def test_two_folders_that_the_user_puts_into_one_are_shown() -> None:
    source = [INBOX_FOLDER, Folder(("A",)), Folder(("B",)), Folder(("C",))]
    chosen: dict[FolderPath, FolderPath] = {("A",): ("C.d",), ("B",): ("C.d",)}
    mappings = map_folders(source, [], DOT, chosen=chosen)
    assert shared_destinations(mappings) == {("C_d",): (("A",), ("B",))}
    assert shared_destinations(map_folders(source, [], DOT)) == {}


def test_inbox_goes_to_inbox_and_names_stay() -> None:
    source = [INBOX_FOLDER, Folder(("Projects",)), Folder(("Projects", "2024"))]
    assert targets(source) == {
        INBOX: INBOX,
        ("Projects",): ("Projects",),
        ("Projects", "2024"): ("Projects", "2024"),
    }


def test_special_folders_go_by_role_and_children_follow() -> None:
    source = [Folder(("Sent Messages",), FolderRole.SENT), Folder(("Sent Messages", "2024"))]
    destination = [INBOX_FOLDER, Folder(("已发送",), FolderRole.SENT)]
    assert targets(source, destination) == {
        ("Sent Messages",): ("已发送",),
        ("Sent Messages", "2024"): ("已发送", "2024"),
    }


def test_special_folder_without_a_counterpart_keeps_its_name() -> None:
    assert targets([Folder(("Sent Messages",), FolderRole.SENT)]) == {("Sent Messages",): ("Sent Messages",)}


def test_unselectable_parents_are_walked_but_not_mapped() -> None:
    source = [Folder(("Archive",), selectable=False), Folder(("Archive", "2024"))]
    assert targets(source) == {("Archive", "2024"): ("Archive", "2024")}


def test_children_of_an_unselectable_special_parent_follow_it() -> None:
    source = [Folder(("[Gmail]",), selectable=False), Folder(("[Gmail]", "Sent"), FolderRole.SENT)]
    destination = [INBOX_FOLDER, Folder(("Sent",), FolderRole.SENT)]
    assert targets(source, destination) == {("[Gmail]", "Sent"): ("Sent",)}


def test_a_name_with_the_separator_is_changed_visibly() -> None:
    assert targets([Folder(("v1.2",))], rules=DOT) == {("v1.2",): ("v1_2",)}
    assert targets([Folder(("a/b", "c"))], rules=SLASH) == {("a/b", "c"): ("a_b", "c")}


def test_names_never_fall_together_through_the_change() -> None:
    source = [Folder(("v1.2",)), Folder(("v1_2",)), Folder(("v1.2", "x")), Folder(("v1_2", "x"))]
    mapped = targets(source, rules=DOT)
    assert len(set(mapped.values())) == 4
    for path in (("v1.2",), ("v1_2",)):
        assert mapped[*path, "x"] == (*mapped[path], "x")


def test_courier_keeps_everything_below_inbox() -> None:
    source = [INBOX_FOLDER, Folder(("INBOX", "Work")), Folder(("Home",))]
    assert targets(source, rules=COURIER) == {
        INBOX: INBOX,
        ("INBOX", "Work"): ("Work",),
        ("Home",): ("Home",),
    }


def test_courier_tells_apart_a_child_of_inbox_and_a_top_folder_of_the_same_name() -> None:
    source = [INBOX_FOLDER, Folder(("Work",)), Folder(("INBOX", "Work"))]
    mapped = targets(source, rules=COURIER)
    assert mapped["Work",] == ("Work",)
    assert len(set(mapped.values())) == 3


def test_from_courier_to_dovecot_and_back_nothing_is_renamed() -> None:
    listing = [INBOX_FOLDER, Folder(("Work",)), Folder(("Work", "2024"))]
    for rules in (COURIER, SLASH, DOT):
        assert not any(mapping.renamed for mapping in map_folders(listing, listing, rules))


def test_a_flat_server_gets_one_level() -> None:
    mapped = targets([Folder(("Work", "2024")), Folder(("Work_2024",))], rules=FLAT)
    assert all(len(target) == 1 for target in mapped.values())
    assert len(set(mapped.values())) == 2


def test_inbox_in_any_case_is_inbox() -> None:
    assert targets([Folder(("Inbox", "Work"))]) == {("Inbox", "Work"): ("INBOX", "Work")}


def test_what_was_chosen_wins_and_children_follow() -> None:
    source = [Folder(("Sent",), FolderRole.SENT), Folder(("Work",)), Folder(("Work", "x")), Folder(("Old",))]
    destination = [INBOX_FOLDER, Folder(("Gesendet",), FolderRole.SENT)]
    chosen: dict[FolderPath, FolderPath] = {("Sent",): ("Post", "Out"), ("Work",): ("Job",)}
    mapped = targets(source, destination, chosen=chosen)
    assert mapped == {
        ("Sent",): ("Post", "Out"),
        ("Work",): ("Job",),
        ("Work", "x"): ("Job", "x"),
        ("Old",): ("Old",),
    }


def test_two_folders_may_be_merged_by_choice_only() -> None:
    mapped = targets([Folder(("A",)), Folder(("B",))], chosen={("A",): ("B",)})
    assert mapped["A",] == ("B",)
    assert mapped["B",] != ("B",)
    both: dict[FolderPath, FolderPath] = {("A",): ("B",), ("B",): ("B",)}
    assert set(targets([Folder(("A",)), Folder(("B",))], chosen=both).values()) == {("B",)}


def test_a_special_folder_and_a_plain_one_of_the_target_name_stay_apart() -> None:
    source = [Folder(("Gesendet",)), Folder(("Sent Items",), FolderRole.SENT)]
    destination = [INBOX_FOLDER, Folder(("Gesendet",), FolderRole.SENT)]
    mapped = targets(source, destination)
    assert mapped["Sent Items",] == ("Gesendet",)
    assert mapped["Gesendet",] == ("Gesendet (1)",)


def test_a_deep_special_folder_and_a_plain_top_folder_stay_apart() -> None:
    source = [Folder(("Sent",)), Folder(("[Gmail]",), selectable=False), Folder(("[Gmail]", "Out"), FolderRole.SENT)]
    destination = [INBOX_FOLDER, Folder(("Sent",), FolderRole.SENT)]
    assert targets(source, destination) == {("Sent",): ("Sent (1)",), ("[Gmail]", "Out"): ("Sent",)}


def test_below_a_folder_everything_stays_together() -> None:
    source = [INBOX_FOLDER, Folder(("Sent",), FolderRole.SENT), Folder(("Work", "x"))]
    destination = [INBOX_FOLDER, Folder(("Sent",), FolderRole.SENT)]
    assert targets(source, destination, below=("old",)) == {
        INBOX: ("old", "INBOX"),
        ("Sent",): ("old", "Sent"),
        ("Work", "x"): ("old", "Work", "x"),
    }


def test_the_map_says_what_is_there_and_what_is_renamed() -> None:
    source = [INBOX_FOLDER, Folder(("v1.2",)), Folder(("Work",))]
    mapped = map_folders(source, [INBOX_FOLDER, Folder(("Work",))], DOT)
    assert [(mapping.exists, mapping.renamed) for mapping in mapped] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_courier_children_follow_a_parent_that_had_to_give_way() -> None:
    source = [INBOX_FOLDER, Folder(("Work",)), Folder(("INBOX", "Work")), Folder(("INBOX", "Work", "x"))]
    mapped = targets(source, rules=COURIER)
    assert mapped["INBOX", "Work", "x"] == (*mapped["INBOX", "Work"], "x")


@given(st.sets(paths, max_size=10), st.sampled_from([SLASH, DOT, COURIER, FLAT]))
def test_no_two_folders_fall_together(listing: set[FolderPath], rules: NamingRules) -> None:
    # Servers know one INBOX, and have it in capitals.
    listing = {("INBOX", *path[1:]) if path[0].upper() == "INBOX" else path for path in listing} | {INBOX}
    source = [Folder(path) for path in sorted(listing)]
    mapped = map_folders(source, [INBOX_FOLDER], rules)
    assert [mapping.source for mapping in mapped] == source
    assert len({mapping.destination for mapping in mapped}) == len(source)
    target = {mapping.source.path: mapping.destination for mapping in mapped}
    for path in listing - {INBOX}:
        if rules.separator and path[:-1] in listing - {INBOX}:
            assert target[path][:-1] == target[path[:-1]], "a child follows its parent"
    for mapping in mapped:
        assert all(mapping.destination)
        if rules.separator:
            assert not any(rules.separator in part for part in mapping.destination)
        else:
            assert len(mapping.destination) == 1
