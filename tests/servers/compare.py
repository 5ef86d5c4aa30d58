"""What lies in a mailbox, read without the code under test, and whether two mailboxes hold the same."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from tests.servers.wire import Wire, WireError, Word, list_folders, quoted

FolderPath: TypeAlias = tuple[str, ...]
FolderMap: TypeAlias = Mapping[FolderPath, FolderPath]

_SYSTEM_FLAGS = {flag.lower(): flag for flag in ("\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted")}
_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(r" ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHOWN_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class MessageFact:
    """What must be equal of a message on both sides.

    sha256: of BODY[], in hexadecimal. internal_date: seconds since 1970 in UTC. flags: without \\Recent, system flags
    spelt as in RFC 3501, keywords as the server spells them. size_bytes: of BODY[] as fetched.
    subject, uid: only for people to find it again; not compared.
    """

    sha256: str
    internal_date: int
    flags: frozenset[str]
    size_bytes: int
    subject: str = field(default="", compare=False)
    uid: int = field(default=0, compare=False)

    @classmethod
    def of(cls, body: bytes, internal_date: int, flags: Collection[str], *, uid: int = 0) -> MessageFact:
        """From a message's bytes; flags in any case."""
        found = _SUBJECT.search(body.partition(b"\r\n\r\n")[0])
        return cls(
            sha256=hashlib.sha256(body).hexdigest(),
            internal_date=internal_date,
            flags=frozenset(_SYSTEM_FLAGS.get(flag.lower(), flag) for flag in flags if flag.lower() != "\\recent"),
            size_bytes=len(body),
            subject=found[1][:60].decode("utf-8", "replace") if found else "(no subject)",
            uid=uid,
        )

    def stored(self, body: bytes) -> MessageFact:
        """The same message where a server has made these bytes of it."""
        return MessageFact.of(body, self.internal_date, self.flags, uid=self.uid)


Snapshot: TypeAlias = dict[FolderPath, list[MessageFact]]


def parse_internal_date(text: str) -> int:
    """`17-Jul-1996 02:44:25 -0700` as seconds since 1970. Raises ValueError for anything else."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date-time of RFC 3501: {text!r}")
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == "-" else 1)
    # Added by hand, because a zone of 24 hours and more is more than `timezone` takes.
    local = datetime(
        int(year), MONTHS.index(month.title()) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
    )
    return int((local - offset).timestamp())


def snapshot(
    host: str,
    port: int,
    user: str,
    password: str,
    ca: Path | None = None,
    *,
    bodies: MutableMapping[str, bytes] | None = None,
) -> Snapshot:
    """All messages in all selectable folders of the personal namespace, in the order of their UIDs.

    ca: certificate (PEM) to trust, on a port with TLS; None without TLS. Changes nothing: EXAMINE and BODY.PEEK.
    bodies: takes the bytes of each message, by its SHA-256.
    Raises WireError if the server refuses something or leaves a message out.
    """
    with Wire(host, port, ca) as wire:
        wire.login(user, password)
        listed = [folder for folder in list_folders(wire) if folder.is_selectable]
        return {folder.path: _read_folder(wire, folder.name, bodies) for folder in listed}


def subscriptions(host: str, port: int, user: str, password: str, ca: Path | None = None) -> set[FolderPath]:
    """Paths of the folders that are subscribed to."""
    with Wire(host, port, ca) as wire:
        wire.login(user, password)
        # A folder that stands there only because one below it is subscribed to has \Noselect: RFC 3501 §6.3.9.
        return {folder.path for folder in list_folders(wire, subscribed=True) if folder.is_selectable}


def _read_folder(wire: Wire, name: bytes, bodies: MutableMapping[str, bytes] | None) -> list[MessageFact]:
    exists = 0
    for answer in wire.run(b"EXAMINE", quoted(name)):
        if answer.text.upper().endswith(b" EXISTS"):
            exists = int(answer.text.split()[0])
    facts = []
    if exists:
        for answer in wire.stream(b"UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])"):
            match answer.words():
                case [_, b"FETCH", [*items]] if b"BODY[]" in items:
                    body, fact = _fact(items)
                    facts.append(fact)
                    if bodies is not None:
                        bodies[fact.sha256] = body
                case _:
                    continue
    if len(facts) != exists:
        raise WireError(f"{name!r} has {exists} messages and {len(facts)} could be read")
    return sorted(facts, key=lambda fact: fact.uid)


def _fact(items: list[Word]) -> tuple[bytes, MessageFact]:
    said = dict(zip((item for item in items[::2] if isinstance(item, bytes)), items[1::2], strict=True))
    uid, flags, date, body = (said.get(name) for name in (b"UID", b"FLAGS", b"INTERNALDATE", b"BODY[]"))
    if not (isinstance(uid, bytes) and isinstance(flags, list) and isinstance(date, bytes) and isinstance(body, bytes)):
        raise WireError(f"an incomplete FETCH answer: { ({key: str(value)[:40] for key, value in said.items()}) }")
    names = [flag.decode("utf-8", "replace") for flag in flags if isinstance(flag, bytes)]
    return body, MessageFact.of(body, parse_internal_date(date.decode()), names, uid=int(uid))


def multiset_of_hashes(contents: Snapshot) -> Counter[str]:
    """How often each message (by SHA-256) is there, over all folders."""
    return Counter(fact.sha256 for facts in contents.values() for fact in facts)


def total(contents: Snapshot) -> int:
    """Number of messages over all folders."""
    return sum(len(facts) for facts in contents.values())


def assert_equal_mailboxes(
    source: Snapshot,
    destination: Snapshot,
    folder_map: FolderMap | None = None,
    *,
    ignored_flags: Collection[str] = (),
    empty_folders_too: bool = True,
    source_subscriptions: Collection[FolderPath] | None = None,
    destination_subscriptions: Collection[FolderPath] | None = None,
) -> None:
    """Fails with a readable difference unless the destination holds exactly what the source holds, folder by folder.

    folder_map: the destination's path for a source's path, where it is another one; folders that map to the same path
        are expected together in it. An entry also moves the folders below it: ("Sent",) moves ("Sent", "2020").
    ignored_flags: not compared, for example keywords that a server does not keep.
    empty_folders_too: the destination must also have the source's empty folders. Empty ones that only the destination
        has are no difference.
    source_subscriptions, destination_subscriptions: compared (mapped) where both are given.
    """
    mapping = folder_map or {}
    expected: Snapshot = {}
    for path, facts in source.items():
        expected.setdefault(map_path(path, mapping), []).extend(facts)
    complaints = []
    for path in sorted(expected.keys() | destination.keys()):
        complaint = _folder_difference(
            path, expected.get(path), destination.get(path), ignored_flags, empty_folders_too
        )
        if complaint:
            complaints.append(complaint)
    if source_subscriptions is not None and destination_subscriptions is not None:
        wanted = {map_path(path, mapping) for path in source_subscriptions}
        if lost := wanted - set(destination_subscriptions):
            complaints.append(f"not subscribed to at the destination: {sorted(map(_shown, lost))}")
        if added := set(destination_subscriptions) - wanted:
            complaints.append(f"subscribed to only at the destination: {sorted(map(_shown, added))}")
    if complaints:
        counts = f"{total(source)} messages at the source, {total(destination)} at the destination"
        raise AssertionError("the mailboxes differ (" + counts + "):\n" + "\n".join(complaints))


def map_path(path: FolderPath, mapping: FolderMap) -> FolderPath:
    """Where the longest entry that is this path or above it puts it."""
    for length in range(len(path), 0, -1):
        if path[:length] in mapping:
            return mapping[path[:length]] + path[length:]
    return path


def _folder_difference(
    path: FolderPath,
    expected: list[MessageFact] | None,
    found: list[MessageFact] | None,
    ignored_flags: Collection[str],
    empty_folders_too: bool,
) -> str | None:
    if found is None:
        if not expected and not empty_folders_too:
            return None
        return f"folder {_shown(path)}: is missing at the destination ({len(expected or ())} messages at the source)"
    if expected is None:
        return f"folder {_shown(path)}: {len(found)} messages only at the destination" if found else None
    wanted = [_without(fact, ignored_flags) for fact in expected]
    there = [_without(fact, ignored_flags) for fact in found]
    missing, extra = _beyond(wanted, there), _beyond(there, wanted)
    if not missing and not extra:
        return None
    lines = [f"folder {_shown(path)}: {len(expected)} messages at the source, {len(found)} at the destination"]
    by_hash: dict[str, list[MessageFact]] = {}
    for fact in extra:
        by_hash.setdefault(fact.sha256, []).append(fact)
    differences = []
    for fact in missing:
        if others := by_hash.get(fact.sha256):
            differences.append(f"  changed: {_described(fact)}: {_change(fact, others.pop())}")
        else:
            differences.append(f"  missing: {_described(fact)}")
    differences += [f"  extra:   {_described(fact)}" for facts in by_hash.values() for fact in facts]
    if len(differences) > _SHOWN_AT_MOST:
        more = len(differences) - _SHOWN_AT_MOST
        differences[_SHOWN_AT_MOST:] = [f"  … and {more} more ({len(missing)} missing, {len(extra)} extra in all)"]
    return "\n".join(lines + differences)


def _beyond(facts: list[MessageFact], others: list[MessageFact]) -> list[MessageFact]:
    """Those that have no counterpart among the others; of several equal ones the last."""
    left = Counter(others)
    beyond = []
    for fact in facts:
        if left[fact]:
            left[fact] -= 1
        else:
            beyond.append(fact)
    return beyond


def _without(fact: MessageFact, ignored_flags: Collection[str]) -> MessageFact:
    ignored = {flag.lower() for flag in ignored_flags}
    kept = frozenset(flag for flag in fact.flags if flag.lower() not in ignored)
    return MessageFact(fact.sha256, fact.internal_date, kept, fact.size_bytes, fact.subject, fact.uid)


def _shown(path: FolderPath) -> str:
    return " > ".join(repr(part) for part in path)


def _described(fact: MessageFact) -> str:
    when = datetime.fromtimestamp(fact.internal_date, UTC).strftime("%Y-%m-%d %H:%M:%S")
    flags = " ".join(sorted(fact.flags)) or "no flags"
    return f"UID {fact.uid} {fact.subject!r} {fact.size_bytes} bytes, {when} UTC, {flags}, sha256 {fact.sha256[:12]}"


def _change(before: MessageFact, after: MessageFact) -> str:
    changes = []
    if before.internal_date != after.internal_date:
        changes.append(f"date {after.internal_date - before.internal_date:+d} s")
    if lost := before.flags - after.flags:
        changes.append(f"lost {' '.join(sorted(lost))}")
    if gained := after.flags - before.flags:
        changes.append(f"gained {' '.join(sorted(gained))}")
    return ", ".join(changes)
