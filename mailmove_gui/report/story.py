"""The report from its first block to its last."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.report.account_sections import attention, details, dismissed, overview, refusals
from mailmove_gui.report.afterwards import removed
from mailmove_gui.report.contents import Contents
from mailmove_gui.report.document import Block, Table
from mailmove_gui.report.migration_sections import checked, head, left_out_by_choice, never_moves, numbers, verdict

_T = TypeVar("_T")


def blocks(contents: Contents, cancel: CancelToken) -> Iterator[Block]:
    """Everything that is told of a migration, read from its ledger bit by bit.

    Raises:
        Cancelled: it was asked to stop, between two blocks or two rows of a table.
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    for block in until_cancelled(_blocks(contents), cancel):
        yield replace(block, rows=until_cancelled(block.rows, cancel)) if isinstance(block, Table) else block


def until_cancelled(pieces: Iterable[_T], cancel: CancelToken) -> Iterator[_T]:
    """The pieces; raises Cancelled between two of them if that was asked for."""
    for piece in pieces:
        cancel.check()
        yield piece


def _blocks(contents: Contents) -> Iterator[Block]:
    yield from head(contents)
    yield from verdict(contents)
    yield from attention(contents)
    yield from numbers(contents)
    yield from overview(contents)
    yield from refusals(contents)
    yield from dismissed(contents)
    yield from removed(contents)
    yield from left_out_by_choice(contents)
    yield from checked(contents)
    yield from never_moves()
    yield from details(contents)
