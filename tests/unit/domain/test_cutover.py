"""The assistant says "done" only when everything is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.domain.cutover import AccountFacts, Cutover, CutoverStep, CutoverWay, StepStatus, steps_of
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.mx import (
    UNSEEN_TTL,
    DomainMail,
    MxAnswer,
    MxHistory,
    MxPlace,
    SenderPolicy,
    domains_of,
    moving_hosts,
    overall_place,
)
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan
from mailmove_gui.domain.states import AccountState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = MxAnswer("ns1", MxPlace.DESTINATION, ("mx.new.example",), 600)
OLD = MxAnswer("ns1", MxPlace.SOURCE, ("mx.old.example",), 3600)
SILENT = MxAnswer("ns2")
SWITCHED = MxHistory("acme.cn", NOW - 10 * HOUR, 3600, NOW - 10 * HOUR)
MAIL = DomainMail("acme.cn", (NEW,), (NEW, NEW), SenderPolicy.DESTINATION)
ANNA = AccountFacts(
    "anna", "anna@acme.cn", AccountState.DONE, NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR, NOW - 20 * HOUR
)
ALL_DONE = Cutover(NOW, ((MAIL, SWITCHED),), (ANNA,))


def with_mail(**changes: object) -> Cutover:
    return replace(ALL_DONE, domains=((replace(MAIL, **changes), SWITCHED),))  # type: ignore[arg-type]


def with_account(**changes: object) -> Cutover:
    return replace(ALL_DONE, accounts=(ANNA, replace(ANNA, **changes)))  # type: ignore[arg-type]


def test_everything_done_is_finished() -> None:
    assert ALL_DONE.is_finished
    assert all(ALL_DONE.next_step(way) is None for way in CutoverWay)


@pytest.mark.parametrize("way", CutoverWay)
def test_both_ways_have_the_same_steps_and_end_with_the_verification(way: CutoverWay) -> None:
    assert sorted(steps_of(way)) == sorted(CutoverStep)
    assert steps_of(way)[-1] is CutoverStep.FINAL_VERIFICATION


@pytest.mark.parametrize(
    ("cutover", "step", "status"),
    [
        (replace(ALL_DONE, accounts=()), CutoverStep.ALL_MOVED, StepStatus.OPEN),
        (replace(ALL_DONE, domains=()), CutoverStep.MX_OWN, StepStatus.UNTOLD),
        (with_mail(own=(NEW, OLD)), CutoverStep.MX_OWN, StepStatus.OPEN),
        (with_mail(own=(NEW, SILENT)), CutoverStep.MX_OWN, StepStatus.UNTOLD),
        (with_mail(own=()), CutoverStep.MX_OWN, StepStatus.UNTOLD),
        (with_mail(own=(replace(NEW, place=MxPlace.FILTER),)), CutoverStep.MX_OWN, StepStatus.UNTOLD),
        (with_mail(own=(replace(NEW, place=MxPlace.MIXED),)), CutoverStep.MX_OWN, StepStatus.OPEN),
        (with_mail(own=(replace(NEW, place=MxPlace.NONE),)), CutoverStep.MX_OWN, StepStatus.OPEN),
        (with_mail(own=(replace(NEW, place=MxPlace.ELSEWHERE),)), CutoverStep.MX_OWN, StepStatus.OPEN),
        (with_mail(public=(NEW, OLD)), CutoverStep.MX_PUBLIC, StepStatus.OPEN),
        (with_mail(public=(NEW, OLD)), CutoverStep.OLD_ANSWERS, StepStatus.OPEN),
        (with_mail(public=(NEW, SILENT)), CutoverStep.MX_PUBLIC, StepStatus.UNTOLD),
        (with_mail(policy=SenderPolicy.OTHERS), CutoverStep.SENDER_POLICY, StepStatus.OPEN),
        (with_mail(policy=SenderPolicy.NONE), CutoverStep.SENDER_POLICY, StepStatus.OPEN),
        (with_mail(policy=SenderPolicy.UNKNOWN), CutoverStep.SENDER_POLICY, StepStatus.UNTOLD),
        (with_account(state=AccountState.FAILED), CutoverStep.ALL_MOVED, StepStatus.OPEN),
        (with_account(state=AccountState.MOVING), CutoverStep.FINAL_PASS, StepStatus.OPEN),
        (with_account(begun=NOW - 20 * HOUR), CutoverStep.FINAL_PASS, StepStatus.OPEN),
        (with_account(begun=NOW - 20 * HOUR), CutoverStep.NO_NEW_MAIL, StepStatus.UNTOLD),
        (with_account(begun=None), CutoverStep.FINAL_PASS, StepStatus.OPEN),
        (with_account(newest=None, has_messages=True), CutoverStep.NO_NEW_MAIL, StepStatus.UNTOLD),
        (with_account(newest=NOW - 4 * HOUR), CutoverStep.NO_NEW_MAIL, StepStatus.OPEN),
        (with_account(verified=None), CutoverStep.FINAL_VERIFICATION, StepStatus.OPEN),
        (with_account(verified=NOW - 3 * HOUR), CutoverStep.FINAL_VERIFICATION, StepStatus.OPEN),
    ],
)
def test_one_thing_that_is_not_done_is_enough(cutover: Cutover, step: CutoverStep, status: StepStatus) -> None:
    assert cutover.status(step) is status
    assert not cutover.is_finished
    assert all(cutover.next_step(way) is not None for way in CutoverWay)


PLACES = st.sampled_from(MxPlace)
ANSWERS = st.lists(st.builds(MxAnswer, st.just("ns"), PLACES, st.just(()), st.sampled_from([None, 0, 60])), max_size=2)
MOMENTS = st.one_of(st.none(), st.integers(-60, 0).map(lambda hours: NOW + hours * HOUR))
ACCOUNTS = st.builds(
    AccountFacts, st.just("a"), st.just("a@acme.cn"), st.sampled_from(AccountState), MOMENTS, MOMENTS, MOMENTS, MOMENTS
)
MAILS = st.builds(DomainMail, st.just("acme.cn"), ANSWERS.map(tuple), ANSWERS.map(tuple), st.sampled_from(SenderPolicy))
HISTORIES = st.builds(MxHistory, st.just("acme.cn"), MOMENTS, st.sampled_from([None, 0, 3600]), MOMENTS)
NEARLY = st.builds(
    DomainMail,
    st.just("acme.cn"),
    st.sampled_from([(NEW,), (NEW, OLD)]),
    st.sampled_from([(NEW,), (NEW, SILENT)]),
    st.sampled_from([SenderPolicy.DESTINATION, SenderPolicy.NONE]),
)


@given(
    st.lists(st.tuples(st.one_of(MAILS, NEARLY), HISTORIES), max_size=2).map(tuple),
    st.lists(ACCOUNTS, max_size=2).map(tuple),
)
def test_it_is_never_finished_while_anything_is_open(
    domains: tuple[tuple[DomainMail, MxHistory], ...], accounts: tuple[AccountFacts, ...]
) -> None:
    """Told again without the steps: each fact by itself forbids it."""
    finished = Cutover(NOW, domains, accounts).is_finished
    if not finished:
        return
    assert domains
    assert accounts
    for mail, history in domains:
        assert {answer.place for answer in (*mail.own, *mail.public)} == {MxPlace.DESTINATION}
        assert mail.policy is SenderPolicy.DESTINATION
        assert history.switched is not None
        ttl = UNSEEN_TTL if history.old_ttl_s is None else timedelta(seconds=history.old_ttl_s)
        for account in accounts:
            assert account.begun is not None
            assert account.finished is not None
            assert account.verified is not None
            assert history.switched + ttl <= account.begun <= account.finished <= account.verified <= NOW


def test_the_old_answer_lives_as_long_as_it_was_seen_to() -> None:
    history = MxHistory("acme.cn").after(replace(MAIL, own=(OLD,)), NOW)
    assert history == MxHistory("acme.cn", None, 3600, NOW + HOUR)
    assert history.old_answers_until(MAIL, NOW) is None
    lowered = history.after(replace(MAIL, own=(replace(OLD, ttl_s=60),)), NOW + timedelta(minutes=1))
    assert (lowered.old_ttl_s, lowered.old_until) == (60, NOW + HOUR)
    switched = lowered.after(MAIL, NOW + timedelta(minutes=2))
    assert switched.old_answers_until(MAIL, NOW) == NOW + HOUR
    assert switched.after(MAIL, NOW + HOUR).switched == NOW + timedelta(minutes=2)


def test_a_switch_that_was_taken_back_begins_anew() -> None:
    again = SWITCHED.after(replace(MAIL, own=(NEW, OLD)), NOW)
    assert again.switched is None
    assert again.after(MAIL, NOW + HOUR).switched == NOW + HOUR


def test_silence_says_nothing_about_the_switch() -> None:
    assert SWITCHED.after(replace(MAIL, own=(SILENT,)), NOW) == SWITCHED
    assert SWITCHED.after(replace(MAIL, own=(NEW, SILENT)), NOW) == SWITCHED
    assert SWITCHED.after(replace(MAIL, own=()), NOW) == SWITCHED


def test_an_old_answer_that_nobody_saw_counts_for_two_days() -> None:
    history = MxHistory("acme.cn").after(MAIL, NOW)
    assert history.old_answers_until(MAIL, NOW) == NOW + UNSEEN_TTL


def test_public_servers_that_still_remember_put_it_off() -> None:
    mail = replace(MAIL, public=(NEW, replace(OLD, ttl_s=120)))
    assert SWITCHED.old_answers_until(mail, NOW) == NOW + timedelta(seconds=120)


def test_mail_that_arrived_long_before_the_last_pass_is_over() -> None:
    switched = MxHistory("acme.cn", NOW - 90 * HOUR, 3600, None)
    account = replace(ANNA, newest=NOW - 30 * HOUR)
    assert Cutover(NOW, ((MAIL, switched),), (account,)).is_finished


@pytest.mark.parametrize(
    ("places", "overall"),
    [
        ([], MxPlace.UNKNOWN),
        ([MxPlace.UNKNOWN, MxPlace.SOURCE], MxPlace.SOURCE),
        ([MxPlace.SOURCE, MxPlace.DESTINATION], MxPlace.MIXED),
        ([MxPlace.DESTINATION, MxPlace.DESTINATION], MxPlace.DESTINATION),
    ],
)
def test_several_answers_together(places: list[MxPlace], overall: MxPlace) -> None:
    assert overall_place(places) is overall


def test_the_way_that_is_being_gone() -> None:
    assert ALL_DONE.likely_way is CutoverWay.MOVE_FIRST
    assert with_account(state=AccountState.MOVING).likely_way is CutoverWay.SWITCH_FIRST


def test_domains_of_both_sides_and_hosts_that_move_with_them() -> None:
    def account(old: str, new: str, host: str) -> Account:
        return Account(old, Mailbox(Endpoint(host, 993), old), Mailbox(Endpoint("imap.new.example", 993), new))

    plan = MigrationPlan(
        accounts=(
            account("Anna@Acme.cn", "anna@acme.com", "mail.acme.cn"),
            account("bo", "bo@acme.com", "192.0.2.1"),
            account("cy@acme.cn", "cy@acme.com", "imap.hoster.example"),
        )
    )
    assert domains_of(plan) == ("acme.cn", "acme.com")
    assert moving_hosts(plan, domains_of(plan)) == ("mail.acme.cn",)
