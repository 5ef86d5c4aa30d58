"""The writing half of a transfer: each batch is in the ledger before its first byte is sent and after its answer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.identity import describe_header
from mailmove_gui.domain.messages import (
    AppendAnswer,
    Appended,
    AppendInterrupted,
    Flags,
    FolderState,
    MessageHead,
    OutgoingMessage,
    Refused,
    clamp_date,
    storable_flags,
)
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import Arrival, Change, RefusalRecord, SendingBatch, SendingMessage
from mailmove_gui.engine.arrival import ArrivalCheck
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.isolation import suspect
from mailmove_gui.engine.matching import content_hashes
from mailmove_gui.engine.reading import ReadBatch, ReadMessage
from mailmove_gui.engine.settling import match_arrivals


class Writer:
    """Appends batches to the destination, one folder after the other."""

    def __init__(self, run: Pass) -> None:
        self._run = run
        self._path: FolderPath | None = None
        self._folder_id = 0
        self._state = FolderState(0, 0, 0)
        self._permanent_flags: Flags | None = None
        self._check = ArrivalCheck(run)

    def write(self, batch: ReadBatch) -> None:
        """Append the batch and enter what became of it; raises `MailError` if what is left of it is in doubt."""
        run = self._run
        run.check()
        self._enter(batch.folder.destination)
        messages = self._within_limit(batch.messages)
        if not messages:
            return
        run.spend(sum(len(message.body) for message in messages))
        prepared = [self._prepare(message) for message in messages]
        rows = tuple(row for row, _ in prepared)
        sending = SendingBatch(self._folder_id, self._state.uidvalidity, self._state.uidnext, rows)
        run.ledger.mark_sending(sending.destination_folder_id, sending.uidvalidity, sending.uidnext, rows)
        try:
            answer = run.destination.append(batch.folder.destination, [outgoing for _, outgoing in prepared])
        except AppendInterrupted as interruption:
            answered = len(interruption.answer.outcomes)
            suspect(run, _described(messages[answered:]), interruption)
            if interruption.nothing_more:
                run.ledger.mark_listed(row.id for row in rows[answered:])
            try:
                self._enter_answer(batch.folder.destination, sending, messages, interruption.answer)
            except MailError as error:
                if error.reason is Reason.LOCAL_DISK:
                    raise
                # The line is of no use any more. What ended it says why, and perhaps how long to wait.
            raise
        except MailError as error:
            suspect(run, _described(messages), error)
            raise
        self._enter_answer(batch.folder.destination, sending, messages, answer)
        run.progressed(batch.folder.source)

    def _enter(self, path: FolderPath) -> None:
        if path == self._path:
            return
        self._state, self._permanent_flags = self._run.destination.select(path)
        self._folder_id = self._run.ledger.destination_folder(self._run.owner, path).id
        self._path = path

    def _within_limit(self, messages: Sequence[ReadMessage]) -> list[ReadMessage]:
        """Without those that are larger than the server says it takes: sending them would be in vain."""
        limit_bytes = self._run.destination.max_message_bytes
        fitting: list[ReadMessage] = []
        for message in messages:
            if limit_bytes is not None and len(message.body) > limit_bytes:
                self._refuse(message, Reason.MESSAGE_TOO_LARGE, "")
            else:
                fitting.append(message)
        return fitting

    def _prepare(self, message: ReadMessage) -> tuple[SendingMessage, OutgoingMessage]:
        date, clamped = clamp_date(message.row.internal_date, self._run.ports.clock.now())
        flags, dropped = storable_flags(message.row.flags, self._permanent_flags)
        changes = frozenset(
            change
            for change, made in (
                (Change.DATE_CLAMPED, clamped),
                (Change.FLAGS_DROPPED, bool(dropped)),
                (Change.SHORTER, message.is_short),
            )
            if made
        )
        row = SendingMessage(message.row.id, len(message.body), date, message.header_key, message.content_hash, changes)
        return row, OutgoingMessage(message.body, date, flags)

    def _enter_answer(
        self, path: FolderPath, sending: SendingBatch, messages: Sequence[ReadMessage], answer: AppendAnswer
    ) -> None:
        run = self._run
        if answer.uidvalidity is not None and answer.uidvalidity != sending.uidvalidity:
            # The folder was replaced by another of its name: nothing that is known of it holds any more.
            self._path = None
            raise MailError(Reason.SERVER_BUSY, side=Side.DESTINATION)
        arrivals: list[Arrival] = []
        unknown: list[SendingMessage] = []
        for row, message, outcome in zip(sending.messages, messages, answer.outcomes, strict=False):
            match outcome:
                case Appended():
                    changed = replace(row, changes=row.changes | _changes(outcome))
                    if outcome.uid is None:
                        unknown.append(changed)
                    else:
                        arrivals.append(Arrival(row.id, outcome.uid, verified=False, changes=changed.changes))
                case Refused():
                    reason = Reason.MESSAGE_TOO_LARGE if outcome.too_large else Reason.MESSAGE_REFUSED
                    self._refuse(message, reason, outcome.server_text)
        arrivals = self._without_taken(path, sending, messages, arrivals)
        found = self._find(path, sending, unknown) if unknown else []
        arrivals += found
        try:
            arrivals = self._check.checked(arrivals, {message.row.id: message.body for message in messages})
        finally:
            # Their UIDs are known: also if the line broke while they were looked at.
            run.ledger.mark_moved(sending.destination_folder_id, sending.uidvalidity, arrivals)
        self._state = self._state_after(arrivals)
        if len(found) < len(unknown):
            # Taken, but not to be seen: in doubt until it is settled.
            raise MailError(Reason.SERVER_BUSY, side=Side.DESTINATION)

    def _without_taken(
        self, path: FolderPath, sending: SendingBatch, messages: Sequence[ReadMessage], arrivals: Sequence[Arrival]
    ) -> list[Arrival]:
        """The arrivals whose UID no other message has.

        A server that names one UID for two messages keeps one copy of equal ones (Gmail), or has lost its numbering:
        then nobody can say where the others are. Sending either again could go on for ever.
        """
        run = self._run
        lowest = min((arrival.uid for arrival in arrivals), default=0)
        taken = (
            run.ledger.claimed_uids(sending.destination_folder_id, sending.uidvalidity, lowest) if arrivals else set()
        )
        free: list[Arrival] = []
        second: list[Arrival] = []
        for arrival in arrivals:
            if arrival.uid in taken:
                second.append(arrival)
            else:
                taken.add(arrival.uid)
                free.append(arrival)
        if not second:
            return free
        there = dict(content_hashes(run, run.destination, path, {arrival.uid for arrival in second}))
        sent = {message.row.id: message for message in messages}
        doubtful: list[int] = []
        for arrival in second:
            message = sent[arrival.message_id]
            if there.get(arrival.uid) == message.content_hash:
                self._refuse(message, Reason.ONE_COPY_KEPT, "")
            else:
                doubtful.append(arrival.message_id)
        for refusal in run.ledger.mark_doubtful(run.account.id, doubtful):
            run.refused(refusal)
        return free

    def _find(self, path: FolderPath, sending: SendingBatch, rows: Sequence[SendingMessage]) -> list[Arrival]:
        """Which UIDs a server without UIDPLUS gave to what it has just taken."""
        run = self._run
        heads = run.destination.heads_from(sending.uidnext)
        taken = SendingBatch(sending.destination_folder_id, sending.uidvalidity, sending.uidnext, tuple(rows))
        found = match_arrivals(run, taken, path, self._state, heads, all_taken=True)
        # Matching may have reopened the folder for reading only.
        self._path = None
        return [*found, *self._rewritten(taken, found, heads)]

    def _rewritten(
        self, sending: SendingBatch, found: Sequence[Arrival], heads: Sequence[MessageHead]
    ) -> Iterator[Arrival]:
        """Messages whose header is not what it was, by their date: the server said that it took them, in this order."""
        claimed = self._run.ledger.claimed_uids(sending.destination_folder_id, sending.uidvalidity, sending.uidnext)
        claimed |= {arrival.uid for arrival in found}
        free = sorted((head for head in heads if head.uid not in claimed), key=lambda head: head.uid)
        recognised = {arrival.message_id for arrival in found}
        for row in sending.messages:
            if row.id in recognised:
                continue
            head = next((head for head in free if head.internal_date == row.internal_date is not None), None)
            if head is not None:
                free.remove(head)
                yield Arrival(row.id, head.uid, verified=False, changes=row.changes)

    def _state_after(self, arrivals: Sequence[Arrival]) -> FolderState:
        uidnext = max([self._state.uidnext, *(arrival.uid + 1 for arrival in arrivals)])
        return FolderState(self._state.uidvalidity, uidnext, self._state.messages + len(arrivals))

    def _refuse(self, message: ReadMessage, reason: Reason, server_text: str) -> None:
        record = _refusal(message, reason, server_text)
        self._run.refused(self._run.ledger.mark_refused(self._run.account.id, record))


def _refusal(message: ReadMessage, reason: Reason, server_text: str) -> RefusalRecord:
    date, sender, subject = describe_header(message.body)
    return RefusalRecord(message.row.id, reason, server_text, date, sender, subject)


def _described(messages: Sequence[ReadMessage]) -> list[RefusalRecord]:
    """Who they are, for `isolation.suspect`."""
    return [_refusal(message, Reason.MESSAGE_REFUSED, "") for message in messages]


def _changes(outcome: Appended) -> frozenset[Change]:
    made = ((Change.KEYWORDS_DROPPED, outcome.keywords_dropped), (Change.LINE_ENDS, outcome.line_ends_changed))
    return frozenset(change for change, done in made if done)
