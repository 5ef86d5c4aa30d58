"""The engine's ports, as the command line fills them."""

from mailmove_gui.commandline.passwords import CallSecrets, Learn
from mailmove_gui.commandline.preparation import Preparation
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.mail import ImapGateway
from mailmove_gui.providers.folder_names import folder_names
from mailmove_gui.secrets import KeyringStore


def open_gateway(options: Options) -> ImapGateway:
    """Connections as the plan wants them.

    Raises:
        InvalidInput: the plan's CA file cannot be used.
    """
    try:
        return ImapGateway(ca_file=options.ca_file, role_names=folder_names())
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(field="--ca-file")) from None


def secrets_of(preparation: Preparation, learn: Learn) -> CallSecrets:
    """Passwords of a call.

    A new migration takes those of its list, and the keyring's for the rest; one that is resumed the keyring's first
    (DESIGN section 8).
    """
    given = preparation.listed.secrets
    return CallSecrets(given, KeyringStore(), learn, keyring_first=preparation.resumed)
