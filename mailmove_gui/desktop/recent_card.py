"""One migration of the start page's list: how it stood, and the way back into it."""

from pathlib import Path

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.bridge.recent import RecentMigration
from mailmove_gui.desktop.models.standing import needs
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import ElidedLabel, QuietLabel
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.times import past

_ICON_SIZE = 18
_BETWEEN = " \N{MIDDLE DOT} "


class RecentCard(Card):
    """Icon, name, standing; the button that goes on, and one that takes it from the list."""

    open_wanted = Signal(object)
    """Path: show it"""
    go_on_wanted = Signal(object)
    """Path: show it, and start the accounts that rest"""
    forget_wanted = Signal(object)
    """Path: take it from the list"""

    def __init__(self, migration: RecentMigration, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.WAITING if _is_to_go_on(migration) else None)
        self._migration = migration
        self._icon_name, self._icon_tone = _mark(migration)
        self._icon = QLabel(self)
        self._icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        name = ElidedLabel(migration.name or migration.path.stem, self)
        name.setFont(theme.section_font(self.font()))
        self.state = QuietLabel(standing_line(migration), self)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._open)
        if _is_to_go_on(migration):
            self.button.setText(_("Go on"))
            self.button.setAccessibleName(_("Go on with {name}").format(name=name.text()))
            self.button.setToolTip(_("Open it, and start the accounts that rest"))
            theme.mark_primary(self.button)
        else:
            word, said = (_("Show"), _("Show {name}")) if migration.is_open else (_("Open"), _("Open {name}"))
            self.button.setText(word)
            self.button.setAccessibleName(said.format(name=name.text()))
            self.button.setHidden(migration.is_missing)
        self.button.setAccessibleDescription(self.state.text())
        self.forget_button = QToolButton(self)
        self.forget_button.setAutoRaise(True)
        self.forget_button.setToolTip(_("Take it from this list; its file stays"))
        self.forget_button.setAccessibleName(_("Take {name} from this list").format(name=name.text()))
        self.forget_button.clicked.connect(self._forget)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(name)
        texts.addWidget(self.state)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_LARGE, theme.SPACE_SMALL, theme.SPACE, theme.SPACE_SMALL)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._icon)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.forget_button)
        self.setToolTip(str(migration.path))
        self._draw_icons()

    @property
    def path(self) -> Path:
        """The migration's file."""
        return self._migration.path

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def _draw_icons(self) -> None:
        color = self._icon_tone.color(self.palette())
        self._icon.setPixmap(icons.pixmap(self._icon_name, color, _ICON_SIZE, self.devicePixelRatioF()))
        self.forget_button.setIcon(icons.icon("cross", theme.secondary_text(self.palette())))

    @Slot()
    def _open(self) -> None:
        (self.go_on_wanted if _is_to_go_on(self._migration) else self.open_wanted).emit(self._migration.path)

    @Slot()
    def _forget(self) -> None:
        self.forget_wanted.emit(self._migration.path)


def in_order(migrations: tuple[RecentMigration, ...]) -> list[RecentMigration]:
    """Those that were interrupted first; else as they come."""
    return sorted(migrations, key=lambda migration: not _is_to_go_on(migration))


def standing_line(migration: RecentMigration) -> str:
    """``18 of 24 done · 2 need a password · yesterday at 18:02``, or what happened to it."""
    if migration.is_missing:
        text = _("{file} is not there any more. Connect the disk that it lies on, or take it from this list.")
        return text.format(file=migration.path.name)
    if migration.is_open:
        return _BETWEEN.join([_("Open in another window"), *_standing(migration)])
    parts = [*_standing(migration), past(migration.when)]
    if migration.was_interrupted:
        text = ngettext(
            "Interrupted while {n} account was being moved",
            "Interrupted while {n} accounts were being moved",
            migration.running,
        )
        parts.insert(0, text.format(n=numbers.count(migration.running)))
    return _BETWEEN.join(parts)


def _is_to_go_on(migration: RecentMigration) -> bool:
    return migration.was_interrupted and not migration.is_missing


def _mark(migration: RecentMigration) -> tuple[str, Tone]:
    if migration.is_missing:
        return "warning", Tone.IDLE
    if migration.is_open:
        return "moving" if migration.running else "paused", Tone.MOVING
    if migration.was_interrupted:
        return "warning", Tone.WAITING
    if migration.is_finished:
        return ("done_partly", Tone.WAITING) if migration.with_refusals else ("done", Tone.DONE)
    if migration.need_password:
        return "key", Tone.NEEDS_SOMEONE
    if migration.failed:
        return "failed", Tone.FAILED
    return "paused", Tone.IDLE


def _standing(migration: RecentMigration) -> list[str]:
    """``18 of 24 done``, ``2 need a password``."""
    if migration.is_finished:
        done = ngettext("{n} account done", "{n} accounts done", migration.done).format(n=numbers.count(migration.done))
        return [f"{done}, {_('some messages not moved') if migration.with_refusals else _('verified')}"]
    done, total = numbers.count(migration.done), numbers.count(migration.accounts)
    of_all = _("{done} of {total} done").format(done=done, total=total)
    return [of_all, *needs(migration.need_password, migration.failed)]
