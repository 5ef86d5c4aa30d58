"""The last line of defence: passwords that a log record carries after all are struck out of it."""

import base64
import json
import logging
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from mailmove_gui.domain.secret import Secret

_STRUCK_OUT = "***"
_SHORT = 4
_BASE64 = r"[A-Za-z0-9+/_-]"
_FORMATTER = logging.Formatter()


class Redactor(logging.Filter):
    """A filter for log handlers that replaces known passwords by ``***``, also in tracebacks. Thread-safe.

    Known forms: plain, escaped for IMAP, Python or JSON (once and twice), percent-encoded, hexadecimal, UTF-16, and
    base64 of any text that holds the password, such as SASL PLAIN's. Passwords of fewer than four characters are
    replaced only where they stand alone: else hardly anything would be left.

    Filters of a logger do not see the records of its children: put it on every handler (`install`).
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._secrets: set[Secret] = set()
        self._plain: tuple[str, ...] = ()
        self._base64: tuple[str, ...] = ()
        self._alone: tuple[str, ...] = ()
        self.add(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"

    def add(self, *secrets: Secret) -> None:
        """Know these passwords too."""
        with self._lock:
            fresh = [secret.reveal() for secret in secrets if secret and secret not in self._secrets]
            self._secrets.update(secrets)
            plain = {form for value in fresh if len(value) >= _SHORT for form in _written_forms(value)}
            encoded = {form for value in fresh if len(value) >= _SHORT for form in _base64_forms(value)}
            # Longest first: a form may be part of another one.
            self._plain = _longest_first({*self._plain, *plain})
            self._base64 = _longest_first({*self._base64, *encoded})
            self._alone = _longest_first({*self._alone, *(value for value in fresh if len(value) < _SHORT)})

    def install(self, logger: logging.Logger | None = None) -> None:
        """Put it on every handler that `logger` (None: the root logger) has at this moment."""
        for handler in (logger or logging.getLogger()).handlers:
            handler.addFilter(self)

    def redact(self, text: str) -> str:
        """The text without passwords."""
        for form in self._plain:
            if form in text:
                text = text.replace(form, _STRUCK_OUT)
        for form in self._base64:
            if form in text:
                text = re.sub(f"{_BASE64}*{re.escape(form)}{_BASE64}*={{0,2}}", _STRUCK_OUT, text)
        for form in self._alone:
            if form in text:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", _STRUCK_OUT, text)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Strike passwords out of the record; it always passes."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 -- logging would print the arguments as they are
            message = f"a message of {record.name} that does not fit its arguments"
        record.msg, record.args = self.redact(message), None
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
            # The exception itself would be formatted anew by handlers that do not look at exc_text.
            record.exc_info = None
        if record.stack_info:
            record.stack_info = self.redact(record.stack_info)
        return True


def _longest_first(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _written_forms(value: str) -> Iterator[str]:
    """Ways in which the password may stand in a text."""
    # Passwords are prepared by NFKC before they go onto the wire (RFC 4013).
    for text in {value, unicodedata.normalize("NFC", value), unicodedata.normalize("NFKC", value)}:
        data = text.encode("utf-8", "surrogatepass")
        wide = text.encode("utf-16-le", "surrogatepass")
        for once in {text, *_escaped(text), repr(data)[2:-1], repr(wide)[2:-1], "\0".join(text) + "\0"}:
            yield once
            yield from _escaped(once)
        for percent in (quote(data, safe=""), quote(data), quote_plus(data), quote_plus(data, safe="/")):
            yield percent
            yield re.sub("%..", lambda found: found[0].lower(), percent)
        yield data.hex()
        yield data.hex().upper()


def _escaped(text: str) -> Iterator[str]:
    """The text inside the quotes of IMAP, Python or JSON."""
    for form in (
        text.replace("\\", "\\\\"),
        repr(text)[1:-1],
        text.encode("unicode_escape").decode("ascii"),
        json.dumps(text)[1:-1].replace('\\"', '"'),
    ):
        yield form
        yield form.replace('"', '\\"')
        yield form.replace("'", "\\'")


def _base64_forms(value: str) -> Iterator[str]:
    """The part of a base64 text that is the same whatever stands before and behind the password in it."""
    texts = {value, unicodedata.normalize("NFKC", value)}
    for data in {text.encode(code, "surrogatepass") for text in texts for code in ("utf-8", "utf-16-le")}:
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + data).decode("ascii").rstrip("=")
            # Characters that share bits with a neighbour are unknown.
            first = (before * 8 + 5) // 6
            last = (before + len(data)) * 8 // 6
            fragment = encoded[first:last]
            if len(fragment) >= _SHORT:
                yield fragment
                yield fragment.replace("+", "-").replace("/", "_")
