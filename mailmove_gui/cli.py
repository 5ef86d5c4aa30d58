"""`mailmove`: the program without a window. What a command needs is imported when it is called."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mailmove_gui.commandline.parser import EXIT_NOT_ALL, EXIT_STOPPED, EXIT_WRONG_CALL, build_parser
from mailmove_gui.texts import _, set_language

if TYPE_CHECKING:
    from mailmove_gui.commandline.passwords import Learn


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one call (DESIGN section 8).

    Args:
        argv: what stands behind `mailmove`; the program's own arguments if None.

    Returns:
        The exit status: 0 done and verified, 1 not all, 2 wrong call or file, 3 stopped.
    """
    set_language(None)
    try:
        args = build_parser().parse_args(argv)
    except SystemExit as ended:  # --help, --version, or a call that argparse has complained about
        return ended.code if isinstance(ended.code, int) else EXIT_WRONG_CALL
    try:
        return _carry_out(args)
    except KeyboardInterrupt:
        sys.stderr.write("\n" + _("Stopped before anything was begun.") + "\n")
        return EXIT_STOPPED


def _carry_out(args: argparse.Namespace) -> int:
    # --version and --help answer without the engine, the ledger, the keyring and the rest.
    from mailmove_gui.commandline.logfile import logging_to  # noqa: PLC0415
    from mailmove_gui.commandline.preparation import BrokenList, WrongCall  # noqa: PLC0415
    from mailmove_gui.commandline.screen import error_output, make_robust  # noqa: PLC0415
    from mailmove_gui.domain.events import Failure  # noqa: PLC0415
    from mailmove_gui.domain.problems import InvalidInput  # noqa: PLC0415
    from mailmove_gui.domain.reasons import MailError  # noqa: PLC0415
    from mailmove_gui.texts import problems, reasons  # noqa: PLC0415

    make_robust(sys.stdout, sys.stderr)
    errors = error_output()
    try:
        with logging_to(args.log_file, debug=args.debug) as learn:
            return _command(args.command)(args, learn)
    except InvalidInput as error:
        errors.line(_("mailmove: {sentence}").format(sentence=problems.sentence(error.problem)))
    except BrokenList as error:
        for problem in error.problems:
            errors.line(_("mailmove: {sentence}").format(sentence=problems.sentence(problem)))
    except WrongCall as error:
        errors.line(_("mailmove: {sentence}").format(sentence=error))
    except MailError as error:
        failure = Failure(error.reason, error.side, error.server_text)
        errors.line(_("mailmove: {sentence}").format(sentence=reasons.sentence(failure)))
        return EXIT_NOT_ALL
    return EXIT_WRONG_CALL


def _command(name: str) -> "Callable[[argparse.Namespace, Learn], int]":
    match name:
        case "run":
            from mailmove_gui.commandline.moving import run  # noqa: PLC0415

            return run
        case "watch":
            from mailmove_gui.commandline.watching import watch  # noqa: PLC0415

            return watch
        case "check":
            from mailmove_gui.commandline.checking import check  # noqa: PLC0415

            return check
        case "verify":
            from mailmove_gui.commandline.verifying import verify  # noqa: PLC0415

            return verify
        case "report":
            from mailmove_gui.commandline.reporting import report  # noqa: PLC0415

            return report
        case "detect":
            from mailmove_gui.commandline.detecting import detect  # noqa: PLC0415

            return detect
        case "forget":
            from mailmove_gui.commandline.forgetting import forget  # noqa: PLC0415

            return forget
        case "cutover":
            from mailmove_gui.commandline.cutover import cutover  # noqa: PLC0415

            return cutover
        case "accounts":
            from mailmove_gui.commandline.accounts import accounts  # noqa: PLC0415

            return accounts
        case "undo":
            from mailmove_gui.commandline.undoing import undo  # noqa: PLC0415

            return undo
        case "demo":
            from mailmove_gui.commandline.demonstration import demo  # noqa: PLC0415

            return demo
        case _:
            raise AssertionError(f"the parser let through the command {name}")


if __name__ == "__main__":
    sys.exit(main())
