"""Numbers that have no room are drawn smaller, then as `###`. None is ever cut: `024.6` is not `1 024.6`."""

from PySide6.QtGui import QFont, QFontMetricsF

NO_ROOM = "###"
SMALLEST = 10
"""Pixels of the smallest figures that are still read at a glance."""
KEPT = 4_096
"""Numbers whose font is remembered."""


class NumberRoom:
    """Finds the largest font in which a number fits. `plain` and `bold` are what it is drawn in where there is room."""

    def __init__(self, plain: QFont, bold: QFont) -> None:
        self._fonts = {False: _smaller(plain), True: _smaller(bold)}
        self._metrics = {heavy: [QFontMetricsF(font) for font in fonts] for heavy, fonts in self._fonts.items()}
        self._known: dict[tuple[str, bool, int], tuple[QFont, str]] = {}

    def fit(self, text: str, bold: bool, room: int) -> tuple[QFont, str]:
        """The font to draw a number in, and what to draw: the number whole, or `###` (as much of that as fits)."""
        key = (text, bold, room)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            known = self._known[key] = self._find(text, bold, room)
        return known

    def _find(self, text: str, bold: bool, room: int) -> tuple[QFont, str]:
        measured = zip(self._fonts[bold], self._metrics[bold], strict=True)
        for font, metrics in measured:
            if metrics.horizontalAdvance(text) <= room:
                return font, text
        font, metrics = self._fonts[bold][-1], self._metrics[bold][-1]
        count = int(room / metrics.horizontalAdvance(NO_ROOM[0]))
        return font, NO_ROOM[: max(1, count)]


def _smaller(font: QFont) -> list[QFont]:
    """The font itself, and the same a pixel smaller each, down to the smallest."""
    fonts = []
    for size in range(font.pixelSize(), min(SMALLEST, font.pixelSize()) - 1, -1):
        fonts.append(QFont(font))
        fonts[-1].setPixelSize(size)
    return fonts
