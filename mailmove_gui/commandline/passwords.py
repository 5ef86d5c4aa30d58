"""Passwords of a call: the keyring, else the account list, else whoever sits at the terminal."""

import getpass
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from mailmove_gui.commandline.screen import Screen
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.ports import SecretStore
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.texts import _
from mailmove_gui.texts.reasons import side_word

Learn: TypeAlias = Callable[[Iterable[Secret]], None]
"""Told of every password that is used, so that a log can be kept free of it."""


class CallSecrets:
    """A `SecretStore` for one call. Nothing is written to the keyring.

    Args:
        given: what the call gave: the account list, or answers on the terminal.
        keyring: what the system's has of this migration; it wins. None to leave it alone.
        learn: see `Learn`.
    """

    def __init__(self, given: Mapping[SecretKey, Secret], keyring: SecretStore | None, learn: Learn) -> None:
        self._given = dict(given)
        self._keyring = keyring
        self._learn = learn
        learn(given.values())

    def get(self, key: SecretKey) -> Secret | None:
        """See `SecretStore.get`."""
        kept = self._keyring.get(key) if self._keyring is not None else None
        if kept is None:
            return self._given.get(key)
        self._learn([kept])
        return kept

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep it for this call only."""
        self._learn([secret])
        self._given[key] = secret

    def forget(self, key: SecretKey) -> None:
        """Drop what the call gave."""
        self._given.pop(key, None)


def ask_missing(plan: MigrationPlan, secrets: SecretStore, notes: Screen) -> None:
    """Ask for each password that is not known, if there is a terminal to ask at; an empty answer leaves it out."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        return
    asked: set[SecretKey] = set()
    for account in plan.accounts:
        for side in Side:
            mailbox = account.mailbox(side)
            key = mailbox.secret_key(side)
            if key in asked or secrets.get(key):
                continue
            if not asked:
                notes.line(_("Passwords are missing. What you type is not shown, and kept for this call only."))
            asked.add(key)
            prompt = _("Password of {user} at {server} ({side}): ")
            prompt = prompt.format(user=mailbox.user, server=mailbox.endpoint.host, side=side_word(side))
            try:
                answer = getpass.getpass(prompt)
            except EOFError:
                return
            if answer:
                secrets.put(key, Secret(answer))
