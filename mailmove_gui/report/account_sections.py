"""The parts of a report that tell of accounts, their folders and their messages."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from mailmove_gui.domain.events import Failure, Refusal
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.report.contents import Contents, ReportedAccount
from mailmove_gui.report.document import (
    Block,
    FoldBegun,
    FoldEnded,
    Heading,
    Listing,
    Look,
    Paragraph,
    Row,
    Span,
    Spans,
    Table,
    TableKind,
    chip,
    moment,
    number,
    plain,
    shown,
)
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.afterwards import refiled_sentence, removed_sentence, verification_sentence
from mailmove_gui.texts.changes import change_sentence
from mailmove_gui.texts.folders import shown_again, shown_again_in
from mailmove_gui.texts.numbers import count, size
from mailmove_gui.texts.numbers import messages as messages_words
from mailmove_gui.texts.reasons import what_happened, what_to_do

# As much as somebody reads from top to bottom; what is longer is folded away on the screen.
_FEW_REFUSALS = 100
_FEW_ACCOUNTS = 10


def attention(contents: Contents) -> Iterator[Block]:
    """What keeps accounts from going on, and what to do."""
    stuck = [
        (reported, reported.record.failure) for reported in contents.accounts if reported.record.failure is not None
    ]
    if not stuck:
        return
    yield Heading(2, plain(_("What holds things up")))
    yield Table(
        TableKind.ATTENTION,
        (_("Account"), _("State"), _("What happened, and what to do")),
        (
            (shown(reported.account.source.user), chip(reported.record.state), _failure(failure, contents))
            for reported, failure in stuck
        ),
    )


def _failure(failure: Failure, contents: Contents) -> Spans:
    # The server's words stand below as a whole, so the sentence need not quote them.
    happened = what_happened(failure.reason, failure.side)
    to_do = what_to_do(failure.reason, failure.side, failure.until, now=contents.now)
    return (*shown(happened), *shown(to_do, Look.STRONG), *_server_words(failure.server_text))


def _server_words(server_text: str) -> Spans:
    if not server_text:
        return ()
    return (Span(_("The server:"), Look.QUIET, on_new_line=True), *shown(server_text, Look.SERVER))


def overview(contents: Contents) -> Iterator[Block]:
    """One row an account."""
    yield Heading(2, plain(_("Accounts")))
    headings = (
        _("Account"),
        _("State"),
        _("Last pass ended"),
        *_figure_headings(),
        _("Size moved"),
    )
    counts = contents.counts
    total = (plain(_("All accounts")), (), (), *_figures(counts), _moved_size(counts))
    rows = map(_overview_row, contents.accounts)
    yield Table(TableKind.ACCOUNTS, headings, rows, figures=7, total=total if len(contents.accounts) > 1 else None)


def _overview_row(reported: ReportedAccount) -> Row:
    account, record = reported.account, reported.record
    return (
        (
            *shown(account.source.user),
            *shown(account.destination.user, Look.QUIET, mark="→", on_new_line=True),
        ),
        chip(record.state),
        plain(moment(record.finished)),
        *_figures(record.counts),
        _moved_size(record.counts),
    )


def _moved_size(counts: Counts) -> Spans:
    return plain(size(counts.bytes_moved)) if counts.bytes_moved else number(0)


def _figure_headings() -> tuple[str, ...]:
    """Above `_figures`."""
    return _("Messages"), _("Moved"), _("Already there"), _("Not moved"), _("Left out"), _("To be moved")


def _figures(counts: Counts) -> Row:
    """How many messages there were to be looked after, and what became of them: the first is the sum of the rest."""
    return (
        number(counts.total - counts.vanished),
        number(counts.moved),
        number(counts.already_there),
        number(counts.refused + counts.doubtful, Look.SOMEONE),
        number(counts.skipped),
        number(counts.pending),
    )


def refusals(contents: Contents) -> Iterator[Block]:
    """Messages that were not moved, by account and folder."""
    concerned = [reported for reported in contents.accounts if reported.not_moved]
    if not concerned:
        return
    yield Heading(2, plain(_("Messages that were not moved")))
    yield Paragraph(plain(_("They are still at the source, where nothing was changed.")))
    is_open = sum(reported.not_moved for reported in concerned) <= _FEW_REFUSALS
    for reported in concerned:
        account = reported.account
        yield FoldBegun(
            3,
            (
                *shown(account.source.user),
                Span(messages_words(reported.not_moved), Look.QUIET),
            ),
            is_open,
        )
        yield from _by_folder(contents.ledger.refusals(account.id))
        yield FoldEnded()


def dismissed(contents: Contents) -> Iterator[Block]:
    """Messages that were not moved, and that somebody then decided to leave; they count as left out by choice."""
    concerned = [
        (reported, messages)
        for reported in contents.accounts
        if reported.record.counts.left_by_choice and (messages := tuple(contents.ledger.dismissed(reported.account.id)))
    ]
    if not concerned:
        return
    yield Heading(2, plain(_("Messages that were not moved and then left by choice")))
    is_open = sum(len(messages) for _reported, messages in concerned) <= _FEW_REFUSALS
    for reported, messages in concerned:
        words = Span(messages_words(len(messages)), Look.QUIET)
        yield FoldBegun(3, (*shown(reported.account.source.user), words), is_open)
        yield from _by_folder(messages)
        yield FoldEnded()


def _by_folder(messages: Iterable[Refusal]) -> Iterator[Block]:
    in_order = sorted(messages, key=lambda refusal: (refusal.folder, refusal.uid))
    headings = (_("Date"), _("From"), _("Subject"), _("Why"), _("Size"))
    for folder, refused in groupby(in_order, key=lambda refusal: refusal.folder):
        yield Heading(4, shown(display_name(folder), mark="▸"))
        yield Table(TableKind.REFUSALS, headings, map(_refusal_row, refused), figures=1)


def _refusal_row(refusal: Refusal) -> Row:
    return (
        shown(refusal.date),
        shown(refusal.sender),
        shown(refusal.subject) or plain(_("(no subject)"), Look.QUIET),
        (*shown(what_happened(refusal.reason)), *_server_words(refusal.server_text)),
        plain(size(refusal.size_bytes)),
    )


def details(contents: Contents) -> Iterator[Block]:
    """Each account, folder by folder."""
    told = [reported for reported in contents.accounts if reported.record.counts.total]
    if not told:
        return
    yield Heading(2, plain(_("Account by account")))
    for reported in told:
        account = reported.account
        title = (
            *shown(account.source.user),
            *shown(account.destination.user, mark="→"),
            *chip(reported.record.state),
        )
        yield FoldBegun(3, title, is_open=len(told) <= _FEW_ACCOUNTS)
        yield from _detail(contents, reported)
        yield FoldEnded()


def _detail(contents: Contents, reported: ReportedAccount) -> Iterator[Block]:
    account, record = reported.account, reported.record
    yield Listing(tuple(map(plain, (*_facts(reported), *_labels(contents, reported), *_changes(contents, account.id)))))
    if record.failure is not None:
        yield Paragraph(_failure(record.failure, contents))
    headings = (_("Folder"), _("Goes to"), *_figure_headings())
    rows = map(_folder_row, contents.ledger.folder_counts(account.id))
    yield Table(TableKind.FOLDERS, headings, rows, figures=6)


def _folder_row(folder: FolderCounts) -> Row:
    return shown(display_name(folder.source)), shown(display_name(folder.destination)), *_figures(folder.counts)


def _facts(reported: ReportedAccount) -> Iterator[str]:
    """When it was moved, how that is known, what nobody has looked at, and what has gone on either side since."""
    counts = reported.record.counts
    if reported.started is not None:
        times = _("Begun {when}.").format(when=moment(reported.started))
        if reported.record.finished is not None:
            times += " " + _("Last pass ended {when}.").format(when=moment(reported.record.finished))
        yield times
    if counts.moved:
        yield _("{n} of {total} moved messages were looked at and found at the destination.").format(
            n=count(counts.moved - counts.unverified), total=count(counts.moved)
        )
    if counts.unverified:
        yield ngettext(
            "{n} moved message has not been looked at since it arrived.",
            "{n} moved messages have not been looked at since they arrived.",
            counts.unverified,
        ).format(n=count(counts.unverified))
    if counts.already_there:
        yield ngettext(
            "{n} message was found at the destination before it was sent, by header and size or by content.",
            "{n} messages were found at the destination before they were sent, by header and size or by content.",
            counts.already_there,
        ).format(n=count(counts.already_there))
    if counts.vanished:
        yield ngettext(
            "{n} message was deleted at the source before it could be moved.",
            "{n} messages were deleted at the source before they could be moved.",
            counts.vanished,
        ).format(n=count(counts.vanished))
    if counts.gone:
        yield ngettext(
            "{n} message has gone from the source since it was moved.",
            "{n} messages have gone from the source since they were moved.",
            counts.gone,
        ).format(n=count(counts.gone))
    if counts.refiled:
        yield refiled_sentence(counts.refiled)
    if counts.removed:
        yield removed_sentence(counts.removed)
    yield from map(verification_sentence, reported.verifications)


def _labels(contents: Contents, reported: ReportedAccount) -> Iterator[str]:
    """What became of messages that the source shows in several folders."""
    if again := shown_again(reported.record.counts.repeated):
        yield again
        yield shown_again_in(contents.ledger.repeated(reported.account.id))


def _changes(contents: Contents, account_id: str) -> Iterator[str]:
    """In which ways moved messages differ at the destination."""
    for change, messages in contents.ledger.change_counts(account_id).items():
        yield _("Moved with a change: {messages}. {what}").format(
            messages=messages_words(messages), what=change_sentence(change)
        )
