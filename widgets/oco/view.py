"""What the ticket of a pair shows: header, search, ladder, fields, and what became of the pairs that were sent.

The fields' texts are the pair. Whatever moved since the last frame is read, drawn and said anew on the frame pulse.
"""

import itertools
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from protocols.market import forms
from protocols.market.commands import OcoLeg
from protocols.market.events import Feed, Quote
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.pair_book import OwnPair, PairBook, PairName
from protocols.market.pips import Typed
from protocols.market.state import MarketState
from protocols.market.values import Price, Side
from widgets.figures import amount_text
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.oco import hand
from widgets.oco.draft import Draft, read_draft
from widgets.oco.foot import PairFoot
from widgets.oco.frame import Scene
from widgets.oco.hand import Texts
from widgets.oco.notice import PairNotice
from widgets.oco.offer import PairOffer, nearest_pair
from widgets.oco.outcome import Outcome
from widgets.oco.placing import LEGS, Distances, leg_field, starting_prices, waits_at, waits_in
from widgets.oco.question import Question
from widgets.oco.quote_ladder import QuoteLadder
from widgets.oco.words import Distance, distance_of
from widgets.theme import Theme
from widgets.ticket.beside import live_quote, price_words, typed_now
from widgets.ticket.fields import FormFields
from widgets.ticket.header import TicketHeader
from widgets.ticket.search import ContractSearch, Find

PairFormOf = Callable[[CurrencyPair], OrderForm | None]
"""The form of a pair of orders for a currency pair; None where none can be placed."""

BESIDE_LADDER = 550
"""The height that everything but the ladder wants."""
FEWEST_ROWS, MOST_ROWS = 7, 17
USUAL_QUANTITY = "50k"
"""What a ticket begins with; from then on it begins with what was sent last."""
KINDS = tuple(leg_field(forms.ORDER_TYPE, number) for number in LEGS)
KEPT = (forms.QUANTITY, *KINDS)
"""Fields that stay as they were when a pair was sent or given up."""


class PairView(QWidget):
    """Everything but the acts."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        form_of: PairFormOf,
        find: Find,
        pairs: PairBook,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market, self._clock, self._group, self._form_of, self._pairs = market, clock, group, form_of, pairs
        self._theme = theme
        self._compact = False
        self._pair: CurrencyPair | None = None
        self._before: ContractKey | None = None
        self._active = LEGS[0]
        self._question = Question()
        self._sent: PairName | None = None
        self._begins: Texts = {forms.QUANTITY: USUAL_QUANTITY}
        self._fresh: Texts = {}
        self._seen: tuple[object, ...] = ()
        self.draft: Draft | None = None
        """What the fields come to; None without a currency pair."""
        self.distances = Distances()
        """How far from the quote pairs begin."""
        self.header = TicketHeader(market, theme, self)
        self.offer = PairOffer(theme, self)
        self.search = ContractSearch(find, theme, self)
        self.search.look_for("a currency pair", "eurj")
        self.ladder = QuoteLadder(theme, self)
        self.notice = PairNotice(theme, self)
        self.fields = FormFields(self._typed_now, theme, self)
        self.outcome = Outcome(theme, self)
        self.foot = PairFoot(theme, self)
        self._lay_out()
        self.set_keys(NO_KEYS)
        self._take_pair()
        self.set_theme(theme)
        self.fields.edited.connect(self._edited)
        self.fields.left.connect(lambda _name: self._left())
        self.search.chosen.connect(self._found)
        self.offer.taken.connect(self._found)
        self.search.given_up.connect(self._focus_ladder)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._contract_changed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.header, self.offer, self.search, self.notice, self.outcome, self.foot):
            part.set_theme(theme)
        self.fields.set_theme(theme, self._compact)
        self.ladder.set_theme(theme, self._compact)
        self._share_height()
        self._look(anyway=True)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.set_theme(self._theme)

    def set_keys(self, keys: KeyTexts) -> None:
        self.foot.set_keys(keys)
        self.outcome.set_keys(keys)
        self.notice.set_keys(keys)
        self.search.set_tip(keys.of("oco.search"))
        moves = f"{keys.first('oco.price_up')} {keys.first('oco.price_down')}".strip()
        other = keys.tip("drag a leg, or click a price for the active one; the other leg", "oco.other_leg")
        self.ladder.setToolTip(
            f"{moves} moves the active leg; {other}" if moves else "Drag a leg, or click a price for it"
        )

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(470, 820)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_height()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pulse()

    # The currency pair

    def _contract_changed(self) -> None:
        """Another pair: what it costs is another thing, so side and prices go, and that is said."""
        dropped = self.draft is not None and any(waits_at(leg) is not None for leg in self.draft.legs)
        self._take_pair()
        what = "No currency pair" if self._pair is None else "Another pair"
        self.notice.refuse(f"{what}: both legs were dropped" if dropped else "")

    def _take_pair(self) -> None:
        key = self._group.contract
        pair = self._market.pairs.get(key) if key is not None else None
        form = self._form_of(pair) if pair is not None else None
        kept = self._kept()
        self._pair = pair
        self._before = self._before if key is None or pair is None else key
        self.header.setVisible(pair is not None)
        self.offer.setVisible(pair is None)
        self.notice.show_ways(pair is not None)
        self.setFocusProxy(self.search.line if pair is None else self.ladder)
        if form is None or form != self.fields.form or pair != self.fields.instrument:
            self.fields.draw(form, pair)
            self._order_tabs()
        self._write_all(kept)

    def _kept(self) -> Texts:
        """What a ticket begins with: the quantity and the types of legs that were there last."""
        texts = self.fields.texts()
        self._begins |= {name: texts[name] for name in KEPT if texts.get(name)}
        return dict(self._begins)

    def _write_all(self, texts: Texts) -> None:
        self._question.withdraw()
        self._active = LEGS[0]
        self.fields.write(texts)
        self._fresh = self.fields.texts()
        self._look(anyway=True)

    def _found(self, key: ContractKey) -> None:
        self._group.choose(key)
        self._focus_ladder()

    # Reading what the fields say

    def _quote(self) -> Quote | None:
        """The live one."""
        return None if self._pair is None else live_quote(self._market, self._pair.key)

    def _typed_now(self) -> Typed:
        return typed_now(self._market, None if self._pair is None else self._pair.key, self._clock.now.utc)

    def _edited(self) -> None:
        """A text changed: what was asked is of another pair."""
        before = None if self.draft is None else self.draft.legs
        self._question.withdraw()
        self._look(anyway=True)
        draft, pair = self.draft, self._pair
        if draft is None or pair is None or before is None:
            return
        for number, was, now in zip(LEGS, before, draft.legs, strict=True):
            if was.type != now.type:
                self._write(hand.limit_beyond(number, draft, pair, self.distances))

    def _left(self) -> None:
        """A field is filled in: its leg comes into sight. Not with each figure, which would make the ladder jump."""
        self._look(anyway=True)
        self.ladder.keep_in_sight(*self._to_be_seen())

    def _write(self, texts: Texts) -> None:
        """As if they had been typed."""
        for name, text in texts.items():
            row = self.fields.rows.get(name)
            if row is not None and row.editor.text() != text:
                row.editor.set_text(text)

    def _pulse(self) -> None:
        if self.isVisible():
            self._question.painted(self._clock.now.monotonic)
            self._pairs.look()
            self._look()

    def _look(self, anyway: bool = False) -> None:
        """Reads and shows what moved since the last look."""
        market, key, now = self._market, self._group.contract, self._clock.now
        self.header.refresh(key, self._group.number, now)
        seen = (
            key, market.quotes.revision, market.status_revision, market.contracts_revision, self._pairs.revision,
            self._ends_soon(),
        )  # fmt: skip
        if seen == self._seen and not anyway:
            return
        if self._pair is None and key in market.pairs:
            self._take_pair()
            return
        self._seen = seen
        self._read()
        self._draw()
        self._say()

    def _ends_soon(self) -> bool:
        """Whether the lifetime that is filled in has passed."""
        until = None if self.draft is None else self.draft.checked.values.get(forms.VALIDITY_UNTIL)
        return until is not None and int(until) <= self._clock.now.utc

    def _read(self) -> None:
        form, pair = self.fields.form, self._pair
        if form is None or pair is None:
            self.draft = None
            return
        fields = self.fields
        now = self._clock.now.utc
        self.draft = read_draft(form, pair, fields.texts(), fields.typed, now, fields.zone, self._quote())
        if not self._question.shown:
            fields.understand(self.draft.checked)
        for number, leg in zip(LEGS, self.draft.legs, strict=True):
            # With a live quote it stands on the ladder, in the leg's row.
            at = waits_at(leg) if self._quote() is None else None
            words = "" if at is None else price_words(self._market, pair, at, 0, None)
            fields.rows[waits_in(number, leg.type)].put_aside(words)

    def _distance(self, leg: OcoLeg) -> Distance:
        """How far from the live price that it deals at a leg waits; empty without one."""
        at, pair, quote = waits_at(leg), self._pair, self._quote()
        if at is None or pair is None or quote is None or self.draft is None:
            return Distance()
        return distance_of(self._market, pair, self.draft.side, at, self.draft.quantity, quote)

    # Showing it

    def _draw(self) -> None:
        """The ladder; its first axis as soon as there is something to stand on."""
        pair, draft = self._pair, self.draft
        quote = None if pair is None else self._market.quotes.get(pair.key)
        live = self._quote() is not None
        self.ladder.show_scene(
            Scene(
                pair=pair,
                quote=quote,
                live=live,
                side=None if draft is None else draft.side,
                legs=None if draft is None else draft.legs,
                active=self._active,
                details=() if draft is None else tuple(self._distance(leg) for leg in draft.legs),
            )
        )
        if not self.ladder.placed:
            self.ladder.fit(*self._to_be_seen())

    def _to_be_seen(self) -> list[Price]:
        """Both legs, the market, and where legs would begin."""
        pair, draft, quote = self._pair, self.draft, self._quote()
        if pair is None or draft is None:
            return []
        legs = [at for leg in draft.legs if (at := waits_at(leg)) is not None]
        if quote is None or quote.bid is None or quote.ask is None:
            return legs
        sides = Side if draft.side is None else (draft.side,)
        begins = [] if legs else [
            starting_prices(side, leg.type, quote, pair, self.distances)[0] for side in sides for leg in draft.legs
        ]  # fmt: skip
        return [*legs, *begins, quote.bid, quote.ask]

    def _say(self) -> None:
        draft, pair = self.draft, self._pair
        if not self._question.shown:
            self.foot.tell([] if draft is None else [concern.words for concern in draft.concerns])
        side = None if draft is None else draft.side
        words = side.value if side is not None else "Send"
        if draft is not None and pair is not None and side is not None and draft.quantity is not None:
            much = amount_text(draft.quantity, pair.spec.quantity_decimals)
            words = f"{words} {much} {pair.base}, one cancels the other"
        self.foot.name_send(words, side, draft is not None)
        self.notice.keep.setEnabled(draft is not None and draft.command is not None and self._quote() is not None)
        pairs = self._of_interest()
        told = {(each.key.connection, each.key.area) for each in pairs}
        self.outcome.show_pairs(pairs, pair, self._market.feed_standing(Feed.OWN_ORDERS, told))
        if pair is None:
            nearest = nearest_pair(self._market, self._before, lambda each: self._form_of(each) is not None)
            self.offer.offer(self._market.instrument(self._group.contract), nearest, self._group.number)

    def _of_interest(self) -> list[OwnPair]:
        """Pairs of this currency pair that are not over, and the one that was sent last from here."""
        key = self._group.contract
        found = [] if key is None else self._pairs.of_contract(key)
        return [pair for pair in found if not pair.result.over or pair.name == self._sent]

    # The layout

    def _lay_out(self) -> None:
        ladder = QHBoxLayout()
        ladder.setContentsMargins(8, 2, 8, 0)
        ladder.addWidget(self.ladder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.offer, self.search):
            column.addWidget(part)
        column.addLayout(ladder)
        column.addWidget(self.notice)
        column.addWidget(self.fields, 1)
        # Below what may be clicked before a pair is sent, so that nothing moves when it appears.
        column.addWidget(self.outcome)
        column.addWidget(self.foot)

    def _share_height(self) -> None:
        """The ladder has whole rows, as many as there is room for."""
        row = self._theme.sizes.row_height_compact if self._compact else self._theme.sizes.row_height
        rows = max(FEWEST_ROWS, min(MOST_ROWS, (self.height() - BESIDE_LADDER) // row))
        self.ladder.setFixedHeight(rows * row)

    def _order_tabs(self) -> None:
        chain = [self.offer.take, self.search.line, self.ladder, self.notice.keep, *self.fields.entries()]
        chain += [self.outcome.cancel, self.foot.send, self.foot.clear]
        for one, other in itertools.pairwise(chain):
            QWidget.setTabOrder(one, other)

    def _focus_ladder(self) -> None:
        if self.isVisible():
            self.ladder.setFocus(Qt.FocusReason.OtherFocusReason)
