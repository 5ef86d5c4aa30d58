"""Looking again, later, whether everything that was moved is still there, unaltered."""

from collections.abc import Iterator, Sequence

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountVerification, FolderVerification
from mailmove_gui.domain.folders import Folder, display_name
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.domain.records import ClaimedMessage, DestinationFolderRecord
from mailmove_gui.engine.context import Pass, Ports, open_destination, open_source
from mailmove_gui.engine.known_changes import is_changed_as_reported
from mailmove_gui.engine.matching import content_hashes
from mailmove_gui.engine.whole_account import look_everywhere


def verify_account(
    account: Account, options: Options, ports: Ports, cancel: CancelToken, *, deep: bool
) -> AccountVerification:
    """Compare the ledger with the destination, folder by folder.

    Quick: every message is there under its UID, or was filed elsewhere since. Deep: every content hash is compared;
    where the ledger has none (a message that was there before and told by its header), with the source.

    Raises:
        Cancelled: the verification was stopped.
    """
    try:
        with (
            open_source(account, ports.gateway, ports.secrets, cancel) as source,
            open_destination(account, ports.gateway, ports.secrets, cancel) as destination,
        ):
            run = Pass(account, options, ports, cancel, source, destination)
            folders = destination.folders()
            results = tuple(_folders(run, folders, deep=deep))
    except MailError as error:
        cancel.check()
        return AccountVerification(account.id, deep, failure=Failure(error.reason, error.side, error.server_text))
    return AccountVerification(account.id, deep, results)


def _folders(run: Pass, folders: tuple[Folder, ...], *, deep: bool) -> Iterator[FolderVerification]:
    existing = {folder.path for folder in folders if folder.selectable}
    for record in run.ledger.destination_folders(run.owner):
        claimed = [row for row in run.ledger.claimed(record.id) if row.account_id == run.account.id]
        if not claimed:
            continue
        present: set[tuple[int, int]] = set()
        if record.path in existing:
            uidvalidity = run.destination.examine(record.path).uidvalidity
            present = {(uidvalidity, head.uid) for chunk in run.destination.heads() for head in chunk}
        run.cancel.check()
        here = [row for row in claimed if (row.uidvalidity, row.uid) in present]
        gone = [row for row in claimed if (row.uidvalidity, row.uid) not in present]
        refiled = {place.message_id for place in look_everywhere(run, gone, folders)} if gone else set()
        altered, uncompared = _altered(run, record, here) if deep else ((), 0)
        yield FolderVerification(
            record.path,
            expected=len(claimed),
            found=len(here),
            refiled=len(refiled),
            uncompared=uncompared,
            missing=tuple(_name(row) for row in gone if row.id not in refiled),
            altered=altered,
        )


def _altered(run: Pass, record: DestinationFolderRecord, rows: Sequence[ClaimedMessage]) -> tuple[tuple[str, ...], int]:
    """Names of those whose content differs, and how many could not be compared with anything."""
    by_uid = {row.uid: row for row in rows}
    expected = {row.uid: row.content_hash for row in rows if row.content_hash is not None}
    for row in rows:
        if row.content_hash is None:
            for _, digest in content_hashes(run, run.source, row.source, [row.source_uid]):
                expected[row.uid] = digest
    suspects: list[ClaimedMessage] = []
    compared: set[int] = set()
    for uid, digest in content_hashes(run, run.destination, record.path, by_uid):
        compared.add(uid)
        if uid in expected and digest != expected[uid]:
            suspects.append(by_uid[uid])
    altered = [_name(row) for row in suspects if not is_changed_as_reported(run, record.path, row)]
    altered.extend(_name(by_uid[uid]) for uid in by_uid if uid not in compared)
    return tuple(altered), sum(uid not in expected for uid in compared)


def _name(row: ClaimedMessage) -> str:
    return f"{display_name(row.source)} #{row.source_uid}"
