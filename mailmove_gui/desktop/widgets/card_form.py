"""A form on a card: labels beside fields, switches, and what there is to say about each."""

from collections.abc import Iterable

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel, WrappedLabel

_BESIDE_BOX = 22
"""Where the text of a check box begins."""


class CardForm(QWidget):
    """Rows are added from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(self)
        self._form = QFormLayout(card)
        theme.set_margins(self._form, theme.SPACE_LARGE)
        self._form.setHorizontalSpacing(theme.SPACE_LARGE)
        self._form.setVerticalSpacing(theme.SPACE_SMALL)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SPACE, 0, 0)
        layout.addWidget(card)

    def add_field(self, text: str, field: QWidget, note: str = "") -> QuietLabel:
        """A field with its label, and below it a note, which is returned; without a text it is not there."""
        label = QLabel(text)
        if "&" in text:
            label.setBuddy(field)
        label.setMinimumHeight(field.sizeHint().height())  # so that both stand on one line
        self._form.addRow(label, field)
        below = QuietLabel(note)
        self._form.addRow("", below)
        self._form.setRowVisible(below, bool(note))
        return below

    def add_switch(self, text: str, note: str, *, is_on: bool) -> QCheckBox:
        """A check box with a note below it."""
        box = QCheckBox(text)
        box.setChecked(is_on)
        quiet = QuietLabel(note)
        quiet.setContentsMargins(_BESIDE_BOX, 0, 0, theme.SPACE_SMALL)
        self._form.addRow(box)
        self._form.addRow(quiet)
        return box

    def add_heading(self, text: str) -> None:
        """The heading of what follows."""
        heading = SectionLabel(text)
        heading.setContentsMargins(0, theme.SPACE, 0, 0)
        self._form.addRow(heading)

    def add_text(self, text: str, note: str) -> None:
        """Sentences, and what is read second."""
        self._form.addRow(WrappedLabel(text))
        self._form.addRow(QuietLabel(note))


def choice(choices: Iterable[tuple[str, object]], chosen: object) -> QComboBox:
    """A field to choose from words, each of which stands for a value (`currentData`)."""
    field = QComboBox()
    for word, value in choices:
        field.addItem(word, value)
        if value == chosen:
            field.setCurrentIndex(field.count() - 1)
    fit(field)
    return field


def fit(field: QWidget) -> None:
    """Make a field as wide as its content, and no wider."""
    field.setMinimumHeight(theme.field_height(field))
    field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
