"""One page that holds the whole report: no script, no link, nothing loaded from anywhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.states import AccountState
from mailmove_gui.report.account_sections import attention, details, overview, refusals
from mailmove_gui.report.contents import ENDED_WELL, ReportedAccount, reported_accounts
from mailmove_gui.report.markup import moment, shown, text
from mailmove_gui.report.whole_file import whole_file
from mailmove_gui.resource_files import resource_path
from mailmove_gui.texts import _, current_language, ngettext
from mailmove_gui.texts.numbers import accounts as accounts_words
from mailmove_gui.texts.numbers import count, percent, size

_BODY = "<!-- body -->"
_LEFT_OUT = frozenset({AccountState.SKIPPED})


def write_html(ledger: Ledger, path: Path, now: datetime | None = None) -> None:
    """Write the report in the language that is spoken; `now` is the moment that it bears (None: the present).

    Raises:
        OSError: the file cannot be written; what was there stays.
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    now = now or datetime.now(UTC)
    plan = ledger.plan()
    accounts = tuple(reported_accounts(ledger))
    page = Template(resource_path("templates", "report.html").read_text(encoding="utf-8"))
    before, behind = page.substitute(
        language=text(current_language().replace("_", "-")),
        title=text(_title(plan)),
        style=resource_path("templates", "report.css").read_text(encoding="utf-8"),
    ).split(_BODY)
    with whole_file(path, "utf-8") as file:
        file.write(before)
        for piece in _sections(ledger, plan, accounts, now):
            file.write(piece + "\n")
        file.write(behind)


def _title(plan: MigrationPlan) -> str:
    return _("Report: {name}").format(name=plan.name) if plan.name else _("Report on the move of mailboxes")


def _sections(
    ledger: Ledger, plan: MigrationPlan, accounts: tuple[ReportedAccount, ...], now: datetime
) -> Iterator[str]:
    yield from _head(plan, now)
    yield from _summary(accounts)
    yield from attention(accounts, now)
    yield from overview(accounts)
    yield from refusals(ledger, accounts)
    yield from details(ledger, accounts, now)
    yield from _what_was_checked(accounts)
    yield from _what_never_moves()


def _head(plan: MigrationPlan, now: datetime) -> Iterator[str]:
    sources = sorted({account.source.endpoint.host for account in plan.accounts})
    destinations = sorted({account.destination.endpoint.host for account in plan.accounts})
    yield "<header>"
    yield f"<h1>{shown(plan.name) if plan.name else text(_title(plan))}</h1>"
    yield f'<p class="route">{_hosts(sources)} <span aria-hidden="true">→</span> {_hosts(destinations)}</p>'
    yield f'<p class="quiet">{text(_("Report of {when}, by MailMove").format(when=moment(now)))}</p>'
    yield "</header>"


def _hosts(hosts: list[str]) -> str:
    few = 3
    names = ", ".join(shown(host) for host in hosts[:few])
    more = len(hosts) - few
    return f"{names} {text(ngettext('and {n} more', 'and {n} more', more).format(n=more))}" if more > 0 else names


def _summary(accounts: tuple[ReportedAccount, ...]) -> Iterator[str]:
    counts = sum((reported.record.counts for reported in accounts), Counts())
    wanted = [reported for reported in accounts if reported.record.state not in _LEFT_OUT]
    done = [reported for reported in wanted if reported.record.state in ENDED_WELL]
    not_moved = counts.refused + counts.doubtful
    all_well = len(done) == len(wanted) and not not_moved and not counts.unverified
    if not wanted:
        verdict = _("There is no account in this migration.")
    elif all_well:
        verdict = _("Everything has been moved, and every message was looked at and found.")
    elif len(done) == len(wanted):
        verdict = _("All accounts are done; not every message could be moved. Those are listed below.")
    else:
        verdict = _("Not everything has been moved yet.")
    yield f'<p class="verdict {"done" if all_well and wanted else "someone"}">{text(verdict)}</p>'
    yield '<dl class="cards">'
    for label, value, note in (
        (_("Accounts done"), _("{done} of {total}").format(done=count(len(done)), total=count(len(wanted))), ""),
        (_("Messages moved"), count(counts.moved), size(counts.bytes_moved)),
        (_("Were there already"), count(counts.already_there), ""),
        (_("Not moved"), count(not_moved), _("listed below") if not_moved else ""),
        (_("Still to be moved"), count(counts.pending), ""),
    ):
        yield f"<div><dt>{text(label)}</dt><dd>{text(value)}<small>{text(note)}</small></dd></div>"
    yield "</dl>"


def _what_was_checked(accounts: tuple[ReportedAccount, ...]) -> Iterator[str]:
    counts = sum((reported.record.counts for reported in accounts), Counts())
    verified = sum(reported.verified for reported in accounts)
    yield f"<section><h2>{text(_('What was checked, and how'))}</h2><ul>"
    looked_at = counts.moved - counts.unverified
    for sentence in (
        _("{accounts} done and verified; {share} of the moved messages were looked at and found.").format(
            accounts=accounts_words(verified), share=percent(looked_at, counts.moved)
        ),
        _(
            "After each batch MailMove looked for every message that it had sent: it is at the destination, with the"
            " size that was sent. Where a server tells other sizes, the contents of a sample were compared."
        ),
        _(
            "At the end of each pass the numbers were added up: what the source shows equals what was moved, was there"
            " already, was not moved, or was left out. An account whose numbers do not add up is not done."
        ),
        _(
            "A message counts as already there only if its header is unique on both sides and its size is the same,"
            " or if its content is the same."
        ),
        _("What people moved to other folders or deleted at the destination later is theirs to do, and no failure."),
    ):
        yield f"<li>{text(sentence)}</li>"
    yield "</ul></section>"


def _what_never_moves() -> Iterator[str]:
    yield f"<section><h2>{text(_('What is not part of it'))}</h2><ul>"
    for sentence in (
        _("Contacts, calendars, filter rules, signatures and automatic replies are not moved."),
        _("Nothing was changed or deleted at the source: it is as it was."),
        _("At the destination nothing was deleted or overwritten; messages were only added."),
    ):
        yield f"<li>{text(sentence)}</li>"
    yield "</ul></section>"
