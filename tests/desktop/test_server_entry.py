from dataclasses import replace

import pytest

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.pop3_source import imap_instead, remark
from mailmove_gui.desktop.wizard.server_choices import with_pin, with_server, with_tested, without_pins
from mailmove_gui.desktop.wizard.server_entry import ServerEntry, automatic_entry, entry_of, found_for, login_name
from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.plan import Options, ServerOrigin, ServerSetup
from mailmove_gui.domain.providers import Detection, Provider, ServerOffer, UserNameForm
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey

IMAP = Endpoint("imap.provider.example", 993)
IMAP_ABROAD = Endpoint("imap2.provider.example", 143, Security.STARTTLS)
POP3 = Endpoint("pop.provider.example", 995, protocol=MailProtocol.POP3)
FOUND = Detection(
    "anna@acme.example",
    "acme.example",
    Provider("some", "Some Provider"),
    (POP3, IMAP, IMAP_ABROAD),
    UserNameForm.LOCAL,
)
ASKED = automatic_entry().with_asked("anna@acme.example")
AUTOMATIC = ASKED.with_detection(FOUND)
BY_HAND = ServerEntry("10.0.0.7", 1143, Security.PLAIN, user_name=UserNameForm.FULL)


# What was found


def test_nothing_is_complete_before_it_is_found() -> None:
    assert not ASKED.is_complete
    assert ASKED.endpoint is None
    assert ASKED.problem == ""


def test_the_best_imap_server_is_taken_even_behind_a_pop3_one() -> None:
    assert AUTOMATIC.endpoint == IMAP
    assert AUTOMATIC.user_name is UserNameForm.LOCAL
    assert AUTOMATIC.candidates == (IMAP, IMAP_ABROAD, POP3)
    assert AUTOMATIC.origin == ServerOrigin(ServerSetup.AUTOMATIC, "anna@acme.example", "some")


def test_another_candidate_can_be_chosen() -> None:
    assert AUTOMATIC.with_candidate(IMAP_ABROAD).endpoint == IMAP_ABROAD


def test_a_provider_with_pop3_alone_can_be_read_from_but_is_no_destination() -> None:
    only_pop3 = replace(FOUND, servers=(POP3,))
    assert ASKED.with_detection(only_pop3).endpoint == POP3
    destination = automatic_entry(Side.DESTINATION).with_asked(ASKED.asked).with_detection(only_pop3)
    assert destination.host == POP3.host
    assert destination.problem.startswith("Nothing can be put into a mailbox by POP3")
    assert destination.endpoint is None
    assert destination.candidates == ()


def test_a_destination_typed_by_hand_does_not_begin_with_pop3() -> None:
    found = automatic_entry(Side.DESTINATION).with_asked(ASKED.asked).with_detection(replace(FOUND, servers=(POP3,)))
    for by_hand in (found.changed_by_hand(), found.with_setup(ServerSetup.MANUAL)):
        assert by_hand.with_host("imap.acme.cn").endpoint == Endpoint("imap.acme.cn", 993)


def test_a_yes_to_reading_that_deletes_is_to_one_server() -> None:
    yes = MigrationDraft(entry_of(POP3), options=Options(pop3_may_delete=True, pop3_unread=True), reading_deletes=True)
    assert with_server(yes, Side.SOURCE, replace(yes.source, asked="anna@acme.example")).options == yes.options
    assert with_server(yes, Side.DESTINATION, entry_of(IMAP)).options == yes.options
    other = with_server(yes, Side.SOURCE, replace(yes.source, host="pop.other.example"))
    assert other.options == Options(pop3_unread=True)
    assert not other.reading_deletes


def test_a_destination_never_speaks_pop3() -> None:
    destination = automatic_entry(Side.DESTINATION).with_asked(ASKED.asked).with_detection(FOUND)
    assert destination.endpoint == IMAP
    assert destination.candidates == (IMAP, IMAP_ABROAD)
    assert not entry_of(POP3, Side.DESTINATION).is_complete


# POP3 sources


def test_what_pop3_leaves_behind_is_said_of_sources_that_speak_it() -> None:
    assert remark(AUTOMATIC) == ""
    assert "only the inbox" in remark(AUTOMATIC.with_candidate(POP3))
    assert "Most servers offer IMAP too" in remark(entry_of(POP3))
    assert remark(entry_of(POP3, Side.DESTINATION)) == ""


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (AUTOMATIC, None),
        (AUTOMATIC.with_candidate(POP3), IMAP),
        (ASKED.with_detection(replace(FOUND, servers=(POP3,))), None),
        # The provider has a server that was not found for this domain.
        (
            ASKED.with_detection(
                replace(FOUND, servers=(POP3,), provider=Provider("some", "Some", imap=(ServerOffer(IMAP_ABROAD),)))
            ),
            IMAP_ABROAD,
        ),
        (AUTOMATIC.changed_by_hand().with_protocol(MailProtocol.POP3), IMAP),
        # Another server was typed: what was found says nothing of it.
        (replace(AUTOMATIC.changed_by_hand().with_protocol(MailProtocol.POP3), host="pop.acme.cn"), None),
        (entry_of(POP3), None),
    ],
)
def test_imap_is_offered_where_it_was_found(entry: ServerEntry, expected: Endpoint | None) -> None:
    assert imap_instead(entry) == expected


def test_a_server_that_is_for_reading_alone_is_no_destination() -> None:
    provider = replace(FOUND.provider or Provider("", ""), imap=(ServerOffer(IMAP, for_source=True),))
    detection = replace(FOUND, provider=provider)
    assert ASKED.with_detection(found_for(Side.SOURCE, detection)).endpoint == IMAP
    assert ASKED.with_detection(found_for(Side.DESTINATION, detection)).endpoint == IMAP_ABROAD


def test_another_address_of_the_same_domain_needs_no_search() -> None:
    other = AUTOMATIC.with_asked("bo@ACME.example. ")
    assert other.detection is FOUND
    assert other.endpoint == IMAP


def test_another_domain_forgets_what_was_found() -> None:
    other = AUTOMATIC.with_asked("anna@acme.exampl")
    assert other.detection is None
    assert other.host == ""
    assert other.endpoint is None


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("anna@acme.cn", "acme.cn"),
        (" Acme.CN. ", "acme.cn"),
        ("@acme.cn", "acme.cn"),
        ("王@永新.中国", "永新.中国"),
        ("anna", ""),
        ("anna@", ""),
        ("anna@acme", ""),
        ("anna@acme.", ""),
        ("anna@acme..cn", ""),
        ("anna@acme.cn/x", ""),
        ("192.168.1.20", ""),
        ("imap.acme.cn:993", ""),
        ("", ""),
    ],
)
def test_what_is_asked_about(text: str, domain: str) -> None:
    assert automatic_entry().with_asked(text).asked_domain == domain


def test_a_guessed_server_counts_only_after_a_yes() -> None:
    guessed = ASKED.with_detection(replace(FOUND, needs_consent=True))
    assert guessed.needs_consent
    assert guessed.endpoint is None
    agreed = guessed.with_consent()
    assert agreed.endpoint == IMAP
    # The yes was to one server, not to whatever comes after it.
    assert agreed.with_candidate(IMAP_ABROAD).endpoint is None
    assert agreed.with_asked("anna@other.example").with_detection(guessed.detection or FOUND).endpoint is None


# Automatic and by hand


def test_going_back_and_forth_loses_nothing() -> None:
    there = BY_HAND.with_setup(ServerSetup.AUTOMATIC)
    assert there.endpoint is None
    there = there.with_asked("anna@acme.example").with_detection(FOUND)
    assert there.endpoint == IMAP
    back = there.with_setup(ServerSetup.MANUAL)
    assert back.endpoint == Endpoint("10.0.0.7", 1143, Security.PLAIN)
    assert back.user_name is UserNameForm.FULL
    assert back.origin.setup is ServerSetup.MANUAL
    again = back.with_setup(ServerSetup.AUTOMATIC)
    assert again.asked == "anna@acme.example"
    assert again.endpoint == IMAP


def test_what_arrives_for_the_other_choice_does_not_touch_what_was_typed() -> None:
    late = ASKED.with_setup(ServerSetup.MANUAL).with_host("10.0.0.7").with_detection(FOUND)
    assert late.host == "10.0.0.7"
    assert late.with_setup(ServerSetup.AUTOMATIC).endpoint == IMAP


def test_by_hand_begins_with_what_was_found_where_nothing_was_typed() -> None:
    assert AUTOMATIC.with_setup(ServerSetup.MANUAL).endpoint == IMAP
    assert ASKED.with_setup(ServerSetup.MANUAL) == replace(ASKED, setup=ServerSetup.MANUAL)


def test_change_begins_with_what_was_found_whatever_was_typed_before() -> None:
    entry = BY_HAND.with_setup(ServerSetup.AUTOMATIC).with_asked("acme.example").with_detection(FOUND)
    assert entry.changed_by_hand().endpoint == IMAP
    assert entry.changed_by_hand().setup is ServerSetup.MANUAL


# By hand


@pytest.mark.parametrize(
    ("protocol", "security", "port"),
    [
        (MailProtocol.POP3, Security.TLS, 995),
        (MailProtocol.IMAP, Security.STARTTLS, 143),
        (MailProtocol.POP3, Security.PLAIN, 110),
    ],
)
def test_the_port_follows_while_it_is_the_usual_one(protocol: MailProtocol, security: Security, port: int) -> None:
    entry = ServerEntry("imap.acme.cn")
    assert entry.with_protocol(protocol).with_security(security).port == port
    assert replace(entry, port=1993).with_protocol(protocol).with_security(security).port == 1993


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("imap.acme.cn", "imap.acme.cn", 993),
        (" imap.acme.cn:1993 ", "imap.acme.cn", 1993),
        ("192.168.1.20:143", "192.168.1.20", 143),
        ("::1", "::1", 993),
        ("2001:db8::20", "2001:db8::20", 993),
        ("[2001:db8::20]", "2001:db8::20", 993),
        ("[2001:db8::20]:1993", "2001:db8::20", 1993),
        ("imaps://[2001:db8::20]:1993", "2001:db8::20", 1993),
        ("fe80::1%eth0", "fe80::1%eth0", 993),
    ],
)
def test_names_and_addresses_with_and_without_port(text: str, host: str, port: int) -> None:
    entry = ServerEntry().with_host(text)
    assert (entry.host, entry.port, entry.problem) == (host, port, "")
    assert entry.is_complete


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.400", "2001:db8:::1", "imap.acme.cn:99999", "[::1", "a b", "a@b.cn"])
def test_what_is_no_server_is_told(text: str) -> None:
    entry = ServerEntry().with_host(text)
    assert entry.problem
    assert not entry.is_complete


def test_a_url_of_pop3_gives_its_host_alone_where_pop3_makes_no_sense() -> None:
    url = "pop3s://pop.acme.cn:1995"
    assert ServerEntry().with_host(url).protocol is MailProtocol.POP3
    assert ServerEntry().with_host(url, (MailProtocol.IMAP,)).endpoint == Endpoint("pop.acme.cn", 993)


def test_entries_of_endpoints_lead_back_to_them() -> None:
    assert entry_of(IMAP_ABROAD).endpoint == IMAP_ABROAD


# User names


@pytest.mark.parametrize(
    ("address", "form", "name"),
    [
        ("anna@acme.cn", UserNameForm.FULL, "anna@acme.cn"),
        ("anna@acme.cn", UserNameForm.EITHER, "anna@acme.cn"),
        ("anna@acme.cn", UserNameForm.LOCAL, "anna"),
        ("anna", UserNameForm.LOCAL, "anna"),
        ("@acme.cn", UserNameForm.LOCAL, "@acme.cn"),
        ("odd@name@acme.cn", UserNameForm.LOCAL, "odd@name"),
    ],
)
def test_login_names(address: str, form: UserNameForm, name: str) -> None:
    assert login_name(address, form) == name


def local_draft(*rows: AccountRow) -> MigrationDraft:
    return MigrationDraft(
        ServerEntry("old.example", user_name=UserNameForm.LOCAL), ServerEntry("new.example"), rows=rows
    )


def test_accounts_log_in_by_the_form_of_their_server_and_rows_stay_as_typed() -> None:
    draft = local_draft(AccountRow(1, "anna@acme.cn", Secret("p"), "", Secret("q")))
    (account,) = draft.accounts()
    assert (account.source.user, account.destination.user) == ("anna", "anna@acme.cn")
    assert draft.rows[0].source_user == "anna@acme.cn"
    assert draft.passwords()[SecretKey(Side.SOURCE, "old.example", 993, "anna")] == Secret("p")
    assert draft.default_name() == "old.example to new.example"


def test_a_row_with_a_server_of_its_own_logs_in_as_typed() -> None:
    (account,) = local_draft(AccountRow(1, "anna@acme.cn", source=Endpoint("other.example", 993))).accounts()
    assert account.source.user == "anna@acme.cn"


def test_corrected_passwords_find_the_rows_whose_login_name_is_another() -> None:
    draft = local_draft(AccountRow(1, "anna@acme.cn", Secret("old"), "", Secret("q")))
    (account,) = draft.accounts()
    corrected = draft.with_passwords({account.secret_key(Side.SOURCE): Secret("new")})
    assert corrected.rows[0].source_password == Secret("new")


# What else the pages of servers leave in the draft


def test_a_pin_takes_the_place_of_the_former_one_of_its_server() -> None:
    first, second = CertificatePin("imap.acme.cn", 993, "aa"), CertificatePin("IMAP.acme.cn", 993, "bb")
    other = CertificatePin("imap.acme.cn", 143, "cc")
    draft = with_pin(with_pin(with_pin(MigrationDraft(), first), other), second)
    assert draft.options.pins == (other, second)
    assert without_pins(draft, Endpoint("imap.acme.cn", 993)).options.pins == (other,)


def test_the_address_of_the_only_mailbox_follows_the_page_until_it_is_typed_there() -> None:
    draft = with_server(MigrationDraft(is_single=True), Side.SOURCE, ASKED)
    assert draft.rows[0].source_user == "anna@acme.example"
    draft = with_server(draft, Side.DESTINATION, ASKED.with_asked("anna@new.example"))
    assert draft.rows[0].destination_user == "anna@new.example"
    draft = with_server(draft, Side.SOURCE, ASKED.with_asked("bo@acme.example"))
    assert draft.rows[0].source_user == "bo@acme.example"
    typed = replace(draft, rows=(replace(draft.rows[0], source_user="typed@acme.example"),))
    assert with_server(typed, Side.SOURCE, ASKED).rows == typed.rows
    many = with_server(MigrationDraft(), Side.SOURCE, ASKED)
    assert many.rows == ()


def test_a_password_that_worked_fills_only_what_is_empty() -> None:
    anna, bo = AccountRow(1, "Anna@acme.cn"), AccountRow(2, "bo@acme.cn", Secret("kept"))
    draft = MigrationDraft(rows=(anna, bo), destination_domain="new.example")
    draft = with_tested(draft, Side.SOURCE, "anna@acme.cn", Secret("p"))
    draft = with_tested(draft, Side.SOURCE, "bo@acme.cn", Secret("other"))
    assert [row.source_password for row in draft.rows] == [Secret("p"), Secret("kept")]
    draft = with_tested(draft, Side.DESTINATION, "anna@new.example", Secret("q"))
    assert draft.rows[0].destination_password == Secret("q")
    assert with_tested(draft, Side.SOURCE, "nobody@acme.cn", Secret("x")) == draft


def test_a_password_that_worked_makes_the_only_row_but_none_in_a_list() -> None:
    draft = with_tested(MigrationDraft(is_single=True), Side.SOURCE, "anna@acme.cn", Secret("p"))
    assert draft.rows == (AccountRow(1, "anna@acme.cn", Secret("p")),)
    assert with_tested(MigrationDraft(), Side.SOURCE, "anna@acme.cn", Secret("p")).rows == ()
