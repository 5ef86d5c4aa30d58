"""The wire: mailboxes behind the ports `Source`, `Destination` and `MailGateway`."""

from mailmove_gui.mail.gateway import ServerGateway

__all__ = ["ServerGateway"]
