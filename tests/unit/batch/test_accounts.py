import codecs
from pathlib import Path

import pytest

from mailmove_gui.batch import (
    ROLES,
    AccountRow,
    ColumnRole,
    ListSource,
    accounts_from_rows,
    read_accounts,
    read_list,
    role_of_heading,
    validate_rows,
    write_template,
)
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.plan import Account, Mailbox, account_id
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret

OLD = Endpoint("old.example", 993)
NEW = Endpoint("new.example", 993)
HEAD = "source_user,source_password,destination_user,destination_password"
PASSWORD = "hunter2"


def file(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def kinds(problems: object) -> list[tuple[int | None, str, ProblemKind]]:
    assert isinstance(problems, (list, tuple))
    return [(problem.row, problem.field, problem.kind) for problem in problems]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("source_user", ColumnRole.SOURCE_USER),
        (" Source User ", ColumnRole.SOURCE_USER),
        ("SOURCE-USER", ColumnRole.SOURCE_USER),
        ("\ufeffsource_user", ColumnRole.SOURCE_USER),
        ("Destination  Password", ColumnRole.DESTINATION_PASSWORD),
        ("Destination", ColumnRole.DESTINATION),
        ("source_users", ColumnRole.IGNORE),
        ("ignore", ColumnRole.IGNORE),
        ("", ColumnRole.IGNORE),
    ],
)
def test_headings(heading: str, role: ColumnRole) -> None:
    assert role_of_heading(heading) is role


def test_a_list_with_everything(tmp_path: Path) -> None:
    text = (
        "Note,Destination User,Source Password,source_user,destination_password,SOURCE,destination\n"
        'x,anna.new, p"w ,anna,  ,pop3s://alt.example,imap://10.0.0.1:1143\n'.replace('p"w', "pw")
        + "y,,,bo@acme.cn,q,,\n"
    )
    table = read_accounts(file(tmp_path, text), default_source=OLD, default_destination=NEW)
    assert table.problems == ()
    assert table.rows == (
        AccountRow(
            2,
            "anna",
            Secret(" pw "),
            "anna.new",
            Secret("  "),
            Endpoint("alt.example", 995, Security.TLS, MailProtocol.POP3),
            Endpoint("10.0.0.1", 1143, Security.PLAIN),
        ),
        AccountRow(3, "bo@acme.cn", Secret(""), "", Secret("q"), OLD, NEW),
    )


def test_accounts_and_secrets_of_rows() -> None:
    rows = [
        AccountRow(2, "Anna", Secret("p"), "anna.new", Secret("q")),
        AccountRow(3, "bo", destination_password=Secret("r"), source=NEW, destination=OLD),
    ]
    accounts, secrets, problems = accounts_from_rows(rows, OLD, NEW)
    assert problems == ()
    assert accounts == (
        Account(account_id("anna", "anna.new"), Mailbox(OLD, "Anna"), Mailbox(NEW, "anna.new")),
        Account(account_id("bo", "bo"), Mailbox(NEW, "bo"), Mailbox(OLD, "bo")),
    )
    assert secrets == {
        Mailbox(OLD, "Anna").secret_key(Side.SOURCE): Secret("p"),
        Mailbox(NEW, "anna.new").secret_key(Side.DESTINATION): Secret("q"),
        Mailbox(OLD, "bo").secret_key(Side.DESTINATION): Secret("r"),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{HEAD}\n,p,anna,q\n", [(2, "source_user", ProblemKind.VALUE_MISSING)]),
        (f"{HEAD}\nanna,p,anna,q\nanna,p,ANNA,q\n", [(3, "", ProblemKind.DUPLICATE_ACCOUNT)]),
        (f"{HEAD}\nanna,p,x,q\nbo,p,x,q\n", [(3, "", ProblemKind.SHARED_DESTINATION)]),
        (
            f"{HEAD}\nanna,p,x,q\nbo,p,x,other\n",
            [(3, "destination_password", ProblemKind.PASSWORDS_DIFFER), (3, "", ProblemKind.SHARED_DESTINATION)],
        ),
        (
            f"{HEAD},source\na,p,a,q,imaps://x.example\nb,p,b,q,mail.example.com\n\nc,p,c,q,imaps://x:y\n",
            [(5, "source", ProblemKind.URL_BAD_PORT)],
        ),
        (f"{HEAD},destination\na,p,a,q,pop3s://x.example\n", [(2, "destination", ProblemKind.DESTINATION_IS_POP3)]),
        (f"{HEAD},destination\na,p,a,p,imaps://old.example\n", [(2, "", ProblemKind.SAME_MAILBOX)]),
    ],
)
def test_problems_of_rows(tmp_path: Path, text: str, found: list[tuple[int, str, ProblemKind]]) -> None:
    table = read_accounts(file(tmp_path, text), default_source=OLD, default_destination=NEW)
    assert kinds(table.problems) == found
    assert {problem.file for problem in table.problems} == {"list.csv"}
    for problem in table.problems:
        is_left_out = problem.row in table.left_out
        assert is_left_out is (problem.kind is ProblemKind.URL_BAD_PORT), "what can be corrected stays in the list"


def test_servers_that_nobody_names(tmp_path: Path) -> None:
    table = read_accounts(file(tmp_path, f"{HEAD}\nanna,p,anna,q\n"))
    assert kinds(table.problems) == [
        (2, "source", ProblemKind.ENDPOINT_MISSING),
        (2, "destination", ProblemKind.ENDPOINT_MISSING),
    ]
    assert validate_rows(table.rows, OLD, NEW) == []


@pytest.mark.parametrize(
    ("text", "kind", "field"),
    [
        ("source_password,destination_user\np,anna\n", ProblemKind.COLUMN_MISSING, "source_user"),
        ("source_user,source_password,dest_usr\na,b,c\n", ProblemKind.COLUMN_MISSING, "destination_user"),
        ("anna,p,anna,q\n", ProblemKind.COLUMN_MISSING, "source_user, destination_user"),
        (f"{HEAD},Source User\na,b,c,d,e\n", ProblemKind.COLUMN_TWICE, "source_user"),
        (f"{HEAD}\n", ProblemKind.NO_ACCOUNTS, ""),
        ("\n", ProblemKind.FILE_EMPTY, ""),
    ],
)
def test_lists_that_cannot_be_used(tmp_path: Path, text: str, kind: ProblemKind, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_accounts(file(tmp_path, text))
    assert caught.value.problem == Problem(kind, file="list.csv", field=field)


def test_passwords_are_in_no_repr_and_no_problem(tmp_path: Path) -> None:
    rows = f",{PASSWORD},x,{PASSWORD}\na,{PASSWORD},b,{PASSWORD}\na,{PASSWORD}2,b,{PASSWORD}\n"
    text = f"{HEAD},source\n" + rows.replace("\n", f",imaps://u:{PASSWORD}@h\n")
    table = read_accounts(file(tmp_path, text), default_destination=NEW)
    assert len(table.problems) > 2
    assert PASSWORD not in repr(table)
    assert PASSWORD not in repr(accounts_from_rows(table.rows, OLD, NEW))


def test_a_password_in_the_column_of_the_server_is_not_repeated(tmp_path: Path) -> None:
    table = read_accounts(file(tmp_path, f"{HEAD},source\na,p,a,q,{PASSWORD}\n"), default_destination=NEW)
    assert kinds(table.problems) == [(2, "source", ProblemKind.URL_BAD_SCHEME)]
    assert PASSWORD not in repr(table.problems)


def test_invisible_characters_around_names_and_urls_are_dropped(tmp_path: Path) -> None:
    text = f"{HEAD},source\n\u200banna\u00a0,p,\ufeffanna ,q,\u00a0imaps://old.example \n"
    table = read_accounts(file(tmp_path, text), default_destination=NEW)
    assert table.problems == ()
    assert (table.rows[0].source_user, table.rows[0].destination_user, table.rows[0].source) == ("anna", "anna", OLD)


# Template


@pytest.mark.parametrize("name", ["template.csv", "template.xlsx", "template.XLSX"])
def test_a_template_has_all_headings_and_no_account(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_template(path)
    with pytest.raises(InvalidInput) as caught:
        read_accounts(path)
    assert caught.value.problem == Problem(ProblemKind.NO_ACCOUNTS, file=name)
    assert read_list(ListSource(name, path.read_bytes())).roles == ROLES


def test_excel_reads_a_template_in_csv_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "template.csv"
    write_template(path)
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
