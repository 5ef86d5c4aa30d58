"""CSV for spreadsheets: UTF-8 with BOM, one row an account or a message that was not moved."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.report.contents import reported_accounts
from mailmove_gui.report.document import legible
from mailmove_gui.report.story import until_cancelled
from mailmove_gui.report.whole_file import whole_file
from mailmove_gui.texts.reasons import what_happened, what_to_do
from mailmove_gui.texts.states import state_word

# What makes a spreadsheet take a cell for a formula; full-width ones count in East Asian editions.
_FORMULA_MARKS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# Blanks, and characters of no width: a spreadsheet may pass over them.
_NOT_SEEN = " \u00a0\u3000\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# What a cell of Excel holds; the rest of a longer one would spill into the next rows.
_LONGEST_CELL = 32_767
# Headings are names for programs, and do not change with the language.
_ACCOUNT_HEADINGS = (
    "source_user", "destination_user", "source", "destination", "state", "state_text", "verified", "messages_total",
    "moved", "already_there", "refused", "doubtful", "skipped", "vanished", "gone", "pending", "unverified",
    "bytes_total", "bytes_moved", "started", "finished", "reason", "side", "what_happened", "what_to_do", "server_text",
    "refiled", "removed", "looked_again", "contents_compared", "repeated",
)  # fmt: skip
_REFUSAL_HEADINGS = (
    "source_user", "destination_user", "folder", "date", "sender", "subject", "size_bytes", "reason",
    "what_happened", "server_text", "uid",
)  # fmt: skip


def write_accounts_csv(ledger: Ledger, path: Path, *, cancel: CancelToken | None = None) -> None:
    """One row an account.

    Raises:
        Cancelled: it was asked to stop; what was there stays.
        OSError: the file cannot be written; what was there stays.
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    _write(path, _ACCOUNT_HEADINGS, until_cancelled(_account_rows(ledger), cancel or CancelToken()))


def write_refusals_csv(ledger: Ledger, path: Path, *, cancel: CancelToken | None = None) -> None:
    """One row a message that was refused, or of which nobody can say whether it arrived; raises likewise."""
    _write(path, _REFUSAL_HEADINGS, until_cancelled(_refusal_rows(ledger), cancel or CancelToken()))


def harmless(text: str) -> str:
    """The text on one line, in a form that no spreadsheet computes, cuts into pieces or stumbles over."""
    line = legible(" ".join(text.splitlines()).replace("\t", " "))
    if text.startswith(("\t", "\r", "\n")) or line.lstrip(_NOT_SEEN).startswith(_FORMULA_MARKS):
        line = f"'{line}"
    return line if len(line) <= _LONGEST_CELL else line[: _LONGEST_CELL - 1] + "…"


def _account_rows(ledger: Ledger) -> Iterable[Sequence[str | int]]:
    for reported in reported_accounts(ledger):
        account, record = reported.account, reported.record
        counts, failure = record.counts, record.failure
        yield (
            account.source.user,
            account.destination.user,
            account.source.endpoint.url,
            account.destination.endpoint.url,
            record.state.value,
            state_word(record.state),
            "yes" if reported.verified else "no",
            counts.total,
            counts.moved,
            counts.already_there,
            counts.refused,
            counts.doubtful,
            counts.skipped,
            counts.vanished,
            counts.gone,
            counts.pending,
            counts.unverified,
            counts.bytes_total,
            counts.bytes_moved,
            _moment(reported.started),
            _moment(record.finished),
            failure.reason.value if failure else "",
            failure.side.value if failure and failure.side else "",
            what_happened(failure.reason, failure.side) if failure else "",
            what_to_do(failure.reason, failure.side, failure.until) if failure else "",
            failure.server_text if failure else "",
            counts.refiled,
            counts.removed,
            _moment(max((one.at for one in reported.verifications), default=None)),
            _moment(reported.compared.at if reported.compared else None),
            counts.repeated,
        )


def _refusal_rows(ledger: Ledger) -> Iterable[Sequence[str | int]]:
    accounts = {account.id: account for account in ledger.plan().accounts}
    for refusal in ledger.refusals():
        account = accounts.get(refusal.account_id)
        if account is None:
            continue
        yield (
            account.source.user,
            account.destination.user,
            display_name(refusal.folder),
            refusal.date,
            refusal.sender,
            refusal.subject,
            refusal.size_bytes,
            refusal.reason.value,
            what_happened(refusal.reason),
            refusal.server_text,
            refusal.uid,
        )


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    with whole_file(path, "utf-8-sig") as file:
        # Quoted throughout: where a list separator other than the comma is set, a text must not fall apart into cells.
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow(headings)
        for row in rows:
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def _moment(when: datetime | None) -> str:
    return when.astimezone().isoformat(" ", "seconds") if when else ""
