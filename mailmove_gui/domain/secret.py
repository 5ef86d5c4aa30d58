"""Passwords in memory."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from mailmove_gui.domain.endpoints import Security
from mailmove_gui.domain.reasons import Side


@final
class Secret:
    """A password that does not show itself in a repr, a log line or a traceback's locals."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The password itself; call it only where it goes onto the wire or into the keyring."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class SecretKey:
    """Whose password within a migration: a user at a server, on which side, and how the way there is protected.

    Everything that decides where the password would be sent is part of the key, so that a changed or foreign plan
    cannot have another server's password.
    """

    side: Side
    host: str
    port: int
    user: str
    security: Security = Security.TLS


class KeyringProblem(StrEnum):
    """Why the system's keyring does not keep a password; `texts.passwords` words it."""

    NONE_THERE = "none_there"
    NOT_ALLOWED = "not_allowed"
    """what is set up writes files"""
    LOCKED = "locked"
    DISMISSED = "dismissed"
    """it asked to be unlocked, and was not"""
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    """it never worked"""
    STOPPED = "stopped"
    """it worked before"""
    REFUSED = "refused"
    """it did not take one password; the others are none the worse"""


@dataclass(frozen=True, slots=True)
class RemovedPasswords:
    """How many entries were deleted from the keyring, and why some may still be there."""

    count: int = 0
    problem: KeyringProblem | None = None
