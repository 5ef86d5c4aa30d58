"""Servers for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.pairs import Servers, embedded_servers


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Two embedded servers, running."""
    with embedded_servers() as running:
        yield running
