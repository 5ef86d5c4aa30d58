"""Why something failed, and whose turn it is."""

from enum import StrEnum
from typing import assert_never


class Side(StrEnum):
    """Which of an account's two mailboxes."""

    SOURCE = "source"
    DESTINATION = "destination"


class Reason(StrEnum):
    """Why an account or a message did not go through; `texts.reasons` words it."""

    WRONG_PASSWORD = "wrong_password"
    LOGIN_REFUSED = "login_refused"
    PASSWORD_MISSING = "password_missing"
    NEEDS_APP_PASSWORD = "needs_app_password"
    PROTOCOL_DISABLED = "protocol_disabled"
    OAUTH_REQUIRED = "oauth_required"
    WEB_LOGIN_REQUIRED = "web_login_required"
    LOCKED_OUT = "locked_out"
    HOST_REFUSES_ALL = "host_refuses_all"
    HOST_NOT_FOUND = "host_not_found"
    CONNECTION_REFUSED = "connection_refused"
    NETWORK_UNREACHABLE = "network_unreachable"
    TIMED_OUT = "timed_out"
    CERTIFICATE_WRONG_HOST = "certificate_wrong_host"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_UNKNOWN_ISSUER = "certificate_unknown_issuer"
    CERTIFICATE_SELF_SIGNED = "certificate_self_signed"
    CERTIFICATE_CHANGED = "certificate_changed"
    TLS_TOO_OLD = "tls_too_old"
    TLS_ON_PLAIN_PORT = "tls_on_plain_port"
    PLAIN_ON_TLS_PORT = "plain_on_tls_port"
    TLS_FAILED = "tls_failed"
    STARTTLS_NOT_OFFERED = "starttls_not_offered"
    LOGIN_NEEDS_TLS = "login_needs_tls"
    NOT_A_MAIL_SERVER = "not_a_mail_server"
    CONNECTION_LOST = "connection_lost"
    SERVER_BUSY = "server_busy"
    THROTTLED = "throttled"
    DAILY_LIMIT = "daily_limit"
    QUIET_HOURS = "quiet_hours"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    DESTINATION_FULL = "destination_full"
    FOLDER_REFUSED = "folder_refused"
    FOLDER_UNREADABLE = "folder_unreadable"
    MESSAGE_TOO_LARGE = "message_too_large"
    MESSAGE_REFUSED = "message_refused"
    MESSAGE_UNREADABLE = "message_unreadable"
    MESSAGE_GONE = "message_gone"
    MESSAGE_BREAKS_CONNECTION = "message_breaks_connection"
    ARRIVAL_UNKNOWN = "arrival_unknown"
    ONE_COPY_KEPT = "one_copy_kept"
    HIDDEN_MAIL = "hidden_mail"
    READING_DELETES = "reading_deletes"
    NUMBERS_DIFFER = "numbers_differ"
    CANNOT_UNDO = "cannot_undo"
    UNDO_UNFINISHED = "undo_unfinished"
    LOCAL_DISK = "local_disk"
    NOT_SUPPORTED = "not_supported"
    SERVER_SAID = "server_said"
    INTERNAL_ERROR = "internal_error"


class Turn(StrEnum):
    """Who can make a failed account go on."""

    USER = "user"
    CLOCK = "clock"
    NOBODY = "nobody"


_R = Reason
_PASSWORD_REASONS = frozenset({_R.WRONG_PASSWORD, _R.LOGIN_REFUSED, _R.PASSWORD_MISSING, _R.NEEDS_APP_PASSWORD})
_LOGIN_REFUSALS = frozenset(
    {
        _R.WRONG_PASSWORD,
        _R.LOGIN_REFUSED,
        _R.NEEDS_APP_PASSWORD,
        _R.PROTOCOL_DISABLED,
        _R.OAUTH_REQUIRED,
        _R.WEB_LOGIN_REQUIRED,
        _R.LOCKED_OUT,
    }
)


def refuses_login(reason: Reason) -> bool:
    """Whether a server has looked at user name and password and said no: a try that providers count."""
    return reason in _LOGIN_REFUSALS


def needs_password(reason: Reason) -> bool:
    """Whether typing another password is what helps."""
    return reason in _PASSWORD_REASONS


def turn_of(reason: Reason) -> Turn:
    """Whose turn it is after `reason`: the user's, the clock's, or nobody's."""
    match reason:
        case (
            _R.CONNECTION_LOST
            | _R.SERVER_BUSY
            | _R.THROTTLED
            | _R.DAILY_LIMIT
            | _R.QUIET_HOURS
            | _R.TOO_MANY_CONNECTIONS
            | _R.TIMED_OUT
            | _R.NETWORK_UNREACHABLE
        ):
            return Turn.CLOCK
        case (
            _R.WRONG_PASSWORD
            | _R.LOGIN_REFUSED
            | _R.PASSWORD_MISSING
            | _R.NEEDS_APP_PASSWORD
            | _R.PROTOCOL_DISABLED
            | _R.OAUTH_REQUIRED
            | _R.WEB_LOGIN_REQUIRED
            | _R.LOCKED_OUT
            | _R.HOST_REFUSES_ALL
            | _R.HOST_NOT_FOUND
            | _R.CONNECTION_REFUSED
            | _R.CERTIFICATE_WRONG_HOST
            | _R.CERTIFICATE_EXPIRED
            | _R.CERTIFICATE_NOT_YET_VALID
            | _R.CERTIFICATE_UNKNOWN_ISSUER
            | _R.CERTIFICATE_SELF_SIGNED
            | _R.CERTIFICATE_CHANGED
            | _R.TLS_TOO_OLD
            | _R.TLS_ON_PLAIN_PORT
            | _R.PLAIN_ON_TLS_PORT
            | _R.TLS_FAILED
            | _R.STARTTLS_NOT_OFFERED
            | _R.LOGIN_NEEDS_TLS
            | _R.NOT_A_MAIL_SERVER
            | _R.DESTINATION_FULL
            | _R.FOLDER_REFUSED
            | _R.FOLDER_UNREADABLE
            | _R.HIDDEN_MAIL
            | _R.READING_DELETES
            | _R.NUMBERS_DIFFER
            | _R.CANNOT_UNDO
            | _R.UNDO_UNFINISHED
            | _R.LOCAL_DISK
            | _R.NOT_SUPPORTED
            | _R.SERVER_SAID
            | _R.INTERNAL_ERROR
        ):
            return Turn.USER
        case (
            _R.MESSAGE_TOO_LARGE
            | _R.MESSAGE_REFUSED
            | _R.MESSAGE_UNREADABLE
            | _R.MESSAGE_GONE
            | _R.MESSAGE_BREAKS_CONNECTION
            | _R.ARRIVAL_UNKNOWN
            | _R.ONE_COPY_KEPT
        ):
            return Turn.NOBODY
        case _:
            assert_never(reason)


class MailError(Exception):
    """A conversation with a server (or the local disk) failed.

    `server_text` is what the server said, already free of secrets; `retry_after_s` is the waiting time that the server
    itself asked for. `side` is filled in by whoever knows it. `ends_connection` is set where the connection is of no
    use any more, whatever the reason: a server may say why it hangs up.
    """

    def __init__(
        self, reason: Reason, server_text: str = "", *, side: Side | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{reason.value}: {server_text}" if server_text else reason.value)
        self.reason = reason
        self.server_text = server_text
        self.side = side
        self.retry_after_s = retry_after_s
        self.ends_connection = False
