from __future__ import annotations

from collections import Counter

from tests.mailboxes.odd_mails import Fate, ServerKind, fate, huge_mail, odd_mails


def test_each_is_odd_in_a_way_of_its_own() -> None:
    mails = odd_mails()
    assert mails == odd_mails()
    assert max(Counter(mail.name for mail in mails).values()) == 1
    assert max(Counter(mail.body for mail in mails).values()) == 1
    assert len(mails) > 90
    assert max(len(mail.body) for mail in mails) < 1_200_000


def test_every_fate_is_among_them() -> None:
    assert {fate(mail.body, ServerKind.DOVECOT) for mail in odd_mails()} == set(Fate)


def test_a_huge_one_has_the_size_asked_for() -> None:
    assert [len(huge_mail(size)) for size in (1_000, 123_457)] == [1_000, 123_457]
