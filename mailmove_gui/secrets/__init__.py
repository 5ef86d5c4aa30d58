"""Where passwords are kept, and how they are kept out of logs."""

from mailmove_gui.secrets.keyring_store import KeyringStore
from mailmove_gui.secrets.memory_store import MemoryStore
from mailmove_gui.secrets.redaction import Redactor
from mailmove_gui.secrets.system_keyring import SystemKeyring

__all__ = ["KeyringStore", "MemoryStore", "Redactor", "SystemKeyring"]
