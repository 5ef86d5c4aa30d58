"""Speed and times: what holds accounts back, and until when they have to be done; changed while they run."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.dialogs.quiet_hours_form import QuietHoursForm
from mailmove_gui.desktop.models.control import MEGABYTE, MOST_AT_ONCE, Control, pass_choices, passes_text, problem_of
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.card_form import CardForm, fit
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import TitleLabel
from mailmove_gui.desktop.widgets.page_scroll import PageScroll
from mailmove_gui.desktop.widgets.source_end import SourceEndField
from mailmove_gui.domain.plan import USUAL_WINDOW_DAYS
from mailmove_gui.texts import _

_USUAL_MB_S = 2.0
_LEAST_MB_S, _MOST_MB_S = 0.1, 1000.0
_HEIGHT = 640
_BESIDE_FORM = 64
"""Margins and a scroll bar."""


class ControlDialog(QDialog):
    """Accounts at once, bandwidth, passes, quiet hours, the source's end; what runs goes on under the new ones."""

    applied = Signal(object)
    """Control"""

    def __init__(self, control: Control, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Speed and times"))
        self.accounts_field = QSpinBox(self)
        self.accounts_field.setRange(1, MOST_AT_ONCE)
        self.accounts_field.setValue(control.accounts_at_once)
        fit(self.accounts_field)
        limit = control.bandwidth_bytes_s
        self.bandwidth_box = CheckBox(_("At &most"), self)
        self.bandwidth_box.setChecked(limit is not None)
        self.bandwidth_field = QDoubleSpinBox(self)
        self.bandwidth_field.setDecimals(1)
        self.bandwidth_field.setRange(_LEAST_MB_S, _MOST_MB_S)
        self.bandwidth_field.setSingleStep(0.5)
        self.bandwidth_field.setSuffix(_(" MB/s"))
        self.bandwidth_field.setValue(_USUAL_MB_S if limit is None else limit / MEGABYTE)
        self.bandwidth_field.setAccessibleName(_("Megabytes per second"))
        self.bandwidth_field.setEnabled(limit is not None)
        fit(self.bandwidth_field)
        self.passes_field = QComboBox(self)
        for every_s in pass_choices(control.pass_every_s):
            self.passes_field.addItem(passes_text(every_s), every_s)
        self.passes_field.setCurrentIndex(self.passes_field.findData(control.pass_every_s))
        fit(self.passes_field)
        self.hours_form = QuietHoursForm(control.quiet_hours, self)
        self.source_end = SourceEndField(_("On &this day"), self)
        self.source_end.show_day(control.source_ends)
        self.notice = Notice(self)
        self.apply_button = QPushButton(_("&Use these"), self)
        theme.mark_primary(self.apply_button)
        self.cancel_button = QPushButton(_("&Cancel"), self)
        self.cancel_button.setAutoDefault(False)
        self._arrange()
        self.bandwidth_box.toggled.connect(self.bandwidth_field.setEnabled)
        self.hours_form.changed.connect(self._look)
        self.apply_button.clicked.connect(self._apply)
        self.cancel_button.clicked.connect(self.reject)
        self.accounts_field.setFocus()

    def control(self) -> Control:
        """What is entered."""
        limit = round(self.bandwidth_field.value() * MEGABYTE) if self.bandwidth_box.isChecked() else None
        passes = self.passes_field.currentData()
        hours = self.hours_form.quiet_hours()
        return Control(self.accounts_field.value(), limit, hours, passes, self.source_end.day)

    def _arrange(self) -> None:
        form = CardForm(self)
        form.add_field(
            _("Accounts at &once"),
            self.accounts_field,
            _("More are faster until the servers have enough. With fewer, accounts that run come to their end first."),
        )
        bandwidth = QWidget(self)
        beside = QHBoxLayout(bandwidth)
        theme.set_margins(beside, 0, theme.SPACE_SMALL)
        beside.addWidget(self.bandwidth_box)
        beside.addWidget(self.bandwidth_field)
        beside.addStretch(1)
        form.add_field(_("Bandwidth"), bandwidth, _("Reading and writing together, of all accounts together."))
        form.add_field(
            _("&Passes"),
            self.passes_field,
            _("Bring what comes in after an account is done, for {days} days. Only while this program runs.").format(
                days=USUAL_WINDOW_DAYS
            ),
        )
        form.add_heading(_("Quiet hours"))
        form.add_field(
            "",
            self.hours_form,
            _("Nothing is moved in them. Accounts wait, and go on by themselves. By the clock of this computer."),
        )
        form.add_field(
            _("The source ends"),
            self.source_end,
            _("The end of the old contract. Above the accounts it says whether there is time."),
        )
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addWidget(TitleLabel(_("Speed and times"), self))
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(form)
        inside.addStretch(1)
        layout.addWidget(PageScroll(inside, self), 1)
        layout.addWidget(self.notice)
        layout.addWidget(buttons)
        self.resize(form.sizeHint().width() + _BESIDE_FORM, _HEIGHT)

    @Slot()
    def _look(self) -> None:
        problem = problem_of(self.hours_form.quiet_hours(), datetime.now(UTC).astimezone())
        self.apply_button.setEnabled(not problem)
        if problem:
            self.notice.say(Tone.FAILED, problem)
        else:
            self.notice.clear()

    @Slot()
    def _apply(self) -> None:
        self.applied.emit(self.control())
        self.accept()
