"""What a server says about the room in a mailbox."""

import re

from mailmove_gui.domain.findings import Quota
from mailmove_gui.mail.syntax import Response

_STORAGE = re.compile(rb"\bSTORAGE (\d{1,18}) (\d{1,18})", re.IGNORECASE)
_UNIT_BYTES = 1024


def read_quota(response: Response) -> Quota | None:
    """An untagged QUOTA (RFC 9208 section 5.1): used and limit, both in units of 1024 octets; None without STORAGE."""
    told = _STORAGE.search(response.parts[-1])
    return Quota(int(told[1]) * _UNIT_BYTES, int(told[2]) * _UNIT_BYTES) if told else None
