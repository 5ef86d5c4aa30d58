"""What real providers' servers do otherwise than a well-behaved one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailmove_gui.demo.folder import Message

USUAL_GREETING = "Sample mail server ready."


class Interruption(Exception):
    """Instead of what a command asks for: `status` (NO or BAD) and `text`; with `bye`, that too, and hanging up."""

    def __init__(self, status: str, text: str, bye: str | None = None) -> None:
        super().__init__(f"{status} {text}")
        self.status = status
        self.text = text
        self.bye = bye


Intervention = Callable[[str, int], Interruption | None]
"""Gets ("SELECT", 0) before a command is carried out, and ("FETCH" or "APPEND", its size) before a message is handed
out or taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """Ways of an `EmbeddedServer`; the defaults are none."""

    greeting: str = USUAL_GREETING
    extensions: frozenset[str] = frozenset()
    """Capabilities that are served only if they are named: XLIST, X-GM-EXT-1."""
    shows: Callable[[Sequence[Message]], Sequence[Message]] | None = None
    """Which of a folder's messages IMAP shows, as servers do that hide old mail."""
    size_of: Callable[[Message], int] | None = None
    """RFC822.SIZE, where that is an estimate."""
    search_finds: Callable[[Message], bool] | None = None
    """Which messages SEARCH knows of."""
    takes_uid_set: Callable[[bytes], bool] | None = None
    """UID commands with another set are answered BAD."""
    unreadable: Callable[[Message], str | None] | None = None
    """A text: the message's content cannot be fetched, and FETCH ends there with NO and this text."""
    intervention: Intervention | None = None
    done_text: Callable[[str], str | None] | None = None
    """The text after OK of a command ("UID FETCH"), None for the usual one."""
    new_mail_needs_noop: bool = False
    """New mail is shown after NOOP, CHECK and when a folder is opened, not with other answers (Courier)."""
    one_copy: bool = False
    r"""A message is stored once a folder, and once in the folder for `\All` (Gmail)."""
    errors_before_bye: int = 20
    counts_no: bool = False
    """Whether NO counts as an error too, not only BAD."""
    bye_after_errors: str = "Too many invalid IMAP commands."
    connections_in_all: int | None = None
    """Connections beyond these are closed without a word."""
    too_many_is_silent: bool = False
    """A login beyond `ServerOptions.connections_per_user` is answered by hanging up."""
