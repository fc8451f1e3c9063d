"""The ladder's slim buttons: drawn glyphs, because no font has these signs at every size."""

import enum
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.ladder.acts import Act
from widgets.ladder.geometry import Rect
from widgets.ladder.options import Options
from widgets.theme import Theme


class Glyph(enum.Enum):
    """What a button shows: lines from point to point, in a square of 16 by 16."""

    RECENTRE = (
        ((2, 8), (14, 8)),
        ((8, 1), (8, 5), (6, 3)),
        ((8, 5), (10, 3)),
        ((8, 15), (8, 11), (6, 13)),
        ((8, 11), (10, 13)),
    )
    CUMULATIVE = (((2, 14), (2, 11), (6, 11), (6, 7), (10, 7), (10, 3), (14, 3), (14, 14), (2, 14)),)
    COLLAPSED = (((3, 3), (13, 3)), ((3, 6.5), (13, 6.5)), ((3, 9.5), (13, 9.5)), ((3, 13), (13, 13)))
    FINER = (((4, 8), (12, 8)),)
    COARSER = (((4, 8), (12, 8)), ((8, 4), (8, 12)))


_GLYPHS = {
    Act.RECENTRE: Glyph.RECENTRE,
    Act.CUMULATIVE: Glyph.CUMULATIVE,
    Act.COLLAPSED: Glyph.COLLAPSED,
    Act.FINER: Glyph.FINER,
    Act.COARSER: Glyph.COARSER,
}


class GlyphButton(QAbstractButton):
    """A flat square button whose tool tip and accessible name say what it does and which keys do the same."""

    def __init__(self, glyph: Glyph, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._glyph = glyph
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(22, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        ground = theme.accent_surface if self.isChecked() or self.isDown() else None
        if ground is None and self.underMouse() and self.isEnabled():
            ground = theme.row_alternate
        painter.setPen(QPen(theme.focus_ring, 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(ground if ground is not None else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, theme.sizes.radius, theme.sizes.radius)
        if not self.isEnabled():
            colour = theme.border_strong
        else:
            colour = theme.accent if self.isChecked() else theme.text_secondary
        painter.setPen(QPen(colour, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        side = min(16, self.width() - 6)
        painter.translate((self.width() - side) / 2, (self.height() - side) / 2)
        painter.scale(side / 16, side / 16)
        for line in self._glyph.value:
            painter.drawPolyline([QPointF(x, y) for x, y in line])
        painter.end()


class Controls:
    """The ladder's buttons, in the order of the strip; each does what its key does."""

    def __init__(self, parent: QWidget, theme: Theme, perform: Callable[[Act], None]) -> None:
        self._ladder = parent
        self.buttons = {act: GlyphButton(glyph, act.title, theme, parent) for act, glyph in _GLYPHS.items()}
        self.set_keys(NO_KEYS)
        for act, button in self.buttons.items():
            button.clicked.connect(lambda _=False, act=act: perform(act))
        for act in (Act.CUMULATIVE, Act.COLLAPSED):
            self.buttons[act].setCheckable(True)

    def set_keys(self, keys: KeyTexts) -> None:
        for act, button in self.buttons.items():
            button.setToolTip(keys.tip(act.title, act.registered))

    def set_theme(self, theme: Theme) -> None:
        for button in self.buttons.values():
            button.set_theme(theme)

    def place(self, rects: Sequence[Rect]) -> None:
        """Those without a width have no room: they are not shown, and give the keys to the ladder."""
        for button, rect in zip(self.buttons.values(), rects, strict=True):
            button.setGeometry(rect.x, rect.y, rect.width, rect.height)
            if not rect.width and button.hasFocus():
                self._ladder.setFocus(Qt.FocusReason.OtherFocusReason)
            button.setVisible(rect.width > 0)

    def show_options(self, options: Options) -> None:
        self.buttons[Act.CUMULATIVE].setChecked(options.cumulative)
        self.buttons[Act.COLLAPSED].setChecked(options.collapsed)

    def allow_buckets(self, on: bool) -> None:
        """Whether there is a bucket to change."""
        self.buttons[Act.COARSER].setEnabled(on)
        self.buttons[Act.FINER].setEnabled(on)
