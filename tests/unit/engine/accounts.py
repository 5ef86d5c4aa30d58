"""The accounts of the tests."""

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.plan import Account, Mailbox

USER = "anna"


def account(user: str = USER, destination_user: str | None = None) -> Account:
    return Account(
        f"id of {user}",
        Mailbox(Endpoint("old.example", 993), user),
        Mailbox(Endpoint("new.example", 993), destination_user or user),
    )
