"""What columns without headings are for, by what stands in them."""

import re
from collections.abc import Sequence

from mailmove_gui.batch.columns import ROLES, SERVERS, ColumnRole

ADDRESS = re.compile(r"\s*[^\s@,;]+@[^\s@,;]+\s*")
_MOST = 0.8


def roles_by_content(rows: Sequence[Sequence[str]]) -> tuple[ColumnRole, ...]:
    """Roles for the columns of these rows: source user, its password, destination user, its password, servers.

    Where columns hold addresses, these are the users, and what stands right of each its password; two addresses side
    by side are followed by the two passwords.
    """
    width = max(map(len, rows), default=0)
    users = [column for column in range(width) if _holds_addresses(rows, column)]
    # A password can look like an address: p@ss between two of them stays one.
    are_every_other = users[:2] == [0, 2] or (users[:3] == [0, 1, 2] and width > 3)
    if not users or are_every_other or (users == [0] and width != 3):
        return tuple(_role_by_position(rows, column) for column in range(width))
    source, *others = users
    places = {source: ColumnRole.SOURCE_USER, source + 1: ColumnRole.SOURCE_PASSWORD}
    if others:
        destination, *spare = others
        password = destination + 1 if destination == source + 1 else source + 1
        places = {
            source: ColumnRole.SOURCE_USER,
            password: ColumnRole.SOURCE_PASSWORD,
            destination: ColumnRole.DESTINATION_USER,
            max(password, destination) + 1: ColumnRole.DESTINATION_PASSWORD,
            **dict.fromkeys(spare, ColumnRole.IGNORE),
        }
    return tuple(places.get(column, ColumnRole.IGNORE) for column in range(width))


def _role_by_position(rows: Sequence[Sequence[str]], column: int) -> ColumnRole:
    role = ROLES[column] if column < len(ROLES) else ColumnRole.IGNORE
    can_be_servers = all("." in row[column] for row in rows if column < len(row) and row[column].strip())
    return role if role not in SERVERS or can_be_servers else ColumnRole.IGNORE


def _holds_addresses(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [row[column] for row in rows if column < len(row) and row[column].strip()]
    return bool(cells) and sum(map(bool, map(ADDRESS.fullmatch, cells))) >= _MOST * len(cells)
