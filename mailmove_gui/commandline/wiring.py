"""The engine's ports, as the command line fills them."""

from collections.abc import Mapping

from mailmove_gui.commandline.passwords import CallSecrets, Learn
from mailmove_gui.commandline.screen import Screen
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.ports import MailGateway
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.domain.secret import KeyringProblem, Secret, SecretKey
from mailmove_gui.mail import ImapGateway
from mailmove_gui.providers.folder_names import folder_names
from mailmove_gui.secrets import KeyringStore, SystemKeyring
from mailmove_gui.texts.passwords import what_happened


def open_gateway(options: Options) -> MailGateway:
    """Connections as the plan wants them.

    Raises:
        InvalidInput: the plan's CA file cannot be used.
    """
    try:
        return ImapGateway(ca_file=options.ca_file, role_names=folder_names())
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(field="--ca-file")) from None


def secrets_of(
    plan: MigrationPlan, given: Mapping[SecretKey, Secret], learn: Learn, notes: Screen, *, resumed: bool
) -> CallSecrets:
    """Passwords of a call: for a migration that is resumed the keyring's first (DESIGN section 8), then those given.

    A new migration has none in the keyring, nor has one whose plan does not say `remember_passwords`: it is left alone.
    """

    def tell(problem: KeyringProblem) -> None:
        if problem is not KeyringProblem.NONE_THERE:
            notes.line(what_happened(problem))

    kept = KeyringStore(plan.id, SystemKeyring(), tell) if resumed and plan.remember_passwords else None
    return CallSecrets(given, kept, learn)
