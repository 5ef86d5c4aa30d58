"""What has become of messages at the destination since they were moved, and what looking again has found."""

from mailmove_gui.domain.records import VerificationRecord
from mailmove_gui.texts.language import _, ngettext
from mailmove_gui.texts.numbers import count, messages


def refiled_sentence(number: int) -> str:
    """How many were filed elsewhere."""
    return ngettext(
        "{n} message has been filed in another folder at the destination since.",
        "{n} messages have been filed in other folders at the destination since.",
        number,
    ).format(n=count(number))


def removed_sentence(number: int) -> str:
    """How many are there no more."""
    return ngettext(
        "{n} message has been deleted at the destination since.",
        "{n} messages have been deleted at the destination since.",
        number,
    ).format(n=count(number))


def verification_sentence(record: VerificationRecord) -> str:
    """What looking again came to, and when."""
    result, total = record.result, record.result.total
    if result.passed and result.deep:
        line = _("The content of every message was compared on {when}: {messages}, all unaltered.")
    elif result.passed:
        line = _("Every message was looked for again on {when}: {messages}, all found.")
    elif result.deep:
        line = _("The content of every message was compared on {when}: {messages}; {problems}.")
    else:
        line = _("Every message was looked for again on {when}: {messages}; {problems}.")
    problems = [
        text.format(n=count(number))
        for text, number in (
            (_("{n} missing"), len(total.missing)),
            (_("{n} altered"), len(total.altered)),
            (_("{n} with nothing left to compare with"), total.uncompared),
        )
        if number
    ]
    when = f"{record.at.astimezone():%Y-%m-%d %H:%M}"
    return line.format(when=when, messages=messages(total.expected), problems=", ".join(problems))
