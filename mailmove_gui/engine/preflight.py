"""The check before the start: log in everywhere, count, map folders. Copies nothing."""

import logging
import queue
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.estimate import daily_limits
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck, FolderFinding, hidden_mail
from mailmove_gui.domain.folders import Folder, FolderMapping
from mailmove_gui.domain.plan import Account, MigrationPlan, Options
from mailmove_gui.domain.ports import Clock, MailGateway, ProviderOfHost, SecretStore, Source, Spawn
from mailmove_gui.domain.providers import Provider, ProviderLimits, no_provider_known
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.context import open_destination, open_source
from mailmove_gui.engine.threads import spawn_thread

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckPorts:
    """The world, as the check sees it."""

    gateway: MailGateway
    secrets: SecretStore
    provider_of: ProviderOfHost = no_provider_known
    clock: Clock = field(default_factory=SystemClock)
    spawn: Spawn = spawn_thread


def check_accounts(
    plan: MigrationPlan,
    account_ids: Iterable[str] | None,
    ports: CheckPorts,
    done: Callable[[AccountCheck], None],
    cancel: CancelToken,
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
                found = check_account(account, plan.options, ports, cancel)
            except Cancelled:
                return
            except Exception:  # noqa: BLE001  one account's bug must not end the others' checks; it is logged and shown
                _log.exception("The check of an account ended unexpectedly")
                found = AccountCheck(account.id, Failure(Reason.INTERNAL_ERROR))
            done(found)

    workers = min(max(1, plan.options.accounts_at_once), max(1, waiting.qsize()))
    threads = [ports.spawn(f"check {number}", work) for number in range(1, workers + 1)]
    for thread in threads:
        thread.join()


def check_account(account: Account, options: Options, ports: CheckPorts, cancel: CancelToken) -> AccountCheck:
    """Log in on both sides, map the folders and count; both sides are tried even if one fails.

    Raises:
        Cancelled: the check was stopped.
    """
    found = AccountCheck(account.id)
    listed: tuple[Folder, ...] = ()
    try:
        with open_source(account, ports.gateway, ports.secrets, cancel) as source:
            listed = source.folders()
            found = _look_at_destination(found, account, options, ports, cancel, listed)
            seen: set[str] | None = None if options.label_copies else set()
            counted = tuple(
                _counted(one.mapping, source, options, found.max_message_bytes, seen, cancel) for one in found.folders
            )
    except MailError as error:
        cancel.check()
        if not listed:
            found = _look_at_destination(found, account, options, ports, cancel, ())
        source_failure = Failure(error.reason, error.side, error.server_text)
        return AccountCheck(account.id, source_failure, found.destination_failure)
    provider = _provider(account, Side.SOURCE, ports)
    window = provider.window if provider is not None else None
    return replace(
        found,
        folders=counted,
        hidden_mail=hidden_mail(counted, _limits(provider).messages_shown_a_folder, ports.clock.now()),
        window_where=window.where if window is not None else "",
        daily_limits=daily_limits(provider, _provider(account, Side.DESTINATION, ports)),
    )


def _look_at_destination(
    found: AccountCheck,
    account: Account,
    options: Options,
    ports: CheckPorts,
    cancel: CancelToken,
    source: tuple[Folder, ...],
) -> AccountCheck:
    """What the destination says, and the map of the source's folders, not counted yet."""
    try:
        with open_destination(account, ports.gateway, ports.secrets, cancel) as destination:
            folders = destination.folders()
            naming = destination.naming
            quota = destination.quota()
            announced = destination.max_message_bytes
    except MailError as error:
        cancel.check()
        return replace(found, destination_failure=Failure(error.reason, error.side, error.server_text))
    mapped = map_account(account, options, source, folders, naming)
    return replace(
        found,
        folders=tuple(FolderFinding(mapping, 0, None) for mapping in mapped.wanted),
        left_out=mapped.left_out,
        source_folders=source,
        destination_folders=folders,
        naming=naming,
        quota=quota,
        max_message_bytes=announced or _limits(_provider(account, Side.DESTINATION, ports)).message_bytes,
    )


def _counted(
    mapping: FolderMapping,
    source: Source,
    options: Options,
    max_message_bytes: int | None,
    seen: set[str] | None,
    cancel: CancelToken,
) -> FolderFinding:
    """The folder with its numbers. It is listed, since SEARCH and STATUS are not to be trusted; no list is kept.

    `seen` gathers the `email_id` of what earlier folders hold; None if each folder's messages count for themselves.
    """
    cancel.check()
    source.examine(mapping.source.path)
    messages = size_bytes = too_large = left_out = repeated = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    for chunk in source.heads():
        cancel.check()
        for head in chunk:
            date = head.internal_date
            if date is not None:
                oldest = date if oldest is None else min(oldest, date)
                newest = date if newest is None else max(newest, date)
            if not options.selects(head.size_bytes, date):
                left_out += 1
                continue
            if seen is not None and head.email_id is not None:
                if head.email_id in seen:
                    repeated += 1
                    continue
                seen.add(head.email_id)
            messages += 1
            size_bytes += head.size_bytes
            too_large += max_message_bytes is not None and head.size_bytes > max_message_bytes
    return FolderFinding(mapping, messages, size_bytes, oldest, newest, too_large, left_out, repeated)


def _provider(account: Account, side: Side, ports: CheckPorts) -> Provider | None:
    return ports.provider_of(account.mailbox(side).endpoint.host)


def _limits(provider: Provider | None) -> ProviderLimits:
    return provider.limits if provider is not None else ProviderLimits()
