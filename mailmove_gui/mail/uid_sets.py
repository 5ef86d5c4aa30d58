"""Sets of UIDs on the wire (RFC 3501 section 9, sequence-set; RFC 4315, uid-set)."""

from collections.abc import Iterator, Sequence

_MAX_SET_BYTES = 4000
_MAX_SET_UIDS = 1000
_MAX_EXPANDED = 1_000_000


def uid_sets(uids: Sequence[int], max_uids: int = _MAX_SET_UIDS) -> Iterator[bytes]:
    """Sets that together name exactly `uids`, ascending; each fits a command line and names at most `max_uids`."""
    pieces: list[bytes] = []
    length = named = 0
    for first, last in _ranges(sorted(set(uids)), max_uids):
        piece = b"%d" % first if first == last else b"%d:%d" % (first, last)
        count = last - first + 1
        if pieces and (length + len(piece) > _MAX_SET_BYTES or named + count > max_uids):
            yield b",".join(pieces)
            pieces, length, named = [], 0, 0
        pieces.append(piece)
        length += len(piece) + 1
        named += count
    if pieces:
        yield b",".join(pieces)


def _ranges(ordered: Sequence[int], max_uids: int) -> Iterator[tuple[int, int]]:
    first = last = None
    for uid in ordered:
        if first is not None and last is not None:
            if uid == last + 1 and uid - first < max_uids:
                last = uid
                continue
            yield first, last
        first = last = uid
    if first is not None and last is not None:
        yield first, last


def expand_uid_set(text: bytes) -> list[int] | None:
    """UIDs of a uid-set in the order in which they were given (RFC 4315 section 3); None if it is none."""
    uids: list[int] = []
    for piece in text.split(b","):
        first_text, colon, last_text = piece.partition(b":")
        if not first_text.isdigit() or (colon and not last_text.isdigit()):
            return None
        first = int(first_text)
        last = int(last_text) if colon else first
        low, high = min(first, last), max(first, last)
        if high - low >= _MAX_EXPANDED or low == 0:
            return None
        uids.extend(range(low, high + 1))
    return uids


def parse_append_uid(argument: bytes | None, count: int) -> tuple[int | None, list[int] | None]:
    """(UIDVALIDITY, one UID a message) of an APPENDUID response code's argument.

    The UIDs are None unless there is exactly one for each of the `count` messages.
    """
    words = (argument or b"").split()
    if len(words) != 2 or not words[0].isdigit():
        return None, None
    uids = expand_uid_set(words[1])
    return int(words[0]), uids if uids is not None and len(uids) == count else None
