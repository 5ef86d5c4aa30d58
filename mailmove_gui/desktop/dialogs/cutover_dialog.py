"""The day of the switch: where mail goes now, the steps of the chosen way, and how each stands."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.indicators import RadioButton
from mailmove_gui.desktop.widgets.labels import TitleLabel, WrappedLabel
from mailmove_gui.desktop.widgets.step_list import StepList
from mailmove_gui.domain.cutover import Cutover, CutoverWay
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.texts import _
from mailmove_gui.texts.cutover import headline, place_sentence, warnings, way_word
from mailmove_gui.texts.panels import panel_name
from mailmove_gui.texts.reasons import sentence

_WIDTH, _HEIGHT = 720, 640


class CutoverDialog(QDialog):
    """Shows what a look has found; the window stays usable meanwhile."""

    look_wanted = Signal()
    stop_wanted = Signal()
    accounts_wanted = Signal(object)
    """ControlPanel: save the accounts for it"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Cutover | None = None
        self._is_looking = False
        self.setWindowTitle(_("Cutover"))
        self.resize(_WIDTH, _HEIGHT)
        self.title = TitleLabel(parent=self)
        self.places = WrappedLabel(parent=self)
        self.notice = Notice(self)
        self._ways = QButtonGroup(self)
        self.way_buttons = {way: RadioButton(way_word(way), self) for way in CutoverWay}
        for button in self.way_buttons.values():
            self._ways.addButton(button)
        self.steps = StepList(self)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.steps)
        scroll.setAccessibleName(_("Steps"))
        policy = scroll.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        scroll.setSizePolicy(policy)
        self.look_button = QPushButton(self)
        self.look_button.setDefault(True)
        self.close_button = QPushButton(_("&Close"), self)
        self.close_button.setAutoDefault(False)
        self.accounts_button = QPushButton(_("&Accounts for the new server"), self)
        self.accounts_button.setToolTip(_("Save the list of accounts so that a control panel can make them"))
        self.accounts_button.setAutoDefault(False)
        menu = QMenu(self.accounts_button)
        for panel in ControlPanel:
            menu.addAction(panel_name(panel)).setData(panel)
        menu.triggered.connect(self._want_accounts)
        self.accounts_button.setMenu(menu)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.accounts_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(self.look_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        for widget in (self.title, self.places, *self.way_buttons.values(), self.notice):
            layout.addWidget(widget)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        self._scroll = scroll
        self.look_button.clicked.connect(self._look_or_stop)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self._end_look)
        self._ways.buttonClicked.connect(self._show)
        self._show()

    @property
    def way(self) -> CutoverWay:
        """The way that is chosen."""
        chosen = (way for way, button in self.way_buttons.items() if button.isChecked())
        return next(chosen, CutoverWay.MOVE_FIRST)

    def look(self) -> None:
        """Have it looked at now."""
        self._is_looking = True
        self.notice.clear()
        self._show()
        self.look_wanted.emit()

    @Slot(object)
    def show_found(self, found: Cutover | Failure) -> None:
        """A look has come to its end."""
        if not self._is_looking:
            return
        self._is_looking = False
        if isinstance(found, Failure):
            self.notice.say(Tone.FAILED, sentence(found))
        else:
            if self._found is None:
                self.way_buttons[found.likely_way].setChecked(True)
            self._found = found
        self._show()

    @Slot()
    def show_mistake(self) -> None:
        """A mistake of our own ended the look."""
        self._is_looking = False
        self.notice.say(Tone.FAILED, _("This could not be done."))
        self._show()

    @Slot(QAction)
    def _want_accounts(self, chosen: QAction) -> None:
        self.accounts_wanted.emit(ControlPanel(chosen.data()))

    @Slot()
    def _look_or_stop(self) -> None:
        if self._is_looking:
            self._end_look()
            self._show()
        else:
            self.look()

    @Slot()
    def _end_look(self) -> None:
        if self._is_looking:
            self._is_looking = False
            self.stop_wanted.emit()

    @Slot()
    def _show(self) -> None:
        found = self._found
        self.look_button.setText(_("&Stop") if self._is_looking else _("&Look again"))
        for widget in (self.places, self._scroll, *self.way_buttons.values()):
            widget.setVisible(found is not None)
        if found is not None:
            self.places.setText("\n".join(place_sentence(mail) for mail, _history in found.domains))
            self.steps.show_steps(found, self.way)
            self._warn(found)
        if self._is_looking:
            self.title.setText(_("Asking the name servers…"))
        else:
            self.title.setText(headline(found, self.way) if found is not None else _("Nothing was looked at yet"))

    def _warn(self, found: Cutover) -> None:
        """The warnings of this way; what failed is said first."""
        if self.notice.tone is Tone.FAILED and self.notice.text():
            return
        said = warnings(found, self.way)
        if said:
            self.notice.say(Tone.WAITING, "\n".join(said))
        else:
            self.notice.clear()
