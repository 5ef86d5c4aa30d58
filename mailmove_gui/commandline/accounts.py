"""`mailmove accounts`: the destination's accounts as a list that a control panel makes them from."""

import argparse
import functools
from pathlib import Path

from mailmove_gui.commandline.parser import EXIT_DONE
from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.commandline.preparation import opened
from mailmove_gui.commandline.reporting import write
from mailmove_gui.commandline.screen import error_output
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.report import write_panel_list
from mailmove_gui.texts import _
from mailmove_gui.texts.panels import before_upload


def accounts(args: argparse.Namespace, _learn: Learn) -> int:
    """Write the list that the call names.

    Raises:
        InvalidInput: the migration's file cannot be used, or the list not be written.
    """
    notes = error_output(silent=args.quiet)
    panel = ControlPanel(args.panel)
    with opened(Path(args.state)) as ledger:
        written = write(ledger, Path(args.csv), functools.partial(write_panel_list, panel=panel), "--csv")
    notes.line(_("Written: {file}").format(file=written))
    notes.line(before_upload(panel))
    return EXIT_DONE
