"""The status bar's words: where keys go, what a held modifier makes of a click, and whether the desk is armed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from app.commands import Trading
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme
from widgets.wording import PlainLabel, plain_tip

HINT_SECONDS = 6.0


class StatusLine:
    """Labels of a status bar. `watch` on each frame notices what changes without a key."""

    def __init__(self, bar: QStatusBar, clock: FrameClock, trading: Trading, theme: Theme) -> None:
        self._clock = clock
        self._trading = trading
        self._theme = theme
        self._keys = NO_KEYS
        self._target = ""
        self._held = ""
        self._hint = ""
        self._until = 0.0
        self._shown: tuple[bool, str | None] | None = None
        self.target = PlainLabel("", bar)
        self.target.setAccessibleName("Where keys go")
        self.target.setContentsMargins(6, 0, 6, 0)
        self.target.elide()
        self.armed = QLabel(bar)
        self.armed.setTextFormat(Qt.TextFormat.PlainText)
        self.armed.setAutoFillBackground(True)
        self.armed.setContentsMargins(8, 1, 8, 1)
        self.account = PlainLabel("", bar)
        self.account.setContentsMargins(6, 0, 6, 0)
        self.account.hide()
        bar.addWidget(self.target, 1)
        bar.addPermanentWidget(self.account)
        bar.addPermanentWidget(self.armed)
        self.set_theme(theme)

    def add(self, bar: QStatusBar, widget: QWidget) -> None:
        """One more on the right."""
        bar.addPermanentWidget(widget)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._shown = None
        self.account.setFont(theme.ui_font(theme.sizes.font_title, QFont.Weight.DemiBold))
        self.armed.setFont(theme.ui_font(theme.sizes.font_title, QFont.Weight.Bold))
        self.watch()

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys that arm and send are written."""
        self._keys = keys
        self._shown = None
        self.watch()

    def show_account(self, words: str, tip: str) -> None:
        """Whose orders leave this window; nothing where there is nobody yet, or only practice."""
        self.account.say(words)
        self.account.setToolTip(plain_tip(tip))
        self.account.setAccessibleName(words)
        self.account.setVisible(bool(words))

    def show_target(self, words: str) -> None:
        """Where keys go now."""
        self._target = words
        self._hint = ""
        self._show()

    def show_held(self, words: str) -> None:
        """What a click will do while a modifier is held; empty when none is."""
        self._held = words
        self._show()

    def hint(self, words: str) -> None:
        """Why a key did nothing: for some seconds, or until the next one. Nothing ends the one shown before."""
        self._hint = words
        self._until = self._clock.now.monotonic + HINT_SECONDS
        self._show()

    def watch(self) -> None:
        """Follows arming, which also ends by itself."""
        if self._hint and self._clock.now.monotonic >= self._until:
            self.hint("")
        armed = self._trading.armed
        why = self._trading.may_send()
        if self._shown != (armed, why):
            self._shown = (armed, why)
            self._show_armed(armed, why)

    def _show(self) -> None:
        self.target.say(self._hint or (f"{self._target}   ·   {self._held}" if self._held else self._target))

    def _show_armed(self, armed: bool, why: str | None) -> None:
        theme = self._theme
        word = "ARMED" if armed else "DISARMED"
        self.armed.setText(f"{'●' if armed else '○'} {word}")
        tip = "What is staged can be sent" if armed else "Nothing can be sent; staging works"
        act, does = ("window.disarm", "Disarm") if armed else ("window.arm", "Arm")
        lines = (tip, why, self._keys.tip(does, act))
        self.armed.setToolTip(plain_tip("\n".join(line for line in lines if line)))
        self.armed.setAccessibleName(f"{word.capitalize()}. {tip}")
        palette = QPalette(self.armed.palette())
        palette.setColor(QPalette.ColorRole.Window, theme.danger_surface if armed else theme.surface_raised)
        palette.setColor(QPalette.ColorRole.WindowText, theme.danger if armed else theme.text_secondary)
        self.armed.setPalette(palette)
