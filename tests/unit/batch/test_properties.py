"""Lists that programs write are read back as they were; whatever is in a file, the worst is that it is refused."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailmove_gui.batch import (
    ENCODINGS,
    SEPARATORS,
    ListSource,
    read_accounts,
    read_list,
    validate_rows,
    with_encoding,
    with_headings,
    with_role,
    with_separator,
)
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from tests.unit.batch.sheets import write_sheet

OLD, NEW = Endpoint("old.example", 993), Endpoint("new.example", 993)
CHINESE = ("源邮箱", "源密码", "目标邮箱", "目标密码")
ENGLISH = ("Old email", "Old password", "New email", "New password")

patient = settings(deadline=None)
"""A busy machine may take its time."""

# Every printable character of ASCII, and some that keyboards in China and Europe have.
odd_passwords = st.text(
    st.one_of(st.characters(min_codepoint=0x20, max_codepoint=0x7E), st.sampled_from("§äöüßéñ￥…（）“”密码授权")),
    min_size=1,
    max_size=12,
).filter(lambda text: re.fullmatch(r'="\d+"', text) is None)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-+", min_size=1, max_size=10)


@st.composite
def accounts(draw: st.DrawFn) -> list[tuple[str, str, str, str]]:
    users = draw(st.lists(names, min_size=1, max_size=8, unique=True))
    return [(f"{user}@old.cn", draw(odd_passwords), f"{user}@new.cn", draw(odd_passwords)) for user in users]


_QUOTINGS: tuple[Literal[0, 1], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)


@dataclass(frozen=True)
class Dialect:
    """How a program writes tables."""

    delimiter: str
    quoting: Literal[0, 1]
    """csv.QUOTE_MINIMAL, as Excel does, or csv.QUOTE_ALL, as LibreOffice can"""
    line_end: str


dialects = st.builds(
    Dialect,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(_QUOTINGS),
    st.sampled_from(["\r\n", "\n", "\r"]),
)


def written(rows: list[tuple[str, ...]], dialect: Dialect) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=dialect.delimiter, quoting=dialect.quoting, lineterminator=dialect.line_end)
    writer.writerows(rows)
    return file.getvalue()


def found(data: bytes) -> list[tuple[str, str, str, str]]:
    reading = read_list(ListSource("list.csv", data))
    assert reading.accounts.problems == ()
    return [
        (row.source_user, row.source_password.reveal(), row.destination_user, row.destination_password.reveal())
        for row in reading.accounts.rows
    ]


@patient
@given(
    accounts(),
    dialects,
    st.sampled_from([CHINESE, ENGLISH]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_what_was_written_is_read_back(
    rows: list[tuple[str, str, str, str]], dialect: Dialect, headings: tuple[str, ...], encoding: str
) -> None:
    assert found(written([headings, *rows], dialect).encode(encoding)) == rows


@patient
@given(accounts(), dialects)
def test_what_was_written_in_gb18030_with_chinese_headings_is_read_back(
    rows: list[tuple[str, str, str, str]], dialect: Dialect
) -> None:
    data = written([CHINESE, *rows], dialect).encode("gb18030")
    assume(not _is_utf8(data))
    reading = read_list(ListSource("list.csv", data))
    if reading.table.encoding != "gb18030":  # many odd characters and few headings look like another encoding
        reading = with_encoding(reading, "gb18030")
    assert [(row.source_user, row.source_password.reveal()) for row in reading.accounts.rows] == [
        row[:2] for row in rows
    ]


@patient
@given(accounts(), dialects)
def test_rows_without_headings_are_read_back(rows: list[tuple[str, str, str, str]], dialect: Dialect) -> None:
    assert found(written(list(rows), dialect).encode()) == rows


@patient
@given(accounts())
def test_a_spreadsheet_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("sheets") / "list.xlsx"
    write_sheet(path, [ENGLISH, *rows])
    assert found(path.read_bytes()) == rows


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeError:
        return False
    return True


# Every bad row is named

FAULTS = {
    "source missing": (("", "p", "{n}@new.cn", "q"), ProblemKind.VALUE_MISSING),
    "bad address": (("{n} x@old.cn", "p", "{n}@new.cn", "q"), ProblemKind.BAD_ADDRESS),
    "bad destination": (("{n}@old.cn", "p", "@new.cn", "q"), ProblemKind.BAD_ADDRESS),
    "unknown host": (("{n}@old..cn", "p", "{n}@new.cn", "q"), ProblemKind.UNKNOWN_HOST),
    "duplicate": (("first@old.cn", "p", "first@new.cn", "q"), ProblemKind.DUPLICATE_ACCOUNT),
    "same source": (("first@old.cn", "p", "{n}@new.cn", "q"), ProblemKind.DUPLICATE_SOURCE),
    "same destination": (("{n}@old.cn", "p", "first@new.cn", "q"), ProblemKind.SHARED_DESTINATION),
    "other password": (("{n}@old.cn", "p", "first@new.cn", "other"), ProblemKind.PASSWORDS_DIFFER),
    "one cell too many": (("{n}@old.cn", "p", "x", "{n}@new.cn", "q"), ProblemKind.TOO_MANY_CELLS),
    "line break": (("{n}@old.cn", "p\nq", "{n}@new.cn", "q"), ProblemKind.ROW_NOT_READ),
    "broken character": (("{n}@old.cn", "\ufffd", "{n}@new.cn", "q"), ProblemKind.ROW_NOT_READ),
    "stray quote": (('{n}@old.cn,"p,x',), ProblemKind.QUOTE_NOT_CLOSED),
}


@patient
@given(st.lists(st.sampled_from(["", *FAULTS]), max_size=25))
def test_every_bad_row_is_named_and_no_other(tmp_path_factory: pytest.TempPathFactory, faults: list[str]) -> None:
    text = "source_user,source_password,destination_user,destination_password\nfirst@old.cn,p,first@new.cn,q\n"
    planted: list[tuple[int, ProblemKind]] = []
    for row, fault in enumerate(faults, 3):
        cells, kind = FAULTS[fault] if fault else (("{n}@old.cn", "p", "{n}@new.cn", "q"), None)
        filled = [cell.replace("{n}", f"user{row}") for cell in cells]
        text += (
            filled[0] + "\n"
            if fault == "stray quote"
            else written([tuple(filled)], Dialect(",", csv.QUOTE_MINIMAL, "\n"))
        )
        if kind is not None:
            planted.append((row, kind))
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_text(text, encoding="utf-8", newline="")
    table = read_accounts(path, default_source=OLD, default_destination=NEW)
    assert {problem.row for problem in table.problems} == {row for row, _kind in planted}
    for row, kind in planted:
        assert kind in {problem.kind for problem in table.problems if problem.row == row}
    # The window judges the same rows itself.
    reading = read_list(ListSource(path.name, path.read_bytes()))
    judged = [*reading.accounts.problems, *validate_rows(reading.accounts.rows, OLD, NEW)]
    assert {(problem.row, problem.kind) for problem in judged} == {(p.row, p.kind) for p in table.problems}


# Whatever is in a file

VALID = written([CHINESE, ("张三@old.cn", 'p"w', "zhang@new.cn", " q ")] * 3, Dialect(",", csv.QUOTE_MINIMAL, "\r\n"))


def look_at(data: bytes) -> None:
    """Read it in every way there is."""
    source = ListSource("list", data)
    try:
        reading = read_list(source)
    except InvalidInput:
        return
    for encoding in ENCODINGS:
        try:
            with_encoding(reading, encoding)
        except InvalidInput:
            continue
    for separator in SEPARATORS:
        try:
            other = with_separator(reading, separator)
        except InvalidInput:
            continue
        turned = with_headings(other, has_headings=not other.has_headings)
        if turned.roles:
            turned = with_role(turned, 0, turned.roles[-1])
        validate_rows(turned.accounts.rows, OLD, NEW)
        for row in turned.table.rows:
            assert row.number > 0


@patient
@given(st.binary(max_size=300))
def test_random_bytes_are_a_table_or_are_refused(data: bytes) -> None:
    look_at(data)


@st.composite
def mutated(draw: st.DrawFn, valid: bytes) -> bytes:
    data = bytearray(valid)
    for _turn in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["put", "cut", "insert"])):
            case "put":
                data[place] = draw(st.integers(0, 255))
            case "cut" if len(data) > 10:
                del data[place : place + draw(st.integers(1, 5))]
            case _:
                data[place:place] = draw(st.sampled_from([b'"', b"\0", b"\r", b",", b"\xff", b"----", b"sep=,\n"]))
    return bytes(data)


@patient
@given(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]).flatmap(lambda name: mutated(VALID.encode(name))))
def test_damaged_lists_are_a_table_or_are_refused(data: bytes) -> None:
    look_at(data)


def workbook(folder: Path) -> bytes:
    path = folder / "list.xlsx"
    write_sheet(path, [ENGLISH, ("a@x", 7, "b@x", "q")])
    return path.read_bytes()


@patient
@given(st.data())
def test_damaged_workbooks_are_a_table_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    look_at(data.draw(mutated(workbook(tmp_path_factory.getbasetemp()))))


@patient
@given(st.data())
def test_damaged_sheets_inside_a_workbook_are_a_table_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(tmp_path_factory.getbasetemp()))) as valid:
        parts = {name: valid.read(name) for name in valid.namelist()}
    part = data.draw(st.sampled_from(sorted(parts)))
    parts[part] = data.draw(mutated(parts[part]))
    with zipfile.ZipFile(content, "w") as damaged:
        for name, text in parts.items():
            damaged.writestr(name, text)
    look_at(content.getvalue())
