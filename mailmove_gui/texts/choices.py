"""What a plan leaves out, in words."""

from collections.abc import Iterable

from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Options
from mailmove_gui.texts.folders import role_word
from mailmove_gui.texts.language import _
from mailmove_gui.texts.numbers import size


def left_out_by(options: Options) -> tuple[str, ...]:
    """A sentence for each choice that leaves something out; none where everything is moved."""
    sentences = []
    if options.since is not None:
        sentences.append(_("Messages from before {date}").format(date=options.since.isoformat()))
    if options.before is not None:
        sentences.append(_("Messages of {date} and later").format(date=options.before.isoformat()))
    if options.max_size_bytes is not None:
        sentences.append(_("Messages larger than {size}").format(size=size(options.max_size_bytes)))
    if options.folders:
        sentences.append(_("All folders but these: {names}").format(names=_joined(options.folders)))
    if options.exclude:
        sentences.append(left_out_folders(options.exclude))
    if options.exclude_roles:
        kinds = [role_word(role) for role in FolderRole if role in options.exclude_roles]
        sentences.append(_("Folders of these kinds: {kinds}").format(kinds=_joined(kinds)))
    return tuple(sentences)


def left_out_folders(patterns: Iterable[str]) -> str:
    """The folders that are left out by their names."""
    return _("These folders: {names}").format(names=_joined(patterns))


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)
