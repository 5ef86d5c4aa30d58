"""What verifications found, and when."""

import json
from datetime import datetime
from typing import Any

from mailmove_gui.domain.findings import AccountVerification, FolderVerification
from mailmove_gui.domain.records import VerificationRecord
from mailmove_gui.ledger.columns import text
from mailmove_gui.ledger.part import Part


class VerificationRows(Part):
    """The newest verification of each kind."""

    def save_verification(self, result: AccountVerification, at: datetime) -> None:
        """Keep it in place of the one before, if it could look at everything."""
        if result.failure is not None:
            return
        folders = text(json.dumps([_document(folder) for folder in result.folders], ensure_ascii=False))
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO verifications (account, deep, at, folders) VALUES (?, ?, ?, ?)",
                (self._account(result.account_id), result.deep, at.isoformat(), folders),
            )

    def verifications(self, account_id: str) -> tuple[VerificationRecord, ...]:
        """The newest quick and the newest deep one, as far as there are, newest first."""
        rows = self._database.rows("SELECT * FROM verifications WHERE account = ?", (self._account(account_id),))
        records = [
            VerificationRecord(
                datetime.fromisoformat(row["at"]),
                AccountVerification(account_id, bool(row["deep"]), tuple(map(_folder, json.loads(row["folders"])))),
            )
            for row in rows
        ]
        return tuple(sorted(records, key=lambda record: record.at, reverse=True))


def _document(folder: FolderVerification) -> dict[str, Any]:
    return {
        "path": folder.path,
        "expected": folder.expected,
        "found": folder.found,
        "refiled": folder.refiled,
        "uncompared": folder.uncompared,
        "missing": folder.missing,
        "altered": folder.altered,
    }


def _folder(document: dict[str, Any]) -> FolderVerification:
    return FolderVerification(
        tuple(document["path"]),
        document["expected"],
        document["found"],
        document["refiled"],
        document["uncompared"],
        tuple(document["missing"]),
        tuple(document["altered"]),
    )
