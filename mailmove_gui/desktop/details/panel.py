"""Below the board's table: one account, folder by folder, message by message, and how it got there."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTabWidget, QToolButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.board.strip import button_text
from mailmove_gui.desktop.bridge.account_details import AccountStory, NotMoved, Saved
from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.details.folders_tab import FoldersTab
from mailmove_gui.desktop.details.log_tab import LogTab
from mailmove_gui.desktop.details.refusals_tab import RefusalsTab
from mailmove_gui.desktop.details.sparkline import Sparkline
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.models.sparkline import Tempo
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.labels import ElidedLabel, QuietLabel
from mailmove_gui.domain.events import Event, Failure, Refusal
from mailmove_gui.texts import _, numbers, reasons
from mailmove_gui.texts.times import stamp

_ICON_SIZE = 16


class DetailsPanel(QWidget):
    """Hidden until an account is shown. Asks `Controller.details`, which reads the ledger away from the UI thread."""

    closed = Signal()
    """by its button or the Escape key"""
    helped = Signal(str)
    """account id: the button that helps was pressed"""

    def __init__(self, controller: Controller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._details = controller.details
        self._tempo = Tempo()
        self._row: BoardRow | None = None
        self._story: AccountStory | None = None
        self._unread: Failure | None = None
        self._title = ElidedLabel(parent=self)
        self._title.setFont(theme.section_font(self.font()))
        self._state_icon = QLabel(self)
        self._state_icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self._standing = ElidedLabel(parent=self, mode=Qt.TextElideMode.ElideRight)
        self.close_button = QToolButton(self)
        self.close_button.setAutoRaise(True)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button.setAccessibleName(_("Close details"))
        self.close_button.setToolTip(_("Close details (Esc)"))
        self.notice = Notice(self)
        self.tabs = QTabWidget(self)
        self.folders = FoldersTab(self)
        self.refusals = RefusalsTab(self)
        self.log = LogTab(self)
        self.sparkline = Sparkline(self)
        self._tempo_words = QuietLabel(parent=self)
        self._tempo_words.setWordWrap(False)
        self._arrange()
        self._connect()
        self._draw_icons()
        self.hide()

    @property
    def account_id(self) -> str:
        """The account that is shown; empty while the panel is hidden."""
        return self._row.account.id if self._row is not None else ""

    @property
    def standing(self) -> str:
        """In which state the account is, and since when."""
        return self._standing.text()

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """Where the Tab key stops, as people read."""
        return (
            self.close_button,
            self.notice.button,
            self.tabs.tabBar(),
            self.folders.table,
            self.folders.bring_back_button,
            *self.refusals.tab_stops,
            self.log.text,
            self.log.copy_button,
        )

    def show_row(self, row: BoardRow) -> None:
        """Show an account; called again, bring it up to date."""
        if row.account.id != self.account_id:
            self._row, self._story, self._unread = row, None, None
            for tab in (self.folders, self.refusals, self.log):
                tab.clear()
            self._name_not_moved(row.not_moved)
            self._details.show(row.account.id)
        self._row = row
        self._renew()
        self.show()

    @Slot()
    def end(self) -> None:
        """Show nobody any more."""
        self._row = self._story = None
        self._details.hide()
        self.hide()

    def start_counting(self, rows: Sequence[BoardRow]) -> None:
        """A migration was opened: what is at the destination by now is not counted as moved in this minute."""
        for row in rows:
            self._tempo.start(row.account.id, row.counts.at_destination, time.monotonic())

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_SMALL)
        top.addWidget(self._title, 1)
        top.addWidget(self._state_icon)
        top.addWidget(self._standing, 1)
        top.addWidget(self.close_button)
        tempo = QWidget(self.tabs)
        beside = QHBoxLayout(tempo)
        beside.setContentsMargins(0, 0, theme.SPACE_TINY, 0)
        beside.setSpacing(theme.SPACE_SMALL)
        beside.addWidget(self._tempo_words)
        beside.addWidget(self.sparkline)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.folders, _("F&olders"))
        self.tabs.addTab(self.refusals, "")
        self.tabs.addTab(self.log, _("&Log"))
        self.tabs.setCornerWidget(tempo)
        self.tabs.tabBar().setAccessibleName(_("Details"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SPACE_SMALL, 0, 0)
        layout.setSpacing(theme.SPACE_SMALL)
        layout.addLayout(top)
        layout.addWidget(self.notice)
        layout.addWidget(self.tabs, 1)
        self._name_not_moved(0)

    def _connect(self) -> None:
        details = self._details
        details.story_read.connect(self._show_story)
        details.not_moved_read.connect(self._show_not_moved)
        details.failed.connect(self._say_unread)
        details.saving_progressed.connect(self.refusals.show_saving)
        details.saved.connect(self._show_saved)
        self._controller.happened.connect(self._count)
        self.folders.bring_back_wanted.connect(self._bring_back)
        self.refusals.save_wanted.connect(self._save)
        self.refusals.stop_saving_wanted.connect(details.stop_saving)
        self.refusals.retry_wanted.connect(self._retry)
        self.refusals.dismiss_wanted.connect(self._dismiss)
        self.notice.button.clicked.connect(self._help)
        self.close_button.clicked.connect(self.closed)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.closed)

    def _renew(self) -> None:
        row = self._row
        if row is None:
            return
        self._title.setText(_("Details of {account}").format(account=row.account.source.user))
        state = words.state_and_folder(row)
        since = self._story.since if self._story is not None and self._story.record.state is row.state else None
        self._standing.setText(
            _("{state}, since {when}").format(state=state, when=stamp(since)) if since is not None else state
        )
        if self._unread is not None:
            self._say(Tone.FAILED, reasons.sentence(self._unread))
        elif row.failure is not None:
            self._say(theme.tone_of(row.state), _advice(row, row.failure), button_text(row))
        else:
            self.notice.clear()
        values = self._tempo.values(row.account.id, time.monotonic())
        self.sparkline.show_values(values)
        self._tempo_words.setText(
            _("up to {rate}").format(rate=numbers.messages_per_minute(max(values))) if values else ""
        )
        self._draw_icons()

    def _say(self, tone: Tone, text: str, button: str = "") -> None:
        """Say it if it is not said already: who has marked some of it wants to copy that."""
        if (self.notice.text(), self.notice.button.text(), self.notice.tone) != (text, button, tone):
            self.notice.say(tone, text, button=button)

    def _draw_icons(self) -> None:
        palette = self.palette()
        self.close_button.setIcon(icons.icon("cross", theme.secondary_text(palette)))
        if self._row is None:
            return
        color = theme.tone_of(self._row.state).color(palette)
        picture = icons.pixmap(theme.icon_of(self._row.state), color, _ICON_SIZE, self.devicePixelRatioF())
        self._state_icon.setPixmap(picture)

    def _name_not_moved(self, number: int) -> None:
        text = _("&Not moved ({n})").format(n=numbers.count(number)) if number else _("&Not moved")
        self.tabs.setTabText(self.tabs.indexOf(self.refusals), text)

    @Slot(object)
    def _count(self, events: tuple[Event, ...]) -> None:
        self._tempo.apply(events, time.monotonic())

    @Slot(object)
    def _show_story(self, story: AccountStory) -> None:
        self._story, self._unread = story, None
        self.folders.show_folders(story.folders)
        self.folders.show_afterwards(story.record.counts, story.verifications)
        self.log.show_log(story.log)
        self._name_not_moved(story.record.counts.refused + story.record.counts.doubtful)
        self._renew()

    @Slot(object)
    def _show_not_moved(self, found: NotMoved) -> None:
        self.refusals.show_not_moved(found)

    @Slot(object)
    def _show_saved(self, saved: Saved) -> None:
        self.refusals.show_saved(saved)

    @Slot(object)
    def _say_unread(self, failure: Failure) -> None:
        self._unread = failure
        self._renew()

    @Slot(object, object)
    def _save(self, refusals: tuple[Refusal, ...], folder: Path) -> None:
        self._details.save(refusals[0].account_id, refusals, folder)

    @Slot()
    def _bring_back(self) -> None:
        self._controller.bring_back(self.account_id)

    @Slot(object)
    def _retry(self, message_ids: tuple[int, ...]) -> None:
        self._controller.retry_messages(self.account_id, message_ids)

    @Slot(object)
    def _dismiss(self, message_ids: tuple[int, ...]) -> None:
        self._controller.dismiss(self.account_id, message_ids)

    @Slot()
    def _help(self) -> None:
        if self.account_id:
            self.helped.emit(self.account_id)


def _advice(row: BoardRow, failure: Failure) -> str:
    """What is wrong and what to do; and the server's words, where they are not quoted in that."""
    advice = words.advice_text(row, datetime.now(UTC))
    if not failure.server_text or failure.server_text in advice:
        return advice
    said = _("The server's words: {text}").format(text=failure.server_text)
    return f"{advice}\n{said}"
