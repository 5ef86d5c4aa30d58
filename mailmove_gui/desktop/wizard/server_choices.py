"""What the pages of the two servers leave in a draft. No Qt."""

from dataclasses import replace

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import MigrationDraft, is_blank
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret


def server_of(draft: MigrationDraft, side: Side) -> ServerEntry:
    """The usual server of a side."""
    return draft.source if side is Side.SOURCE else draft.destination


def with_server(draft: MigrationDraft, side: Side, entry: ServerEntry) -> MigrationDraft:
    """Another usual server; an address typed for it is that of the only mailbox, unless one was typed there.

    The user's yes to reading where that deletes was to the former source.
    """
    former = server_of(draft, side)
    if side is Side.SOURCE and entry.endpoint != former.endpoint:
        draft = replace(draft, reading_deletes=False, options=replace(draft.options, pop3_may_delete=False))
    changed = replace(draft, source=entry) if side is Side.SOURCE else replace(draft, destination=entry)
    if not draft.is_single or entry.asked_address == former.asked_address:
        return changed
    row = draft.rows[0] if draft.rows else AccountRow(1, "")
    if user_of(row, side) not in ("", former.asked_address):
        return changed
    return replace(changed, rows=(_with_user(row, side, entry.asked_address), *draft.rows[1:]))


def with_pin(draft: MigrationDraft, pin: CertificatePin) -> MigrationDraft:
    """One more certificate that is trusted; it takes the place of another one of the same server."""
    others = without_pins(draft, Endpoint(pin.host, pin.port)).options
    return replace(draft, options=replace(others, pins=(*others.pins, pin)))


def without_pins(draft: MigrationDraft, server: Endpoint) -> MigrationDraft:
    """No certificate of that server is trusted any more unless it is valid."""
    pins = tuple(pin for pin in draft.options.pins if not pin.is_for(server))
    return replace(draft, options=replace(draft.options, pins=pins))


def with_tested(draft: MigrationDraft, side: Side, address: str, secret: Secret) -> MigrationDraft:
    """A password that worked, put where the accounts have this address and no password yet.

    It makes no row in a list of many: that account would be there twice when the list is imported.
    """
    rows = draft.rows
    if draft.is_single and all(map(is_blank, rows)):
        rows = (_with_user(AccountRow(1, ""), side, address),)
    return replace(
        draft,
        rows=tuple(
            _with_password(row, side, secret)
            if user_of(draft.completed(row), side).casefold() == address.casefold()
            else row
            for row in rows
        ),
    )


def user_of(row: AccountRow, side: Side) -> str:
    """The address or user name of a side, as it was typed."""
    return row.source_user if side is Side.SOURCE else row.destination_user


def _with_user(row: AccountRow, side: Side, user: str) -> AccountRow:
    return replace(row, source_user=user) if side is Side.SOURCE else replace(row, destination_user=user)


def _with_password(row: AccountRow, side: Side, secret: Secret) -> AccountRow:
    if side is Side.SOURCE:
        return row if row.source_password else replace(row, source_password=secret)
    return row if row.destination_password else replace(row, destination_password=secret)
