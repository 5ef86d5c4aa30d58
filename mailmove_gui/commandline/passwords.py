"""Passwords of a call: the keyring, else the account list, else whoever sits at the terminal."""

import getpass
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
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
        refused: keys whose password a server has refused: for these, what the call gave wins.
        learn: see `Learn`.
    """

    def __init__(
        self,
        given: Mapping[SecretKey, Secret],
        keyring: SecretStore | None,
        learn: Learn,
        *,
        refused: Collection[SecretKey] = (),
    ) -> None:
        self._given = dict(given)
        self._refused = frozenset(refused)
        self._typed: dict[SecretKey, Secret] = {}
        self._keyring = keyring
        self._learn = learn
        learn(given.values())

    def get(self, key: SecretKey) -> Secret | None:
        """See `SecretStore.get`."""
        if key in self._typed:
            return self._typed[key]
        given = self._given.get(key)
        if self._keyring is None or (given is not None and key in self._refused):
            return given
        kept = self._keyring.get(key)
        if kept is None:
            return given
        self._learn([kept])
        return kept

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep it for this call only; it wins over whatever else is known."""
        self._learn([secret])
        self._typed[key] = secret

    def forget(self, key: SecretKey) -> None:
        """Drop what the call gave."""
        self._typed.pop(key, None)
        self._given.pop(key, None)


def ask_missing(
    plan: MigrationPlan, secrets: SecretStore, notes: Screen, refused: Collection[SecretKey] = ()
) -> frozenset[SecretKey]:
    """Ask for each password that is not known or was `refused`; an empty answer leaves it out.

    Returns:
        Whose password was typed; nobody's without a terminal to ask at.
    """
    typed: set[SecretKey] = set()
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        return frozenset()
    asked: set[SecretKey] = set()
    for account in plan.accounts:
        for side in Side:
            mailbox = account.mailbox(side)
            key = mailbox.secret_key(side)
            if key in asked or (key not in refused and secrets.get(key)):
                continue
            if not asked:
                notes.line(
                    _("Passwords are missing or were refused. What you type is not shown, and kept for this call only.")
                )
            asked.add(key)
            prompt = _("Password of {user} at {server} ({side}): ")
            prompt = prompt.format(user=mailbox.user, server=mailbox.endpoint.host, side=side_word(side))
            try:
                answer = getpass.getpass(prompt)
            except EOFError:
                return frozenset(typed)
            if answer:
                secrets.put(key, Secret(answer))
                typed.add(key)
    return frozenset(typed)
