"""Names for folders whose own name was refused."""

from mailmove_gui.domain.folder_names import acceptable_forms, free_form


def test_only_what_a_server_may_dislike_is_changed() -> None:
    assert list(acceptable_forms(("Kunden & Co", "重要 [1] (2)"))) == []
    assert list(acceptable_forms(("a{b}", "100% <x>; `y`"))) == [("a_b_", "100_ _x__ _y_")]
    assert list(acceptable_forms(("🎉 party",))) == [("_ party",)]
    assert list(acceptable_forms(("~ {x}",))) == [("~ _x_",), ("_ _x_",)]


def test_a_long_name_is_cut_where_it_is_longest() -> None:
    short, long = "Projects", "客户" * 100
    (form,) = acceptable_forms((short, long))
    assert form[0] == short
    assert long.startswith(form[1])
    assert 40 < len(form[1]) < 70


def test_two_names_never_fall_together() -> None:
    assert free_form(("a", "b_"), {("a", "b_"), ("a", "b_ (1)")}) == ("a", "b_ (2)")
    assert free_form(("a",), ()) == ("a",)
