"""How many of the possible moments a test tries: all where somebody asks for it, a fixed few of them otherwise."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")

EVERY_CUT = os.environ.get("MAILMOVE_EVERY_CUT") == "1"
"""Try all; takes hours."""


def chosen(moments: Sequence[_T], count: int, offset: int) -> Sequence[_T]:
    """About `count` of them, evenly spread and always the same; another `offset` gives others."""
    stride = 1 if EVERY_CUT else max(1, len(moments) // count)
    return moments[offset % stride :: stride]
