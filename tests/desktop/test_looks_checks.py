"""The checks of `looks` find what they are there for."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tests.desktop import looks
from tests.desktop.conftest import clean_up


@pytest.fixture
def form(qapp: QApplication) -> Iterator[QWidget]:
    """A field with its label above two buttons."""
    root = QWidget()
    root.resize(400, 200)
    label, field = QLabel("&Name", root), QLineEdit(root)
    label.setBuddy(field)
    left, right = QPushButton("&Left", root), QPushButton("&Right", root)
    row = QHBoxLayout()
    row.addWidget(left)
    row.addWidget(right)
    layout = QVBoxLayout(root)
    for widget in (label, field):
        layout.addWidget(widget)
    layout.addLayout(row)
    root.show()
    QApplication.processEvents()
    yield root
    root.hide()
    root.deleteLater()
    clean_up()


def test_a_form_in_order_has_nothing_wrong(form: QWidget) -> None:
    for check in (looks.nameless, looks.cut, looks.pale, looks.out_of_order, looks.doubled_keys):
        assert check(form) == []


def test_a_field_without_a_name(form: QWidget) -> None:
    form.findChildren(QLabel)[0].setBuddy(form.findChildren(QPushButton)[0])
    assert len(looks.nameless(form)) == 1


def test_a_text_without_room(form: QWidget) -> None:
    label = form.findChildren(QLabel)[0]
    label.setFixedWidth(10)
    QApplication.processEvents()
    assert len(looks.cut(form)) == 1


def test_a_button_outside_of_the_window(form: QWidget) -> None:
    form.findChildren(QPushButton)[1].move(390, 150)
    assert len(looks.cut(form)) == 1


@pytest.mark.parametrize(("color", "is_pale"), [("#767676", False), ("#808080", True), ("#dddddd", True)])
def test_a_pale_text(form: QWidget, color: str, is_pale: bool) -> None:
    form.findChildren(QLabel)[0].setStyleSheet(f"background: #ffffff; color: {color}")
    QApplication.processEvents()
    assert bool(looks.pale(form)) is is_pale


def test_tab_that_jumps(form: QWidget) -> None:
    left, right = form.findChildren(QPushButton)
    field = form.findChildren(QLineEdit)[0]
    QWidget.setTabOrder(right, left)
    assert looks.out_of_order(form) == ["&Right -> &Left"]
    QWidget.setTabOrder(left, right)
    QWidget.setTabOrder(left, field)
    QWidget.setTabOrder(field, right)
    assert looks.out_of_order(form) != []


def test_two_things_with_one_key(form: QWidget) -> None:
    form.findChildren(QPushButton)[0].setText("&Next")
    assert looks.doubled_keys(form) == ["n"]
