"""How an embedded server behaves: limits, refusals, missing extensions and slowness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mailmove_gui.demo.traits import Traits

TOO_MANY_CONNECTIONS = "[LIMIT] Maximum number of connections from user exceeded"
UNSAFE_LOGIN = "SELECT Unsafe Login. Please contact kefu@188.com for help"
WRONG_PASSWORD = "[AUTHENTICATIONFAILED] Authentication failed."
IMAP_DISABLED = "[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Behaviour of an `EmbeddedServer`; the defaults are a well-behaved, fast server.

    `hidden` names capabilities that are neither announced nor served: UIDPLUS, MULTIAPPEND, LITERAL+,
    SASL-IR, SPECIAL-USE, CHILDREN, NAMESPACE, ID, ENABLE, UNSELECT, QUOTA, STATUS=SIZE, STARTTLS, AUTH=PLAIN, LOGIN
    (announced as LOGINDISABLED), APPENDLIMIT (the limit is kept but not told); and for POP3: UIDL, TOP,
    PIPELINING, USER, SASL, STLS.
    Texts (`login_refusal`, `refuse_message`, ...) are what follows `NO ` or `-ERR `, response code included.
    """

    hidden: frozenset[str] = frozenset()
    refuse_message: Callable[[bytes], str | None] | None = None
    """Gets each message that arrives by APPEND; a text refuses it (and the whole MULTIAPPEND)."""
    rewrite_message: Callable[[bytes], bytes] | None = None
    """What is stored instead of an appended message, as servers do that add a final line end."""
    keywords_refused: bool = False
    """PERMANENTFLAGS without `\\*`; APPEND and STORE of a keyword are answered NO."""
    latency_s: float = 0.0
    """Wait before each answer."""
    messages_per_s: float | None = None
    """Speed of the whole server, shared by its sessions: bodies read plus messages appended."""
    bytes_per_s: float | None = None
    """The same for message bytes."""
    login_refusal: str | None = None
    """Every login is answered with this text."""
    wrong_password_text: str = WRONG_PASSWORD
    append_limit_bytes: int | None = None
    """Largest message (RFC 7889)."""
    require_id: bool = False
    """SELECT and EXAMINE are refused unless ID was sent after the login (NetEase)."""
    connections_per_user: int | None = None
    too_many_text: str = TOO_MANY_CONNECTIONS
    """The answer to a login beyond these."""
    imap_disabled_users: frozenset[str] = frozenset()
    """Users whose IMAP login is refused although the password is right; POP3 serves them."""
    imap_disabled_text: str = IMAP_DISABLED
    lose_answer: Callable[[str], bool] | None = None
    """Asked after each command ("APPEND", "UID FETCH") is carried out; True cuts the connection instead."""
    pop3_expire_days: int | None = None
    """CAPA EXPIRE (RFC 2449 §6.7). 0 deletes at QUIT whatever was retrieved."""
    idle_timeout_s: float = 1800.0
    """A session that sends nothing for so long is closed."""
    traits: Traits = field(default_factory=Traits)
    """What else a real provider's server does; `personalities` has some."""
