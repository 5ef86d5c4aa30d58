"""The check before the start: log in everywhere, count, map folders. Copies nothing."""

import logging
import queue
from collections.abc import Callable, Iterable

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck, FolderFinding
from mailmove_gui.domain.folders import Folder
from mailmove_gui.domain.plan import Account, MigrationPlan, Options
from mailmove_gui.domain.ports import MailGateway, SecretStore, Source, Spawn
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.engine.context import open_destination, open_source
from mailmove_gui.engine.folder_plan import wanted_mappings
from mailmove_gui.engine.threads import spawn_thread

_log = logging.getLogger(__name__)


def check_accounts(
    plan: MigrationPlan,
    account_ids: Iterable[str] | None,
    gateway: MailGateway,
    secrets: SecretStore,
    done: Callable[[AccountCheck], None],
    cancel: CancelToken,
    *,
    spawn: Spawn = spawn_thread,
) -> None:
    """Check accounts (None: all), several at once; blocks until all are checked or `cancel` is set.

    `done` is called from the checking threads, once for each account that was checked.
    """
    wanted = None if account_ids is None else set(account_ids)
    waiting: queue.SimpleQueue[Account] = queue.SimpleQueue()
    for account in plan.accounts:
        if wanted is None or account.id in wanted:
            waiting.put(account)

    def work() -> None:
        while not cancel.is_set:
            try:
                account = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                found = check_account(account, plan.options, gateway, secrets, cancel)
            except Cancelled:
                return
            except Exception:  # noqa: BLE001  one account's bug must not end the others' checks; it is logged and shown
                _log.exception("The check of an account ended unexpectedly")
                found = AccountCheck(account.id, Failure(Reason.INTERNAL_ERROR))
            done(found)

    workers = min(max(1, plan.options.accounts_at_once), max(1, waiting.qsize()))
    threads = [spawn(f"check {number}", work) for number in range(1, workers + 1)]
    for thread in threads:
        thread.join()


def check_account(
    account: Account, options: Options, gateway: MailGateway, secrets: SecretStore, cancel: CancelToken
) -> AccountCheck:
    """Log in on both sides, map the folders and count; both sides are tried even if one fails.

    Raises:
        Cancelled: the check was stopped.
    """
    listed: tuple[Folder, ...] = ()
    source_failure: Failure | None = None
    findings: tuple[FolderFinding, ...] = ()
    try:
        with open_source(account, gateway, secrets, cancel) as source:
            listed = source.folders()
            findings, destination_failure = _look_at_destination(account, options, gateway, secrets, cancel, listed)
            findings = tuple(_counted(finding, source, cancel) for finding in findings)
    except MailError as error:
        cancel.check()
        source_failure = Failure(error.reason, error.side, error.server_text)
        if not listed:
            _, destination_failure = _look_at_destination(account, options, gateway, secrets, cancel, ())
        findings = ()
    return AccountCheck(account.id, source_failure, destination_failure, findings)


def _look_at_destination(
    account: Account,
    options: Options,
    gateway: MailGateway,
    secrets: SecretStore,
    cancel: CancelToken,
    source: tuple[Folder, ...],
) -> tuple[tuple[FolderFinding, ...], Failure | None]:
    try:
        with open_destination(account, gateway, secrets, cancel) as destination:
            mappings = wanted_mappings(source, destination.folders(), destination, options)
    except MailError as error:
        cancel.check()
        return (), Failure(error.reason, error.side, error.server_text)
    return tuple(FolderFinding(mapping, 0, None) for mapping in mappings), None


def _counted(finding: FolderFinding, source: Source, cancel: CancelToken) -> FolderFinding:
    cancel.check()
    state = source.status(finding.mapping.source.path)
    return FolderFinding(finding.mapping, state.messages, state.size_bytes)
