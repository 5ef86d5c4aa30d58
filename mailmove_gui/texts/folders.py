"""Where folders go, and why, in words."""

from collections.abc import Mapping
from typing import assert_never

from mailmove_gui.domain.folders import FolderMapping, FolderPath, FolderRole, MappingCause, display_name
from mailmove_gui.texts import numbers
from mailmove_gui.texts.language import _, ngettext


def role_word(role: FolderRole) -> str:
    """What a folder is for; empty for an ordinary one."""
    match role:
        case FolderRole.NONE:
            return ""
        case FolderRole.INBOX:
            return _("Inbox")
        case FolderRole.SENT:
            return _("Sent")
        case FolderRole.DRAFTS:
            return _("Drafts")
        case FolderRole.TRASH:
            return _("Trash")
        case FolderRole.JUNK:
            return _("Junk")
        case FolderRole.ARCHIVE:
            return _("Archive")
        case FolderRole.ALL:
            return _("All mail")
        case FolderRole.FLAGGED:
            return _("Flagged")
        case FolderRole.IMPORTANT:
            return _("Important")
        case FolderRole.NOT_MAIL:
            return _("Not mail")
        case _ as never:
            assert_never(never)


def why_renamed(mapping: FolderMapping) -> str:
    """Why a folder gets another name, as a short sentence; empty if it keeps its own."""
    if not mapping.renamed:
        return ""
    match mapping.cause:
        case MappingCause.SAME_NAME:
            return ""
        case MappingCause.CHOSEN:
            return _("Chosen by you.")
        case MappingCause.SPECIAL:
            return _("Goes to the folder of the same kind.")
        case MappingCause.FOLLOWS:
            return _("Follows the folder above it.")
        case MappingCause.NOT_ALLOWED:
            return _("The destination cannot hold its name.")
        case MappingCause.TAKEN:
            return _("Another folder has its name there.")
        case _ as never:
            assert_never(never)


def shown_again(times: int) -> str:
    """What happens to messages that the source shows in several folders; empty if there are none."""
    if not times:
        return ""
    text = ngettext(
        "The source shows {n} message once more under another label. Each message is moved once: to the inbox, else to"
        " sent mail, else to the first label by name, else to all mail.",
        "The source shows messages {n} times more under other labels. Each message is moved once: to the inbox, else to"
        " sent mail, else to the first label by name, else to all mail.",
        times,
    )
    return text.format(n=numbers.count(times))


def shown_again_in(repeated: Mapping[FolderPath, int]) -> str:
    """From which folders messages were not moved, since they were from another; empty if there are none."""
    names = ", ".join(f"{display_name(path)} ({numbers.count(times)})" for path, times in repeated.items() if times)
    return (
        _("Not moved from these folders, because moved from another: {folders}.").format(folders=names) if names else ""
    )
