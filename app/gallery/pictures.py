"""Paints scenes and lays out contact sheets."""

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.gallery.scenes import Scene
from widgets.candles import CandleChart
from widgets.flex.baseline_editor import BaselineEditor
from widgets.price_chart import PriceChart
from widgets.theme import Theme

SCALES = (1, 2)
"""Pixels per logical pixel."""
SHEET_WIDTH = 2600
GAP, CAPTION, HEADING = 20, 22, 40


class Picture(NamedTuple):
    """One scene as it was painted, in one theme, at one scale."""

    scene: Scene
    theme: str
    scale: int
    image: QImage

    @property
    def size(self) -> tuple[int, int]:
        """In logical pixels: a widget may be larger than its scene asked for."""
        return self.image.width() // self.scale, self.image.height() // self.scale

    @property
    def file(self) -> str:
        return f"{self.scene.slug}-{self.theme}@{self.scale}x.png"


def paint(scene: Scene, theme: Theme, scales: Sequence[int] = SCALES) -> Iterator[Picture]:
    """The scene's pictures. The widget is shown to nobody; it is thrown away."""
    widget = scene.open(theme)
    for scale in scales:
        image = QImage(widget.size() * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(theme.window)
        widget.render(image)
        yield Picture(scene, theme.name, scale, image)
    _throw_away(widget)


def _throw_away(widget: QWidget) -> None:
    for plotted in (widget, *widget.findChildren(QWidget)):
        if isinstance(plotted, PriceChart | CandleChart | BaselineEditor):
            plotted.release()
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def contact_sheet(pictures: Sequence[Picture], theme: Theme) -> QImage:
    """All pictures of a theme at scale 1, row by row, a heading for each widget and a caption for each state."""
    places, height = _lay_out(pictures)
    sheet = QImage(SHEET_WIDTH, height, QImage.Format.Format_RGB32)
    sheet.fill(theme.surface_sunken)
    painter = QPainter(sheet)
    painter.setPen(theme.text)
    heading = ""
    for picture, place in zip(pictures, places, strict=True):
        if picture.scene.widget != heading:
            heading = picture.scene.widget
            painter.setFont(theme.ui_font(20))
            top = place.y() - CAPTION - HEADING
            painter.drawText(QRect(GAP, top, SHEET_WIDTH, HEADING), Qt.AlignmentFlag.AlignVCenter, heading)
        painter.setFont(theme.ui_font())
        caption = QRect(place.x(), place.y() - CAPTION, max(place.width(), 200), CAPTION)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, picture.scene.state)
        painter.drawImage(place, picture.image)
    painter.end()
    return sheet


def _lay_out(pictures: Sequence[Picture]) -> tuple[list[QRect], int]:
    places: list[QRect] = []
    x, y, tallest, heading = GAP, GAP, 0, ""
    for picture in pictures:
        width, height = picture.size
        if picture.scene.widget != heading:
            y += (tallest + GAP if heading else 0) + HEADING + CAPTION
            x, tallest, heading = GAP, 0, picture.scene.widget
        elif x + width + GAP > SHEET_WIDTH:
            x, y, tallest = GAP, y + tallest + GAP + CAPTION, 0
        places.append(QRect(x, y, width, height))
        x, tallest = x + width + GAP, max(tallest, height)
    return places, y + tallest + GAP


def write(pictures: Sequence[Picture], themes: Sequence[Theme], folder: Path) -> list[Path]:
    """Every picture, a sheet per theme and a page with all of them. Raises `OSError` for what can't be written."""
    written = []
    for picture in pictures:
        written.append(_save(picture.image, folder / picture.file))
    for theme in themes:
        shown = [each for each in pictures if each.theme == theme.name and each.scale == 1]
        written.append(_save(contact_sheet(shown, theme), folder / f"sheet-{theme.name}.png"))
    page = folder / "index.html"
    page.write_text(_page(pictures, themes), encoding="utf-8")
    return [*written, page]


def _save(image: QImage, path: Path) -> Path:
    if not image.save(str(path)):
        raise OSError(f"{path} can't be written")
    return path


def _page(pictures: Sequence[Picture], themes: Sequence[Theme]) -> str:
    """A page that needs nothing but the pictures beside it: the finer one of each, in the size of the coarser."""
    parts = ["<!doctype html><meta charset=utf-8><title>Quarterdeck: gallery</title>", f"<style>{_STYLE}</style>"]
    for theme in themes:
        parts.append(f"<section style='background:{theme.surface_sunken.name()};color:{theme.text.name()}'>")
        parts.append(f"<h1>{html.escape(theme.name)}</h1>")
        heading = ""
        for picture in pictures:
            if picture.theme != theme.name or picture.scale != max(SCALES):
                continue
            scene = picture.scene
            if scene.widget != heading:
                heading = scene.widget
                parts.append(f"<h2>{html.escape(heading)}</h2>")
            words, width = html.escape(f"{scene.widget}, {scene.state}"), picture.size[0]
            parts.append(
                f"<figure><figcaption>{html.escape(scene.state)}</figcaption>"
                f"<a href='{picture.file}'><img src='{picture.file}' alt='{words}' width={width}></a></figure>"
            )
        parts.append("</section>")
    return "\n".join(parts)


_STYLE = "body{margin:0;font:14px sans-serif}section{padding:20px}figure{display:inline-block;margin:0 20px 20px 0}"
