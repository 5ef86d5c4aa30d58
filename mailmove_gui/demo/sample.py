"""The demo: a firm's old mail server with six mailboxes, and the new one, almost empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from mailmove_gui.demo import sample_mime, sample_texts
from mailmove_gui.demo.folder import INBOX, NewMessage
from mailmove_gui.demo.imap_fetch import split_message
from mailmove_gui.demo.options import ServerOptions
from mailmove_gui.demo.sample_mail import LAST_DAY, Filed, Mailbox, MailboxWriter
from mailmove_gui.demo.sample_mime import Attachment
from mailmove_gui.demo.sample_texts import Person
from mailmove_gui.demo.server import EmbeddedServer
from mailmove_gui.demo.store import Store, User

DEFAULT_DURATION_S = 25.0
OUTDATED_PASSWORD = "sample-before-it-was-changed"
REFUSAL_TEXT = "Message contains invalid header"
BIG_ATTACHMENT_BYTES = 3_400_000
SMALLEST_MAILBOX = 12

_SPECIAL_USES = {("Sent",): "\\Sent", ("Drafts",): "\\Drafts", ("Trash",): "\\Trash", ("Junk",): "\\Junk"}
_MAILBOXES = (
    Mailbox(
        sample_texts.ANNA,
        420,
        0.2,
        {
            "offers": ("Customers", "Offers"),
            "orders": ("Customers", "Orders"),
            "meetings": ("Board", "Minutes"),
            "contracts": ("Contracts",),
            "travel": ("Travel",),
            "figures": ("Board", "Monthly figures"),
            "fairs": ("Trade fairs",),
            "projects": ("项目", "仓库改造"),
            "staff": ("Staff",),
        },
    ),
    Mailbox(
        sample_texts.BO,
        260,
        0.45,
        {
            "offers": ("客户 & 伙伴", "Offers"),
            "orders": ("客户 & 伙伴", "Orders"),
            "quality": ("客户 & 伙伴", "Complaints"),
            "travel": ("Travel",),
            "fairs": ("展会",),
            "meetings": ("Meetings",),
        },
    ),
    Mailbox(
        sample_texts.CHEN,
        600,
        0.85,
        {
            "offers": ("供应商", "询价"),
            "orders": ("供应商", "订单"),
            "contracts": ("项目", "{year}", "合同"),
            "projects": ("项目", "{year}", "会议纪要"),
            "quality": ("供应商", "质量 & 检验"),
            "logistics": ("物流",),
            "fairs": ("展会",),
        },
        sent=("已发送",),
        drafts=("草稿箱",),
        trash=("已删除",),
    ),
    Mailbox(
        sample_texts.LI,
        380,
        0.8,
        {
            "invoices": ("AR/AP", "{year}"),
            "figures": ("审计",),
            "staff": ("报销 & 人事",),
            "contracts": ("合同",),
        },
        sent=("已发送",),
        drafts=("草稿箱",),
        trash=("已删除",),
    ),
    Mailbox(
        sample_texts.DAVID,
        300,
        0.1,
        {
            "logistics": ("Shipping", "{year}"),
            "orders": ("Shipping", "Orders"),
            "invoices": ("Freight invoices",),
            "quality": ("Claims",),
            "meetings": ("Meetings",),
        },
    ),
    Mailbox(
        sample_texts.OFFICE,
        150,
        0.1,
        {"travel": ("Travel",), "staff": ("Notices",), "fairs": ("Trade fairs",), "offers": ("Enquiries",)},
    ),
)


class DemoAccount(NamedTuple):
    """A row of the demo's account list."""

    source_user: str
    source_password: str
    destination_user: str
    destination_password: str


@dataclass(frozen=True, slots=True)
class Demo:
    """Two stores, how their servers behave, and the list of accounts to move.

    One account has a wrong source password in `accounts`; `right_password_for` has the right one by its user
    name. The counts are by source user: `messages` at the source, `refused` of them by the destination, and
    `already_there` at the destination before the move.
    """

    source: Store
    source_options: ServerOptions
    destination: Store
    destination_options: ServerOptions
    accounts: tuple[DemoAccount, ...] = field(repr=False)
    right_password_for: Mapping[str, str] = field(repr=False)
    messages: Mapping[str, int]
    refused: Mapping[str, int]
    already_there: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo whose two servers are listening."""

    demo: Demo
    source: EmbeddedServer
    destination: EmbeddedServer

    @property
    def accounts(self) -> tuple[DemoAccount, ...]:
        """The list of accounts to move."""
        return self.demo.accounts


def build_demo(*, seed: int = 2026, scale: float = 1.0, duration_s: float = DEFAULT_DURATION_S) -> Demo:
    """Make the sample mail: 150 to 600 messages an account, times `scale`; the same for the same arguments.

    The destination takes messages at a speed at which the first run lasts about `duration_s` (0: full speed).
    """
    source = Store(separator=".", prefix="INBOX.")
    destination = Store()
    accounts: list[DemoAccount] = []
    messages: dict[str, int] = {}
    already_there: dict[str, int] = {}
    for mailbox in _MAILBOXES:
        name = mailbox.owner.address
        new_name = name.replace("@old.", "@new.")
        account = DemoAccount(name, _password(name), new_name, _password(new_name))
        wanted = max(SMALLEST_MAILBOX, round(mailbox.messages * scale))
        filed = MailboxWriter(replace(mailbox, messages=wanted), seed).write()
        filed = sorted([*filed, *_extra_mail(mailbox.owner, seed)], key=lambda one: one.date)
        old_user = source.add_user(name, account.source_password)
        new_user = destination.add_user(new_name, account.destination_password)
        _fill_source(old_user, mailbox, filed)
        _prepare_destination(new_user)
        already_there[name] = _fill_destination(new_user, filed) if mailbox.owner is sample_texts.DAVID else 0
        messages[name] = len(filed)
        accounts.append(account)
    wrong = sample_texts.BO.address
    right = {wrong: _password(wrong)}
    accounts = [
        DemoAccount(row.source_user, OUTDATED_PASSWORD, *row[2:]) if row.source_user == wrong else row
        for row in accounts
    ]
    refused = {
        user.name: sum(
            refuse_invalid_header(message.content) is not None
            for folder in user.folders.values()
            for message in folder.messages
        )
        for user in source.users
    }
    to_move = sum(count - already_there[name] for name, count in messages.items() if name != wrong)
    return Demo(
        source,
        ServerOptions(),
        destination,
        ServerOptions(
            refuse_message=refuse_invalid_header,
            messages_per_s=to_move / duration_s if duration_s else None,
            append_limit_bytes=50 * 1024 * 1024,
        ),
        tuple(accounts),
        MappingProxyType(right),
        MappingProxyType(messages),
        MappingProxyType(refused),
        MappingProxyType(already_there),
    )


@contextmanager
def running_demo(demo: Demo | None = None) -> Iterator[RunningDemo]:
    """Start both servers of `demo` (a new one if None) and stop them afterwards."""
    demo = demo or build_demo()
    with (
        EmbeddedServer(demo.source, demo.source_options, pop3_port=0) as source,
        EmbeddedServer(demo.destination, demo.destination_options) as destination,
    ):
        yield RunningDemo(demo, source, destination)


def refuse_invalid_header(content: bytes) -> str | None:
    """Refuse, as Cyrus does, a message with a header line that is neither a field nor the next line of one."""
    header, _ = split_message(content)
    for line in header.split(b"\n"):
        if line.strip() and not line.startswith((b" ", b"\t")) and b":" not in line:
            return REFUSAL_TEXT
    return None


def _password(name: str) -> str:
    return "sample-" + name.replace("@", "-at-").removesuffix(".example")


def _fill_source(user: User, mailbox: Mailbox, filed: list[Filed]) -> None:
    special_uses = {mailbox.sent: "\\Sent", mailbox.drafts: "\\Drafts", mailbox.trash: "\\Trash"}
    paths = sorted({one.folder for one in filed} | set(special_uses) - {INBOX})
    for path in paths:
        if path != INBOX:
            user.add_folder(path, special_use=special_uses.get(path), subscribed=True)
        user.folder(path).add_messages([one.message for one in filed if one.folder == path])


def _prepare_destination(user: User) -> None:
    for path, special_use in _SPECIAL_USES.items():
        user.add_folder(path, special_use=special_use, subscribed=True)


def _fill_destination(user: User, filed: list[Filed]) -> int:
    """Half of the inbox is there already, from an attempt by hand, and some mail of the new server's own."""
    inbox = [one.message for one in filed if one.folder == INBOX]
    copied = inbox[: len(inbox) // 2]
    user.folder(INBOX).add_messages(copied)
    owner = sample_texts.DAVID
    sender = Person("New Mail Service", "service@new.example", "", "")
    for days, subject, text in (
        (
            12,
            "Your new mailbox is ready",
            "your mailbox has been set up and holds 10 GB.",
        ),
        (
            8,
            "How to set up your phone",
            "a short description of how to add your new mailbox to your phone is online.",
        ),
        (2, "Test from Anna", "does this arrive? If so, the new server works. Anna"),
    ):
        moment = LAST_DAY - timedelta(days=days, hours=-9)
        headers = _plain_headers(sender, owner, subject, moment.strftime("%Y%m%d") + "@new.example")
        headers.insert(0, ("Date", sample_mime.header_date(moment)))
        content = sample_mime.compose(headers, f"Hello David,\n\n{text}\n", with_html=False)
        user.folder(INBOX).add_messages([NewMessage(content, frozenset({"\\Seen"}), moment)])
    return len(copied)


def _extra_mail(owner: Person, seed: int) -> list[Filed]:
    """The message of several megabytes, and the one that the destination refuses."""
    if owner is sample_texts.CHEN:
        moment = datetime(2026, 8, 20, 14, 21, 5, tzinfo=timezone(timedelta(hours=8)))
        sender = sample_texts.CHINESE_PARTNERS[0]
        headers = [("Date", sample_mime.header_date(moment))]
        headers += _plain_headers(sender, owner, "新仓库现场照片（高清）", "photos-2026-08@yongxin-valve.example")
        photograph = sample_mime.photograph(Random(seed), BIG_ATTACHMENT_BYTES)  # noqa: S311 -- noise
        text = "您好！\n\n现场照片见附件，文件较大，请耐心下载。\n\n祝好！\n\n王建国\n宁波永新阀门厂\n"
        content = sample_mime.compose(
            headers,
            text,
            with_html=False,
            attachments=[Attachment("新仓库现场.png", "image/png", photograph)],
        )
        return [Filed(INBOX, NewMessage(content, frozenset({"\\Seen"}), moment), moment)]
    if owner is sample_texts.OFFICE:
        moment = datetime(2014, 6, 20, 10, 12, 40, tzinfo=timezone(timedelta(hours=2)))
        content = (
            f"Date: {sample_mime.header_date(moment)}\r\nFrom: Fax gateway <fax@old.example>\r\n"
            "To: Office <office@old.example>\r\n"
            "Subject: Fax from +49 40 5550134: signed delivery note 14-3307\r\n"
            "Message-ID: <fax-14-3307@old.example>\r\nFAX +49 40 5550134 2 PAGES OK\r\n\r\n"
            "2 pages received. The original is in the tray of the fax machine.\r\n"
        ).encode("ascii")
        return [Filed(("Fax",), NewMessage(content, frozenset({"\\Seen"}), moment), moment)]
    return []


def _plain_headers(sender: Person, receiver: Person, subject: str, message_id: str) -> list[tuple[str, str]]:
    return [
        ("From", sample_mime.address(sender.name, sender.address)),
        ("To", sample_mime.address(receiver.name, receiver.address)),
        ("Subject", sample_mime.encoded(subject)),
        ("Message-ID", f"<{message_id}>"),
    ]
