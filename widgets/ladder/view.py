"""The ladder as it is seen: the book or quote, the day and our orders of one link group's contract, on a fixed axis."""

import dataclasses
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from protocols.market.events import Freshness
from protocols.market.instruments import ContractKey, CurrencyPair, Instrument
from protocols.market.state import MarketState
from protocols.market.times import SECOND
from protocols.market.values import Side
from widgets.books import BookView, book_of
from widgets.flex.filter_bar import FlexFilterBar
from widgets.flex.view import flex_book, is_flex, narrowed
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.ladder.acts import Act
from widgets.ladder.axis import BucketAxis
from widgets.ladder.bar_buttons import BarButtons, amount_words, preset_text
from widgets.ladder.compose import Scene, compose
from widgets.ladder.controls import Controls
from widgets.ladder.flashes import Flashes
from widgets.ladder.frame import Hit, LadderFrame
from widgets.ladder.frame_painting import FramePainter
from widgets.ladder.geometry import Column, Geometry, Metrics, comfortable_width, minimum_height, minimum_width
from widgets.ladder.hand import Hand
from widgets.ladder.ink import Ink
from widgets.ladder.options import Options
from widgets.ladder.own import OwnOrders, proof_text
from widgets.ladder.speech import spoken
from widgets.ladder.standing import standing_of
from widgets.ladder.traded import TradedAtPrice
from widgets.ladder.viewpoint import Viewpoint, usual_bucket
from widgets.ladder.words import zone_of
from widgets.link_group import LinkGroup
from widgets.theme import Theme

WHEEL_NOTCH = 120
"""What Qt reports for one notch of a mouse wheel; touch pads send less at a time."""

ROWS_A_NOTCH = 3


class LadderView(QWidget):
    """Shows the book, the trades and the day of the contract that its link group looks at.

    `zone` is the zone of the times shown; without one it follows the contract's delivery area. What is staged is shown
    as `_hand` has it; a `Ladder` acts on it.
    """

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        zone: ZoneInfo | None = None,
        options: Options | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._zone = zone
        self._theme = theme
        self._options = options or Options()
        self._keys = NO_KEYS
        self._key: ContractKey | None = None
        self._traded: TradedAtPrice | None = None
        self._own: OwnOrders | None = None
        self._hand = Hand(market, *self._options.all_presets)
        self._viewpoint = Viewpoint()
        self._flashes = Flashes(theme.flash_ms / 1000)
        self._wheel = 0
        self._revision = 0
        self._watched: tuple[int, ...] = ()
        self._second = self._described = 0
        self.painted: LadderFrame | None = None
        """The frame on the screen: what a click is answered from."""

        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._acts = {
            Act.RECENTRE: self.recentre,
            Act.FIT: self.fit,
            Act.CUMULATIVE: self.toggle_cumulative,
            Act.COLLAPSED: self.toggle_collapsed,
            Act.COARSER: self.coarser,
            Act.FINER: self.finer,
            Act.ROW_UP: lambda: self.scroll_rows(-1),
            Act.ROW_DOWN: lambda: self.scroll_rows(1),
            Act.TOP: self.show_highest,
            Act.BOTTOM: self.show_lowest,
        }
        self._controls = Controls(self, theme, self.perform)
        self._buttons = BarButtons(theme, self)
        self.filters = FlexFilterBar(theme, self)
        self._dress()
        self._follow()
        group.contract_changed.connect(self._follow)
        clock.pulse.connect(self._pulse)

    # What it shows, and how

    @property
    def options(self) -> Options:
        return self._options

    def set_options(self, options: Options) -> None:
        """Takes a whole set of options; switching to or from occupied levels recentres."""
        before, self._options = self._options, options
        if before.compact != options.compact:
            self._dress()
        self._lay_out()
        if before.collapsed != options.collapsed:
            self.recentre()
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._controls.set_theme(theme)
        self.filters.set_theme(theme)
        self._buttons.set_theme(theme)
        self._dress()
        self._lay_out()
        self.update()

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of its acts are written."""
        self._keys = keys
        self._controls.set_keys(keys)
        self.filters.set_keys(keys)
        self._buttons.set_keys(keys)
        self._show_hand()

    def set_compact(self, on: bool) -> None:
        self.set_options(dataclasses.replace(self._options, compact=on))

    def set_flash(self, on: bool) -> None:
        self.set_options(dataclasses.replace(self._options, flash=on))

    def show_column(self, column: Column, on: bool) -> None:
        hidden = self._options.hidden - {column} if on else self._options.hidden | {column}
        self.set_options(dataclasses.replace(self._options, hidden=hidden))

    # Acts

    def perform(self, act: Act) -> None:
        self._acts[act]()

    def recentre(self) -> None:
        """Brings the market to the middle. With nothing to centre on, the next book does it."""
        contract, slots, book = self._contract(), self._geometry.slots, self._book()
        if contract is None or book is None or slots <= 0 or not self._showable(contract):
            self._viewpoint.forget()
        else:
            collapsed, known = self._options.collapsed, self._market.information.get(contract.key)
            self._viewpoint.recentre(book, contract.spec, slots, collapsed, known, usual_bucket(contract))
        self.update()

    def fit(self) -> None:
        """Recentres and chooses the bucket anew, whatever the trader had set."""
        self._viewpoint.fit()
        self.recentre()

    def toggle_cumulative(self) -> None:
        self.set_options(dataclasses.replace(self._options, cumulative=not self._options.cumulative))

    def toggle_collapsed(self) -> None:
        self.set_options(dataclasses.replace(self._options, collapsed=not self._options.collapsed))

    def coarser(self) -> None:
        """The next wider bucket. Does nothing in collapsed mode, whose rows are single levels."""
        self._change_bucket(wider=True)

    def finer(self) -> None:
        """The next narrower bucket. Does nothing in collapsed mode."""
        self._change_bucket(wider=False)

    def scroll_rows(self, rows: int) -> None:
        """Positive shows lower prices."""
        self._viewpoint.scroll(rows, self._geometry.slots)
        self.update()

    def show_highest(self) -> None:
        """Brings the highest price of the book to the top row."""
        self._show(Side.SELL, 0)

    def show_lowest(self) -> None:
        """Brings the lowest price of the book to the bottom row."""
        self._show(Side.BUY, self._geometry.slots - 1)

    def hit(self, point: QPoint) -> Hit | None:
        """What the frame on the screen showed at a point; None before the first one."""
        return None if self.painted is None else self.painted.hit(point.x(), point.y())

    def render_to(self, image: QImage) -> None:
        """Composes and paints a whole frame into an image: for pictures and measurements."""
        self.render(image)

    # Sizes

    def sizeHint(self) -> QSize:
        least = self.minimumSizeHint()
        wide = comfortable_width(self._geometry.metrics, self._hidden())
        return QSize(max(400, wide), max(640, least.height()))

    def minimumSizeHint(self) -> QSize:
        metrics = self._geometry.metrics
        return QSize(minimum_width(metrics, self._hidden()), minimum_height(metrics))

    # Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:
        region = event.rect()
        partial = region != self.rect() and not region.contains(self.visibleRegion().boundingRect())
        painter = QPainter(self)
        if partial and self.painted is not None and self._watch() == self._watched:
            # Something uncovered a part, a button lit up: the rest of this frame is on the screen already.
            self._painter.paint(painter, self.painted, self.rect(), self.hasFocus())
        else:
            frame = self._compose()
            self._painter.paint(painter, frame, self.rect(), self.hasFocus())
            if partial:
                self.update()
            else:
                self._keep(frame)
        painter.end()

    def hideEvent(self, event: QHideEvent) -> None:
        self._hand.sight = None  # acts by name come here from elsewhere: they find what has not been seen again yet

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y() * ROWS_A_NOTCH
        rows = int(self._wheel / WHEEL_NOTCH)
        self._wheel -= rows * WHEEL_NOTCH
        if rows:
            self.scroll_rows(-rows)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # The pulse

    def _pulse(self) -> None:
        if not self.isVisible():
            return
        self._tell_proofs()
        self._fill_filters()
        second = self._clock.now.utc // SECOND
        if second != self._second or self._flashes.alight or self._watch() != self._watched:
            self.update()

    def _watch(self) -> tuple[int, ...]:
        """Everything a frame depends on but the time: equal while the picture is true."""
        market, key = self._market, self._key
        if key is None or self._traded is None:
            return (market.contracts_revision, market.status_revision, self._hand.revision)
        self._traded.catch_up()
        if self._own is not None:
            self._own.catch_up()
        book = self._book()
        return (
            -1 if book is None else book.revision,
            self._hand.revision,
            -1 if self._own is None else self._own.revision,
            market.status_revision,
            market.contracts_revision,
            market.information.revision_of(key),
            market.area_states.revision_of(key),
            self._traded.revision,
        )

    def _tell_proofs(self) -> None:
        """What amendments did to their orders' places, now that the venue has answered."""
        contract = self._contract()
        if self._own is not None and contract is not None:
            self._own.catch_up()
            for order in self._own.take_proven():
                self._hand.say(proof_text(order, contract.spec), informed=not order.misforetold)

    def _follow(self) -> None:
        """Shows the link group's contract from now on."""
        self._key = self._group.contract
        self._traded = None if self._key is None else TradedAtPrice(self._market.tape, self._key)
        self._own = None if self._key is None else OwnOrders(self._market, self._key)
        self._hand.follow(self._key)
        self._viewpoint.forget()
        self._flashes.forget()
        self._wheel = 0
        self._lay_out()
        self.update()

    # A frame

    def _compose(self) -> LadderFrame:
        self._watched = self._watch()
        self._second = self._clock.now.utc // SECOND
        contract = self._contract()
        if contract is not None and self._geometry.metrics != self._metrics():
            self._lay_out()  # the contract was described only now
        book = self._book()
        if contract is not None and book is not None and self._showable(contract):
            self._viewpoint.settle(
                book,
                contract.spec,
                self._geometry.slots,
                self._options.collapsed,
                self._market.information.get(contract.key),
                usual_bucket(contract),
            )
        self._revision += 1
        scene = Scene(
            market=self._market,
            key=self._key,
            axis=self._viewpoint.axis,
            geometry=self._geometry,
            options=self._options,
            traded=self._traded,
            bucket_by_hand=self._viewpoint.bucket_by_hand,
            group=self._group.number,
            now=self._clock.now,
            zone=self._zone or zone_of(self._key, contract),
            hand=self._hand,
            own=self._own,
            keys=self._keys,
        )
        return compose(scene, self._revision, self._flashes)

    def _keep(self, frame: LadderFrame) -> None:
        before, self.painted = self.painted, frame
        self._hand.sight = frame.sight
        self._buttons.allow_send(frame.bar is not None and not frame.bar.blocked)
        self._controls.allow_buckets(frame.body is not None and isinstance(frame.body.axis, BucketAxis))
        fresh = before is None or before.key != frame.key or before.plate != frame.plate
        if fresh or self._second != self._described:
            # A standing that changed at once, prices once a second: a screen reader could not follow every change.
            self._described = self._second
            name = f" {frame.header.name} {frame.header.area}" if frame.header else ""
            self.setAccessibleName(f"Order book ladder{name}")
            self.setAccessibleDescription(spoken(frame))

    # Parts

    def _contract(self) -> Instrument | None:
        return self._market.instrument(self._key)

    def _book(self) -> BookView | None:
        return book_of(self._market, self._key, self._hand.place)

    def _hidden(self) -> frozenset[Column]:
        """What the trader has hidden, and the trades where none are told, or on a tape of their own."""
        contract = self._contract()
        untold = isinstance(contract, CurrencyPair) or is_flex(contract)
        return self._options.hidden | ({Column.TRADED} if untold else frozenset())

    def _showable(self, contract: Instrument) -> bool:
        """Whether the book has numbers to lay an axis under."""
        standing = standing_of(self._market, contract.key, contract)
        return standing.freshness is not Freshness.UNSYNCHRONISED

    def _change_bucket(self, wider: bool) -> None:
        contract = self._contract()
        if contract is not None:
            self._viewpoint.change_bucket(wider, contract.spec, self._geometry.slots)
            self.update()

    def _show(self, side: Side, slot: int) -> None:
        """Brings a side's last level, or else the other side's best, to a slot."""
        book = self._book()
        if book is None:
            return
        levels = book.side(side).levels()[-1:] or book.side(side.other).levels()[:1]
        for level in levels:
            self._viewpoint.show_at(side, level.price, slot, self._geometry.slots)
        self.update()

    def _dress(self) -> None:
        """Fonts and colours of the theme at the chosen density."""
        self._ink = Ink(self._theme, self._options.compact)
        self._painter = FramePainter(self._ink)

    def _metrics(self) -> Metrics:
        contract, hand = self._contract(), self._hand
        if contract is None or hand.of_flex:
            return self._ink.metrics(contract)
        # Presets among them, so that choosing one moves none.
        amounts = [amount_words(quantity, contract.spec) for quantity in (*hand.presets, hand.quantity)]
        return self._ink.metrics(contract, amounts, [preset_text(quantity, hand) for quantity in hand.presets])

    def _lay_out(self) -> None:
        self._geometry = Geometry(self.width(), self.height(), self._metrics(), self._hidden())
        self._controls.place(self._geometry.buttons)
        self.filters.setGeometry(QRect(*self._geometry.filters))
        self._fill_filters()
        self._controls.show_options(self._options)
        self._buttons.place(self._geometry)
        self._show_hand()

    def _fill_filters(self) -> None:
        """The line of filters, for a flexibility book; keys that were there go back to the rows."""
        key, wanted = self._key, self._geometry.metrics.filtered
        if key is not None and wanted:
            zone = self._zone or zone_of(key, self._contract())
            self.filters.show_book(flex_book(self._market, key), narrowed(self._hand.place, key), zone)
        elif self.filters.isAncestorOf(self.window().focusWidget() or self):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.filters.setVisible(wanted)

    def _show_hand(self) -> None:
        """Brings what the trader has in hand on the screen."""
        if self._geometry.metrics != self._metrics():
            self._lay_out()  # another width of the next quantity; comes back here
            return
        self._buttons.show_hand(self._hand)
        self.update()
