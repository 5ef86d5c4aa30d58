"""The parts of the page that tell of accounts, their folders and their messages."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from mailmove_gui.domain.events import Failure, Refusal
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.report.contents import ReportedAccount
from mailmove_gui.report.markup import chip, moment, number, shown, table, text
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.changes import change_sentence
from mailmove_gui.texts.numbers import count, size
from mailmove_gui.texts.numbers import messages as messages_words
from mailmove_gui.texts.reasons import what_happened, what_to_do


def attention(accounts: tuple[ReportedAccount, ...], now: datetime) -> Iterator[str]:
    """What keeps accounts from going on, and what to do."""
    stuck = [reported for reported in accounts if reported.record.failure is not None]
    if not stuck:
        return
    yield f"<section><h2>{text(_('What holds things up'))}</h2>"
    yield table(
        [_("Account"), _("State"), _("What happened, and what to do")],
        (
            [
                shown(reported.account.source.user),
                chip(reported.record.state),
                _failure(reported.record.failure, now),
            ]
            for reported in stuck
        ),
        kind="attention",
    )
    yield "</section>"


def _failure(failure: Failure | None, now: datetime) -> str:
    if failure is None:
        return ""
    happened = what_happened(failure.reason, failure.side, server_text=failure.server_text)
    to_do = what_to_do(failure.reason, failure.side, failure.until, now=now)
    return f"{shown(happened)} <strong>{shown(to_do)}</strong>{_server_words(failure.server_text)}"


def _server_words(server_text: str) -> str:
    if not server_text:
        return ""
    return f'<div class="server">{text(_("The server:"))} {shown(server_text)}</div>'


def overview(accounts: tuple[ReportedAccount, ...]) -> Iterator[str]:
    """One row an account."""
    yield f"<section><h2>{text(_('Accounts'))}</h2>"
    headings = [
        _("Account"),
        _("State"),
        _("Last pass ended"),
        _("Messages"),
        _("Moved"),
        _("Already there"),
        _("Not moved"),
        _("Left out"),
        _("To be moved"),
        _("Moved, size"),
    ]
    yield table(headings, map(_overview_row, accounts), kind="accounts", numbers=7)
    yield "</section>"


def _overview_row(reported: ReportedAccount) -> list[str]:
    counts = reported.record.counts
    arrow = '<span aria-hidden="true">→</span>'
    destination = f'<span class="quiet">{arrow} {shown(reported.account.destination.user)}</span>'
    return [
        f"{shown(reported.account.source.user)}<br>{destination}",
        chip(reported.record.state),
        moment(reported.record.finished),
        *_figures(counts),
        text(size(counts.bytes_moved)) if counts.bytes_moved else number(0),
    ]


def _figures(counts: Counts) -> list[str]:
    not_moved = counts.refused + counts.doubtful
    return [
        number(counts.total - counts.vanished),
        number(counts.moved),
        number(counts.already_there),
        f'<b class="someone">{number(not_moved)}</b>' if not_moved else number(0),
        number(counts.skipped),
        number(counts.pending),
    ]


def refusals(ledger: Ledger, accounts: tuple[ReportedAccount, ...]) -> Iterator[str]:
    """Messages that were not moved, by account and folder."""
    with_refusals = [
        reported for reported in accounts if reported.record.counts.refused or reported.record.counts.doubtful
    ]
    if not with_refusals:
        return
    yield f"<section><h2>{text(_('Messages that were not moved'))}</h2>"
    yield f"<p>{text(_('They are still at the source, where nothing was changed.'))}</p>"
    for reported in with_refusals:
        yield f"<h3>{shown(reported.account.source.user)}</h3>"
        by_folder = groupby(
            sorted(ledger.refusals(reported.account.id), key=lambda refusal: (refusal.folder, refusal.uid)),
            key=lambda refusal: refusal.folder,
        )
        for folder, refused in by_folder:
            yield f'<h4><span aria-hidden="true">▸</span> {shown(display_name(folder))}</h4>'
            yield table(
                [_("Date"), _("From"), _("Subject"), _("Why"), _("Size")],
                map(_refusal_row, refused),
                kind="refusals",
                numbers=1,
            )
    yield "</section>"


def _refusal_row(refusal: Refusal) -> list[str]:
    subject = shown(refusal.subject) or f'<span class="quiet">{text(_("(no subject)"))}</span>'
    why = shown(what_happened(refusal.reason, server_text=refusal.server_text))
    return [
        shown(refusal.date),
        shown(refusal.sender),
        subject,
        why + _server_words(refusal.server_text),
        text(size(refusal.size_bytes)),
    ]


def details(ledger: Ledger, accounts: tuple[ReportedAccount, ...], now: datetime) -> Iterator[str]:
    """Each account, folder by folder."""
    shown_accounts = [reported for reported in accounts if reported.record.counts.total]
    if not shown_accounts:
        return
    yield f"<section><h2>{text(_('Folder by folder'))}</h2>"
    for reported in shown_accounts:
        yield from _detail(ledger, reported, now)
    yield "</section>"


def _detail(ledger: Ledger, reported: ReportedAccount, now: datetime) -> Iterator[str]:
    account, record = reported.account, reported.record
    yield '<article class="account">'
    yield (
        f"<h3>{shown(account.source.user)} "
        f'<span aria-hidden="true">→</span> {shown(account.destination.user)} {chip(record.state)}</h3>'
    )
    yield f"<p>{text(_facts(reported))}</p>"
    if record.failure is not None:
        yield f"<p>{_failure(record.failure, now)}</p>"
    headings = [
        _("Folder"),
        _("Goes to"),
        _("Messages"),
        _("Moved"),
        _("Already there"),
        _("Not moved"),
        _("Left out"),
        _("To be moved"),
    ]
    folders = ledger.folder_counts(account.id)
    yield table(headings, _folder_rows(folders), kind="folders", numbers=6)
    changes = ledger.change_counts(account.id)
    if changes:
        yield f'<p class="changes">{text(_("Of the moved messages, some differ at the destination:"))}</p><ul>'
        for change, messages in changes.items():
            yield f"<li>{text(messages_words(messages))}: {text(change_sentence(change))}</li>"
        yield "</ul>"
    yield "</article>"


def _folder_rows(folders: Iterable[FolderCounts]) -> Iterator[list[str]]:
    for folder in folders:
        yield [shown(display_name(folder.source)), shown(display_name(folder.destination)), *_figures(folder.counts)]


def _facts(reported: ReportedAccount) -> str:
    """When it was moved, how much was looked at, and what has gone at the source."""
    counts = reported.record.counts
    facts = []
    if reported.started is not None:
        facts.append(_("Begun {when}.").format(when=moment(reported.started)))
    if reported.record.finished is not None:
        facts.append(_("Last pass ended {when}.").format(when=moment(reported.record.finished)))
    if counts.moved:
        looked_at = counts.moved - counts.unverified
        facts.append(
            _("{n} of {total} moved messages were looked at and found.").format(
                n=count(looked_at), total=count(counts.moved)
            )
        )
    if counts.vanished:
        facts.append(
            ngettext(
                "{n} message was deleted at the source before it could be moved.",
                "{n} messages were deleted at the source before they could be moved.",
                counts.vanished,
            ).format(n=count(counts.vanished))
        )
    if counts.gone:
        facts.append(
            ngettext(
                "{n} message has gone from the source since it was moved.",
                "{n} messages have gone from the source since they were moved.",
                counts.gone,
            ).format(n=count(counts.gone))
        )
    return " ".join(facts)
