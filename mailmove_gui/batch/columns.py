"""What the columns of an account list are for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import assert_never

from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _


class ColumnRole(StrEnum):
    """What a column holds; its value is the heading that says so."""

    SOURCE_USER = "source_user"
    SOURCE_PASSWORD = "source_password"
    DESTINATION_USER = "destination_user"
    DESTINATION_PASSWORD = "destination_password"
    SOURCE = "source"
    DESTINATION = "destination"
    IGNORE = "ignore"


ROLES = tuple(role for role in ColumnRole if role is not ColumnRole.IGNORE)
"""What a column can be used for, in the order of a template."""

USERS = (ColumnRole.SOURCE_USER, ColumnRole.DESTINATION_USER)
PASSWORDS = (ColumnRole.SOURCE_PASSWORD, ColumnRole.DESTINATION_PASSWORD)
SERVERS = (ColumnRole.SOURCE, ColumnRole.DESTINATION)


class _Kind(Enum):
    USER = auto()
    PASSWORD = auto()
    SERVER = auto()


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a heading says; without a side its place among the others decides."""

    kind: _Kind
    side: Side | None = None


_ROLE_OF = {
    (_Kind.USER, Side.SOURCE): ColumnRole.SOURCE_USER,
    (_Kind.USER, Side.DESTINATION): ColumnRole.DESTINATION_USER,
    (_Kind.PASSWORD, Side.SOURCE): ColumnRole.SOURCE_PASSWORD,
    (_Kind.PASSWORD, Side.DESTINATION): ColumnRole.DESTINATION_PASSWORD,
    (_Kind.SERVER, Side.SOURCE): ColumnRole.SOURCE,
    (_Kind.SERVER, Side.DESTINATION): ColumnRole.DESTINATION,
}
_MEANING_OF = {role: _Meaning(*kind_and_side) for kind_and_side, role in _ROLE_OF.items()}

_SIDE_WORDS = {
    Side.SOURCE: "source src old from current 源 源端 原 原有 旧 来源 迁出",
    Side.DESTINATION: "destination dest dst target new to 目标 目标端 目的 目的端 新 迁入",
}
_KIND_WORDS = {
    _Kind.USER: "user username login loginname account accountname mail email mailaddress emailaddress mailaccount"
    " emailaccount mailbox mailboxaddress address 邮箱 邮箱地址 邮箱账号 邮箱帐号 邮箱账户 邮箱帐户 邮箱名 电子邮箱"
    " 电子邮件 电子邮件地址 邮件地址 邮件账号 邮件帐号 地址 账号 帐号 账户 帐户 账号名 用户 用户名 登录名 登录账号"
    " 登录帐号",
    _Kind.PASSWORD: "password passwd passcode passphrase pass pwd pw userpassword mailpassword emailpassword"
    " mailboxpassword accountpassword loginpassword apppassword clientpassword authcode authorizationcode"
    " authorisationcode 密码 口令 授权码 客户端密码 客户端专用密码 客户端授权码 专用密码 应用密码 登录密码 邮箱密码"
    " 邮箱授权码 邮箱客户端专用密码 账号密码 帐号密码",
    _Kind.SERVER: "server servername serveraddress mailserver imapserver host hostname imaphost imap url 服务器"
    " 服务器地址 服务器名 邮件服务器 邮箱服务器 imap服务器 主机 主机名",
}


def _all_meanings() -> dict[str, _Meaning]:
    meanings: dict[str, _Meaning] = {}
    for kind, words in _KIND_WORDS.items():
        for word in words.split():
            meanings[word] = _Meaning(kind)
            for side, side_words in _SIDE_WORDS.items():
                for side_word in side_words.split():
                    meanings[side_word + word] = meanings[word + side_word] = _Meaning(kind, side)
    for side, side_words in _SIDE_WORDS.items():
        meanings |= dict.fromkeys(side_words.split(), _Meaning(_Kind.USER, side))
    for role in ROLES:  # the names that scripts rely on: a bare "source" is its server
        meanings[_plain(role.value)] = _MEANING_OF[role]
    return meanings


def _plain(heading: str) -> str:
    """A heading without what does not count: case, width, blanks and punctuation."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(filter(str.isalnum, text)).replace("的", "")


_MEANINGS = _all_meanings()


def label_of(role: ColumnRole) -> str:
    """What a column of this role is called on the screen and in a template."""
    match role:
        case ColumnRole.SOURCE_USER:
            return _("Source address")
        case ColumnRole.SOURCE_PASSWORD:
            return _("Source password")
        case ColumnRole.DESTINATION_USER:
            return _("Destination address")
        case ColumnRole.DESTINATION_PASSWORD:
            return _("Destination password")
        case ColumnRole.SOURCE:
            return _("Source server")
        case ColumnRole.DESTINATION:
            return _("Destination server")
        case ColumnRole.IGNORE:
            return _("Ignore")
        case _ as never:
            assert_never(never)


def _meanings_of(headings: Sequence[str]) -> list[_Meaning | None]:
    ours = {_plain(label_of(role)): _MEANING_OF[role] for role in ROLES}
    plain = map(_plain, headings)
    return [ours.get(heading) or _MEANINGS.get(heading) for heading in plain]


def count_headings(cells: Sequence[str]) -> int:
    """How many of these cells are headings, English or Chinese or in the language of the screen."""
    return sum(meaning is not None for meaning in _meanings_of(cells))


def are_headings(cells: Sequence[str]) -> bool:
    """Whether a row holds headings: it names a user's column, and there is no address in it."""
    if any("@" in cell for cell in cells):
        return False
    return any(meaning is not None and meaning.kind is _Kind.USER for meaning in _meanings_of(cells))


def role_of_heading(heading: str) -> ColumnRole:
    """The role that a heading names if it stands alone."""
    return guess_roles([heading])[0]


def guess_roles(headings: Sequence[str]) -> tuple[ColumnRole, ...]:
    """The role of each column by its heading; each role once, to the first column that has it.

    Where a heading names no side, the first user is the source's and the second the destination's; a password or a
    server belongs to the user at its left.
    """
    roles = _roles(headings)
    return tuple(ColumnRole.IGNORE if role in roles[:column] else role for column, role in enumerate(roles))


def roles_of_headings(headings: Sequence[str]) -> tuple[ColumnRole, ...]:
    """As `guess_roles`, for lists that nobody looks at before they are used.

    Both user columns must be there, so that a misspelt heading does not quietly become "the same name"; passwords and
    servers may come from elsewhere.

    Raises:
        InvalidInput: COLUMN_MISSING with all user columns that are missing, COLUMN_TWICE where two columns have one
            role.
    """
    roles = _roles(headings)
    for role in ROLES:
        if roles.count(role) > 1:
            raise InvalidInput(Problem(ProblemKind.COLUMN_TWICE, field=role.value))
    missing = [role.value for role in USERS if role not in roles]
    if missing:
        raise InvalidInput(Problem(ProblemKind.COLUMN_MISSING, field=", ".join(missing)))
    return tuple(roles)


def _roles(headings: Sequence[str]) -> list[ColumnRole]:
    meanings = _meanings_of(headings)
    named = {_ROLE_OF[one.kind, one.side] for one in meanings if one is not None and one.side is not None}
    taken = set(named)
    roles: list[ColumnRole] = []
    user_side = Side.SOURCE
    for meaning in meanings:
        if meaning is None:
            roles.append(ColumnRole.IGNORE)
            continue
        side = meaning.side
        if side is None:
            sides = tuple(Side) if meaning.kind is _Kind.USER else (user_side,)
            side = next((one for one in sides if _ROLE_OF[meaning.kind, one] not in taken), None)
        if side is None:
            roles.append(ColumnRole.IGNORE)
            continue
        roles.append(_ROLE_OF[meaning.kind, side])
        taken.add(roles[-1])
        if meaning.kind is _Kind.USER:
            user_side = side
    return roles
