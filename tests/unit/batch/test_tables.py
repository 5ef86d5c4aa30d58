from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailmove_gui.batch import BLANKS, COMMA, DASHES, SEMICOLON, TAB, parse_table, read_table
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


@pytest.mark.parametrize(
    ("text", "unread", "read"),
    [
        (HEAD + '\na,b,c,d\n"a,b,c,d\ne,f,g,h\n', (3,), [1, 2, 4]),
        (HEAD + '\na,b,c,d\n"a"b,c,d,e\nx,y,z,"q"\n', (3,), [1, 2, 4]),
        (HEAD + '\na@x,"p,a@y,q\nb@x,p,b@y,q\nc@x,p,c@y,q"\n', (2,), [1, 3, 4]),
        (HEAD + '\na@x,"two\nlines, of 3, words",a@y,q\nb@x,p,b@y,q\n', (), [1, 2, 3]),
        (HEAD + '\na,"b,c,d\na,"b,c,d\n\ne,"f,g",h,"i\nk,l,m,n', (2, 3, 5), [1, 6]),
    ],
)
def test_rows_with_a_stray_quotation_mark_are_named_and_the_others_read(
    text: str, unread: tuple[int, ...], read: list[int]
) -> None:
    table = parse_table(text)
    assert table.unread == unread
    assert [row.number for row in table.rows] == read


@pytest.mark.parametrize(
    ("cell", "meant"),
    [('"=""00123"""', "00123"), ('="00123"', "00123"), ('=x§*("', '=x§*("'), ('="a1"', '="a1"'), ("=1+1", "=1+1")],
)
def test_digits_that_excel_shall_show_as_they_are(cell: str, meant: str) -> None:
    assert cells(f"{HEAD}\nanna,{cell},bo,q\n")[1] == (2, ("anna", meant, "bo", "q"))


@pytest.mark.parametrize(
    ("text", "separator", "rows"),
    [
        ("a@x.cn pw\nb@x.cn  p w \n", BLANKS, [("a@x.cn", "pw"), ("b@x.cn", "p w ")]),
        ("a@x.cn p,w;1\n", BLANKS, [("a@x.cn", "p,w;1")]),
        ("a@x.cn p b@y.cn q\nc@x.cn r d@y.cn s", BLANKS,
         [("a@x.cn", "p", "b@y.cn", "q"), ("c@x.cn", "r", "d@y.cn", "s")]),
        ("a@x.cn b@y.cn\n", BLANKS, [("a@x.cn", "b@y.cn")]),
        ("a@x.cn----p,w\nb@x.cn---- q --\n", DASHES, [("a@x.cn", "p,w"), ("b@x.cn", " q --")]),
        ("a@x.cn----p----b@y.cn----q", DASHES, [("a@x.cn", "p", "b@y.cn", "q")]),
        ("a@x.cn\tp w\n", TAB, [("a@x.cn", "p w")]),
        ("a@x.cn,p w\n", COMMA, [("a@x.cn", "p w")]),
        ("a@x.cn , p w\n", COMMA, [("a@x.cn ", " p w")]),
    ],
)  # fmt: skip
def test_lines_of_address_and_password(text: str, separator: str, rows: list[tuple[str, ...]]) -> None:
    table = parse_table(text)
    assert (table.separator, [row.cells for row in table.rows]) == (separator, rows)


def test_a_separator_that_is_chosen_wins() -> None:
    assert [row.cells for row in parse_table("a,b;c\nd,e;f\n", SEMICOLON).rows] == [("a,b", "c"), ("d,e", "f")]
    assert [row.cells for row in parse_table("sep=,\na;b\n", SEMICOLON).rows] == [("a", "b")]


def test_a_row_does_not_show_its_cells() -> None:
    assert "hunter2" not in repr(parse_table("anna,hunter2\n"))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_table(text: str) -> None:
    table = parse_table(text)
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
        (CHINESE, "utf-16", "utf-16-le"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        ("源邮箱,源密码,目标邮箱,目标密码\n张三@acme.cn,一一,三@acme.cn,一\n", "utf-16-le", "utf-16-le"),
        ("源邮箱,源密码,目标邮箱,目标密码\n张三@acme.cn,一一,三@acme.cn,一\n", "utf-16-be", "utf-16-be"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "cp1252", "cp1252"),
        (HEAD + "\nMuñoz,contraseña,José García,€ñ\n", "cp1252", "cp1252"),
        (HEAD + "\nÉlodie,mot-de-passe-é,ça,à\n", "cp1252", "cp1252"),
        (HEAD + "\nŁukasz,hasło,święta,zażółć gęślą jaźń\n", "cp1250", "cp1250"),
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
    write_sheet(path, [["a", "b", "c", "d", "e"], ["x", 12345, 12345.5, True, None], ["<&>", 0, 1e-7, "00123", " p "]])
    table = read_table(path)
    rows = [row.cells for row in table.rows]
    assert rows[1] == ("x", "12345", "12345.5", "TRUE", "")
    assert rows[2] == ("<&>", "0", "0.0000001", "00123", " p ")
    assert [row.numbers for row in table.rows] == [frozenset(), {1, 2, 3}, {1, 2}]


def test_long_numbers_do_not_become_powers_of_ten(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(path, [[1234567890123456, 1e22]])
    assert read_table(path).rows[0].cells == ("1234567890123456", "10000000000000000000000")


def test_a_file_with_a_few_broken_places_is_still_utf8(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((HEAD + "\n" + "张三,密码,李四,密码\n" * 10).encode() + b"\xe5\xbc,p,a,p\n")
    table = read_table(path)
    assert table.encoding == "utf-8"
    assert table.rows[1].cells == ("张三", "密码", "李四", "密码")
    assert table.rows[-1].cells[0] == "\ufffd"


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
