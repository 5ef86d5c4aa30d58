"""Looks how a migration stands to the day of the switch: what the ledger knows, held against what name servers say."""

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.cutover import AccountFacts, Cutover
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.mx import MxWatch, moving_hosts
from mailmove_gui.domain.ports import Clock
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState


def look_at_cutover(ledger: Ledger, watch: MxWatch, clock: Clock, cancel: CancelToken) -> Cutover:
    """Ask the name servers, keep what they say of the switch for later looks, and put it together.

    Raises:
        Cancelled: asked to stop.
        MailError: LOCAL_DISK, the ledger cannot be read or written.
    """
    plan = ledger.plan()
    mails = watch(plan, cancel)
    now = clock.now()
    histories = [ledger.mx_history(mail.domain).after(mail, now) for mail in mails]
    for history in histories:
        ledger.save_mx_history(history)
    users = {account.id: account.source.user for account in plan.accounts}
    accounts = []
    for record in ledger.accounts():
        cancel.check()
        if record.state is not AccountState.SKIPPED:
            accounts.append(_facts(ledger, clock, record, users[record.account_id]))
    hosts = moving_hosts(plan, [mail.domain for mail in mails])
    return Cutover(now, tuple(zip(mails, histories, strict=True)), tuple(accounts), hosts)


def _facts(ledger: Ledger, clock: Clock, record: AccountRecord, user: str) -> AccountFacts:
    newest = next(iter(ledger.verifications(record.account_id)), None)
    return AccountFacts(
        record.account_id,
        user,
        record.state,
        ledger.pass_begun(record.account_id),
        record.finished,
        newest.at if newest is not None and newest.result.passed else None,
        ledger.newest_at_source(record.account_id, clock.now()),
        record.counts.total > 0,
    )
