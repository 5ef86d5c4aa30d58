"""Input that cannot be used: one sentence that names file, row and field, what is wrong and what to do."""

from typing import assert_never

from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.texts.language import _

_OPTION_MARK = "--"


def sentence(problem: Problem) -> str:
    """Where it is, what is wrong, what to do: ``accounts.csv, row 3, source: ...``."""
    place = place_of(problem)
    return _("{place}: {words}").format(place=place, words=what_is_wrong(problem)) if place else on_its_own(problem)


def on_its_own(problem: Problem) -> str:
    """What is wrong as a sentence of its own: with a capital, unless it begins with what somebody has typed."""
    words = what_is_wrong(problem)
    begins_with_value = bool(problem.value) and words.startswith(problem.value)
    return words if begins_with_value else words[:1].upper() + words[1:]


def place_of(problem: Problem) -> str:
    """``accounts.csv, row 3, source``; empty if the problem has no place."""
    parts = [problem.file] if problem.file else []
    if problem.row is not None:
        parts.append(_("row {n}").format(n=problem.row))
    if problem.field:
        parts.append(problem.field)
    return _(", ").join(parts)


def in_row(row: int, words: str) -> str:
    """``Row 3: ...``, in lists that are of one file or table alone."""
    return _("Row {n}: {words}").format(n=row, words=words)


def what_is_wrong(problem: Problem) -> str:  # noqa: C901, PLR0911, PLR0912, PLR0915 -- one branch a kind
    """The part of the sentence behind the place; in a table the row tells the place itself."""
    value = problem.value
    match problem.kind:
        case ProblemKind.FILE_NOT_FOUND:
            return _("there is no such file; check its name.")
        case ProblemKind.FILE_NOT_READABLE:
            return _("this file cannot be read; check that it is no folder and that you may open it.")
        case ProblemKind.FILE_EXISTS:
            return _("there is a file of this name already; choose another name.")
        case ProblemKind.FILE_NOT_WRITABLE:
            return _("this file cannot be written; check its folder and your rights to it.")
        case ProblemKind.FILE_NOT_A_TABLE:
            return _("this is no table of accounts; save it as CSV or XLSX.")
        case ProblemKind.FILE_NOT_A_MIGRATION:
            return _("this is no migration file, or it is damaged; choose another one.")
        case ProblemKind.FILE_TOO_NEW:
            return _("a newer version of MailMove wrote this file; open it with that version.")
        case ProblemKind.FILE_IN_USE:
            return _("another program has this migration open; close it there first.")
        case ProblemKind.FILE_EMPTY:
            return _("there is nothing in this file; write one account in each row.")
        case ProblemKind.COLUMN_MISSING if ", " in problem.field:
            return _("these columns are missing; write their headings into the first row.")
        case ProblemKind.COLUMN_MISSING:
            return _("this column is missing; write its heading into the first row.")
        case ProblemKind.COLUMN_TWICE:
            return _("two columns have this heading; remove one of them.")
        case ProblemKind.VALUE_MISSING:
            return _("this is empty; fill it in.")
        case ProblemKind.URL_BAD_SCHEME:
            text = _(
                "{value} is no address of a mail server; write it like imaps://mail.example.com"
                " (imaps, imap+starttls, imap; for the source also pop3s, pop3+starttls, pop3)."
            )
            return text.format(value=_("“{value}”").format(value=value) if value else _("this"))
        case ProblemKind.URL_NO_HOST:
            return _("“{value}” names no server; write it like imaps://mail.example.com.").format(value=value)
        case ProblemKind.URL_BAD_PORT:
            return _("the port in “{value}” is none; write a number from 1 to 65535.").format(value=value)
        case ProblemKind.URL_HAS_SECRET:
            return _("a server's address holds no user name and no password; remove what stands before the @.")
        case ProblemKind.URL_HAS_EXTRA:
            return _("“{value}” has something behind server and port; remove it.").format(value=value)
        case ProblemKind.DESTINATION_IS_POP3:
            return _("nothing can be put into a mailbox by POP3; give the destination's IMAP address.")
        case ProblemKind.DUPLICATE_ACCOUNT if problem.other_row is not None:
            text = _("{value} is in row {row} already; remove one of the two.")
            return text.format(value=value, row=problem.other_row)
        case ProblemKind.DUPLICATE_ACCOUNT:
            text = _("{value} with this destination is in the list already; remove one of the two.")
            return text.format(value=value)
        case ProblemKind.DUPLICATE_SOURCE if problem.other_row is not None:
            text = _("{value} is in row {row} too, with another destination; check that this is meant.")
            return text.format(value=value, row=problem.other_row)
        case ProblemKind.DUPLICATE_SOURCE:
            text = _("{value} is in the list already, with another destination; check that this is meant.")
            return text.format(value=value)
        case ProblemKind.SHARED_DESTINATION if problem.other_row is not None:
            text = _("row {row} also goes to {value}; check that this is meant.")
            return text.format(value=value, row=problem.other_row)
        case ProblemKind.SHARED_DESTINATION:
            return _("another account also goes to {value}; check that this is meant.").format(value=value)
        case ProblemKind.SAME_MAILBOX:
            return _("{value} would be moved onto itself; give another destination.").format(value=value)
        case ProblemKind.PASSWORDS_DIFFER if problem.other_row is not None:
            text = _("row {row} has another password for {value}; correct one of the two.")
            return text.format(value=value, row=problem.other_row)
        case ProblemKind.PASSWORDS_DIFFER:
            text = _("another row has another password for {value}; correct one of the two.")
            return text.format(value=value)
        case ProblemKind.BAD_DATE:
            return _("“{value}” is no date; write it like 2024-01-31.").format(value=value)
        case ProblemKind.BAD_NUMBER:
            return _("“{value}” cannot be used here; write a whole number above 0.").format(value=value)
        case ProblemKind.BAD_BANDWIDTH:
            return _("“{value}” is no bandwidth; write bytes a second like 500k or 2M, or off.").format(value=value)
        case ProblemKind.BAD_HOURS:
            return _("“{value}” are no hours; write them like 08:00-18:00, or off.").format(value=value)
        case ProblemKind.BAD_FOLDER_MAP:
            return _("“{value}” maps no folder; write it like Sent=Sent Items.").format(value=value)
        case ProblemKind.BAD_FOLDER_ROLE:
            return _("“{value}” is no kind of folder; write for instance junk or trash.").format(value=value)
        case ProblemKind.NO_ACCOUNTS:
            return _("there is no account in it; write one in each row.")
        case ProblemKind.UNKNOWN_ACCOUNT:
            return _("{value} is no account of this migration; write a source user of it.").format(value=value)
        case ProblemKind.ENDPOINT_MISSING:
            return _("it is not said which server this is; give its address, such as imaps://mail.example.com.")
        case ProblemKind.BAD_ADDRESS:
            return _("“{value}” is no mail address; correct it.").format(value=value)
        case ProblemKind.BAD_DOMAIN:
            text = _("there is no domain in “{value}”; give an address or a domain, such as anna@example.com.")
            return text.format(value=value)
        case ProblemKind.UNKNOWN_HOST:
            return _("“{value}” cannot be the name of a server or domain; correct it.").format(value=value)
        case ProblemKind.ROW_NOT_READ:
            return _("there are broken characters or line breaks in its cells; correct it and import the list again.")
        case ProblemKind.QUOTE_NOT_CLOSED:
            return _("a quotation mark is not closed or stands alone; put the cell in quotes and write it twice.")
        case ProblemKind.TOO_MANY_CELLS:
            return _("there are more cells than columns; put a cell that holds the separator in quotes.")
        case ProblemKind.PASSWORD_IS_NUMBER:
            return _("this password was a number in the spreadsheet; check its first zeros and last digits.")
        case ProblemKind.ACCOUNT_RUNS:
            return _("this account is running; stop it first.")
        case ProblemKind.MESSAGES_MOVED:
            return _("messages of this account have been moved; undo it first, then correct its addresses.")
        case ProblemKind.MESSAGES_IN_DOUBT:
            return _("some messages of this account may have arrived; retry or skip them in its details first.")
        case _ as never:
            assert_never(never)
