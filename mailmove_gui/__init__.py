"""MailMove: moves mailboxes between mail servers."""

__version__ = "0.1.0"
