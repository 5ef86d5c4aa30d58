"""From the bytes of an account list to text."""

import codecs

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# GB 2312 sorts by frequency: its first level (lead bytes B0..D7) holds what 99 % of Chinese text is made of;
# A1..A9 is punctuation. Latin or Cyrillic text that happens to decode falls mostly elsewhere.
_COMMON_GB2312_LEADS = frozenset(range(0xA1, 0xAA)) | frozenset(range(0xB0, 0xD8))
_COMMON_SHARE = 0.6
_LAST_RESORT = "cp1252"


def decode_table(data: bytes) -> tuple[str, str] | None:
    """The text of a file whose encoding nobody tells, and the encoding's name.

    UTF-8 and UTF-16 with or without a byte order mark, GB 18030, and what `charset_normalizer` recognises.

    Returns:
        None if this is no text.
    """
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return None
    return None if "\0" in text else (text, encoding.removesuffix("-sig"))


def _encoding(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:2]:
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    if _decodes(data, "utf-8"):
        return "utf-8"
    if _looks_chinese(data):
        return "gb18030"
    best = from_bytes(data).best()
    return best.encoding if best is not None else _LAST_RESORT


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _looks_chinese(data: bytes) -> bool:
    """Whether the bytes are GB 18030, and most of them frequent characters."""
    try:
        text = data.decode("gb18030")
    except UnicodeError:
        return False
    characters = [character for character in text if character > "\x7f"]
    common = 0
    for character in characters:
        try:
            lead = character.encode("gb2312")[0]
        except UnicodeError:
            continue
        common += lead in _COMMON_GB2312_LEADS
    return common >= _COMMON_SHARE * len(characters)
