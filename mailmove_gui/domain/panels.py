"""Control panels in which the accounts of a destination are made."""

from enum import StrEnum


class ControlPanel(StrEnum):
    """A provider's control panel that makes accounts from a list."""

    ALIBABA = "alibaba"
    TENCENT = "tencent"
    GOOGLE = "google"
    MICROSOFT = "microsoft"
