"""The passwords of a migration are removed from the system's keyring: `mailmove forget`, and when all is over."""

import argparse
from dataclasses import replace
from pathlib import Path

from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL
from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.commandline.preparation import opened
from mailmove_gui.commandline.screen import output
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.states import OVER
from mailmove_gui.secrets import KeyringStore, SystemKeyring
from mailmove_gui.texts.passwords import removal


def forget(args: argparse.Namespace, _learn: Learn) -> int:
    """Remove what the window has kept for this migration; its file stays as it is.

    Returns:
        The exit status: 0 if nothing of it is in the keyring any more.

    Raises:
        InvalidInput: the migration's file cannot be used.
    """
    with opened(Path(args.state)) as ledger:
        removed = KeyringStore(ledger.plan().id, SystemKeyring()).remove(ledger.secret_keys())
    screen = output(silent=args.quiet or args.json)
    for text in removal(removed):
        screen.line(text)
    return EXIT_DONE if removed.problem is None else EXIT_NOT_ALL


def forget_if_over(ledger: Ledger, kept: KeyringStore) -> None:
    """Remove the passwords of a migration whose accounts are all over; if that fails, the next opening tries again."""
    if all(record.state in OVER for record in ledger.accounts()):
        removed = kept.release(ledger.secret_keys())
        if removed.problem is None:
            ledger.save_plan(replace(ledger.plan(), remember_passwords=False))
