"""What a user wants of folders: for all accounts, and for single ones. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailmove_gui.domain.folders import FolderMap, FolderPath, parse_display_name
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.texts import _

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class FolderWishes:
    """Where folders go and which are left out, for all accounts and, by their id, for single ones, which wins.

    A wish is made while an account is looked at, for it alone (`only_this`) or for all; in that case the account's own
    wish for the same thing is dropped, which would hide the new one.
    """

    folder_map: FolderMap = ()
    exclude: tuple[str, ...] = ()
    own_maps: Mapping[str, FolderMap] = field(default_factory=dict)
    own_exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, account: Account) -> Account:
        """The account with what is wished for it alone."""
        return replace(account, folder_map=self.own_maps.get(account.id, ()), exclude=self.own_exclude.get(account.id))

    def in_options(self, options: Options) -> Options:
        """Options with what is wished for all accounts."""
        return replace(options, folder_map=self.folder_map, exclude=self.exclude)

    def without(self, source: FolderPath, account_id: str, *, only_this: bool) -> "FolderWishes":
        """Have a folder go where it goes by itself."""
        own = _without(self.own_maps.get(account_id, ()), source)
        maps = {key: value for key, value in self.own_maps.items() if key != account_id}
        return replace(
            self,
            folder_map=self.folder_map if only_this else _without(self.folder_map, source),
            own_maps=maps | {account_id: own} if own else maps,
        )

    def sent_to(
        self, destination: FolderPath, source: FolderPath, account_id: str, *, only_this: bool
    ) -> "FolderWishes":
        """Have a folder go to another one."""
        wishes = self.without(source, account_id, only_this=only_this)
        pair = ((source, destination),)
        if only_this:
            own = wishes.own_maps.get(account_id, ()) + pair
            return replace(wishes, own_maps={**wishes.own_maps, account_id: own})
        return replace(wishes, folder_map=wishes.folder_map + pair)

    def excluded_from(self, account_id: str) -> tuple[str, ...]:
        """The patterns of folders that an account leaves out."""
        return self.own_exclude.get(account_id, self.exclude)

    def leaving_out(self, exclude: tuple[str, ...], account_id: str, *, only_this: bool) -> "FolderWishes":
        """Leave out the folders of these patterns, and no others."""
        own = {key: value for key, value in self.own_exclude.items() if key != account_id}
        if only_this:
            return replace(self, own_exclude=own | {account_id: exclude})
        return replace(self, exclude=exclude, own_exclude=own)


def name_problem(text: str) -> str:
    """Why a text is no name of a folder, as a sentence; empty if it is one."""
    path = parse_display_name(text)
    if not path:
        return _("Type the name of a folder at the destination, such as Archive/2024.")
    if not all(character.isprintable() for part in path for character in part):
        return _("“{name}” holds a character that no folder's name can. Type it again.").format(
            name="".join(filter(str.isprintable, text))
        )
    if len(text) > _LONGEST_NAME:
        return _("This name is too long. Use at most {n} characters.").format(n=_LONGEST_NAME)
    return ""


def _without(folder_map: FolderMap, source: FolderPath) -> FolderMap:
    return tuple(pair for pair in folder_map if pair[0] != source)
