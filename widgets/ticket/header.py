"""The ticket's head: which contract or pair it is for, when it closes, how fresh its prices are, and the best."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from protocols.market.events import AreaState
from protocols.market.flex_book import FlexFilter
from protocols.market.instruments import ContractKey, CurrencyPair, FlexMarket, FlexWindow, PowerContract
from protocols.market.pips import pips_text
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant
from protocols.market.values import Price, Side, plain_text
from widgets.books import book_of
from widgets.delivery import (
    AMBER,
    RED,
    countdown_text,
    day_text,
    delivery_text,
    instrument_zone,
    market_zone,
    seconds_until,
    zone_name,
)
from widgets.figures import price_figure
from widgets.ladder.words import is_closed, is_halted
from widgets.marks import INKS, MARKS
from widgets.raised import Raised
from widgets.theme import Theme
from widgets.ticket.beside import has_quotes, quotes_words
from widgets.ticket.rows import WordsLabel
from widgets.wording import PlainLabel, plain_tip, standing_text


class TicketHeader(Raised):
    """Three lines; `refresh` on the frame pulse."""

    def __init__(self, market: MarketState, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._market = market
        self._painted: tuple[object, ...] = ()
        self.modifying = ""
        """What is being modified, before the contract's name; empty for a new order."""
        self.name = PlainLabel("", self)
        self.delivery = PlainLabel("", self)
        self.closing = PlainLabel("", self)
        self.standing = PlainLabel("", self)
        self.bid = QLabel(self)
        self.ask = QLabel(self)
        self.note = WordsLabel(self)
        for label in (self.name, self.delivery, self.standing):
            label.elide()
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.sizes.padding, 6, theme.sizes.padding, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.name, 0, 0, 1, 3)
        grid.addWidget(self.delivery, 1, 0)
        grid.addWidget(self.closing, 1, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.standing, 2, 0)
        grid.addWidget(self.bid, 2, 1)
        grid.addWidget(self.ask, 2, 2)
        grid.addWidget(self.note, 3, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        self.note.hide()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._painted = ()
        self.update()
        self.name.setFont(theme.ui_font(theme.sizes.font_ui + 1, theme.ui_font().Weight.DemiBold))
        self.delivery.setFont(theme.ui_font(theme.sizes.font_title))
        self.closing.setFont(theme.ui_font(theme.sizes.font_title))
        self.standing.setFont(theme.ui_font(theme.sizes.font_title))
        self.bid.setFont(theme.number_font())
        self.ask.setFont(theme.number_font())
        for label, ink in ((self.delivery, "text_secondary"), (self.bid, "buy"), (self.ask, "sell")):
            self._ink(label, ink)
        self.note.set_theme(theme)

    def say(self, text: str, ink: str = "last") -> None:
        """One thing that happened, such as a price that was dropped; empty for nothing."""
        self.note.say(text, ink, self._theme)

    def refresh(self, key: ContractKey | None, group: int, now: Instant) -> None:
        market = self._market
        self._show_closing(key, now)
        book = book_of(market, key)
        seen = (
            key,
            group,
            self.modifying,
            market.quotes.revision_of(key) if key is not None else -1,
            book.revision if book is not None else -1,
            market.status_revision,
            market.contracts_revision,
            market.area_states.revision_of(key) if key is not None else -1,
        )
        if seen == self._painted:
            return
        self._painted = seen
        contract = market.instrument(key)
        if key is None or contract is None:
            self.name.say(f"No contract is chosen in link group {group}" if key is None else f"{key.contract_id} …")
            self.delivery.say("" if key is None else "this contract is not listed")
            for label in (self.standing, self.bid, self.ask):
                label.setText("")
            self.standing.say("")
        elif isinstance(contract, CurrencyPair):
            self._show_pair(contract)
        elif isinstance(contract, PowerContract):
            self._show_power(contract)
        else:
            self._show_flex(contract)

    def _show_pair(self, pair: CurrencyPair) -> None:
        """A quote that is not live is not shown as a price: what it is stands in words."""
        market, key = self._market, pair.key
        self._name(pair.name, key.connection)
        assumed = "  ·  assumed" if pair.assumed else ""
        self.delivery.say(f"pip {plain_text(pair.pip)}  ·  tick {plain_text(pair.spec.tick)}{assumed}")
        standing = market.quote_standing(key)
        words = quotes_words(market, key)
        self.standing.say(f"{MARKS[standing.freshness]} {words}")
        self.standing.setAccessibleName(f"Data: {words}")
        self.standing.setToolTip(plain_tip("" if standing.live else words))
        self._ink(self.standing, INKS[standing.freshness] if has_quotes(market, key) else "warning")
        quote = market.quotes.get(key) if standing.live else None
        bid, ask = (None, None) if quote is None else (quote.bid, quote.ask)
        self._show_best(bid, ask, pair.spec.price_decimals)
        spread = "" if bid is None or ask is None else f"spread {pips_text(ask - bid, pair.pip)}"
        self.closing.say(spread)
        self.closing.set_ink(self._theme.text_secondary)

    def _show_power(self, contract: PowerContract) -> None:
        market, key = self._market, contract.key
        book = market.books.get(key)
        zone = market_zone(contract.area)
        period = delivery_text(contract.delivery_start, contract.delivery_end, zone)
        self._name(contract.name, contract.area, key.connection)
        day = day_text(contract.delivery_start, zone)
        self.delivery.say(f"{day} {period} {zone_name(contract.delivery_start, zone)}")
        standing = market.book_standing(key)
        self._show_standing(standing, _not_trading(market.area_states.get(key)) if standing.live else "")
        best = {side: book.side(side).best if book is not None and standing.live else None for side in Side}
        self._show_best(best[Side.BUY], best[Side.SELL], contract.spec.price_decimals)

    def _show_flex(self, contract: FlexMarket | FlexWindow) -> None:
        """A window's best prices are of everywhere; of the whole book, which mixes windows, none is told."""
        market, key, zone = self._market, contract.key, instrument_zone(contract)
        delivery = contract.delivery if isinstance(contract, FlexWindow) else None
        if delivery is None:
            self._name("All delivery windows", key.connection)
            self.delivery.say("say the window of this order below")
        else:
            self._name(delivery_text(delivery.start, delivery.end, zone), "Flexibility", key.connection)
            self.delivery.say(f"{day_text(delivery.start, zone)} {zone_name(delivery.start, zone)}")
        standing = market.flex_standing(key.connection, FlexFilter(delivery))
        self._show_standing(standing, "")
        book = book_of(market, key) if standing.live and delivery is not None else None
        bid, ask = (None, None) if book is None else (book.bids.best, book.asks.best)
        self._show_best(bid, ask, contract.spec.price_decimals)

    def _name(self, *words: str) -> None:
        self.name.say("  ·  ".join(filter(None, (self.modifying, *words))))
        self.name.set_ink(self._theme.accent if self.modifying else self._theme.text)

    def _show_best(self, bid: Price | None, ask: Price | None, decimals: int) -> None:
        for label, price, letter in ((self.bid, bid, "B"), (self.ask, ask, "S")):
            label.setText(f"{letter} {_price(price, decimals)}")

    def _show_closing(self, key: ContractKey | None, now: Instant) -> None:
        """By the venue's clock; nothing where no trading ends, grey where the state is not live."""
        if key in self._market.pairs:
            return  # there is no closing time: the spread stands there
        state = self._market.area_states.get(key) if key is not None else None
        if key is None or state is None or not state.open or state.phase_end is None:
            self.closing.say("")
            return
        left = seconds_until(state.phase_end, self._market.venue_now(key.connection, now))
        ink = "danger" if left <= RED else "warning" if left <= AMBER else "text_secondary"
        live = self._market.area_state_standing(key).live
        words = f"closes in {countdown_text(left)}" if left else "closing time passed"
        self.closing.say(f"! {words}" if live and left <= RED else words)
        self.closing.set_ink(getattr(self._theme, ink if live else "text_muted"))

    def _show_standing(self, standing: Standing, not_trading: str) -> None:
        """How fresh the book is; and that nothing trades, which a live book doesn't say."""
        words = " · ".join(filter(None, (standing_text(standing), not_trading)))
        self.standing.say(f"{MARKS[standing.freshness]} {words}")
        self.standing.setAccessibleName(f"Data: {words}")
        self._ink(self.standing, "warning" if not_trading else INKS[standing.freshness])

    def _ink(self, label: QLabel, ink: str) -> None:
        palette = label.palette()
        palette.setColor(label.foregroundRole(), getattr(self._theme, ink))
        label.setPalette(palette)


def _not_trading(state: AreaState | None) -> str:
    """`Closed`, `Hibernated`: the venue's word where nothing trades; empty where it does, or is not known."""
    if is_halted(state) and state is not None:
        return state.state
    return state.phase if is_closed(state) and state is not None else ""


def _price(price: Price | None, decimals: int) -> str:
    return "–" if price is None else price_figure(price, decimals)
