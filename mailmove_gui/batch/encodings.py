"""From the bytes of an account list to text."""

import codecs

from charset_normalizer import from_bytes

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5", "cp1252")
"""Encodings to choose from where the recognised one is wrong."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# GB 2312 sorts by frequency: its first level (lead bytes B0..D7) holds what 99 % of Chinese text is made of;
# A1..A9 is punctuation. Latin or Cyrillic text that happens to decode falls mostly elsewhere.
_COMMON_GB2312_LEADS = frozenset(range(0xA1, 0xAA)) | frozenset(range(0xB0, 0xD8))
_COMMON_SHARE = 0.6
_BROKEN_SHARE = 0.1
_WESTERN = "cp1252"
_WESTERN_MARKS = frozenset("€£§°´‘’“”–—…")
_SAMPLE_BYTES = 1 << 16
BROKEN = "\N{REPLACEMENT CHARACTER}"


def decode_table(data: bytes, encoding: str = "") -> tuple[str, str] | None:
    """The text of a file, and its encoding's name.

    Args:
        data: the file.
        encoding: the one to use, whatever the file looks like; what does not fit becomes `BROKEN`. Empty: recognise
            UTF-8 and UTF-16 with or without a byte order mark, GB 18030, and what `charset_normalizer` recognises.

    Returns:
        None if this is no text.
    """
    try:
        chosen = encoding or _recognised(data)
        text = data.decode(chosen, "replace" if encoding or chosen == "utf-8" else "strict")
    except UnicodeError:
        return None
    return None if "\0" in text else (text.removeprefix("\ufeff"), chosen)


def _recognised(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data:
        # Separators, line ends and most of an address have one zero byte in UTF-16; no other encoding has any.
        return "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
    if _is_utf8(data):
        return "utf-8"
    if _looks_chinese(data):
        return "gb18030"
    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    # Of a few words it makes Polish or Korean where they are Spanish, so its answer counts where that cannot be.
    is_cyrillic = best is not None and "Cyrillic" in best.alphabets
    if best is None or not _decodes(data, best.encoding) or (_looks_western(data) and not is_cyrillic):
        return _WESTERN
    return best.encoding


def _is_utf8(data: bytes) -> bool:
    """Whether it is UTF-8, but for a few places that broke on the way."""
    if _decodes(data, "utf-8"):
        return True
    text = data.decode("utf-8", "replace")
    broken = text.count(BROKEN)
    return broken <= _BROKEN_SHARE * (sum(character > "\x7f" for character in text) - broken)


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


def _looks_western(data: bytes) -> bool:
    """Whether the bytes are letters and usual marks in the code page of Western Europe."""
    try:
        text = data.decode(_WESTERN)
    except UnicodeError:
        return False
    return all(character.isalpha() or character in _WESTERN_MARKS for character in text if character > "\x7f")
