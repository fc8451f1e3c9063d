"""Paints what stands around the rows: header, quote, titles and totals."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from protocols.market.instruments import InstrumentSpec
from widgets.ladder.depth import SideDepth
from widgets.ladder.frame import Body, LadderFrame
from widgets.ladder.geometry import Column, Geometry, Rect
from widgets.ladder.ink import NO_ROOM, Face, Ink, Pixels
from widgets.ladder.own import OwnSide
from widgets.ladder.quote_words import NO_DEPTH
from widgets.ladder.spots import spots_of
from widgets.ladder.words import Figure, Header, Tone, Word, amount

FIGURE_COLUMNS = 3
FIGURE_GAP = 5
LETTER_GAP, QUOTE_GAP = 4, 10


class SurroundPainter:
    """Paints everything of a frame but its rows."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink

    def header(self, painter: QPainter, pixels: Pixels, frame: LadderFrame) -> None:
        """Name and delivery, freshness and phase, the day's figures, the best prices."""
        geometry, theme = frame.geometry, self._ink.theme
        painter.fillRect(pixels.rect(geometry.header), theme.surface_raised)
        painter.fillRect(pixels.rect(geometry.strip), theme.surface_raised)
        painter.fillRect(pixels.across(0, geometry.width, geometry.strip.y), theme.border)
        if frame.header is None:
            return
        self._title(painter, geometry.header_line(0), frame.header)
        self._standing(painter, geometry.header_line(1), frame)
        self._figures(painter, geometry, frame.header)
        self._quote(painter, frame)
        if frame.bucket.text and geometry.bucket.width:
            self._ink.draw_centred(painter, Face.SMALL, frame.bucket.text, geometry.bucket, theme.text_secondary)

    def titles(self, painter: QPainter, pixels: Pixels, frame: LadderFrame) -> None:
        """The names of the columns; `B` and `S` say in letters what the colours say."""
        ink, theme, geometry = self._ink, self._ink.theme, frame.geometry
        band = geometry.titles
        painter.fillRect(pixels.rect(band), theme.surface_raised)
        painter.fillRect(pixels.across(0, geometry.width, band.bottom - 1), theme.border_strong)
        if frame.spec is None:
            return
        unit, gap = frame.spec.quantity_unit, geometry.metrics.padding
        sigma = "Σ " if frame.body is not None and frame.body.cumulative else ""
        bid, ask = geometry.column(Column.BID, band), geometry.column(Column.ASK, band)
        room = bid.width - 2 * gap - ink.width(Face.NAME, "B ")
        if frame.body is not None and not frame.body.depth:
            room = 0  # nobody says a quantity, so there is no unit
        bid_title, ask_title = (
            title if ink.width(Face.TITLE, f"{title} {unit}") > room else f"{title} {unit}"
            for title in (f"{sigma}Bid", f"{sigma}Ask")
        )
        ink.draw_right(painter, Face.TITLE, bid_title, bid.right - gap, band, theme.text_secondary)
        ink.draw(painter, Face.NAME, "B", bid.x + gap, band, theme.buy)
        ink.draw(painter, Face.TITLE, ask_title, ask.x + gap, band, theme.text_secondary)
        ink.draw_right(painter, Face.NAME, "S", ask.right - gap, band, theme.sell)
        price = geometry.column(Column.PRICE, band)
        ink.draw_centred(painter, Face.TITLE, frame.spec.price_unit, price, theme.text_secondary)
        for column, title, own in _own_sides(frame):
            above = f" ▲{own.above}" if own is not None and own.above else ""
            ink.draw_centred(painter, Face.TITLE, title + above, geometry.column(column, band), theme.text_secondary)
        if Column.TRADED in geometry.columns:
            self._traded_title(painter, geometry.column(Column.TRADED, band), frame)

    def footer(self, painter: QPainter, pixels: Pixels, frame: LadderFrame) -> None:
        """What rests on each side in all."""
        ink, theme, geometry = self._ink, self._ink.theme, frame.geometry
        band = geometry.footer
        painter.fillRect(pixels.rect(band), theme.surface_raised)
        painter.fillRect(pixels.across(0, geometry.width, band.y), theme.border)
        if frame.body is None or frame.spec is None:
            return
        if frame.body.depth:
            self._totals(painter, geometry, frame.body, frame.spec, frame.condition.live)
        else:
            bid, ask = geometry.column(Column.BID, band), geometry.column(Column.ASK, band)
            across = Rect(bid.x, band.y, ask.right - bid.x, band.height)
            ink.draw_centred(painter, Face.TITLE, NO_DEPTH, across, theme.text_secondary)
        for column, _, own in _own_sides(frame):
            if own is not None and own.below:
                ink.draw_centred(
                    painter, Face.TITLE, f"▼{own.below}", geometry.column(column, band), theme.text_secondary
                )

    def focus(self, painter: QPainter, pixels: Pixels, geometry: Geometry) -> None:
        """The outline of the widget that keys go to."""
        width, height, edge = geometry.width, geometry.height, 2
        for side in (
            Rect(0, 0, width, edge),
            Rect(0, height - edge, width, edge),
            Rect(0, 0, edge, height),
            Rect(width - edge, 0, edge, height),
        ):
            painter.fillRect(pixels.rect(side), self._ink.theme.focus_ring)

    # Lines of the header

    def _title(self, painter: QPainter, band: Rect, header: Header) -> None:
        theme = self._ink.theme
        x = self._word(painter, Face.NAME, header.name, band.x, band, Tone.TEXT)
        rest = " · ".join(filter(None, (header.area, header.period)))
        rest = self._ink.fitting(Face.TEXT, f" · {rest}", band.right - x)
        self._ink.draw(painter, Face.TEXT, rest, x, band, theme.text_secondary)

    def _standing(self, painter: QPainter, band: Rect, frame: LadderFrame) -> None:
        header = frame.header
        assert header is not None
        closing = self._ink.width(Face.TEXT, header.closing.text)
        limit = band.right - closing - (frame.geometry.metrics.padding if closing else 0)
        x = self._word(painter, Face.TEXT, header.freshness.text, band.x, band, header.freshness.tone)
        state = self._ink.fitting(Face.TEXT, f" · {header.state.text}", limit - x)
        self._word(painter, Face.TEXT, state, x, band, header.state.tone)
        self._word(painter, Face.TEXT, header.closing.text, band.right - closing, band, header.closing.tone)

    def _figures(self, painter: QPainter, geometry: Geometry, header: Header) -> None:
        bands = (geometry.header_line(2), geometry.header_line(3))
        width = bands[0].width // FIGURE_COLUMNS
        for index, figure in enumerate(header.figures):
            band = bands[index // FIGURE_COLUMNS]
            cell = Rect(band.x + index % FIGURE_COLUMNS * width, band.y, width, band.height)
            self._figure(painter, cell, figure, dim=bool(header.figures_note))
        if header.figures_note:
            ink, band = self._ink, bands[1]
            left = band.right - ink.width(Face.TITLE, header.figures_note)
            painter.fillRect(QRect(left - 6, band.y, band.right - left + 6, band.height), ink.theme.surface_raised)
            ink.draw(painter, Face.TITLE, header.figures_note, left, band, ink.theme.warning)

    def _figure(self, painter: QPainter, cell: Rect, figure: Figure, dim: bool) -> None:
        ink, theme = self._ink, self._ink.theme
        ink.draw(painter, Face.TITLE, figure.label, cell.x, cell, theme.text_muted)
        x = cell.x + ink.width(Face.TITLE, "VWAP") + 7
        mark = ink.width(Face.NUMBER, figure.mark.text) + FIGURE_GAP if figure.mark.text else 0
        face, value = ink.number_within(Face.NUMBER, figure.value, cell.right - x - mark)
        ink.draw(painter, face, value, x, cell, theme.text_muted if dim else theme.text)
        if figure.mark.text:
            x += ink.width(face, value) + FIGURE_GAP
            colour = theme.text_muted if dim else getattr(theme, figure.mark.tone.value)
            ink.draw(painter, Face.NUMBER, figure.mark.text, x, cell, colour)

    def _quote(self, painter: QPainter, frame: LadderFrame) -> None:
        """The best prices: both or, where the ladder is narrow, both smaller; the spread where there is room for it."""
        quote, strip, ink = frame.quote, frame.geometry.strip, self._ink
        if quote is None:
            return
        live, left = frame.condition.live, strip.x + frame.geometry.metrics.padding
        limit = min((rect.x for rect in frame.geometry.buttons if rect.width), default=strip.right) - 2
        prices = ((Word("B", Tone.BUY), quote.bid), (Word("S", Tone.SELL), quote.ask))
        wide = sum(ink.width(Face.NUMBER_STRONG, word.text) + ink.width(Face.NUMBER, price) for word, price in prices)
        small = left + wide + 2 * LETTER_GAP + QUOTE_GAP > limit
        letter_face, face = (Face.SMALL, Face.SMALL) if small else (Face.NUMBER_STRONG, Face.NUMBER)
        x = left
        for index, (letter, price) in enumerate((*prices, (Word("Δ", Tone.MUTED), quote.spread))):
            value = x + ink.width(letter_face, letter.text) + LETTER_GAP
            if value + ink.width(face, price) > limit:
                if index == len(prices):
                    return
                price = NO_ROOM
            self._word(painter, letter_face, letter.text, x, strip, letter.tone if live else Tone.MUTED)
            x = self._word(painter, face, price, value, strip, Tone.TEXT if live else Tone.MUTED) + QUOTE_GAP

    def _word(self, painter: QPainter, face: Face, text: str, x: int, band: Rect, tone: Tone) -> int:
        """Draws a word and answers where it ends."""
        if text:
            self._ink.draw(painter, face, text, x, band, getattr(self._ink.theme, tone.value))
        return x + self._ink.width(face, text)

    # Titles, totals

    def _traded_title(self, painter: QPainter, cell: Rect, frame: LadderFrame) -> None:
        ink, theme, gap = self._ink, self._ink.theme, frame.geometry.metrics.padding
        note = frame.body.trades_note if frame.body is not None else ""
        ink.draw(
            painter, Face.TITLE, note or "Last", cell.x + gap, cell, theme.warning if note else theme.text_secondary
        )
        if ink.width(Face.TITLE, f"{note or 'Last'}  Volume") <= cell.width - 2 * gap:
            ink.draw_right(painter, Face.TITLE, "Volume", cell.right - gap, cell, theme.text_secondary)

    def _totals(self, painter: QPainter, geometry: Geometry, body: Body, spec: InstrumentSpec, live: bool) -> None:
        price = geometry.column(Column.PRICE, geometry.footer)
        self._ink.draw_centred(painter, Face.TITLE, "Total", price, self._ink.theme.text_muted)
        sides = ((Column.BID, body.bids), (Column.ASK, body.asks))
        counted = all(self._room_for_count(geometry, column, depth, spec) for column, depth in sides)
        for column, depth in sides:
            self._total(painter, geometry, column, depth, spec, live, counted)

    def _total(
        self,
        painter: QPainter,
        geometry: Geometry,
        column: Column,
        depth: SideDepth,
        spec: InstrumentSpec,
        live: bool,
        counted: bool,
    ) -> None:
        ink, theme, band = self._ink, self._ink.theme, geometry.footer
        cell, gap = geometry.column(column, band), geometry.metrics.padding
        if not depth.orders:
            text = "no bids" if column is Column.BID else "no asks"
            ink.draw_centred(painter, Face.TITLE, text, cell, theme.text_secondary)
            return
        total, spots = amount(depth.total, spec.quantity_decimals), spots_of(geometry, column)
        x, colour = spots.x_of(total, ink.digit), theme.text if live else theme.text_muted
        if x is None:
            face, text = ink.number_within(Face.SMALL, total.text, spots.room)
            ink.draw_right(painter, face, text, spots.right, band, colour)
        else:
            ink.draw(painter, Face.NUMBER, total.text, x, band, colour)
        if counted:
            text = _count(depth)
            left = cell.x + gap if column is Column.BID else cell.right - gap - ink.width(Face.SMALL, text)
            ink.draw(painter, Face.SMALL, text, left, band, theme.text_muted)

    def _room_for_count(self, geometry: Geometry, column: Column, depth: SideDepth, spec: InstrumentSpec) -> bool:
        """Whether the number of orders fits beside the total, at the column's far side from the price."""
        cell, gap = geometry.column(column, geometry.footer), geometry.metrics.padding
        total = amount(depth.total, spec.quantity_decimals)
        start = spots_of(geometry, column).x_of(total, self._ink.digit)
        if start is None:
            return False
        end = start + len(total.text) * self._ink.digit
        room = start - cell.x if column is Column.BID else cell.right - end
        return room >= self._ink.width(Face.SMALL, _count(depth)) + gap + gap // 2


def _own_sides(frame: LadderFrame) -> list[tuple[Column, str, OwnSide | None]]:
    """The shown columns of own orders, with those out of view counted."""
    body, shown = frame.body, frame.geometry.columns
    sides = (
        (Column.OWN_BUY, "Own B", body.own_buys if body is not None else None),
        (Column.OWN_SELL, "Own S", body.own_sells if body is not None else None),
    )
    return [side for side in sides if side[0] in shown]


def _count(depth: SideDepth) -> str:
    return f"{depth.orders} ord"
