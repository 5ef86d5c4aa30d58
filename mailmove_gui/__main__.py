"""Starts the window: ``mailmove-gui [FILE.mailmove] [--demo]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mailmove_gui import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run the window.

    Returns:
        The exit status: 0, or 2 if the command line is wrong.
    """
    parser = argparse.ArgumentParser(prog="mailmove-gui", description="Moves mailboxes between mail servers.")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE.mailmove", help="a migration to go on with")
    parser.add_argument("--demo", action="store_true", help="try it with sample mail on this computer")
    parser.add_argument("--version", action="version", version=f"MailMove {__version__}")
    chosen = parser.parse_args(arguments)
    # Imported here, so that --version and --help answer where no window can be shown.
    from mailmove_gui.app import run

    return run(demo=chosen.demo, path=chosen.file)


if __name__ == "__main__":
    sys.exit(main())
