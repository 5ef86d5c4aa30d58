"""The format of resources/providers: providers, gateways, greetings, sources. What it does not know is an error."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from mailmove_gui.domain.endpoints import MailProtocol, Security
from mailmove_gui.domain.providers import (
    Confidence,
    PasswordKind,
    Provider,
    ProviderLimits,
    UserNameForm,
    VisibleWindow,
)

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

PROVIDER_FILES = ("china.toml", "global.toml", "hosting.toml", "national.toml")


class ProviderKind(StrEnum):
    """Whom a provider serves."""

    PERSONAL = "personal"
    BUSINESS = "business"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class OfferTemplate:
    """A server whose name may have ``{domain}``, ``{region}`` and ``{mxhost}`` to be filled in."""

    host: str
    port: int
    security: Security
    when: str
    confidence: Confidence
    for_source: bool


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """A provider, how its servers are called, and by what it is recognised.

    `mx`, `mx_low` (a weaker hint), `spf` and `cname` are suffixes of host names, `domain_patterns` and `mx_patterns`
    regular expressions for the whole name; a group ``region`` in the latter fills ``{region}``. The maps `..._by_mx`
    (suffix) and `..._by_domain` replace the first server's host.
    """

    provider: Provider
    kind: ProviderKind
    sources: tuple[str, ...]
    servers: Mapping[MailProtocol, tuple[OfferTemplate, ...]]
    hosts_by_domain: Mapping[MailProtocol, Mapping[str, str]]
    hosts_by_mx: Mapping[MailProtocol, Mapping[str, str]]
    domains: tuple[str, ...]
    domain_patterns: tuple[re.Pattern[str], ...]
    mx: tuple[str, ...]
    mx_low: tuple[str, ...]
    mx_patterns: tuple[re.Pattern[str], ...]
    spf: tuple[str, ...]
    cname: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A filter or forwarding service: its MX says nothing about where the mailbox is."""

    name: str
    mx: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Greeting:
    """A part of what a server says at first, the software that says it, and the provider (id) if that follows."""

    contains: str
    software: str
    provider: str


@dataclass(frozen=True, slots=True)
class TableFiles:
    """All that stands in the folder."""

    entries: tuple[ProviderEntry, ...]
    gateways: tuple[Gateway, ...]
    greetings: tuple[Greeting, ...]
    sources: Mapping[str, str]


def read_table(folder: Path) -> TableFiles:
    """Read all files of the table.

    Raises:
        OSError: one of them cannot be read.
        ValueError: one is no TOML, a key is unknown, missing, or has a value of the wrong kind.
    """
    entries = [entry for name in PROVIDER_FILES for entry in _rows(folder / name, "provider", _entry)]
    gateways = _rows(folder / "gateways.toml", "gateway", _gateway)
    greetings = _rows(folder / "greetings.toml", "greeting", _greeting)
    document = _Fields(_document(folder / "sources.toml"), "sources.toml")
    sources = document.names_of("sources")
    document.end()
    return TableFiles(tuple(entries), tuple(gateways), tuple(greetings), sources)


def _document(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _rows(path: Path, key: str, read: Callable[["_Fields"], _T]) -> list[_T]:
    document = _Fields(_document(path), path.name)
    found = []
    for row in document.tables(key):
        found.append(read(row))
        row.end()
    document.end()
    return found


def _entry(row: "_Fields") -> ProviderEntry:
    provider = _provider(row)
    return ProviderEntry(
        provider=provider,
        kind=row.choice("kind", ProviderKind),
        sources=row.texts("sources"),
        servers={
            MailProtocol.IMAP: tuple(_offers(row, "imap", provider.confidence)),
            MailProtocol.POP3: tuple(_offers(row, "pop3", provider.confidence)),
        },
        hosts_by_domain={
            MailProtocol.IMAP: row.names_of("imap_by_domain"),
            MailProtocol.POP3: row.names_of("pop3_by_domain"),
        },
        hosts_by_mx={MailProtocol.IMAP: row.names_of("imap_by_mx"), MailProtocol.POP3: {}},
        domains=row.texts("domains"),
        domain_patterns=tuple(map(re.compile, row.texts("domain_patterns"))),
        mx=row.texts("mx"),
        mx_low=row.texts("mx_low"),
        mx_patterns=tuple(map(re.compile, row.texts("mx_patterns"))),
        spf=row.texts("spf"),
        cname=row.texts("cname"),
    )


def _provider(row: "_Fields") -> Provider:
    """Everything but the servers, whose names `providers.table` fills in."""
    passwords = row.texts("passwords") or (PasswordKind.PASSWORD.value,)
    return Provider(
        id=row.text("id", required=True),
        name=row.text("name", required=True),
        name_zh=row.text("name_zh", required=True),
        user_name=row.choice("user_name", UserNameForm, UserNameForm.FULL),
        passwords=tuple(row.member(PasswordKind, "passwords", value) for value in passwords),
        app_password_name=row.text("app_password_name"),
        app_password_where=row.text("app_password_where"),
        enable_first=row.flag("enable_first", default=False),
        enable_where=row.text("enable_where"),
        window=_window(row.table("window")),
        limits=_limits(row.table("limits")),
        help_urls=row.texts("help"),
        confidence=row.choice("confidence", Confidence),
        takes_programs=row.flag("takes_programs", default=True),
        id_required=row.flag("id_required", default=False),
        skip_folders=row.texts("skip_folders"),
        user_folder_parent=row.text("user_folder_parent"),
        quirks=row.texts("quirks"),
    )


def _offers(row: "_Fields", key: str, usual: Confidence) -> Iterable[OfferTemplate]:
    for offer in row.tables(key):
        yield OfferTemplate(
            host=offer.text("host", required=True),
            port=offer.required_number("port"),
            security=offer.choice("security", Security, Security.TLS),
            when=offer.text("when"),
            confidence=offer.choice("confidence", Confidence, usual),
            for_source=offer.flag("for_source", default=False),
        )
        offer.end()


def _window(row: "_Fields | None") -> VisibleWindow | None:
    if row is None:
        return None
    confidence = row.choice("confidence", Confidence, Confidence.MEDIUM)
    window = VisibleWindow(row.number("days"), row.text("where", required=True), confidence)
    row.end()
    return window


def _limits(row: "_Fields | None") -> ProviderLimits:
    if row is None:
        return ProviderLimits()
    limits = ProviderLimits(
        download_bytes_a_day=row.number("download_bytes_a_day"),
        upload_bytes_a_day=row.number("upload_bytes_a_day"),
        connections=row.number("connections"),
        message_bytes=row.number("message_bytes"),
        messages_shown_a_folder=row.number("messages_shown_a_folder"),
        login_tries=row.number("login_tries"),
    )
    row.end()
    return limits


def _gateway(row: "_Fields") -> Gateway:
    return Gateway(row.text("name", required=True), row.texts("mx"), row.texts("sources"))


def _greeting(row: "_Fields") -> Greeting:
    return Greeting(row.text("contains", required=True), row.text("software", required=True), row.text("provider"))


class _Fields:
    """A TOML table that is read key by key; `end` complains about keys that nobody asked for."""

    def __init__(self, values: Mapping[str, object], where: str) -> None:
        self._values = dict(values)
        self._where = f"{where}, {values.get('id', values.get('name', ''))}".rstrip(", ")

    def end(self) -> None:
        if self._values:
            raise ValueError(f"{self._where}: unknown key {', '.join(sorted(self._values))}")

    def text(self, key: str, *, required: bool = False) -> str:
        value = self._values.pop(key, "")
        if not isinstance(value, str) or (required and not value):
            raise self._wrong(key)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._values.pop(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key)
        return value

    def number(self, key: str) -> int | None:
        value = self._values.pop(key, None)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise self._wrong(key)
        return value

    def required_number(self, key: str) -> int:
        value = self.number(key)
        if value is None:
            raise self._wrong(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._values.pop(key, [])
        if not isinstance(values, list):
            raise self._wrong(key)
        texts = tuple(value for value in values if isinstance(value, str) and value)
        if len(texts) != len(values):
            raise self._wrong(key)
        return texts

    def choice(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        return self.member(kind, key, self._values.pop(key, default))

    def member(self, kind: type[_E], key: str, value: object) -> _E:
        found = next((one for one in kind if one.value == value), None)
        if found is None:
            raise self._wrong(key)
        return found

    def names_of(self, key: str) -> Mapping[str, str]:
        """A table of text -> text."""
        values = self._values.pop(key, {})
        if not isinstance(values, dict):
            raise self._wrong(key)
        found = {name: value for name, value in values.items() if isinstance(value, str) and value}
        if len(found) != len(values):
            raise self._wrong(key)
        return found

    def table(self, key: str) -> "_Fields | None":
        value = self._values.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._wrong(key)
        return _Fields(value, f"{self._where}, {key}")

    def tables(self, key: str) -> "list[_Fields]":
        values = self._values.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._wrong(key)
        return [_Fields(value, f"{self._where}, {key}") for value in values]

    def _wrong(self, key: str) -> ValueError:
        return ValueError(f"{self._where}: {key} is missing or of the wrong kind")
