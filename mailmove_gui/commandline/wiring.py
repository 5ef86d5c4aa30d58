"""The engine's ports, as the command line fills them."""

from mailmove_gui.commandline.screen import Screen
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.domain.secret import KeyringProblem
from mailmove_gui.mail import ServerGateway
from mailmove_gui.providers.folder_names import folder_names
from mailmove_gui.secrets import KeyringStore, SystemKeyring
from mailmove_gui.texts.passwords import what_happened


def open_gateway(options: Options) -> ServerGateway:
    """Connections as the plan wants them.

    Raises:
        InvalidInput: the plan's CA file cannot be used.
    """
    try:
        return ServerGateway.for_options(options, folder_names())
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(field="--ca-file")) from None


def kept_passwords(plan: MigrationPlan, notes: Screen, *, resumed: bool) -> KeyringStore | None:
    """The passwords of a migration in the system's keyring; what goes wrong with it is a line of `notes`.

    None where it can have none, so that nobody is asked to unlock it: the migration is new, or its plan does not say
    `remember_passwords`.
    """

    def tell(problem: KeyringProblem) -> None:
        if problem is not KeyringProblem.NONE_THERE:
            notes.line(what_happened(problem))

    return KeyringStore(plan.id, SystemKeyring(), tell) if resumed and plan.remember_passwords else None
