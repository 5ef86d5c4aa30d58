"""The parts of a report that tell of the migration as a whole."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailmove_gui import __version__
from mailmove_gui.domain.plan import Mailbox, ServerOrigin
from mailmove_gui.providers.table import provider_by_id, provider_of_host
from mailmove_gui.report.contents import Contents
from mailmove_gui.report.document import (
    Block,
    Card,
    Cards,
    Heading,
    Listing,
    Look,
    Paragraph,
    ParagraphKind,
    Row,
    Span,
    Spans,
    Table,
    TableKind,
    moment,
    number,
    plain,
    shown,
)
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.afterwards import refiled_sentence, removed_sentence
from mailmove_gui.texts.choices import left_out_by, left_out_folders
from mailmove_gui.texts.detection import display_name
from mailmove_gui.texts.numbers import accounts as accounts_words
from mailmove_gui.texts.numbers import count, percent, size

_FEW_SERVERS = 3


def head(contents: Contents) -> Iterator[Block]:
    """Which migration this is, from where to where, and when."""
    plan = contents.plan
    yield Heading(1, shown(plan.name) or plain(contents.title))
    sources = _servers((account.source for account in plan.accounts), plan.source)
    destinations = _servers((account.destination for account in plan.accounts), plan.destination)
    if sources and destinations:
        yield Paragraph((*sources, Span("", mark="→"), *destinations), ParagraphKind.ROUTE)
    facts = [_("Begun {when}.").format(when=moment(contents.begun))] if contents.begun is not None else []
    if contents.last_ended is not None:
        ended = _("Ended {when}.") if contents.is_finished else _("Not ended yet; the last pass ended {when}.")
        facts.append(ended.format(when=moment(contents.last_ended)))
    facts.append(_("Report of {when}, by MailMove {version}.").format(when=moment(contents.now), version=__version__))
    facts.append(_("Times are those of {zone}.").format(zone=_zone(contents.now)))
    yield Paragraph(plain(" ".join(facts), Look.QUIET))


def _servers(mailboxes: Iterable[Mailbox], origin: ServerOrigin) -> Spans:
    """Which servers, and whose they are as far as that is known."""
    hosts = sorted({mailbox.endpoint.host for mailbox in mailboxes})
    names = []
    for host in hosts[:_FEW_SERVERS]:
        provider = provider_of_host(host)
        if provider is None and len(hosts) == 1:
            provider = provider_by_id(origin.provider_id)
        names.append(_("{provider} ({host})").format(provider=display_name(provider), host=host) if provider else host)
    more = len(hosts) - len(names)
    rest = plain(ngettext("and {n} more", "and {n} more", more).format(n=count(more))) if more else ()
    return (*shown(", ".join(names)), *rest)


def _zone(now: datetime) -> str:
    """``UTC+08:00``, the zone of this computer."""
    offset = f"{now.astimezone():%z}"
    return f"UTC{offset[:3]}:{offset[3:]}"


def verdict(contents: Contents) -> Iterator[Block]:
    """How it went, in a sentence and five numbers."""
    counts, wanted = contents.counts, contents.wanted
    not_moved = counts.refused + counts.doubtful
    all_well = bool(wanted) and contents.is_finished and not not_moved and not counts.unverified
    if not wanted:
        sentence = _("There is no account in this migration.")
    elif all_well and (counts.left_by_choice or _choices(contents)):
        sentence = _("Everything that was chosen has been moved, and every message was looked at and found.")
    elif all_well:
        sentence = _("Everything has been moved, and every message was looked at and found.")
    elif not contents.is_finished:
        sentence = _("Not everything has been moved yet.")
    elif not_moved:
        sentence = _("All accounts are done; not every message could be moved. Those are listed below.")
    else:
        sentence = _("All accounts are done; not every moved message has been looked at.")
    mark, look = ("✓", Look.DONE) if all_well else ("!", Look.SOMEONE)
    yield Paragraph((Span(sentence, look, mark),), ParagraphKind.VERDICT)
    yield Cards(
        (
            Card(
                _("Accounts done"),
                _("{done} of {total}").format(
                    done=count(sum(reported.verified for reported in wanted)), total=count(len(wanted))
                ),
            ),
            Card(_("Messages moved"), count(counts.moved), size(counts.bytes_moved)),
            Card(_("Were there already"), count(counts.already_there)),
            Card(_("Not moved"), count(not_moved), _("listed below") if not_moved else ""),
            Card(_("Still to be moved"), count(counts.pending)),
        )
    )


def numbers(contents: Contents) -> Iterator[Block]:
    """The sum: what the source showed is what was moved, and all the rest by its name."""
    counts = contents.counts
    yield Heading(2, plain(_("How the numbers add up")))
    rows = [
        (_("Moved"), counts.moved),
        (_("Already at the destination"), counts.already_there),
        (_("Refused, or not handed out by the source"), counts.refused),
        (_("Sent, but nobody can say whether it arrived"), counts.doubtful),
        (_("Left out by choice"), counts.left_by_choice),
        (_("Deleted at the source before it could be moved"), counts.vanished),
    ]
    if counts.repeated:
        rows.append((_("The same message in another folder, moved once"), counts.repeated))
    if counts.pending:
        rows.append((_("Still to be moved"), counts.pending))
    lines: list[Row] = [(plain(words), number(value)) for words, value in rows]
    total: Row = (plain(_("Messages that the source has shown")), number(counts.total))
    yield Table(TableKind.SUM, (_("What became of them"), _("Messages")), lines, figures=1, total=total)
    if counts.gone:
        words = ngettext(
            "{n} of them has been deleted or filed elsewhere at the source since.",
            "{n} of them have been deleted or filed elsewhere at the source since.",
            counts.gone,
        ).format(n=count(counts.gone))
        yield Paragraph(plain(words))
    if counts.refiled:
        yield Paragraph(plain(refiled_sentence(counts.refiled)))
    if counts.removed:
        yield Paragraph(plain(removed_sentence(counts.removed)))


def left_out_by_choice(contents: Contents) -> Iterator[Block]:
    """What the plan leaves out, in words."""
    choices = _choices(contents)
    yield Heading(2, plain(_("What was left out by choice")))
    if not choices:
        yield Paragraph(plain(_("Nothing: all folders and all messages were to be moved.")))
        return
    yield Listing(choices)
    yield Paragraph(
        plain(_("What is in folders that were never to be moved is in no number of this report."), Look.QUIET)
    )


def _choices(contents: Contents) -> tuple[Spans, ...]:
    items = [shown(words) for words in left_out_by(contents.plan.options)]
    for account in contents.plan.accounts:
        if account.exclude is not None:
            words = left_out_folders(account.exclude) if account.exclude else _("no folder by its name")
            items.append((*shown(account.source.user, Look.STRONG), *shown(words)))
    items += [
        (*shown(reported.account.source.user, Look.STRONG), *plain(_("the whole account")))
        for reported in contents.accounts
        if reported.is_left_out
    ]
    return tuple(items)


def checked(contents: Contents) -> Iterator[Block]:
    """How it is known that the messages arrived, and what nobody has looked at."""
    counts = contents.counts
    looked_at = counts.moved - counts.unverified
    verified = accounts_words(sum(reported.verified for reported in contents.accounts))
    sentences = [
        _("{accounts} done and verified; {share} of the moved messages were looked at and found.").format(
            accounts=verified, share=percent(looked_at, counts.moved)
        )
        if counts.moved
        else _("{accounts} done and verified; no message has been moved.").format(accounts=verified),
        _(
            "After each batch MailMove looked for every message that it had sent: it is at the destination, with the"
            " size that was sent. Where a server tells other sizes, the contents of a sample were compared, and the"
            " account says so below."
        ),
        _(
            "At the end of each pass the numbers were added up: what the source shows equals what was moved, was there"
            " already, was not moved, or was left out. An account whose numbers do not add up is not done."
        ),
        _(
            "A message counts as already there only if its header is unique on both sides and its size is the same,"
            " or if its content is the same."
        ),
        _contents_compared(contents),
        _("What people moved to other folders or deleted at the destination later is theirs to do, and no failure."),
    ]
    yield Heading(2, plain(_("What was checked, and how")))
    yield Listing(tuple(map(plain, sentences)))


def _contents_compared(contents: Contents) -> str:
    told = [reported for reported in contents.accounts if reported.record.counts.at_destination]
    if told and all(reported.compared is not None for reported in told):
        return _("The content of every message was compared at the destination; below each account says when.")
    return _(
        "Contents were not read again at the destination for all accounts. “Verify again” in the program, or"
        " “mailmove verify --deep”, compares the content of every message, as long as both mailboxes are open to it."
    )


def never_moves() -> Iterator[Block]:
    """What no migration brings along."""
    yield Heading(2, plain(_("What is not part of it")))
    yield Listing(
        (
            plain(_("Contacts, calendars, filter rules, signatures and automatic replies are not moved.")),
            plain(_("Nothing was changed or deleted at the source: it is as it was.")),
            plain(_("At the destination nothing that was there before was deleted or overwritten.")),
        )
    )
