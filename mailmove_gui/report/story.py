"""The report from its first block to its last."""

from collections.abc import Iterator

from mailmove_gui.report.account_sections import attention, details, overview, refusals
from mailmove_gui.report.contents import Contents
from mailmove_gui.report.document import Block
from mailmove_gui.report.migration_sections import checked, head, left_out_by_choice, never_moves, numbers, verdict


def blocks(contents: Contents) -> Iterator[Block]:
    """Everything that is told of a migration, read from its ledger bit by bit.

    Raises:
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    yield from head(contents)
    yield from verdict(contents)
    yield from attention(contents)
    yield from numbers(contents)
    yield from overview(contents)
    yield from refusals(contents)
    yield from left_out_by_choice(contents)
    yield from checked(contents)
    yield from never_moves()
    yield from details(contents)
