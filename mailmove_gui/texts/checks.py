"""What the check before the start found, in sentences."""

from collections.abc import Iterable
from typing import assert_never

from mailmove_gui.domain.findings import AccountCheck, HiddenMail
from mailmove_gui.domain.folders import FolderRole, display_name, shared_destinations
from mailmove_gui.texts import numbers
from mailmove_gui.texts.folders import shown_again
from mailmove_gui.texts.language import _, ngettext


def warnings(check: AccountCheck) -> tuple[str, ...]:
    """What to look at before the start, the most important first; nothing of it keeps the account from moving."""
    said = [_hidden(check.hidden_mail, check.window_where)] if check.hidden_mail is not None else []
    if check.does_not_fit and check.quota is not None:
        said.append(
            _("The destination has room for {free}, too little for this mailbox. Raise its limit first.").format(
                free=numbers.size(check.quota.free_bytes)
            )
        )
    if check.too_large and check.max_message_bytes is not None:
        text = ngettext(
            "{n} message is larger than the destination accepts ({limit}); it will be listed in the report.",
            "{n} messages are larger than the destination accepts ({limit}); they will be listed in the report.",
            check.too_large,
        )
        said.append(text.format(n=numbers.count(check.too_large), limit=numbers.size(check.max_message_bytes)))
    return tuple(said)


def renaming(check: AccountCheck) -> str:
    """How many folders change their names; empty if none does."""
    renamed = sum(one.mapping.renamed for one in check.folders)
    if not renamed:
        return ""
    text = ngettext(
        "{n} folder gets another name at the destination.", "{n} folders get other names at the destination.", renamed
    )
    return text.format(n=numbers.count(renamed))


def remarks(check: AccountCheck) -> tuple[str, ...]:
    """What is good to know: folders that fall together by choice, mail that is left out or shown twice."""
    said = []
    shared = shared_destinations(one.mapping for one in check.folders)
    if together := sum(map(len, shared.values())):
        said.append(_("{n} folders go into one with another folder.").format(n=numbers.count(together)))
    if left_out := check.messages_left_out:
        text = ngettext(
            "{n} message is left out for its date or size.",
            "{n} messages are left out for their date or size.",
            left_out,
        )
        said.append(text.format(n=numbers.count(left_out)))
    if no_mail := [display_name(one.source.path) for one in check.left_out if one.source.role is FolderRole.NOT_MAIL]:
        said.append(_("These folders hold no mail and are left out: {names}.").format(names=", ".join(no_mail)))
    if again := shown_again(check.messages_repeated):
        said.append(again)
    return tuple(said)


def folder_map_summary(checks: Iterable[AccountCheck]) -> str:
    """As in ``Folder map: 14 folders, 2 renamed``; a folder that many accounts have counts once."""
    mappings = [one.mapping for check in checks for one in check.folders]
    renamed = len({mapping.source.path for mapping in mappings if mapping.renamed})
    folders = numbers.folders(len({mapping.source.path for mapping in mappings}))
    if not renamed:
        return _("Folder map: {folders}, all keep their names").format(folders=folders)
    return _("Folder map: {folders}, {renamed} renamed").format(folders=folders, renamed=numbers.count(renamed))


def _hidden(sign: HiddenMail, where: str) -> str:
    match sign:
        case HiddenMail.ONLY_RECENT:
            text = _(
                "Only mail of the last month is visible. If there is older mail, set “all” in the webmail settings"
                " of the source mailbox{where}, then check again."
            )
        case HiddenMail.FULL_FOLDER:
            text = _(
                "A folder shows exactly as many messages as its provider shows at the most. If there are more, raise"
                " the limit in the webmail settings of the source mailbox{where}, then check again."
            )
        case _ as never:
            assert_never(never)
    return text.format(where=_(" ({path})").format(path=where) if where else "")
