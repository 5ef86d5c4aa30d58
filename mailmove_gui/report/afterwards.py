"""The part of a report that tells what has become of messages at the destination since they were moved."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.records import MissingMessage
from mailmove_gui.report.contents import Contents
from mailmove_gui.report.document import (
    Block,
    FoldBegun,
    FoldEnded,
    Heading,
    Look,
    Paragraph,
    Row,
    Span,
    Table,
    TableKind,
    moment,
    plain,
    shown,
)
from mailmove_gui.texts import _
from mailmove_gui.texts.numbers import messages as messages_words
from mailmove_gui.texts.numbers import size

_FEW_MESSAGES = 100
_MOST_LISTED = 1000


def removed(contents: Contents) -> Iterator[Block]:
    """Messages that are not at the destination any more, by account and folder; the first of many."""
    concerned = [reported for reported in contents.accounts if reported.record.counts.removed]
    if not concerned:
        return
    yield Heading(2, plain(_("Deleted at the destination since")))
    yield Paragraph(
        plain(
            _(
                "These messages had arrived, and have been deleted there by somebody. They are not brought back by"
                " themselves: “Bring them back” in the account's details, or “mailmove run --bring-back”, does that."
            )
        )
    )
    is_open = sum(reported.record.counts.removed for reported in concerned) <= _FEW_MESSAGES
    for reported in concerned:
        words = Span(messages_words(reported.record.counts.removed), Look.QUIET)
        yield FoldBegun(3, (*shown(reported.account.source.user), words), is_open)
        yield from _by_folder(contents.ledger.missing(reported.account.id))
        yield FoldEnded()


def _by_folder(missing: Sequence[MissingMessage]) -> Iterator[Block]:
    headings = (_("Date"), _("At the source"), _("Size"))
    for folder, messages in groupby(missing[:_MOST_LISTED], key=lambda one: one.source):
        yield Heading(4, shown(display_name(folder), mark="▸"))
        yield Table(TableKind.REFUSALS, headings, _rows(messages), figures=1)
    more = len(missing) - _MOST_LISTED
    if more > 0:
        yield Paragraph(plain(_("And {messages} more.").format(messages=messages_words(more)), Look.QUIET))


def _rows(messages: Iterable[MissingMessage]) -> Iterator[Row]:
    for one in messages:
        at_source = _("still there") if one.is_at_source else _("not there any more")
        yield plain(moment(one.internal_date)), plain(at_source), plain(size(one.size_bytes))
