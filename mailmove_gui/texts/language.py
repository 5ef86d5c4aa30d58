"""Which language the program speaks, and the look-up in its catalogue."""

import gettext
import locale
import logging
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailmove_gui.resource_files import resource_path

_LOG = logging.getLogger(__name__)
_SOURCE_LANGUAGE = "en"
_LANGUAGE_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_SIMPLIFIED_CHINESE = "zh_CN"
LANGUAGES = {"en": "English", _SIMPLIFIED_CHINESE: "简体中文"}
"""Those that people may choose: codes for `set_language`, and what each is called by those who speak it."""
_TRADITIONAL = ("_HANT", "_TW", "_HK", "_MO")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A language and its catalogue; replaced as a whole, so that other threads never see half a change."""

    code: str = _SOURCE_LANGUAGE
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)


class _Language:
    chosen = _Chosen()


def set_language(code: str | None) -> str:
    """Speak the language `code` (``zh_CN``, ``zh-Hans-CN``, ``de_DE.UTF-8``); None: the system's.

    Returns:
        The language that is spoken now: ``en`` where there is no catalogue for the one asked for.
    """
    _Language.chosen = _load(system_language() if code is None else code)
    return _Language.chosen.code


def current_language() -> str:
    """Code of the language that is spoken."""
    return _Language.chosen.code


def system_language() -> str:
    """What the environment, or else the system, says about the user's language; ``en`` if it says nothing."""
    for variable in _LANGUAGE_VARIABLES:
        value = os.environ.get(variable, "").partition(":")[0]
        if value:
            return value
    try:
        return locale.getlocale()[0] or _SOURCE_LANGUAGE
    except ValueError:  # the system names a locale that Python cannot read
        return _SOURCE_LANGUAGE


def _(message: str) -> str:
    """The text in the chosen language."""
    return _Language.chosen.catalogue.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The text for `n` things in the chosen language; fill in the number with ``.format(n=...)``."""
    return _Language.chosen.catalogue.ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """The text in the chosen language, for a word that means different things in different places."""
    return _Language.chosen.catalogue.pgettext(context, message)


def joined(sentences: Iterable[str]) -> str:
    """Sentences one behind the other, as the language writes them: Chinese puts no blank between two."""
    text = ""
    for following in filter(None, sentences):
        text = _("{sentence} {next}").format(sentence=text, next=following) if text else following
    return text


def _load(code: str) -> _Chosen:
    for candidate in _candidates(code):
        if candidate == _SOURCE_LANGUAGE:
            break
        try:
            with resource_path("i18n", f"{candidate}.mo").open("rb") as file:
                return _Chosen(candidate, gettext.GNUTranslations(file))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeError, ValueError, struct.error) as error:
            _LOG.warning("the catalogue %s cannot be read: %s", candidate, type(error).__name__)
    return _Chosen()


def _candidates(code: str) -> list[str]:
    """Catalogue names for a language code, best first."""
    tag = code.partition(".")[0].partition("@")[0].replace("-", "_")
    language = tag.partition("_")[0].lower()
    if language in ("zh", "chinese (simplified)"):
        traditional = any(mark in tag.upper() for mark in _TRADITIONAL)
        return [tag] if traditional else [_SIMPLIFIED_CHINESE]
    return [] if language in ("c", "posix") else list(dict.fromkeys((tag, language)))
