"""What servers say when something goes wrong, and what it is to mean: `data/server-error-texts.tsv`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mailmove_gui.domain.reasons import Reason

_DATA = Path(__file__).parent / "data" / "server-error-texts.tsv"

UNTOLD = {
    "login": Reason.WRONG_PASSWORD,
    "select": Reason.FOLDER_UNREADABLE,
    "fetch": Reason.MESSAGE_UNREADABLE,
    "append": Reason.MESSAGE_REFUSED,
    "greeting": Reason.SERVER_BUSY,
    "pop3": Reason.WRONG_PASSWORD,
}
"""What a refusal means at such a moment if its words do not say."""


class ServerText(NamedTuple):
    """`text` follows `status`; `when` is what it answers: login, select, fetch, append, pop3, or greeting."""

    reason: Reason
    host: str
    when: str
    status: str
    text: str
    seen_at: str

    @property
    def default(self) -> Reason:
        if self.status == "BYE" and self.when != "greeting":
            return Reason.CONNECTION_LOST
        return Reason.SERVER_SAID if (self.when, self.status) == ("login", "BAD") else UNTOLD[self.when]


def server_texts() -> list[ServerText]:
    """All rows, in the order of the file."""
    lines = [line for line in _DATA.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = [line.split("\t") for line in lines]
    return [ServerText(Reason(reason), *rest) for reason, *rest in rows]
