"""From a call to a plan: the account list, the options and the migration's file put together."""

import argparse
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from platformdirs import user_data_path

from mailmove_gui.batch import accounts_from_rows, read_accounts
from mailmove_gui.commandline.options import read_endpoints, read_options, read_source_ends
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, MigrationPlan, with_accounts
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import MailError, Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.ledger import open_ledger, open_or_create
from mailmove_gui.texts import _

_SUFFIX = ".mailmove"
_HASH_LENGTH = 16


class WrongCall(Exception):
    """The call cannot be carried out; its text is a sentence for the person who made it."""


class BrokenList(Exception):
    """An account list has problems that stop it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("an account list has problems")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class AccountList:
    """Accounts of a file, the passwords in it, and what is to be looked at."""

    accounts: tuple[Account, ...] = ()
    secrets: Mapping[SecretKey, Secret] = field(default_factory=dict)
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Preparation:
    """A plan, where it is or will be kept, and what came with it.

    `state_was_named` says that the call named the file (else its place follows from the accounts), `resumed` that
    it was there. `corrected` are accounts that were in it with another destination.
    """

    plan: MigrationPlan
    listed: AccountList
    state_file: Path
    state_was_named: bool
    resumed: bool
    corrected: frozenset[str] = frozenset()


def prepare(args: argparse.Namespace) -> Preparation:
    """Read everything that the call names; writes nothing.

    Raises:
        InvalidInput: an option or a file as a whole is wrong.
        BrokenList: rows of the account list are.
        WrongCall: something is missing in the call.
    """
    source, destination = read_endpoints(args)
    named = Path(args.state) if args.state else None
    base = _plan_in(named) if named is not None and named.exists() else None
    if base is None and not args.accounts:
        if named is not None:
            raise InvalidInput(Problem(ProblemKind.FILE_NOT_FOUND, file=named.name, field="--state"))
        raise WrongCall(_("Give an account list with --accounts, or a begun migration with --state."))
    plan = base or MigrationPlan()
    listed = list_for(plan, Path(args.accounts), source, destination) if args.accounts else AccountList()
    if base is not None and not args.accounts:
        plan = _with_servers(plan, source, destination)
    plan = replace(plan, options=read_options(args, plan.options), source_ends=read_source_ends(args, plan.source_ends))
    plan = with_accounts(plan, listed.accounts)
    return Preparation(
        plan,
        listed,
        named or default_state_file(plan.accounts),
        state_was_named=named is not None,
        resumed=base is not None,
        corrected=_corrected(base, plan) if base is not None else frozenset(),
    )


def _corrected(before: MigrationPlan, now: MigrationPlan) -> frozenset[str]:
    old = {account.id: account.destination for account in before.accounts}
    return frozenset(
        account.id for account in now.accounts if old.get(account.id, account.destination) != account.destination
    )


def list_for(
    plan: MigrationPlan, path: Path, source: Endpoint | None = None, destination: Endpoint | None = None
) -> AccountList:
    """Read an account list; rows without servers have those given, else those that all accounts of the plan have.

    Raises:
        InvalidInput: the file as a whole cannot be used.
        BrokenList: some of its rows cannot.
    """
    source = source or _only_endpoint(plan.accounts, Side.SOURCE)
    destination = destination or _only_endpoint(plan.accounts, Side.DESTINATION)
    table = read_accounts(path, default_source=source, default_destination=destination)
    broken = [problem for problem in table.problems if problem.stops]
    if broken:
        raise BrokenList(broken)
    accounts, secrets, _problems = accounts_from_rows(table.rows, source, destination)
    return AccountList(accounts, secrets, table.problems)


def default_state_file(accounts: Iterable[Account]) -> Path:
    """Where a migration is kept if the call does not say: the same accounts have the same file."""
    lines = sorted(
        f"{account.source.endpoint.url} {account.source.user} {account.destination.endpoint.url}"
        f" {account.destination.user}"
        for account in accounts
    )
    digest = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:_HASH_LENGTH]
    return user_data_path("MailMove", appauthor=False) / "migrations" / f"{digest}{_SUFFIX}"


@contextmanager
def opened(state_file: Path) -> Iterator[Ledger]:
    """The ledger in a file that is there; closed at the end of the block.

    Raises:
        InvalidInput: it is none, too new, or in use; with the file's name.
    """
    ledger = open_ledger(state_file)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def opened_or_made(preparation: Preparation) -> Iterator[Ledger]:
    """The ledger of a migration with its newest plan; the file is made if it is not there.

    Raises:
        InvalidInput: as `opened`; FILE_NOT_WRITABLE if it cannot be made.
    """
    state_file = preparation.state_file
    try:
        if not preparation.state_was_named:
            state_file.parent.mkdir(parents=True, exist_ok=True)
        ledger = open_or_create(state_file, preparation.plan)
    except (OSError, MailError) as error:
        problem = Problem(ProblemKind.FILE_NOT_WRITABLE, file=state_file.name)
        raise InvalidInput(problem) from error
    try:
        yield ledger
    finally:
        ledger.close()


def _plan_in(state_file: Path) -> MigrationPlan:
    with opened(state_file) as ledger:
        return ledger.plan()


def _only_endpoint(accounts: Iterable[Account], side: Side) -> Endpoint | None:
    """The server that all accounts have in common at `side`."""
    endpoints = {account.mailbox(side).endpoint for account in accounts}
    return endpoints.pop() if len(endpoints) == 1 else None


def _with_servers(plan: MigrationPlan, source: Endpoint | None, destination: Endpoint | None) -> MigrationPlan:
    """A begun plan whose servers are corrected by the call."""
    return replace(
        plan,
        accounts=tuple(
            replace(
                account,
                source=replace(account.source, endpoint=source or account.source.endpoint),
                destination=replace(account.destination, endpoint=destination or account.destination.endpoint),
            )
            for account in plan.accounts
        ),
    )
