"""The first thing seen: begin something, or go on with something."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.bridge.recent import RecentMigration
from mailmove_gui.desktop.recent_card import RecentCard, in_order
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel, TitleLabel
from mailmove_gui.desktop.widgets.tab_order import put_in_tab_order
from mailmove_gui.texts import _

_BIG_ICON = 32
_WIDEST = 860


class ChoiceButton(QAbstractButton):
    """A large button: icon, what it does, and a line about it."""

    def __init__(self, icon_name: str, title: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._explanation = explanation
        self.setText(title)
        self.setAccessibleDescription(explanation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Icon above, two lines of explanation below."""
        metrics = self.fontMetrics()
        height = theme.SPACE_LARGE * 2 + _BIG_ICON + theme.SPACE + round(metrics.height() * 3.3)
        return QSize(240, height + theme.SPACE_TINY)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        accent = Tone.MOVING.color(palette)
        is_hot = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(accent if is_hot else theme.border(palette), 1.5 if self.hasFocus() else 1))
        painter.setBrush(theme.tint(palette, Tone.MOVING) if self.isDown() else theme.surface(palette))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
        inside = self.rect().adjusted(theme.SPACE_LARGE, theme.SPACE_LARGE, -theme.SPACE_LARGE, -theme.SPACE_LARGE)
        picture = icons.pixmap(self._icon_name, accent, _BIG_ICON, self.devicePixelRatioF())
        painter.drawPixmap(inside.left(), inside.top(), picture)
        painter.setFont(theme.section_font(self.font()))
        painter.setPen(palette.windowText().color())
        title = inside.adjusted(0, _BIG_ICON + theme.SPACE, 0, 0)
        title.setHeight(painter.fontMetrics().height())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextShowMnemonic)
        painter.drawText(title, flags, self.text())
        painter.setFont(self.font())
        painter.setPen(theme.secondary_text(palette))
        below = inside.adjusted(0, _BIG_ICON + theme.SPACE + title.height() + theme.SPACE_TINY, 0, 0)
        wrap = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        painter.drawText(below, wrap, self._explanation)
        painter.end()


class StartPage(QWidget):
    """Three ways to begin, and the migrations that were open lately."""

    single_wanted = Signal()
    many_wanted = Signal()
    sample_wanted = Signal()
    browse_wanted = Signal()
    open_wanted = Signal(object)
    """Path"""
    go_on_wanted = Signal(object)
    """Path: open it, and start what was interrupted"""
    forget_wanted = Signal(object)
    """Path: take it from the list"""
    settings_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings_button = QToolButton(self)
        self.help_button = QToolButton(self)
        self.single_button = ChoiceButton(
            "one_mailbox", _("Move &one mailbox"), _("Your own, or a single one of somebody else."), self
        )
        self.many_button = ChoiceButton(
            "many_mailboxes", _("Move &many mailboxes"), _("A whole company, from a list or a spreadsheet."), self
        )
        self.sample_button = ChoiceButton(
            "sample", _("&Try it with sample mail"), _("On this computer only; nothing of yours is touched."), self
        )
        self.browse_button = IconButton("open", _("Open a migration &file…"), self)
        self.browse_button.setShortcut(QKeySequence(QKeySequence.StandardKey.Open))
        self.notice = Notice(self)
        for tool, text in ((self.settings_button, _("Settings")), (self.help_button, _("Help"))):
            tool.setText(text)
            tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            tool.setAutoRaise(True)
        self.help_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(theme.SPACE_SMALL)
        self._recent_title = SectionLabel(_("Go on with"), self)
        self._none = QuietLabel(_("Migrations that you start appear here."), self)
        for button, signal in (
            (self.single_button, self.single_wanted),
            (self.many_button, self.many_wanted),
            (self.sample_button, self.sample_wanted),
            (self.browse_button, self.browse_wanted),
            (self.settings_button, self.settings_wanted),
        ):
            button.clicked.connect(signal)
        self._arrange()
        self._draw_icons()

    def offer_help(self, menu: QMenu) -> None:
        """What the button for help opens."""
        self.help_button.setMenu(menu)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def show_recent(self, migrations: tuple[RecentMigration, ...]) -> None:
        """List migrations; what was interrupted comes first."""
        focused = None
        for place, card in enumerate(self.recent_cards()):
            focused = place if card.button.hasFocus() or card.forget_button.hasFocus() else focused
            self._recent.removeWidget(card)
            card.hide()
            card.deleteLater()
        stops: list[QWidget] = [self.browse_button]
        for migration in in_order(migrations):
            card = RecentCard(migration, self)
            card.open_wanted.connect(self.open_wanted)
            card.go_on_wanted.connect(self.go_on_wanted)
            card.forget_wanted.connect(self.forget_wanted)
            self._recent.addWidget(card)
            stops += [card.button, card.forget_button]
        put_in_tab_order(stops)
        self._none.setVisible(not migrations)
        if focused is not None:
            left = self.recent_cards()[: focused + 1]
            (left[-1].forget_button if left else self.browse_button).setFocus()

    def recent_cards(self) -> list[RecentCard]:
        """The migrations that are listed."""
        items = (self._recent.itemAt(position) for position in range(self._recent.count()))
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, RecentCard)]

    def _draw_icons(self) -> None:
        quiet = theme.secondary_text(self.palette())
        self.settings_button.setIcon(icons.icon("settings", quiet))
        self.help_button.setIcon(icons.icon("help", quiet))

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_TINY)
        top.addWidget(TitleLabel("MailMove", self), 1)
        top.addWidget(self.settings_button)
        top.addWidget(self.help_button)
        choices = QHBoxLayout()
        choices.setSpacing(theme.SPACE)
        for button in (self.single_button, self.many_button, self.sample_button):
            choices.addWidget(button, 1)
        heading = QHBoxLayout()
        heading.addWidget(self._recent_title)
        heading.addStretch(1)
        heading.addWidget(self.browse_button)
        column = QWidget(self)
        column.setMaximumWidth(_WIDEST)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(theme.SPACE_HUGE, theme.SPACE_HUGE + theme.SPACE, theme.SPACE_HUGE, theme.SPACE_HUGE)
        inner.setSpacing(theme.SPACE_TINY)
        inner.addLayout(top)
        inner.addWidget(
            QuietLabel(_("Move mailboxes to another provider: every folder, every message, checked."), column)
        )
        inner.addSpacing(theme.SPACE_LARGE)
        inner.addWidget(self.notice)
        inner.addLayout(choices)
        inner.addSpacing(theme.SPACE_HUGE)
        inner.addLayout(heading)
        inner.addSpacing(theme.SPACE_TINY)
        inner.addWidget(self._none)
        inner.addLayout(self._recent)
        inner.addStretch(1)
        inside = QWidget(self)
        centred = QHBoxLayout(inside)
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addStretch(1)
        centred.addWidget(column, 1000)
        centred.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the focus of what is in it
        area.setWidget(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        choices_in_order = (self.single_button, self.many_button, self.sample_button)
        put_in_tab_order((self.settings_button, self.help_button, *choices_in_order, self.browse_button))
