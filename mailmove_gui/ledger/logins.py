"""Refused logins, counted over restarts: providers lock mailboxes after a handful."""

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.records import RefusedLogins
from mailmove_gui.domain.secret import SecretKey
from mailmove_gui.ledger.columns import failure_columns, failure_of, text
from mailmove_gui.ledger.part import Part

_OF_MAILBOX = "side = :side AND host = :host AND port = :port AND user = :user"
_FIND = f"SELECT * FROM refused_logins WHERE {_OF_MAILBOX}"  # noqa: S608 -- no values in it
_FORGET = f"DELETE FROM refused_logins WHERE {_OF_MAILBOX}"  # noqa: S608
_COUNT = (
    "INSERT INTO refused_logins (side, host, port, user, tries, reason, server_text, until)"
    " VALUES (:side, :host, :port, :user, 1, :reason, :server_text, :until)"
    " ON CONFLICT (side, host, port, user) DO UPDATE SET tries = tries + 1, reason = excluded.reason,"
    " server_text = excluded.server_text, until = excluded.until"
)


class LoginRows(Part):
    """One row a mailbox whose last login was refused."""

    def note_login(self, key: SecretKey, refusal: Failure | None) -> None:
        """A server has refused a login with the password of `key`, or (None) has accepted one."""
        mailbox = _columns(key)
        if refusal is None:
            # The usual case: nothing to forget, and nothing to write.
            if self._database.row(_FIND, mailbox) is not None:
                with self._database.writing() as connection:
                    connection.execute(_FORGET, mailbox)
            return
        with self._database.writing() as connection:
            connection.execute(_COUNT, {**failure_columns(refusal), **mailbox})

    def refused_logins(self, key: SecretKey) -> RefusedLogins:
        """The refused logins of a mailbox since the last accepted one."""
        row = self._database.row(_FIND, _columns(key))
        return RefusedLogins() if row is None else RefusedLogins(row["tries"], failure_of(row))


def _columns(key: SecretKey) -> dict[str, str | int]:
    return {"side": key.side.value, "host": text(key.host), "port": key.port, "user": text(key.user)}
