"""What the exceptions of keyrings mean. Their texts are never used: they could hold what was to be stored."""

from collections.abc import Iterator

import keyring.errors

from mailmove_gui.domain.secret import KeyringProblem

# By name, because the libraries behind a keyring exist on their own system only.
_DISMISSED = frozenset({"PromptDismissedException"})  # secretstorage
_LOCKED = frozenset({"LockedException"})  # secretstorage

# Windows: a credential blob of more than 2,560 bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE of wincred.h) comes back as
# RPC_X_BAD_STUB_DATA, other values that do not fit as ERROR_INVALID_PARAMETER.
_REFUSED_BY_WINDOWS = frozenset({1783, 87})
# macOS, SecBase.h: errSecInteractionNotAllowed, errSecAuthFailed.
_LOCKED_ON_MACOS = frozenset({-25308, -25293})


def problem_of(error: Exception) -> KeyringProblem:
    """Which problem an exception of a keyring stands for."""
    for cause in _chain(error):
        name = type(cause).__name__
        if name in _DISMISSED:
            return KeyringProblem.DISMISSED
        if name in _LOCKED or any(code in cause.args[:1] for code in _LOCKED_ON_MACOS):
            return KeyringProblem.LOCKED
        if getattr(cause, "winerror", None) in _REFUSED_BY_WINDOWS:
            return KeyringProblem.REFUSED
    match error:
        case keyring.errors.NoKeyringError():
            return KeyringProblem.NONE_THERE
        case keyring.errors.KeyringLocked():  # after a prompt, or where none could be shown
            return KeyringProblem.DISMISSED
        case keyring.errors.PasswordSetError() | UnicodeError():
            return KeyringProblem.REFUSED
        case _:
            return KeyringProblem.FAILED


def names_of(error: Exception) -> str:
    """The types of an exception and of what caused it, for the log."""
    return " from ".join(type(cause).__name__ for cause in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
