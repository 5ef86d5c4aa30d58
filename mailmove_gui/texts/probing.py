"""The steps of a connection, in words."""

from typing import assert_never

from mailmove_gui.domain.probing import Stage
from mailmove_gui.texts.language import _


def stage_name(stage: Stage) -> str:
    """What is done in this step, as a heading."""
    match stage:
        case Stage.NAME:
            return _("Server's name")
        case Stage.CONNECT:
            return _("Connection")
        case Stage.TLS:
            return _("Encryption and certificate")
        case Stage.GREETING:
            return _("Greeting of the mail server")
        case Stage.LOGIN:
            return _("Login")
        case Stage.FOLDERS:
            return _("Folders")
        case _ as never:
            assert_never(never)
