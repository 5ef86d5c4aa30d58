"""`mailmove watch`: as `mailmove run`, and then further passes until it is stopped or the window is over."""

import argparse
from dataclasses import replace

from mailmove_gui.commandline.moving import Watch, move_prepared
from mailmove_gui.commandline.options import read_passes, read_until
from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.commandline.preparation import prepare


def watch(args: argparse.Namespace, learn: Learn) -> int:
    """Move the accounts of a call, and what comes in later; see DESIGN section 8.

    The computer may fall asleep between passes: what is due is made up for when it wakes.

    Returns:
        The exit status.

    Raises:
        InvalidInput, BrokenList, WrongCall: the call or a file is wrong; nothing was started.
        MailError: LOCAL_DISK, the ledger cannot be written.
    """
    until = read_until(args)
    preparation = prepare(args)
    plan = replace(preparation.plan, options=read_passes(args, preparation.plan.options))
    return move_prepared(args, replace(preparation, plan=plan), learn, watch=Watch(until))
