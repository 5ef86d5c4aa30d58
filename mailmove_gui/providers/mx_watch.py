"""Where the mail of a plan's domains goes now, and who may send for them."""

import asyncio
from dataclasses import replace

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.mx import DomainMail, domains_of
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.providers.asked import ascii_name
from mailmove_gui.providers.mx_places import MailSides
from mailmove_gui.providers.name_servers import NameServers
from mailmove_gui.providers.table import provider_table

_DOMAINS_AT_ONCE = 8


class DnsMxWatch:
    """The `MxWatch` that asks DNS. Only the names of domains and servers are told to anybody. Thread-safe.

    Args:
        name_servers: who is asked about names.
    """

    def __init__(self, name_servers: NameServers | None = None) -> None:
        self._name_servers = name_servers or NameServers()

    def __call__(self, plan: MigrationPlan, cancel: CancelToken) -> tuple[DomainMail, ...]:
        """Look at each of `domains_of`; whoever does not answer is told as such.

        Raises:
            Cancelled: asked to stop.
        """
        # What speaks DNS takes a quarter of a second to import, which nobody has to wait for at start-up.
        from mailmove_gui.providers.search import run_until_cancelled  # noqa: PLC0415

        cancel.check()
        found: dict[str, DomainMail] = {}
        run_until_cancelled(self._look(plan, found), cancel)
        return tuple(found[domain] for domain in domains_of(plan))

    async def _look(self, plan: MigrationPlan, found: dict[str, DomainMail]) -> None:
        from mailmove_gui.providers.mx_questions import MxQuestions  # noqa: PLC0415

        table, at_once = provider_table(), asyncio.Semaphore(_DOMAINS_AT_ONCE)

        async def look(domain: str) -> None:
            name = ascii_name(domain)
            if name is None:
                found[domain] = DomainMail(domain)
                return
            theirs = [
                account
                for account in plan.accounts
                if any(account.mailbox(side).owner.endswith(f"@{domain}") for side in Side)
            ]
            async with at_once:
                mail = await MxQuestions(name, MailSides.of(theirs, table), self._name_servers).ask()
            found[domain] = replace(mail, domain=domain, is_providers=table.by_domain(name) is not None)

        async with asyncio.TaskGroup() as tasks:
            for domain in domains_of(plan):
                tasks.create_task(look(domain))
