"""The catalogues hold every text of the program, translated as a whole."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from mailmove_gui.resource_files import resource_path

_PACKAGE = Path(__file__).parents[3] / "mailmove_gui"
_PLACEHOLDER = re.compile(r"(?<!\{)\{[^{}]*\}(?!\})")
_MNEMONIC = re.compile(r"&(?=[^&\s])")
_CATALOGUES = sorted(resource_path("i18n").glob("*.po"))
Key = tuple[str | None, str]


def _texts_of_the_program() -> set[Key]:
    found = extract_from_dir(_PACKAGE, keywords=DEFAULT_KEYWORDS)
    return {(context, message if isinstance(message, str) else message[0]) for *_, message, _, context in found}


def _messages(catalogue: Path) -> dict[Key, Message]:
    with catalogue.open("rb") as file:
        read = read_po(file, locale=catalogue.stem)
    return {(message.context, _forms(message.id)[0]): message for message in read if message.id}


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_there_is_a_catalogue() -> None:
    assert [catalogue.stem for catalogue in _CATALOGUES] == ["zh_CN"]


@pytest.mark.parametrize("catalogue", _CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_in_it_and_nothing_else(catalogue: Path) -> None:
    there = set(_messages(catalogue))
    wanted = _texts_of_the_program()
    assert len(wanted) > 1000
    assert sorted(wanted - there, key=str) == []
    assert sorted(there - wanted, key=str) == []


@pytest.mark.parametrize("catalogue", _CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_translated_and_holds_what_is_filled_in(catalogue: Path) -> None:
    wrong = []
    for message in _messages(catalogue).values():
        source = _forms(message.id)
        for text in _forms(message.string or ""):
            # The singular may leave its number out, and so may a translation.
            allowed = {frozenset(_PLACEHOLDER.findall(form)) for form in source}
            if not text or message.fuzzy:
                wrong.append(f"not translated: {source[0]}")
            elif frozenset(_PLACEHOLDER.findall(text)) not in allowed:
                wrong.append(f"other placeholders: {source[0]} -> {text}")
            elif _has_key(text) is not _has_key(source[-1]):
                wrong.append(f"a key too many or too few: {source[0]} -> {text}")
            elif (text[0].isspace(), text[-1].isspace()) != (source[-1][0].isspace(), source[-1][-1].isspace()):
                wrong.append(f"other blanks at its ends: {source[0]!r} -> {text!r}")
    assert wrong == []


def _has_key(text: str) -> bool:
    return bool(_MNEMONIC.search(text.replace("&&", "")))
