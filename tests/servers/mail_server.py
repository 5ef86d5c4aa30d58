"""What tests need to know of a mail server, whatever its kind."""

from typing import Protocol

from tests.servers.dovecot_users import User


class MailServer(Protocol):
    """A server that runs: where it is, how its folders are named, and new mailboxes on it."""

    @property
    def name(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def imap_port(self) -> int: ...
    @property
    def separator(self) -> str: ...
    @property
    def prefix(self) -> str: ...

    def new_user(self, password: str = "pass word", *, quota_bytes: int | None = None) -> User:
        """A new, empty mailbox with a name that no other has."""
        ...
