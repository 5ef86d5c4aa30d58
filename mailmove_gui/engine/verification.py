"""Looking again, later, whether everything that was moved is still there, unaltered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountVerification, FolderVerification
from mailmove_gui.domain.folders import FolderPath, display_name
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import ClaimedMessage, DestinationFolderRecord
from mailmove_gui.engine.context import Pass, Ports, open_destination, open_source
from mailmove_gui.engine.known_changes import is_changed_as_reported
from mailmove_gui.engine.matching import content_hashes
from mailmove_gui.engine.whole_account import look_through_destination, source_hashes


def verify_account(
    account: Account, options: Options, ports: Ports, cancel: CancelToken, *, deep: bool
) -> AccountVerification:
    """Compare the ledger with the destination, folder by folder.

    Quick: every message is there under its UID, or was filed elsewhere since. Deep: every content hash is compared;
    where the ledger has none (a message that was there before and told by its header), with the source. What is found
    is kept in the ledger.

    Raises:
        Cancelled: the verification was stopped.
    """
    try:
        if ports.ledger.is_undoing(account.id):
            # What counts as moved may have been removed by us.
            raise MailError(Reason.UNDO_UNFINISHED, side=Side.DESTINATION)
        with (
            open_source(account, ports.gateway, ports.secrets, cancel) as source,
            open_destination(account, ports.gateway, ports.secrets, cancel) as destination,
        ):
            run = Pass(account, options, ports, cancel, source, destination)
            look_through_destination(run, destination.folders(), anew=True)
            results = _folders(run, deep=deep)
    except MailError as error:
        cancel.check()
        return AccountVerification(account.id, deep, failure=Failure(error.reason, error.side, error.server_text))
    result = AccountVerification(account.id, deep, results)
    ports.ledger.save_verification(result, ports.clock.now())
    return result


@dataclass(slots=True)
class _Tally:
    """What was found of a destination folder's messages."""

    found: int = 0
    refiled: int = 0
    uncompared: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


def _folders(run: Pass, *, deep: bool) -> tuple[FolderVerification, ...]:
    """What became of the messages, by the folder in which each belongs."""
    tallies: defaultdict[FolderPath, _Tally] = defaultdict(_Tally)
    for record in run.ledger.destination_folders(run.owner):
        run.cancel.check()
        rows = [row for row in run.ledger.claimed(record.id) if row.account_id == run.account.id]
        for row in rows:
            tally = tallies[row.home]
            tally.refiled += row.refiled
            tally.found += not row.refiled
        if deep and rows:
            _compare(run, record, rows, tallies)
    for gone in run.ledger.missing(run.account.id):
        tallies[gone.destination].missing.append(message_name(gone.source, gone.source_uid))
    return tuple(
        FolderVerification(
            path,
            expected=tally.found + tally.refiled + len(tally.missing),
            found=tally.found,
            refiled=tally.refiled,
            uncompared=tally.uncompared,
            missing=tuple(tally.missing),
            altered=tuple(tally.altered),
        )
        for path, tally in tallies.items()
    )


def _compare(
    run: Pass, record: DestinationFolderRecord, rows: Sequence[ClaimedMessage], tallies: Mapping[FolderPath, _Tally]
) -> None:
    """Compare the content of every message of a destination folder with what was sent, or with the source."""
    by_uid = {row.uid: row for row in rows}
    expected = {row.id: row.content_hash for row in rows if row.content_hash is not None}
    suspects: list[ClaimedMessage] = []
    expected |= source_hashes(run, [row for row in rows if row.content_hash is None])
    compared: set[int] = set()
    for uid, digest in content_hashes(run, run.destination, record.path, by_uid):
        row = by_uid[uid]
        compared.add(uid)
        if row.id not in expected:
            tallies[row.home].uncompared += 1
        elif digest != expected[row.id]:
            suspects.append(row)
    for row in suspects:
        if not is_changed_as_reported(run, record.path, row):
            tallies[row.home].altered.append(message_name(row.source, row.source_uid))
    for uid, row in by_uid.items():
        if uid not in compared:
            tallies[row.home].altered.append(message_name(row.source, row.source_uid))


def message_name(folder: FolderPath, uid: int) -> str:
    """What a message that nobody has read is called."""
    return f"{display_name(folder)} #{uid}"
