"""Mail providers: what is known of them, and how one was recognised."""

from dataclasses import dataclass, field
from enum import StrEnum

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.reasons import Side


class Confidence(StrEnum):
    """How sure a fact is: from the provider itself, from several others, or from a single old hint."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class PasswordKind(StrEnum):
    """What a provider takes instead of, or as, the password."""

    OAUTH2 = "oauth2"
    APP_PASSWORD = "app_password"
    PASSWORD = "password"


class UserNameForm(StrEnum):
    """What the user name is: the whole address, the part before the @, or whichever works."""

    FULL = "full"
    LOCAL = "local"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ServerOffer:
    """A server of a provider; `when` says for whom it is meant if it is not the usual one.

    `for_source` marks one that shows more of a mailbox than the usual one does, but is no place to put mail.
    """

    endpoint: Endpoint
    when: str = ""
    confidence: Confidence = Confidence.MEDIUM
    for_source: bool = False


@dataclass(frozen=True, slots=True)
class VisibleWindow:
    """The provider shows mail programs only recent mail until its owner changes a setting.

    `days` is the usual setting (None: unknown), `where` the way to it in the provider's own words.
    """

    days: int | None
    where: str
    confidence: Confidence = Confidence.MEDIUM


@dataclass(frozen=True, slots=True)
class ProviderLimits:
    """What a provider allows; None where nothing is known.

    `login_tries` is about how many wrong passwords in a row it takes before it locks the mailbox for a while.
    """

    download_bytes_a_day: int | None = None
    upload_bytes_a_day: int | None = None
    connections: int | None = None
    message_bytes: int | None = None
    messages_shown_a_folder: int | None = None
    login_tries: int | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider.

    Texts named `*_where` are paths through the provider's own menus in its own language: hints, since menus move.
    `imap` and `pop3` have the usual server first; they are empty where only `Detection.servers` can tell, because the
    servers have names of the customer's domain. `passwords` is in the order in which to offer them. `takes_programs` is
    False for a provider that lets no mail program in at all. `id_required` says that the server wants to be told
    the program's name (ID, RFC 2971) before it opens a folder. `skip_folders` hold no mail although they are listed,
    `user_folder_parent` is the folder below which all folders of the user's own are. `quirks` are notes for
    technicians, in English.
    """

    id: str
    name: str
    name_zh: str = ""
    imap: tuple[ServerOffer, ...] = ()
    pop3: tuple[ServerOffer, ...] = ()
    user_name: UserNameForm = UserNameForm.FULL
    passwords: tuple[PasswordKind, ...] = (PasswordKind.PASSWORD,)
    app_password_name: str = ""
    app_password_where: str = ""
    enable_first: bool = False
    enable_where: str = ""
    window: VisibleWindow | None = None
    limits: ProviderLimits = field(default_factory=ProviderLimits)
    help_urls: tuple[str, ...] = ()
    confidence: Confidence = Confidence.MEDIUM
    takes_programs: bool = True
    id_required: bool = False
    skip_folders: tuple[str, ...] = ()
    user_folder_parent: str = ""
    quirks: tuple[str, ...] = ()

    @property
    def needs_app_password(self) -> bool:
        """Whether the login password is refused, and another one has to be made first."""
        return PasswordKind.APP_PASSWORD in self.passwords and PasswordKind.PASSWORD not in self.passwords

    @property
    def needs_browser(self) -> bool:
        """Whether it takes sign-in with a browser (OAuth2) and nothing else."""
        return self.passwords == (PasswordKind.OAUTH2,)


def no_provider_known(host: str) -> Provider | None:  # noqa: ARG001 -- a `ports.ProviderOfHost`
    """Whose mail server a host is, where there is no table of providers."""
    return None


class DetectionStep(StrEnum):
    """A way to find out who runs a domain's mail, in the order of how much it is worth."""

    DOMAIN_TABLE = "domain_table"
    MX = "mx"
    CNAME = "cname"
    SRV = "srv"
    AUTOCONFIG = "autoconfig"
    SPF = "spf"
    GUESS = "guess"


class StepOutcome(StrEnum):
    """What came of a step."""

    FOUND = "found"
    NOTHING = "nothing"
    NO_ANSWER = "no_answer"
    NOT_TRUSTED = "not_trusted"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step; `detail` is what it saw, such as an MX host or an address of a web server."""

    step: DetectionStep
    outcome: StepOutcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Detection:
    """Who runs a domain's mail, as far as it could be found out.

    `servers` has the best server for the source first, IMAP before POP3; empty if nothing was found. `how` is the step
    that decided, `evidence` what it saw. `gateway` names a filter service in front of the mailbox. With
    `needs_consent` nothing vouches for the server (it was guessed and its certificate does not fit, or DNS alone names
    a host of a stranger, RFC 6186 section 6): no password goes there without the user's yes. `software` is what the
    server's greeting says it runs. `domain` is in lower case and ASCII (RFC 5890), empty if what was asked names none.
    `steps` tells all that was tried.
    """

    asked: str
    domain: str
    provider: Provider | None = None
    servers: tuple[Endpoint, ...] = ()
    user_name: UserNameForm = UserNameForm.FULL
    how: DetectionStep | None = None
    evidence: str = ""
    confidence: Confidence = Confidence.LOW
    gateway: str = ""
    needs_consent: bool = False
    software: str = ""
    steps: tuple[StepReport, ...] = ()

    @property
    def found(self) -> bool:
        """Whether it is known who runs the mail, or at least where the server is."""
        return self.provider is not None or bool(self.servers)

    def server(self, protocol: MailProtocol, side: Side = Side.SOURCE) -> Endpoint | None:
        """The best server that speaks `protocol`, to read mail from or to put mail into."""
        source_only = set()
        if side is Side.DESTINATION and self.provider is not None:
            source_only = {offer.endpoint for offer in self.provider.imap if offer.for_source}
        return next((one for one in self.servers if one.protocol is protocol and one not in source_only), None)
