"""Looking at what has just arrived."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.identity import content_hash
from mailmove_gui.domain.records import Arrival, Change, SendingMessage
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.matching import contents

_SAMPLE = 3


def checked_arrivals(
    run: Pass, path: FolderPath, arrivals: Sequence[Arrival], rows: Mapping[int, SendingMessage]
) -> list[Arrival]:
    """The arrivals, each marked as verified if it is at the destination under its UID.

    The size that was sent counts as proof. Where a server reports other sizes, the content of a sample tells whether
    it has rewritten line ends or the message itself, and the row says so; or whether it only estimates sizes, as
    Exchange does. The folder is open.
    """
    if not arrivals:
        return []
    sizes = {
        head.uid: head.size_bytes
        for chunk in run.destination.heads_of(sorted(arrival.uid for arrival in arrivals))
        for head in chunk
    }
    differing = [
        arrival
        for arrival in arrivals
        if arrival.uid in sizes and sizes[arrival.uid] != rows[arrival.message_id].size_bytes
    ]
    change = _change_of(run, path, differing[:_SAMPLE], rows)
    changes = frozenset() if change is None else frozenset({change})
    changed = {arrival.uid for arrival in differing}
    return [
        replace(
            arrival,
            verified=arrival.uid in sizes,
            changes=arrival.changes | changes if arrival.uid in changed else arrival.changes,
        )
        for arrival in arrivals
    ]


def _change_of(
    run: Pass, path: FolderPath, sample: Sequence[Arrival], rows: Mapping[int, SendingMessage]
) -> Change | None:
    """What happened to messages whose size is reported otherwise than it was sent; None if nothing did."""
    sent = {arrival.uid: rows[arrival.message_id] for arrival in sample}
    if not sent:
        return None
    change: Change | None = None
    for uid, body in contents(run, run.destination, path, sent):
        if content_hash(body) != sent[uid].content_hash:
            return Change.REWRITTEN
        if len(body) != sent[uid].size_bytes:
            change = Change.LINE_ENDS
    return change
