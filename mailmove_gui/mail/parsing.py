"""Responses through imapclient's parser, which knows all of IMAP's syntax."""

from typing import Any

from imapclient.response_parser import parse_response  # type: ignore[import-untyped]

from mailmove_gui.mail.syntax import Response


def parse_items(response: Response) -> tuple[Any, ...]:
    """What follows a response's kind: parenthesised lists as tuples, strings as bytes, numbers as int, NIL as None.

    Raises:
        ValueError: the response cannot be understood.
    """
    parts = response.parts
    pairs: list[bytes | tuple[bytes, bytes]] = [*zip(parts[0::2], parts[1::2], strict=False), parts[-1]]
    try:
        return tuple(parse_response(pairs))
    except Exception as error:  # noqa: BLE001 - it raises whatever a strange response makes it stumble over
        raise ValueError(type(error).__name__) from None
