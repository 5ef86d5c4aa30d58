"""What can be typed behind `mailmove`."""

import argparse

from mailmove_gui import __version__
from mailmove_gui.domain.cutover import CutoverWay
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.texts import _

EXIT_DONE = 0
"""All accounts are done and verified."""
EXIT_NOT_ALL = 1
"""An account failed or a message was refused."""
EXIT_WRONG_CALL = 2
"""The call or a file is wrong."""
EXIT_STOPPED = 3
"""Stopped by the user; the same migration can be resumed."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands. Values stay text: `options` reads them, so that its sentences say what is wrong."""
    parser = argparse.ArgumentParser(
        prog="mailmove",
        description=_("Moves mailboxes between mail servers: every folder, every message, checked."),
        epilog=_(
            "Passwords come from the system's keyring, the account list, or are asked for on the terminal."
            " Exit status: 0 all done and verified, 1 an account failed or a message was refused,"
            " 2 the call or a file is wrong, 3 stopped (can be resumed)."
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mailmove {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = _command(commands, "run", _("move the accounts, or go on where it was stopped"))
    _add_plan(run)
    run.add_argument("--dry-run", action="store_true", help=_("log in everywhere, count and map folders; copy nothing"))
    run.add_argument(
        "--bring-back",
        action="store_true",
        help=_("send again what was moved and has been deleted at the destination since"),
    )
    run.add_argument(
        "--no-keep-awake", action="store_true", help=_("let this computer fall asleep while it moves mail")
    )
    watch = _command(commands, "watch", _("move the accounts, and bring what comes in later until it is stopped"))
    _add_plan(watch)
    watch.add_argument(
        "--every", metavar="MINUTES", help=_("from one pass to the next (else as before, or 60); from 1440 on at night")
    )
    watch.add_argument("--until", metavar="DATE", help=_("the last day of the passes (else 30 days after the first)"))
    _add_plan(_command(commands, "check", _("log in everywhere, count and map folders; copy nothing")))
    verify = _command(commands, "verify", _("look whether everything that was moved is at the destination"))
    verify.add_argument("--state", metavar="FILE.mailmove", required=True, help=_("the migration's file"))
    verify.add_argument("--accounts", metavar="FILE", help=_("account list, for its passwords"))
    verify.add_argument("--deep", action="store_true", help=_("compare the content of every message"))
    _add_output(verify)
    report = _command(commands, "report", _("write what was moved, and what not and why"))
    report.add_argument("--state", metavar="FILE.mailmove", required=True, help=_("the migration's file"))
    report.add_argument("--html", metavar="FILE", help=_("write a page for people to FILE"))
    report.add_argument(
        "--csv", metavar="FILE", help=_("write a table of accounts to FILE, and of messages not moved beside it")
    )
    _add_output(report)
    detect = _command(commands, "detect", _("find out who runs the mail of a domain, and what that provider needs"))
    detect.add_argument("asked", metavar="ADDRESS_OR_DOMAIN", help=_("such as anna@example.com, or example.com"))
    detect.add_argument("--offline", action="store_true", help=_("ask nobody; know only the providers' own domains"))
    _add_output(detect)
    forget = _command(commands, "forget", _("remove the passwords of a migration from the system's keyring"))
    forget.add_argument("--state", metavar="FILE.mailmove", required=True, help=_("the migration's file"))
    _add_output(forget)
    cutover = _command(commands, "cutover", _("see where the domain's mail goes, and what to do until all is switched"))
    cutover.add_argument("--state", metavar="FILE.mailmove", required=True, help=_("the migration's file"))
    cutover.add_argument(
        "--way",
        choices=[way.value.replace("_", "-") for way in CutoverWay],
        help=_("move all mail first and then switch the domain, or the other way round; guessed if not given"),
    )
    _add_output(cutover)
    accounts = _command(commands, "accounts", _("save the destination's accounts for a control panel that makes them"))
    accounts.add_argument("--state", metavar="FILE.mailmove", required=True, help=_("the migration's file"))
    accounts.add_argument(
        "--for",
        dest="panel",
        choices=[panel.value for panel in ControlPanel],
        required=True,
        help=_("whose control panel"),
    )
    accounts.add_argument("--csv", metavar="FILE", required=True, help=_("write the list to FILE"))
    _add_output(accounts)
    undo = _command(commands, "undo", _("take what was moved into a wrong mailbox out of it again"))
    undo.add_argument("--state", metavar="FILE.mailmove", required=True, help=_("the migration's file"))
    undo.add_argument("--account", metavar="USER", required=True, help=_("source user of the account"))
    undo.add_argument("--accounts", metavar="FILE", help=_("account list, for its passwords"))
    undo.add_argument(
        "--forget",
        action="store_true",
        help=_("remove nothing, only forget that anything was moved: where the mailbox cannot be reached any more"),
    )
    undo.add_argument("--yes", action="store_true", help=_("do not ask"))
    _add_output(undo)
    demo = _command(commands, "demo", _("move sample mail between two servers inside this program"))
    demo.add_argument("--fast", action="store_true", help=_("without the delays of real networks"))
    demo.add_argument("--html", metavar="FILE", help=_("write the report to FILE"))
    _add_output(demo)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=words, description=words, allow_abbrev=False)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group(_("from where to where"))
    what.add_argument("--source", metavar="URL", help=_("imaps://host[:port], also imap+starttls, imap, pop3s, ..."))
    what.add_argument("--destination", metavar="URL", help=_("likewise, IMAP only"))
    what.add_argument(
        "--accounts",
        metavar="FILE",
        help=_(
            "CSV or XLSX with the headings source_user, source_password, destination_user, destination_password,"
            " and source, destination (URL) where a row has its own servers"
        ),
    )
    what.add_argument("--state", metavar="FILE.mailmove", help=_("the migration's file, made if it is not there"))
    which = parser.add_argument_group(_("what to move"))
    which.add_argument("--since", metavar="DATE", help=_("messages of this day (2024-01-31) and later"))
    which.add_argument("--before", metavar="DATE", help=_("messages before this day"))
    which.add_argument("--max-size", metavar="BYTES", help=_("messages up to this size"))
    which.add_argument(
        "--folder", metavar="NAME", action="append", help=_("only this folder and those below; * and ? allowed")
    )
    which.add_argument("--exclude", metavar="NAME", action="append", help=_("not this folder and those below"))
    which.add_argument(
        "--exclude-role",
        metavar="ROLE",
        action="append",
        help=_("not the folder of this kind, whatever its name: {roles}").format(
            roles=", ".join(role.value for role in FolderRole if role not in (FolderRole.NONE, FolderRole.NOT_MAIL))
        ),
    )
    which.add_argument("--map", metavar="SRC=DST", action="append", help=_("put the messages of SRC into DST"))
    which.add_argument(
        "--label-copies",
        action=argparse.BooleanOptionalAction,
        help=_("put a message that has several labels (Gmail) into the folder of each, instead of one"),
    )
    which.add_argument(
        "--pop3-unread",
        action=argparse.BooleanOptionalAction,
        help=_("messages that are read by POP3 arrive as unread, instead of as read"),
    )
    which.add_argument(
        "--pop3-may-delete",
        action=argparse.BooleanOptionalAction,
        help=_("read by POP3 also where the server says that it deletes what was read"),
    )
    order = which.add_mutually_exclusive_group()
    order.add_argument("--newest-first", action="store_true", help=_("newest messages first (the default)"))
    order.add_argument("--oldest-first", action="store_true", help=_("oldest messages first"))
    how = parser.add_argument_group(_("how"))
    how.add_argument("--accounts-at-once", metavar="N", help=_("how many accounts run side by side"))
    how.add_argument(
        "--bandwidth",
        metavar="RATE",
        help=_("bytes a second for all accounts together, reading and writing added up: 500k, 2M; or off"),
    )
    how.add_argument(
        "--quiet-hours",
        metavar="HH:MM-HH:MM",
        action="append",
        help=_("move nothing in these hours of the day; can be given several times; or off"),
    )
    how.add_argument(
        "--source-ends",
        metavar="DATE",
        help=_("the day on which the source ends (2024-01-31): check says whether there is time; or off"),
    )
    how.add_argument(
        "--connections",
        metavar="N",
        help=_("at most so many connections for each account and side (this version uses one)"),
    )
    how.add_argument("--ca-file", metavar="FILE", help=_("certificates (PEM) that are trusted besides the system's"))
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group(_("output"))
    output.add_argument("--json", action="store_true", help=_("one JSON object a line on standard output"))
    output.add_argument("--quiet", action="store_true", help=_("no progress and no summary"))
    output.add_argument("--log-file", metavar="FILE", help=_("write a log without passwords to FILE"))
    output.add_argument("--debug", action="store_true", help=_("log in detail; without --log-file to standard error"))
