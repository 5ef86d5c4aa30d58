"""Who runs a domain's mail."""

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.providers import Detection


def detect(asked: str, cancel: CancelToken) -> Detection:
    """Look for the servers of an address or domain."""
    cancel.check()
    return Detection(asked, asked.rpartition("@")[2])
