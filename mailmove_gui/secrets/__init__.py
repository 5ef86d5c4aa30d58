"""Where passwords are kept, and how they are kept out of logs."""

from mailmove_gui.secrets.keyring_store import KeyringProblem, KeyringStore, choose_store, keyring_sentence
from mailmove_gui.secrets.memory_store import MemoryStore
from mailmove_gui.secrets.redaction import Redactor

__all__ = ["KeyringProblem", "KeyringStore", "MemoryStore", "Redactor", "choose_store", "keyring_sentence"]
