"""The day of the switch: what is to be done in which order, and what of it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxHistory, MxPlace, SenderPolicy
from mailmove_gui.domain.states import FINISHED, AccountState

_QUIET = timedelta(days=1)
"""So long before its last look a source must have got no mail for it to count as quiet."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as far as the switch is concerned.

    `begun` and `finished` are of its last complete pass, `verified` is when the newest verification found everything
    (None if it did not), `newest` when the newest message arrived that the source has shown: None if it has shown none,
    or (`has_messages`) none of which it tells.
    """

    account_id: str
    user: str
    state: AccountState
    begun: datetime | None = None
    finished: datetime | None = None
    verified: datetime | None = None
    newest: datetime | None = None
    has_messages: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether all that was there has been moved, and nothing is being done."""
        rests = FINISHED | {AccountState.WATCHING, AccountState.CLOSED}
        return self.state in rests and self.finished is not None

    def is_looked_at_since(self, moment: datetime) -> bool:
        """Whether a complete pass has begun after that moment: one that was under way may have looked before it."""
        return self.begun is not None and self.finished is not None and moment <= self.begun <= self.finished

    @property
    def is_undated(self) -> bool:
        """Whether nobody can tell when its mail has arrived (POP3 without TOP)."""
        return self.has_messages and self.newest is None

    def is_quiet_since(self, moment: datetime) -> bool | None:
        """Whether mail has stopped to arrive at its source; None if it cannot be told, or before a pass has looked."""
        if self.begun is None or not self.is_looked_at_since(moment) or self.is_undated:
            return None
        return self.newest is None or self.newest <= moment or self.begun - self.newest >= _QUIET


class CutoverWay(StrEnum):
    """Both orders that providers describe."""

    MOVE_FIRST = "move_first"
    SWITCH_FIRST = "switch_first"


class CutoverStep(StrEnum):
    """Something to be done."""

    ALL_MOVED = "all_moved"
    SENDER_POLICY = "sender_policy"
    MX_OWN = "mx_own"
    MX_PUBLIC = "mx_public"
    OLD_ANSWERS = "old_answers"
    NO_NEW_MAIL = "no_new_mail"
    FINAL_PASS = "final_pass"
    FINAL_VERIFICATION = "final_verification"


class StepStatus(StrEnum):
    """How a step stands."""

    DONE = "done"
    OPEN = "open"
    UNTOLD = "untold"
    """it cannot be told"""


_S = CutoverStep
_SWITCH = (_S.SENDER_POLICY, _S.MX_OWN, _S.MX_PUBLIC)
_END = (_S.NO_NEW_MAIL, _S.FINAL_PASS, _S.FINAL_VERIFICATION)


def steps_of(way: CutoverWay) -> tuple[CutoverStep, ...]:
    """All steps, in the order of that way."""
    match way:
        case CutoverWay.MOVE_FIRST:
            return _S.ALL_MOVED, *_SWITCH, _S.OLD_ANSWERS, *_END
        case CutoverWay.SWITCH_FIRST:
            return *_SWITCH, _S.ALL_MOVED, _S.OLD_ANSWERS, *_END
        case _ as never:
            assert_never(never)


@dataclass(frozen=True, slots=True)
class Cutover:
    """How a migration stands to its switch at the moment `at`.

    `domains` are those whose mail is to be switched, each with its history; `accounts` those that are not left out;
    `moving_hosts` are source servers whose name is below one of the domains: such a name may lead to the new server
    after the switch.
    """

    at: datetime
    domains: tuple[tuple[DomainMail, MxHistory], ...]
    accounts: tuple[AccountFacts, ...]
    moving_hosts: tuple[str, ...] = ()

    @property
    def old_answers_until(self) -> datetime | None:
        """Until when mail may still be sent to the old server; None before every domain is switched."""
        ends = [history.old_answers_until(mail, self.at) for mail, history in self.domains]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    @property
    def likely_way(self) -> CutoverWay:
        """The way that is being gone, as far as it looks."""
        is_switched = any(mail.place is MxPlace.DESTINATION for mail, _history in self.domains)
        return CutoverWay.SWITCH_FIRST if is_switched and not self._all_moved else CutoverWay.MOVE_FIRST

    @property
    def is_finished(self) -> bool:
        """Whether every step is done."""
        return all(self.status(step) is StepStatus.DONE for step in CutoverStep)

    def next_step(self, way: CutoverWay) -> CutoverStep | None:
        """The first step of that way that is not done; None if all are."""
        return next((step for step in steps_of(way) if self.status(step) is not StepStatus.DONE), None)

    @property
    def _all_moved(self) -> bool:
        return bool(self.accounts) and all(account.is_moved for account in self.accounts)

    def status(self, step: CutoverStep) -> StepStatus:
        """How a step stands."""
        match step:
            case CutoverStep.ALL_MOVED:
                return _done_if(self._all_moved)
            case CutoverStep.SENDER_POLICY:
                return _worst([_policy_status(mail.policy) for mail, _history in self.domains])
            case CutoverStep.MX_OWN:
                return _worst([_answers_status(mail.own) for mail, _history in self.domains])
            case CutoverStep.MX_PUBLIC:
                return _worst([_answers_status(mail.public) for mail, _history in self.domains])
            case CutoverStep.OLD_ANSWERS:
                until = self.old_answers_until
                return _done_if(until is not None and until <= self.at)
            case CutoverStep.NO_NEW_MAIL:
                return self._no_new_mail()
            case CutoverStep.FINAL_PASS:
                return _done_if(self._final_pass)
            case CutoverStep.FINAL_VERIFICATION:
                return _done_if(
                    self._final_pass
                    and all(
                        account.finished is not None
                        and account.verified is not None
                        and account.verified >= account.finished
                        for account in self.accounts
                    )
                )
            case _ as never:
                assert_never(never)

    def _no_new_mail(self) -> StepStatus:
        until = self.old_answers_until
        if until is None or until > self.at or not self.accounts:
            return StepStatus.OPEN
        quiet = [account.is_quiet_since(until) for account in self.accounts]
        if False in quiet:
            return StepStatus.OPEN
        return StepStatus.UNTOLD if None in quiet else StepStatus.DONE

    @property
    def _final_pass(self) -> bool:
        """Whether every account has been gone through after the last moment at which mail could reach the source."""
        until = self.old_answers_until
        return (
            until is not None
            and until <= self.at
            and self._all_moved
            and all(account.is_looked_at_since(until) for account in self.accounts)
        )


def _done_if(is_done: bool) -> StepStatus:
    return StepStatus.DONE if is_done else StepStatus.OPEN


def _worst(statuses: Sequence[StepStatus]) -> StepStatus:
    """All domains together; what has no domain cannot be told."""
    if StepStatus.OPEN in statuses:
        return StepStatus.OPEN
    return StepStatus.UNTOLD if StepStatus.UNTOLD in statuses or not statuses else StepStatus.DONE


def _answers_status(answers: Sequence[MxAnswer]) -> StepStatus:
    return _worst([_place_status(answer.place) for answer in answers])


def _place_status(place: MxPlace) -> StepStatus:
    match place:
        case MxPlace.DESTINATION:
            return StepStatus.DONE
        case MxPlace.SOURCE | MxPlace.ELSEWHERE | MxPlace.MIXED | MxPlace.NONE:
            return StepStatus.OPEN
        case MxPlace.FILTER | MxPlace.UNKNOWN:
            return StepStatus.UNTOLD
        case _ as never:
            assert_never(never)


def _policy_status(policy: SenderPolicy) -> StepStatus:
    match policy:
        case SenderPolicy.DESTINATION:
            return StepStatus.DONE
        case SenderPolicy.OTHERS | SenderPolicy.NONE:
            return StepStatus.OPEN
        case SenderPolicy.UNKNOWN:
            return StepStatus.UNTOLD
        case _ as never:
            assert_never(never)
