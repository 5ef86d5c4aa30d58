"""How migrations stand, in a few words for the tray and for notifications. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.texts import _, ngettext, numbers


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers of accounts of one migration, or of several together."""

    accounts: int = 0
    running: int = 0
    need_password: int = 0
    failed: int = 0
    done: int = 0
    watched: int = 0

    def __add__(self, other: "Standing") -> "Standing":
        return Standing(
            self.accounts + other.accounts,
            self.running + other.running,
            self.need_password + other.need_password,
            self.failed + other.failed,
            self.done + other.done,
            self.watched + other.watched,
        )

    @property
    def needs_someone(self) -> bool:
        """Whether an account does not go on by itself."""
        return bool(self.need_password or self.failed)

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing left to do."""
        return 0 < self.accounts == self.done


def standing_of(summary: Summary) -> Standing:
    """Where a migration stands."""
    groups = summary.groups
    ended = groups.get(Group.DONE, 0) + groups.get(Group.LEFT_OUT, 0)
    need_password, failed = groups.get(Group.NEEDS_YOU, 0), groups.get(Group.FAILED, 0)
    return Standing(summary.accounts, summary.running, need_password, failed, ended, summary.watched)


def standing_text(standings: Iterable[Standing]) -> str:
    """``5 moving, 2 need a password``; ``3 of 3 done`` where nobody is needed and nothing runs."""
    together = sum(standings, Standing())
    parts = []
    if together.running:
        parts.append(ngettext("{n} moving", "{n} moving", together.running).format(n=numbers.count(together.running)))
    if together.watched:
        parts.append(ngettext("{n} watched", "{n} watched", together.watched).format(n=numbers.count(together.watched)))
    parts += needs(together.need_password, together.failed)
    if not parts:
        done, total = numbers.count(together.done), numbers.count(together.accounts)
        parts.append(_("{done} of {total} done").format(done=done, total=total))
    return _(", ").join(parts)


def needs(need_password: int, failed: int) -> list[str]:
    """``2 need a password``, ``1 failed``; nothing where nobody is needed."""
    found = []
    if need_password:
        text = ngettext("{n} needs a password", "{n} need a password", need_password)
        found.append(text.format(n=numbers.count(need_password)))
    if failed:
        found.append(ngettext("{n} failed", "{n} failed", failed).format(n=numbers.count(failed)))
    return found


def is_news(before: Summary, after: Summary) -> bool:
    """Whether people want to hear of it: somebody is needed now, or nothing moves any more and nobody paused it."""
    was, now = standing_of(before), standing_of(after)
    if now.needs_someone and not was.needs_someone:
        return True
    return bool(was.running) and not now.running and (now.is_finished or now.needs_someone)


def news_text(summary: Summary) -> str:
    """What a notification says."""
    if summary.is_finished:
        return words.outcome_text(summary)
    standing = standing_of(summary)
    what = _(", ").join(needs(standing.need_password, standing.failed))
    if standing.running:
        return _("{what}. The others go on.").format(what=what)
    done, total = numbers.count(standing.done), numbers.count(standing.accounts)
    return _("Nothing is being moved any more: {done} of {total} done, {what}.").format(
        done=done, total=total, what=what
    )
