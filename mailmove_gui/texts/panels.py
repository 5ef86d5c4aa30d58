"""Control panels in words, and what is to be done with a list before one gets it."""

from typing import assert_never

from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.texts.language import _, joined


def panel_name(panel: ControlPanel) -> str:
    """What the provider calls it."""
    match panel:
        case ControlPanel.ALIBABA:
            return _("Alibaba Mail")
        case ControlPanel.TENCENT:
            return _("Tencent Exmail")
        case ControlPanel.GOOGLE:
            return "Google Workspace"
        case ControlPanel.MICROSOFT:
            return "Microsoft 365"
        case _ as never:
            assert_never(never)


def before_upload(panel: ControlPanel) -> str:
    """What the list still lacks."""
    names = _("Names are made from the addresses: correct them where they are wrong.")
    match panel:
        case ControlPanel.ALIBABA:
            return joined(
                (
                    names,
                    _(
                        "Fill in a password for each account: where there is none, every account gets the same"
                        " password that everybody knows."
                    ),
                )
            )
        case ControlPanel.TENCENT:
            return joined(
                (
                    names,
                    _("Fill in a password for each account."),
                    _("The columns of this panel have changed over the years: compare them with its own template."),
                )
            )
        case ControlPanel.GOOGLE:
            return joined((names, _("Fill in a password for each account.")))
        case ControlPanel.MICROSOFT:
            return joined((names, _("The control panel makes the passwords.")))
        case _ as never:
            assert_never(never)
