"""Asks what a report shall be saved as."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QRadioButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.services import ReportFormat
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.texts import _

_WIDTH = 480


class ReportDialog(QDialog):
    """The formats of a report, each with what it is good for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Save the report"))
        self.setMinimumWidth(_WIDTH)
        self._formats = QButtonGroup(self)
        self._buttons: dict[ReportFormat, QRadioButton] = {}
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE, theme.SPACE_SMALL)
        layout.addWidget(TitleLabel(_("What shall the report be?"), self))
        layout.addSpacing(theme.SPACE_SMALL)
        card = Card(self)
        choices = QVBoxLayout(card)
        theme.set_margins(choices, theme.SPACE_LARGE, theme.SPACE_TINY)
        for form, name, use in (
            (
                ReportFormat.PDF,
                _("&PDF document"),
                _("Everything, to keep, to send and to print."),
            ),
            (ReportFormat.WEB_PAGE, _("&Web page"), _("Everything in one file for the browser, to search in.")),
            (ReportFormat.ACCOUNTS, _("&Accounts as a table (CSV)"), _("One row an account, for a spreadsheet.")),
            (
                ReportFormat.REFUSALS,
                _("&Messages not moved as a table (CSV)"),
                _("One row a message, with its reason, for a spreadsheet."),
            ),
        ):
            if self._buttons:
                choices.addSpacing(theme.SPACE_SMALL)
            self._add(form, name, use, choices)
        layout.addWidget(card)
        self._buttons[ReportFormat.PDF].setChecked(True)
        layout.addSpacing(theme.SPACE_SMALL)
        layout.addWidget(QuietLabel(_("Names, addresses and subjects are in it; passwords are not."), self))
        layout.addSpacing(theme.SPACE_SMALL)
        buttons = QDialogButtonBox(self)
        cancel = QPushButton(_("&Cancel"), self)
        cancel.setAutoDefault(False)
        save = QPushButton(_("&Save as…"), self)
        theme.mark_primary(save)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(save, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @property
    def form(self) -> ReportFormat:
        """What was chosen."""
        return next(form for form, button in self._buttons.items() if button.isChecked())

    def choose(self, form: ReportFormat) -> None:
        """Have this one chosen."""
        self._buttons[form].setChecked(True)

    def _add(self, form: ReportFormat, name: str, use: str, layout: QVBoxLayout) -> None:
        button = QRadioButton(name, self)
        button.setAccessibleDescription(use)
        self._formats.addButton(button)
        self._buttons[form] = button
        words = QuietLabel(use, self)
        # Below the words of the button, not below its circle.
        circle, gap = QStyle.PixelMetric.PM_ExclusiveIndicatorWidth, QStyle.PixelMetric.PM_RadioButtonLabelSpacing
        indent = self.style().pixelMetric(circle) + self.style().pixelMetric(gap)
        words.setContentsMargins(indent, 0, 0, 0)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(button)
        layout.addWidget(words)
