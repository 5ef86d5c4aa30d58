"""Input that cannot be used, as data; `texts.problems` words it for people."""

from dataclasses import dataclass, replace
from enum import StrEnum


class ProblemKind(StrEnum):
    """What is wrong with a piece of input."""

    FILE_NOT_FOUND = "file_not_found"
    FILE_NOT_READABLE = "file_not_readable"
    FILE_NOT_WRITABLE = "file_not_writable"
    FILE_NOT_A_TABLE = "file_not_a_table"
    FILE_NOT_A_MIGRATION = "file_not_a_migration"
    FILE_TOO_NEW = "file_too_new"
    FILE_IN_USE = "file_in_use"
    FILE_EXISTS = "file_exists"
    FILE_EMPTY = "file_empty"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    VALUE_MISSING = "value_missing"
    URL_BAD_SCHEME = "url_bad_scheme"
    URL_NO_HOST = "url_no_host"
    URL_BAD_PORT = "url_bad_port"
    URL_HAS_SECRET = "url_has_secret"
    URL_HAS_EXTRA = "url_has_extra"
    DESTINATION_IS_POP3 = "destination_is_pop3"
    DUPLICATE_ACCOUNT = "duplicate_account"
    DUPLICATE_SOURCE = "duplicate_source"
    SHARED_DESTINATION = "shared_destination"
    SAME_MAILBOX = "same_mailbox"
    PASSWORDS_DIFFER = "passwords_differ"
    BAD_DATE = "bad_date"
    BAD_NUMBER = "bad_number"
    BAD_BANDWIDTH = "bad_bandwidth"
    BAD_HOURS = "bad_hours"
    BAD_FOLDER_MAP = "bad_folder_map"
    BAD_FOLDER_ROLE = "bad_folder_role"
    NO_ACCOUNTS = "no_accounts"
    UNKNOWN_ACCOUNT = "unknown_account"
    ENDPOINT_MISSING = "endpoint_missing"
    BAD_ADDRESS = "bad_address"
    BAD_DOMAIN = "bad_domain"
    UNKNOWN_HOST = "unknown_host"
    ROW_NOT_READ = "row_not_read"
    QUOTE_NOT_CLOSED = "quote_not_closed"
    TOO_MANY_CELLS = "too_many_cells"
    PASSWORD_IS_NUMBER = "password_is_number"
    ACCOUNT_RUNS = "account_runs"
    MESSAGES_MOVED = "messages_moved"
    MESSAGES_IN_DOUBT = "messages_in_doubt"


TO_LOOK_AT = frozenset({ProblemKind.DUPLICATE_SOURCE, ProblemKind.SHARED_DESTINATION, ProblemKind.PASSWORD_IS_NUMBER})
"""Problems that do not stop anything: allowed, but seldom meant."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where it stands.

    `file` is a file name, `row` the 1-based row as a spreadsheet shows it, `field` a column or option name, `value` the
    offending text (never a password), `other_row` the row that this one is at odds with.
    """

    kind: ProblemKind
    file: str = ""
    row: int | None = None
    field: str = ""
    value: str = ""
    other_row: int | None = None

    @property
    def stops(self) -> bool:
        """Whether nothing can be started as long as this is so."""
        return self.kind not in TO_LOOK_AT

    def at(self, *, file: str | None = None, row: int | None = None, field: str | None = None) -> "Problem":
        """The same problem with its place filled in where it was not known yet."""
        return replace(
            self,
            file=self.file or file or "",
            row=self.row if self.row is not None else row,
            field=self.field or field or "",
        )


class InvalidInput(ValueError):
    """Raised for input that cannot be used; carries the :class:`Problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.value)
        self.problem = problem
