import threading
from collections.abc import Iterator

import pytest

from tests.unit.secrets.vault import Vault


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def stuck(vault: Vault) -> Iterator[Vault]:
    """A keyring that shows a prompt which nobody answers; answered at the end, so that no thread stays."""
    vault.before = lambda: vault.answered.wait(30)
    yield vault
    vault.answered.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(10)
            assert not thread.is_alive()
