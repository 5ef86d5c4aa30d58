"""From what was typed to values; what cannot be read is named by its option."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, parse_endpoint
from mailmove_gui.domain.folders import FolderPath, FolderRole, parse_display_name
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.quiet_hours import QuietHours

USUAL_PASS_MINUTES = 60
_MINUTE_S = 60
_ISO_DATE_LENGTH = len("2024-01-31")
_OFF = "off"
_RATE = re.compile(r"([0-9]{1,12})([kM]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 1000, "m": 1000_000}
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


def read_endpoints(args: argparse.Namespace) -> tuple[Endpoint | None, Endpoint | None]:
    """The servers named by ``--source`` and ``--destination``.

    Raises:
        InvalidInput: one of them is no URL of ours, or the destination speaks POP3.
    """
    source = _endpoint(args.source, "--source")
    destination = _endpoint(args.destination, "--destination")
    if destination is not None and destination.protocol is MailProtocol.POP3:
        raise InvalidInput(Problem(ProblemKind.DESTINATION_IS_POP3, field="--destination", value=destination.url))
    return source, destination


def read_options(args: argparse.Namespace, base: Options) -> Options:
    """The options of a plan: those typed, and for the rest those of `base`.

    Raises:
        InvalidInput: a value cannot be read; ``--ca-file`` is not there.
    """
    return _how(args, _what(args, base))


def read_source_ends(args: argparse.Namespace, base: date | None) -> date | None:
    """The day on which the source ends: the one typed, none for ``off``, else that of `base`.

    Raises:
        InvalidInput: it is no date.
    """
    if args.source_ends is None:
        return base
    return None if args.source_ends == _OFF else _date(args.source_ends, "--source-ends")


def _what(args: argparse.Namespace, options: Options) -> Options:
    """What is moved, and to where."""
    if args.since is not None:
        options = replace(options, since=_date(args.since, "--since"))
    if args.before is not None:
        options = replace(options, before=_date(args.before, "--before"))
    if args.max_size is not None:
        options = replace(options, max_size_bytes=_number(args.max_size, "--max-size"))
    if args.folder is not None:
        options = replace(options, folders=tuple(args.folder))
    if args.exclude is not None:
        options = replace(options, exclude=tuple(args.exclude))
    if args.exclude_role is not None:
        options = replace(options, exclude_roles=frozenset(map(_role, args.exclude_role)))
    if args.map is not None:
        options = replace(options, folder_map=tuple(map(_folder_pair, args.map)))
    if args.label_copies is not None:
        options = replace(options, label_copies=args.label_copies)
    if args.pop3_unread is not None:
        options = replace(options, pop3_unread=args.pop3_unread)
    if args.pop3_may_delete is not None:
        options = replace(options, pop3_may_delete=args.pop3_may_delete)
    if args.newest_first:
        options = replace(options, order=MessageOrder.NEWEST_FIRST)
    if args.oldest_first:
        options = replace(options, order=MessageOrder.OLDEST_FIRST)
    return options


def _how(args: argparse.Namespace, options: Options) -> Options:
    """How fast, when, and whom to trust."""
    if args.accounts_at_once is not None:
        options = replace(options, accounts_at_once=_number(args.accounts_at_once, "--accounts-at-once"))
    if args.bandwidth is not None:
        options = replace(options, bandwidth_bytes_s=_bandwidth(args.bandwidth))
    if args.quiet_hours is not None:
        options = replace(options, quiet_hours=_quiet_hours(args.quiet_hours))
    if args.connections is not None:
        # Any limit is kept: there is one connection for each account and side.
        _number(args.connections, "--connections")
    if args.ca_file is not None:
        path = Path(args.ca_file)
        if not path.is_file():
            raise InvalidInput(Problem(ProblemKind.FILE_NOT_FOUND, file=path.name, field="--ca-file"))
        # The plan is kept, and the next call may come from another folder.
        options = replace(options, ca_file=str(path.resolve()))
    return options


def read_passes(args: argparse.Namespace, base: Options) -> Options:
    """The options of a plan with those of ``--every``; raises `InvalidInput` if it cannot be read."""
    if args.every is not None:
        return replace(base, pass_every_s=_number(args.every, "--every") * _MINUTE_S)
    return base if base.pass_every_s is not None else replace(base, pass_every_s=USUAL_PASS_MINUTES * _MINUTE_S)


def read_until(args: argparse.Namespace) -> datetime | None:
    """The end of the day named by ``--until``, on this computer; raises `InvalidInput` if it is none."""
    if args.until is None:
        return None
    return datetime.combine(_date(args.until, "--until") + timedelta(days=1), time()).astimezone()


def _endpoint(text: str | None, option: str) -> Endpoint | None:
    if text is None:
        return None
    try:
        return parse_endpoint(text)
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(field=option)) from None


def _date(text: str, option: str) -> date:
    try:
        if len(text) == _ISO_DATE_LENGTH:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput(Problem(ProblemKind.BAD_DATE, field=option, value=text))


def _number(text: str, option: str) -> int:
    if text.isascii() and text.isdecimal() and (number := int(text)) > 0:
        return number
    raise InvalidInput(Problem(ProblemKind.BAD_NUMBER, field=option, value=text))


def _role(text: str) -> FolderRole:
    role = next((role for role in FolderRole if role.value == text.casefold()), FolderRole.NONE)
    if role is FolderRole.NONE:
        raise InvalidInput(Problem(ProblemKind.BAD_FOLDER_ROLE, field="--exclude-role", value=text))
    return role


def _bandwidth(text: str) -> int | None:
    """Bytes a second; None for ``off``."""
    if text == _OFF:
        return None
    match = _RATE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise InvalidInput(Problem(ProblemKind.BAD_BANDWIDTH, field="--bandwidth", value=text))
    return int(match[1]) * _UNITS[match[2].lower()]


def _quiet_hours(texts: Sequence[str]) -> tuple[QuietHours, ...]:
    if list(texts) == [_OFF]:
        return ()
    return tuple(map(_hours, texts))


def _hours(text: str) -> QuietHours:
    match = _HOURS.fullmatch(text)
    try:
        if match is not None:
            return QuietHours(time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4])))
    except ValueError:
        pass
    raise InvalidInput(Problem(ProblemKind.BAD_HOURS, field="--quiet-hours", value=text))


def _folder_pair(text: str) -> tuple[FolderPath, FolderPath]:
    source, mark, destination = text.partition("=")
    pair = parse_display_name(source), parse_display_name(destination)
    if not mark or not all(pair):
        raise InvalidInput(Problem(ProblemKind.BAD_FOLDER_MAP, field="--map", value=text))
    return pair
