"""The wire: mailboxes behind the ports `Source`, `Destination` and `MailGateway`."""

from mailmove_gui.mail.gateway import ImapGateway

__all__ = ["ImapGateway"]
