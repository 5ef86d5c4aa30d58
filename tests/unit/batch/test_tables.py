from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.batch import parse_table, read_table
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from tests.unit.batch.sheets import write_sheet

HEAD = "source_user,source_password,destination_user,destination_password"


def cells(text: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in parse_table(text).rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    text = HEAD.replace(",", separator) + end + separator.join(["anna", "pa ss", "anna", " x "]) + end
    assert cells(text)[1] == (2, ("anna", "pa ss", "anna", " x "))
    assert parse_table(text).separator == separator


def test_separators_inside_passwords_do_not_mislead() -> None:
    text = HEAD.replace(",", ";") + "\nanna;a,b,c,d;anna;e,f\nbo;,,,;bo;,\n"
    assert cells(text)[1:] == [(2, ("anna", "a,b,c,d", "anna", "e,f")), (3, ("bo", ",,,", "bo", ","))]


def test_separators_without_headings() -> None:
    assert cells("anna\ta,b;c\nbo\td,e;f\n")[0][1] == ("anna", "a,b;c")
    assert cells("anna;x;y\nbo;x;y\n")[0][1] == ("anna", "x", "y")
    assert cells("anna")[0][1] == ("anna",)


def test_quoted_cells() -> None:
    text = HEAD + '\n"an,na","he said ""hi""","two\r\nlines","  "\n'
    assert cells(text)[1] == (2, ("an,na", 'he said "hi"', "two\r\nlines", "  "))


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    text = HEAD + '\n\n"a\nb",p,a,p\n,,,\n  \nbo,p,bo,p\n'
    assert [number for number, _ in cells(text)] == [1, 3, 6]


def test_excels_line_about_the_separator_is_obeyed() -> None:
    assert cells("sep=;\r\na,b;c\r\n") == [(1, ("a,b", "c"))]


@pytest.mark.parametrize("text", [HEAD + '\na,b,c,d\n"a,b,c,d\ne,f,g,h\n', HEAD + '\na,b,c,d\n"a"b,c,d,e\n'])
def test_a_stray_quotation_mark_is_told_by_its_row(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_table(text)
    assert (caught.value.problem.kind, caught.value.problem.row) == (ProblemKind.FILE_NOT_A_TABLE, 3)


def test_a_row_does_not_show_its_cells() -> None:
    assert "hunter2" not in repr(parse_table("anna,hunter2\n"))


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_is_refused(text: str) -> None:
    try:
        table = parse_table(text)
    except InvalidInput:
        return
    assert all(any(cell.strip() for cell in row.cells) for row in table.rows)
    assert [row.number for row in table.rows] == sorted({row.number for row in table.rows})


# Files

CHINESE = HEAD + ",备注\n张三@acme.cn,密码一,zhang.san@acme.cn,密码二,销售部门的经理\n"
WESTERN = HEAD + ",Notiz\nmüller@acme.de,Grüße,müller@acme.de,schön,Büro für Verkäufe\n"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "cp1252", None),
        (HEAD + "\na,b,c,d\n", "ascii", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, text: str, encoding: str, name: str | None) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert [list(row.cells) for row in table.rows] == [line.split(",") for line in text.splitlines()]
    assert name is None or table.encoding == name


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", ProblemKind.FILE_EMPTY),
        (b"\n \n,,\n", ProblemKind.FILE_EMPTY),
        (b"\xef\xbb\xbf", ProblemKind.FILE_EMPTY),
        (b"a,b\0c", ProblemKind.FILE_NOT_A_TABLE),
        (b"\xff\xfea", ProblemKind.FILE_NOT_A_TABLE),
        (b"PK\x03\x04 is no workbook", ProblemKind.FILE_NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ProblemKind.FILE_NOT_A_TABLE),
    ],
)
def test_files_that_are_no_lists(tmp_path: Path, data: bytes, kind: ProblemKind) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as caught:
        read_table(path)
    assert (caught.value.problem.kind, caught.value.problem.file) == (kind, "list.csv")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_table(tmp_path / "none.csv")
    assert caught.value.problem.kind is ProblemKind.FILE_NOT_FOUND
    with pytest.raises(InvalidInput) as caught:
        read_table(tmp_path)
    assert caught.value.problem.kind is ProblemKind.FILE_NOT_READABLE


def test_a_spreadsheets_numbers_keep_their_look(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(path, [["a", "b", "c", "d", "e"], ["x", 12345, 12345.5, True, None], ["<&>", 0, 1e15, "00123", " p "]])
    rows = [row.cells for row in read_table(path).rows]
    assert rows[1] == ("x", "12345", "12345.5", "TRUE", "")
    assert rows[2] == ("<&>", "0", "1000000000000000", "00123", " p ")


def test_a_spreadsheets_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(path, [["a"], [None], ["  "], ["b"]], first_row=3)
    assert [(row.number, row.cell(0)) for row in read_table(path).rows] == [(3, "a"), (6, "b")]


def test_an_empty_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(path, [])
    with pytest.raises(InvalidInput) as caught:
        read_table(path)
    assert caught.value.problem.kind is ProblemKind.FILE_EMPTY
