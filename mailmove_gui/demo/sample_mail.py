"""Makes the mail of one sample mailbox: conversations over the years, filed in folders."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from mailmove_gui.demo import sample_mime, sample_texts
from mailmove_gui.demo.folder import INBOX, NewMessage, Path
from mailmove_gui.demo.sample_mime import Attachment
from mailmove_gui.demo.sample_texts import Person, Topic

FIRST_DAY = datetime(2012, 3, 5, tzinfo=UTC)
LAST_DAY = datetime(2026, 9, 30, tzinfo=UTC)
_INBOX_DAYS = 365
_UNREAD_DAYS = 12
_GB18030_UNTIL_YEAR = 2016
_COLLEAGUES = (
    sample_texts.ANNA,
    sample_texts.BO,
    sample_texts.CHEN,
    sample_texts.LI,
    sample_texts.DAVID,
)
_FILE_NAMES = {
    "offers": ("Quotation", "报价单"),
    "orders": ("Order", "订单"),
    "invoices": ("Invoice", "发票"),
    "contracts": ("Agreement", "合同"),
    "quality": ("Certificate", "检验报告"),
    "meetings": ("Figures", "数据"),
    "figures": ("Positions", "明细"),
    "fairs": ("Stand", "展位"),
    "projects": ("Progress", "进度"),
    "staff": ("List", "明细"),
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What to make: `shelves` tells the folder for each kind of topic ("{year}" in a part is the message's).

    `chinese_share` is the part of conversations in Chinese, 0 to 1.
    """

    owner: Person
    messages: int
    chinese_share: float
    shelves: Mapping[str, Path]
    sent: Path = ("Sent",)
    drafts: Path = ("Drafts",)
    trash: Path = ("Trash",)


@dataclass(frozen=True, slots=True)
class Filed:
    """A message and the folder where it belongs."""

    folder: Path
    message: NewMessage = field(repr=False)
    date: datetime


class MailboxWriter:
    """Writes the conversations of one mailbox; the same seed gives the same bytes."""

    def __init__(self, mailbox: Mailbox, seed: int) -> None:
        self._mailbox = mailbox
        self._rng = random.Random(f"{seed} {mailbox.owner.address}")  # noqa: S311 -- sample text
        self._count = 0

    def write(self) -> list[Filed]:
        """As many messages as the mailbox says, in the order of their dates."""
        filed: list[Filed] = []
        drafts = max(1, self._mailbox.messages // 120)
        while len(filed) < self._mailbox.messages - drafts:
            filed += self._conversation()[: self._mailbox.messages - drafts - len(filed)]
        filed += [self._draft() for _ in range(drafts)]
        return sorted(filed, key=lambda one: one.date)

    def _conversation(self) -> list[Filed]:
        rng, owner = self._rng, self._mailbox.owner
        topic = self._topic()
        other = self._other(topic)
        start = self._working_hour()
        values = self._values(topic, start)
        subject = topic.subject.format(**values)
        length = 1 + rng.choice((0, 0, 1, 1, 2, len(topic.replies)))
        bodies = [rng.choice(topic.openings), *topic.replies[: length - 1]]
        sender, receiver = (other, owner) if rng.random() < 0.65 else (owner, other)
        moment, references, quoted = start, list[str](), ""
        parts: list[Filed] = []
        for index, body in enumerate(bodies):
            if moment > LAST_DAY:
                break
            values["to"] = _called(receiver, topic.chinese)
            text = _letter(body.format(**values), sender, receiver, topic.chinese, is_reply=index > 0)
            message_id = self._message_id(sender, moment)
            headers = _headers(subject, sender, receiver, moment, message_id, references, topic.chinese)
            attachments = self._attachments(topic, values, moment) if index == 0 else ()
            content = sample_mime.compose(
                headers,
                text + quoted,
                with_html=rng.random() < 0.55,
                attachments=attachments,
                charset=_charset(topic.chinese, moment),
            )
            answered_by_owner = index + 1 < len(bodies) and receiver is owner
            flags = self._flags(moment, sender is owner, answered_by_owner)
            internal_date = moment + timedelta(seconds=rng.randint(1, 9))
            parts.append(Filed(self._folder(topic, sender, moment), NewMessage(content, flags, internal_date), moment))
            quoted = _quoted(text, sender, moment, topic.chinese)
            references.append(message_id)
            sender, receiver = receiver, sender
            moment = self._later(moment, sender)
        return parts

    def _draft(self) -> Filed:
        topic = self._topic()
        other = self._other(topic)
        moment = self._at_work(LAST_DAY - timedelta(days=self._rng.randint(3, 90)), self._mailbox.owner)
        values = self._values(topic, moment)
        owner = self._mailbox.owner
        headers = _headers(
            topic.subject.format(**values),
            owner,
            other,
            moment,
            self._message_id(owner, moment),
            [],
            topic.chinese,
        )
        values["to"] = _called(other, topic.chinese)
        text = _letter(topic.openings[0].format(**values), owner, other, topic.chinese, is_reply=False)
        content = sample_mime.compose(headers, text, with_html=False)
        return Filed(self._mailbox.drafts, NewMessage(content, frozenset({"\\Draft", "\\Seen"}), moment), moment)

    def _topic(self) -> Topic:
        chinese = self._rng.random() < self._mailbox.chinese_share
        topics = sample_texts.TOPICS_CHINESE if chinese else sample_texts.TOPICS
        return self._rng.choice([topic for topic in topics if topic.shelf in self._mailbox.shelves])

    def _other(self, topic: Topic) -> Person:
        partners: tuple[Person, ...]
        if topic.internal:
            partners = tuple(one for one in _COLLEAGUES if one.chinese or not topic.chinese)
        else:
            everyone = sample_texts.CHINESE_PARTNERS if topic.chinese else sample_texts.PARTNERS
            partners = tuple(one for one in everyone if topic.shelf in one.deals_in)
        return self._rng.choice([one for one in partners if one is not self._mailbox.owner])

    def _working_hour(self) -> datetime:
        """When the owner starts a conversation or gets one; recent years have more mail."""
        days = int((LAST_DAY - FIRST_DAY).days * (1 - self._rng.random() ** 1.7))
        return self._at_work(FIRST_DAY + timedelta(days=days), self._mailbox.owner)

    def _later(self, moment: datetime, answering: Person) -> datetime:
        """When an answer comes: within hours, or on one of the next days."""
        same_day = moment + timedelta(minutes=self._rng.randint(15, 300))
        local = same_day.astimezone(_zone(same_day, answering))
        if 8 <= local.hour < 18 and local.weekday() < 5:
            return local
        return self._at_work(moment + timedelta(days=self._rng.randint(1, 3)), answering)

    def _at_work(self, day: datetime, person: Person) -> datetime:
        """A moment of that weekday, or of the Monday after it, at the desk of `person`."""
        if day.weekday() > 4:
            day += timedelta(days=7 - day.weekday())
        hour, minute, second = (self._rng.randrange(low, high) for low, high in ((8, 18), (0, 60), (0, 60)))
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(day, person))

    def _values(self, topic: Topic, moment: datetime) -> dict[str, str]:
        rng = self._rng
        months = sample_texts.MONTHS_CHINESE if topic.chinese else sample_texts.MONTHS
        return {
            "number": f"{moment:%y}-{rng.randint(1000, 9999)}",
            "product": rng.choice(sample_texts.PRODUCTS_CHINESE if topic.chinese else sample_texts.PRODUCTS),
            "partner": rng.choice(sample_texts.PARTNERS[:4]).company,
            "city": rng.choice(sample_texts.CITIES_CHINESE if topic.chinese else sample_texts.CITIES),
            "month": months[moment.month - 1],
            "year": str(moment.year),
            "amount": f"{rng.randint(900, 88_000):,}.{rng.choice(('00', '50', '80'))}",
            "week": str(moment.isocalendar().week % 48 + 4),
            "quantity": str(rng.choice((4, 6, 12, 20, 24, 40, 60, 100))),
        }

    def _attachments(self, topic: Topic, values: Mapping[str, str], moment: datetime) -> tuple[Attachment, ...]:
        rng, number = self._rng, values["number"]
        stem = _FILE_NAMES.get(topic.shelf, ("Attachment", "附件"))[topic.chinese] + "_" + number
        match topic.attachment:
            case "pdf":
                lines = [
                    sample_texts.FIRM,
                    "",
                    f"Reference {number}",
                    f"Date {moment:%Y-%m-%d}",
                    "",
                    values["amount"],
                ]
                return (Attachment(stem + ".pdf", "application/pdf", sample_mime.pdf(lines)),)
            case "png":
                chart = sample_mime.bar_chart([rng.randint(15, 100) for _ in range(8)])
                return (Attachment(stem + ".png", "image/png", chart),)
            case "csv":
                rows: list[tuple[object, ...]] = [("Pos", "Item", "Quantity", "EUR")]
                rows += [
                    (at, rng.choice(sample_texts.PRODUCTS), rng.randint(1, 90), rng.randint(40, 4000))
                    for at in range(1, rng.randint(6, 40))
                ]
                return (Attachment(stem + ".csv", "text/csv", sample_mime.table(rows)),)
            case "ics":
                start = (moment + timedelta(days=7)).replace(hour=10, minute=0, second=0)
                summary = topic.subject.format(**values)
                entry = sample_mime.calendar_entry(f"{number}@old.example", summary, start)
                return (Attachment("invite.ics", "text/calendar", entry),)
            case _:
                return ()

    def _message_id(self, sender: Person, moment: datetime) -> str:
        self._count += 1
        host = sender.address.split("@")[1]
        return f"<{moment:%Y%m%d%H%M%S}.{self._count}.{self._rng.getrandbits(32):08x}@{host}>"

    def _flags(self, moment: datetime, is_own: bool, answered: bool) -> frozenset[str]:
        rng = self._rng
        flags = set()
        if is_own or LAST_DAY - moment > timedelta(days=_UNREAD_DAYS) or rng.random() < 0.4:
            flags.add("\\Seen")
        if answered and not is_own:
            flags |= {"\\Answered", "\\Seen"}
        if rng.random() < 0.05:
            flags.add("\\Flagged")
        if rng.random() < 0.04:
            flags.add("$Forwarded")
        if rng.random() < 0.04:
            flags.add("$Label1")
        return frozenset(flags)

    def _folder(self, topic: Topic, sender: Person, moment: datetime) -> Path:
        if sender is self._mailbox.owner:
            return self._mailbox.sent
        is_recent = LAST_DAY - moment < timedelta(days=_INBOX_DAYS)
        if self._rng.random() < (0.85 if is_recent else 0.22):
            return INBOX
        if self._rng.random() < 0.02:
            return self._mailbox.trash
        return tuple(part.format(year=moment.year) for part in self._mailbox.shelves[topic.shelf])


def _zone(moment: datetime, person: Person) -> timezone:
    """The clock at the desk of `person`, with summer time (by whole months) in Europe."""
    is_summer = person.utc_offset_h < 8 and 4 <= moment.month <= 10
    return timezone(timedelta(hours=person.utc_offset_h + is_summer))


def _called(person: Person, in_chinese: bool) -> str:
    return person.name if in_chinese else person.given or person.name.split()[0]


def _letter(body: str, sender: Person, receiver: Person, in_chinese: bool, *, is_reply: bool) -> str:
    if in_chinese:
        greeting = "您好！\n\n" if is_reply else ""
        return f"{greeting}{body}\n\n祝好！\n\n{sender.name}\n{sender.role}\n{sender.company}\n"
    greeting = f"{'Hi' if is_reply else 'Hello'} {_called(receiver, in_chinese=False)},"
    signature = f"{sender.name}\n{sender.role}, {sender.company}"
    if sender.chinese:
        signature = f"{sender.given} ({sender.name})\n{sample_texts.FIRM}"
    return f"{greeting}\n\n{body[0].upper()}{body[1:]}\n\nBest regards\n\n{signature}\n"


def _quoted(text: str, sender: Person, moment: datetime, in_chinese: bool) -> str:
    lead = (
        f"{moment:%Y-%m-%d %H:%M}，{sender.name} 写道："
        if in_chinese
        else f"{moment:%Y-%m-%d %H:%M}, {sender.name} wrote:"
    )
    return f"\n{lead}\n\n" + "\n".join(("> " + line).rstrip() for line in text.rstrip("\n").split("\n")) + "\n"


def _charset(in_chinese: bool, moment: datetime) -> str:
    return "gb18030" if in_chinese and moment.year < _GB18030_UNTIL_YEAR else "utf-8"


def _headers(
    subject: str,
    sender: Person,
    receiver: Person,
    moment: datetime,
    message_id: str,
    references: list[str],
    in_chinese: bool,
) -> list[tuple[str, str]]:
    charset = _charset(in_chinese, moment)
    if references:
        subject = ("回复：" if in_chinese else "Re: ") + subject
    headers = [
        ("Date", sample_mime.header_date(moment)),
        ("From", sample_mime.address(sender.name, sender.address, charset)),
        ("To", sample_mime.address(receiver.name, receiver.address, charset)),
        ("Subject", sample_mime.encoded(subject, charset)),
        ("Message-ID", message_id),
    ]
    if references:
        headers += [("In-Reply-To", references[-1]), ("References", "\r\n ".join(references))]
    return headers
