from pathlib import Path

import pytest

from mailmove_gui.batch import (
    COMMA,
    DASHES,
    PREVIEW_ROWS,
    ROLES,
    SEMICOLON,
    AccountRow,
    ColumnRole,
    ListReading,
    ListSource,
    read_list,
    with_encoding,
    with_headings,
    with_role,
    with_separator,
    with_trimming,
)
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from tests.unit.batch.sheets import write_sheet

SU, SP, DU, DP, S, D, X = (*ROLES, ColumnRole.IGNORE)
CHINESE = "姓名;原邮箱;原密码;新邮箱;新密码\n张三;zhang@old.cn; p ;zhang@new.cn;q\n李四;li@old.cn;r;li@new.cn;s\n"


def pasted(text: str) -> ListReading:
    return read_list(ListSource(text=text))


def test_a_chinese_list_is_read_without_a_choice() -> None:
    reading = read_list(ListSource("名单.csv", CHINESE.encode("gb18030")))
    assert (reading.table.encoding, reading.table.separator, reading.has_headings) == ("gb18030", SEMICOLON, True)
    assert reading.roles == (X, SU, SP, DU, DP)
    assert reading.headings == ("姓名", "原邮箱", "原密码", "新邮箱", "新密码")
    assert reading.accounts.rows == (
        AccountRow(2, "zhang@old.cn", Secret(" p "), "zhang@new.cn", Secret("q")),
        AccountRow(3, "li@old.cn", Secret("r"), "li@new.cn", Secret("s")),
    )
    assert not reading.is_clear, "a column is ignored"


def test_every_choice_can_be_changed() -> None:
    reading = read_list(ListSource("a.csv", CHINESE.encode("gb18030")))
    trimmed = with_trimming(reading, trims_passwords=True)
    assert trimmed.accounts.rows[0].source_password == Secret("p")
    wrong = with_encoding(trimmed, "utf-8")
    assert not wrong.has_headings
    assert wrong.trims_passwords
    assert ProblemKind.ROW_NOT_READ in {problem.kind for problem in with_role(wrong, 0, SU).accounts.problems}
    assert with_encoding(wrong, "gb18030") == trimmed
    other = with_separator(reading, COMMA)
    assert other.table.width() == 1
    assert with_separator(other, SEMICOLON) == reading
    headless = with_headings(reading, has_headings=False)
    assert [row.number for row in headless.sample] == [1, 2, 3]
    assert len(headless.accounts.rows) == 3


def test_a_role_belongs_to_one_column() -> None:
    reading = with_role(pasted("a@x,p,b@y,q"), 2, SU)
    assert reading.roles == (X, SP, SU, DP)
    assert reading.accounts.rows == (AccountRow(1, "b@y", Secret("p"), "", Secret("q")),)
    both = with_role(with_role(reading, 0, X), 1, X)
    assert both.roles == (X, X, SU, DP)


def test_only_the_first_rows_are_looked_at() -> None:
    reading = pasted("".join(f"user{number}@x\n" for number in range(50)))
    assert len(reading.sample) == PREVIEW_ROWS
    assert len(reading.accounts.rows) == 50


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("anna", AccountRow(1, "anna")),
        ("anna\tp ", AccountRow(1, "anna", Secret("p "))),
        ("anna\tp\tanna.new", AccountRow(1, "anna", Secret("p"), "anna.new")),
        ("anna;p,;anna.new;q", AccountRow(1, "anna", Secret("p,"), "anna.new", Secret("q"))),
        ("\r\nanna,p,n,q,imaps://old.example,new.example,x\r\n",
         AccountRow(2, "anna", Secret("p"), "n", Secret("q"), Endpoint("old.example", 993),
                    Endpoint("new.example", 993))),
        ("Source User\tDestination User\nanna\tanna.new\n", AccountRow(2, "anna", destination_user="anna.new")),
        ("a@x.cn p w", AccountRow(1, "a@x.cn", Secret("p w"))),
        ("a@x.cn---- p ", AccountRow(1, "a@x.cn", Secret(" p "))),
    ],
)  # fmt: skip
def test_pasted_rows(text: str, row: AccountRow) -> None:
    assert pasted(text).accounts.rows == (row,)


@pytest.mark.parametrize("text", ["a@x\tp\nb@x\tq", "a@x p", "a@x----p", "邮箱,密码\na,b", "a@x,p,b@y,q", "a@x\nb@x"])
def test_rows_whose_columns_are_clear(text: str) -> None:
    assert pasted(text).is_clear


@pytest.mark.parametrize(
    "text", ["anna,p", "a,b,c,d", "a@x,p,note", "email,telephone\na,b", "source_user,source_user\na,b"]
)
def test_rows_that_somebody_has_to_look_at(text: str) -> None:
    assert not pasted(text).is_clear


@pytest.mark.parametrize("text", ["", "\n \n", "\t\t\n"])
def test_nothing_pasted(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        pasted(text)
    assert caught.value.problem.kind is ProblemKind.NO_ACCOUNTS


def test_rows_that_cannot_be_read_are_left_out_and_named() -> None:
    text = (
        'email,password,server\na@x,p,\nb@x,p,q,r\nc@x,p,gopher://x\n"d@x,p,\ne@x,"p\nq",\nf@x,p,imaps://a..b\n'
        'g@x,p,\nh@x,=x§*(",10.0.0.1\n'
    )
    reading = pasted(text)
    assert [row.source_user for row in reading.accounts.rows] == ["a@x", "g@x", "h@x"]
    assert reading.accounts.rows[-1].source_password == Secret('=x§*("')
    assert [(problem.row, problem.kind) for problem in reading.accounts.problems] == [
        (3, ProblemKind.TOO_MANY_CELLS),
        (4, ProblemKind.URL_BAD_SCHEME),
        (5, ProblemKind.QUOTE_NOT_CLOSED),
        (6, ProblemKind.ROW_NOT_READ),
        (7, ProblemKind.UNKNOWN_HOST),
    ]
    assert reading.accounts.left_out == (3, 4, 5, 6, 7)


def test_a_password_that_a_spreadsheet_holds_as_a_number_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(
        path, [["邮箱", "密码", "新邮箱", "新密码"], ["a@x", 7, "a@y", "007"], ["b@x", 12345678901234567, "b@y", "q"]]
    )
    reading = read_list(ListSource("list.xlsx", path.read_bytes()))
    assert [row.numeric_passwords for row in reading.accounts.rows] == [{Side.SOURCE}, {Side.SOURCE}]
    assert reading.accounts.rows[0].source_password == Secret("7")
    assert reading.accounts.rows[0].destination_password == Secret("007")
    assert with_encoding(reading, "gb18030") == reading, "a spreadsheet says itself how it is written"


def test_neither_source_nor_reading_shows_what_it_holds() -> None:
    for source in (ListSource(text="a@x,hunter2"), ListSource("a.csv", b"a@x,hunter2")):
        assert "hunter2" not in repr(read_list(source))


def test_dashes_are_chosen_by_hand() -> None:
    reading = with_separator(pasted("anna----p\nbo----q"), DASHES)
    assert [row.source_user for row in reading.accounts.rows] == ["anna", "bo"]
