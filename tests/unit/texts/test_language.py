import gettext
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import (
    LANGUAGES,
    _,
    current_language,
    language,
    ngettext,
    pgettext,
    set_language,
    system_language,
)
from mailmove_gui.texts.states import state_word


def compiled(messages: dict[str, str]) -> bytes:
    """A catalogue in gettext's binary format (GNU gettext manual, section 10.3)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    start = 28 + 16 * len(pairs)
    offsets: list[bytes] = []
    text = b""
    for column in (0, 1):
        for pair in pairs:
            offsets.append(struct.pack("<II", len(pair[column]), start + len(text)))
            text += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + b"".join(offsets) + text


@pytest.fixture(autouse=True)
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "i18n"
    folder.mkdir()
    (folder / "zh_CN.mo").write_bytes(
        compiled(
            {
                "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n",
                "Needs a password": "需要密码",
                "{n} message\0{n} messages": "{n} 封邮件",
                "account\4Failed": "失败",
            }
        )
    )
    monkeypatch.setattr(language, "resource_path", tmp_path.joinpath)
    yield folder
    set_language("en")


@pytest.mark.parametrize("code", ["zh_CN", "zh-CN", "zh", "zh_CN.UTF-8", "zh-Hans-CN", "zh_SG", "ZH_cn@x"])
def test_simplified_chinese_by_many_names(code: str) -> None:
    assert set_language(code) == "zh_CN"
    assert _("Needs a password") == "需要密码"
    assert ngettext("{n} message", "{n} messages", 2).format(n=2) == "2 封邮件"
    assert pgettext("account", "Failed") == "失败"


@pytest.mark.parametrize("code", ["en", "en_GB.UTF-8", "C", "POSIX", "C.UTF-8", "de_DE", "zh_TW", "zh-Hant-HK", ""])
def test_english_where_there_is_no_catalogue(code: str) -> None:
    set_language("zh_CN")
    assert set_language(code) == "en" == current_language()
    assert _("Needs a password") == "Needs a password"
    assert ngettext("{n} message", "{n} messages", 1) == "{n} message"
    assert ngettext("{n} message", "{n} messages", 2) == "{n} messages"


@pytest.mark.parametrize("code", LANGUAGES)
def test_languages_to_choose_from_are_spoken_as_soon_as_there_is_a_catalogue(code: str) -> None:
    assert set_language(code) == code


def test_texts_change_with_the_language() -> None:
    set_language("en")
    assert state_word(AccountState.NEEDS_PASSWORD) == "Needs a password"
    set_language("zh_CN")
    assert state_word(AccountState.NEEDS_PASSWORD) == "需要密码"
    assert state_word(AccountState.DONE) == "Done, verified", "what is not translated stays English"


def test_the_system_says_which_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert system_language() == "zh_CN.UTF-8"
    assert set_language(None) == "zh_CN"
    monkeypatch.setenv("LANGUAGE", "en:zh_CN")
    assert set_language(None) == "en"


def test_without_resources_it_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*parts: str) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(language, "resource_path", missing)
    assert set_language("zh_CN") == "en"


def test_the_test_catalogue_is_one(catalogues: Path) -> None:
    with (catalogues / "zh_CN.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Needs a password") == "需要密码"


@pytest.mark.expected_log("the catalogue fr cannot be read")
def test_a_broken_catalogue_is_none(catalogues: Path) -> None:
    (catalogues / "fr.mo").write_bytes(b"no catalogue")
    assert set_language("fr") == "en"
