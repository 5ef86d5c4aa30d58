"""Looking at what has just arrived."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.records import Arrival, Change, SendingMessage
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.matching import content_hashes

_SAMPLE = 3


def checked_arrivals(
    run: Pass, path: FolderPath, arrivals: Sequence[Arrival], rows: Mapping[int, SendingMessage]
) -> list[Arrival]:
    """The arrivals, each marked as verified if it is at the destination under its UID.

    The size that was sent counts as proof. Where a server reports other sizes, the content hash of a sample tells
    whether it has rewritten line ends or the message itself, and the row says so. The folder is open.
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
    changed = {arrival.uid for arrival in differing}
    return [
        replace(
            arrival,
            verified=arrival.uid in sizes,
            changes=arrival.changes | {change} if arrival.uid in changed else arrival.changes,
        )
        for arrival in arrivals
    ]


def _change_of(run: Pass, path: FolderPath, sample: Sequence[Arrival], rows: Mapping[int, SendingMessage]) -> Change:
    wanted = {arrival.uid: rows[arrival.message_id].content_hash for arrival in sample}
    if not wanted:
        return Change.LINE_ENDS
    same = all(wanted[uid] == digest for uid, digest in content_hashes(run, run.destination, path, wanted))
    return Change.LINE_ENDS if same else Change.REWRITTEN
