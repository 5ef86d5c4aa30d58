"""What the wizard gathers, and the rules of its flow. No Qt."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from mailmove_gui.batch import AccountRow, accounts_from_rows
from mailmove_gui.desktop.wizard.server_entry import ServerEntry, automatic_entry, entry_of
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import FolderMap
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, new_plan_id
from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.texts import _

_NOT_IN_A_FILE_NAME = '<>:"/\\|?*'


_Reading = tuple[tuple[Account, ...], dict[SecretKey, Secret], tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class MigrationDraft:
    """All that was typed so far.

    A row without a destination name goes to the same name, at `destination_domain` if there is one; with
    `same_passwords` a destination without a password has that of the source. `folder_maps` and `excluded` are the
    wishes for single accounts, by account id; those for all are in `options`. `reading_deletes`: a connection test has
    shown that the source deletes what was read by POP3.
    """

    source: ServerEntry = field(default_factory=automatic_entry)
    destination: ServerEntry = field(default_factory=lambda: automatic_entry(Side.DESTINATION))
    rows: tuple[AccountRow, ...] = ()
    destination_domain: str = ""
    same_passwords: bool = False
    checks: Mapping[str, AccountCheck] = field(default_factory=dict)
    name: str = ""
    path: Path | None = None
    options: Options = field(default_factory=Options)
    is_single: bool = False
    is_sample: bool = False
    plan_id: str = field(default_factory=new_plan_id)
    folder_maps: Mapping[str, FolderMap] = field(default_factory=dict)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remember_passwords: bool = True
    reading_deletes: bool = False
    source_ends: date | None = None
    _known: list[_Reading] = field(default_factory=list, init=False, repr=False, compare=False)
    """What the rows gave when they were read: pages ask for it again and again"""

    def completed(self, row: AccountRow) -> AccountRow:
        """The row with what follows from the options filled in."""
        user, password = row.destination_user, row.destination_password
        if not user and row.source_user:
            local, at, _domain = row.source_user.rpartition("@")
            domain = self.destination_domain.strip().removeprefix("@")
            user = f"{local if at else row.source_user}@{domain}" if domain else row.source_user
        if not password and self.same_passwords:
            password = row.source_password
        return replace(row, destination_user=user, destination_password=password)

    def filled_rows(self) -> tuple[AccountRow, ...]:
        """Rows that are not blank, completed and numbered by where they stand in the table (from 1)."""
        return tuple(
            replace(self.completed(row), number=number) for number, row in enumerate(self.rows, 1) if not is_blank(row)
        )

    def logging_in(self, row: AccountRow) -> AccountRow:
        """The completed row with addresses replaced by the names that the usual servers want for a login.

        A row with a server of its own keeps what was typed: nothing is known of that server.
        """
        return replace(
            row,
            source_user=row.source_user if row.source else self.source.login_name(row.source_user),
            destination_user=(
                row.destination_user if row.destination else self.destination.login_name(row.destination_user)
            ),
        )

    def accounts(self) -> tuple[Account, ...]:
        """Accounts of all rows that are complete, with the folder map that each has for itself."""
        return tuple(
            replace(
                account, folder_map=self.folder_maps.get(account.id, ()), exclude=self.excluded.get(account.id, None)
            )
            for account in self._read()[0]
        )

    def passwords(self) -> dict[SecretKey, Secret]:
        """The passwords that were typed."""
        return dict(self._read()[1])

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the rows; a password that is missing is to be looked at."""
        missing = [problem for row in self.filled_rows() for problem in missing_passwords(row)]
        return (*self._read()[2], *missing)

    def problems_of(self, rows: Iterable[AccountRow]) -> tuple[Problem, ...]:
        """What would be wrong with other rows, by their own numbers; passwords that are missing do not count."""
        completed = (self.logging_in(self.completed(row)) for row in rows)
        return accounts_from_rows(completed, self.source.endpoint, self.destination.endpoint)[2]

    @property
    def can_check(self) -> bool:
        """Whether there are accounts, and nothing about them keeps them from being tried."""
        return bool(self.accounts()) and not any(map(hinders, self.problems()))

    def plan(self) -> MigrationPlan:
        """The plan of all accounts."""
        return MigrationPlan(
            self.name.strip(),
            self.accounts(),
            self.options,
            self.plan_id,
            self.source.origin,
            self.destination.origin,
            self.remember_passwords,
            self.source_ends,
        )

    def passed(self) -> tuple[str, ...]:
        """Ids of the accounts that the check let through."""
        return tuple(
            account.id
            for account in self.accounts()
            if (check := self.checks.get(account.id)) is not None and check.passed
        )

    def with_users(self, typed: Mapping[SecretKey, str]) -> "MigrationDraft":
        """The draft with user names corrected, by the side, server and name that they had at the login."""
        rows = []
        for row in self.rows:
            full = self.completed(row)
            login = self.logging_in(full)
            source, destination = row.source or self.source.endpoint, row.destination or self.destination.endpoint
            source_user = _corrected(typed, Side.SOURCE, source, login.source_user)
            destination_user = _corrected(typed, Side.DESTINATION, destination, login.destination_user)
            if not (source_user or destination_user):
                rows.append(row)
                continue
            # A destination whose name followed from the source's stays what it is: it may have been right.
            source_user, destination_user = source_user or full.source_user, destination_user or full.destination_user
            rows.append(replace(row, source_user=source_user, destination_user=destination_user))
        return replace(self, rows=tuple(rows))

    def with_passwords(self, typed: Mapping[SecretKey, Secret]) -> "MigrationDraft":
        """The draft with passwords corrected wherever these mailboxes are used."""
        rows = []
        for row in self.rows:
            full = self.logging_in(self.completed(row))
            source, destination = row.source or self.source.endpoint, row.destination or self.destination.endpoint
            changed = row
            if source is not None:
                secret = typed.get(Mailbox(source, full.source_user).secret_key(Side.SOURCE))
                changed = changed.with_password(Side.SOURCE, secret) if secret else changed
            if destination is not None:
                secret = typed.get(Mailbox(destination, full.destination_user).secret_key(Side.DESTINATION))
                # A source password that was corrected must not become the destination's, which was right.
                secret = secret or (full.destination_password if changed is not row else None)
                changed = changed.with_password(Side.DESTINATION, secret) if secret else changed
            rows.append(changed)
        return replace(self, rows=tuple(rows))

    def default_name(self) -> str:
        """What the migration is called unless somebody says otherwise: ``old.example to new.example``."""
        rows = self.filled_rows()
        source = _usual_domain([row.source_user for row in rows]) or self.source.host.strip()
        destination = _usual_domain([row.destination_user for row in rows]) or self.destination.host.strip()
        if source == destination:
            source, destination = self.source.host.strip(), self.destination.host.strip()
        return _("{source} to {destination}").format(source=source, destination=destination)

    def _read(self) -> _Reading:
        if not self._known:
            rows = map(self.logging_in, self.filled_rows())
            self._known.append(accounts_from_rows(rows, self.source.endpoint, self.destination.endpoint))
        return self._known[0]


def draft_of_samples(
    accounts: Sequence[Account], passwords: Mapping[SecretKey, Secret], folder: Path, name: str
) -> MigrationDraft:
    """A draft filled in with accounts of embedded servers; `path` is the folder for the migration's file."""
    none = Secret("")
    rows = tuple(
        AccountRow(
            number,
            account.source.user,
            passwords.get(account.secret_key(Side.SOURCE), none),
            account.destination.user,
            passwords.get(account.secret_key(Side.DESTINATION), none),
            account.source.endpoint,
            account.destination.endpoint,
        )
        for number, account in enumerate(accounts, 1)
    )
    return MigrationDraft(
        entry_of(accounts[0].source.endpoint),
        entry_of(accounts[0].destination.endpoint, Side.DESTINATION),
        rows,
        name=name,
        path=folder,
        is_sample=True,
    )


def likely_domains(draft: MigrationDraft) -> list[str]:
    """Domains for the destination's addresses, the likeliest first: of those typed, of what was asked, of the host."""
    asked = draft.destination.asked.strip().rpartition("@")[2].casefold()
    typed = _usual_domain([row.destination_user for row in draft.rows])
    host = draft.destination.host.strip().casefold()
    of_host = host.partition(".")[2] if host.count(".") > 1 and not host.replace(".", "").isdecimal() else ""
    return list(dict.fromkeys(filter(None, (typed, asked, of_host))))


def is_blank(row: AccountRow) -> bool:
    """Whether nothing was typed into it."""
    return not (row.source_user or row.source_password or row.destination_user or row.destination_password)


def missing_passwords(row: AccountRow) -> list[Problem]:
    """Which passwords a row lacks."""
    return [
        Problem(ProblemKind.VALUE_MISSING, row=row.number, field=f"{side.value}_password")
        for side in Side
        if not row.password(side)
    ]


def hinders(problem: Problem) -> bool:
    """Whether the accounts cannot be tried as long as this is so. A missing password can be typed later."""
    return problem.stops and not is_about_password(problem)


def is_about_password(problem: Problem) -> bool:
    """Whether it says that a password is missing."""
    return problem.kind is ProblemKind.VALUE_MISSING and problem.field.endswith("_password")


def file_name_of(name: str) -> str:
    """A migration's name as a file can have it, without a suffix."""
    cleaned = "".join(" " if character in _NOT_IN_A_FILE_NAME else character for character in name)
    cleaned = "".join(filter(str.isprintable, " ".join(cleaned.split()))).strip(". ")
    return cleaned[:100] or "Migration"


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """A path in `folder` at which no file is yet. Touches the disk."""
    stem = file_name_of(name)
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path = folder / f"{stem} {number}{suffix}"
        number += 1
    return path


def _corrected(typed: Mapping[SecretKey, str], side: Side, endpoint: Endpoint | None, user: str) -> str:
    """The name that was typed instead of `user`; empty if it stays."""
    if endpoint is None:
        return ""
    now = typed.get(Mailbox(endpoint, user).secret_key(side), user)
    return now if now != user else ""


def _usual_domain(users: list[str]) -> str:
    domains = Counter(user.rpartition("@")[2].casefold() for user in users if "@" in user)
    return domains.most_common(1)[0][0] if domains else ""
