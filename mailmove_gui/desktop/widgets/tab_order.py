"""In which order the Tab key reaches things."""

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtWidgets import QWidget


def put_in_tab_order(widgets: Iterable[QWidget]) -> None:
    """Have Tab go from each to the next, instead of by when they were made. They lie in one window already."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
