"""The sample mail's accounts as a migration would have them."""

from mailmove_gui.demo.sample import RunningDemo
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, account_id
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey


def sample_accounts(running: RunningDemo) -> tuple[tuple[Account, ...], dict[SecretKey, Secret]]:
    """The accounts between the two running servers, and the passwords that the account list gives them."""
    source = Endpoint(running.source.host, running.source.imap_port, Security.PLAIN)
    destination = Endpoint(running.destination.host, running.destination.imap_port, Security.PLAIN)
    accounts: list[Account] = []
    secrets: dict[SecretKey, Secret] = {}
    for row in running.accounts:
        account = Account(
            account_id(row.source_user, row.destination_user),
            Mailbox(source, row.source_user),
            Mailbox(destination, row.destination_user),
        )
        accounts.append(account)
        secrets[account.secret_key(Side.SOURCE)] = Secret(row.source_password)
        secrets[account.secret_key(Side.DESTINATION)] = Secret(row.destination_password)
    return tuple(accounts), secrets
