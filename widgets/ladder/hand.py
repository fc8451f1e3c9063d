"""What one ladder's trader has in hand: a stage, the next quantity, what is being typed, the selected own order. No Qt.

Acts raise `NotStaged` with the words for the trader and leave everything as it was. Nothing here sends.
"""

import enum
from collections.abc import Callable, Sequence

import msgspec

from protocols.market.commands import Command, FlexTerms, Seen
from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair, Instrument
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from widgets import staging
from widgets.books import BookView, book_of, reaches
from widgets.delivery import dated_title
from widgets.flex.staging import MadeInTicket
from widgets.flex.view import is_flex, own_alive_on, stands_on
from widgets.fx_staging import PAIR_PRESETS
from widgets.ladder.sight import Sight, best_changed, reach_changed
from widgets.ladder.standing import why_no_orders
from widgets.staging import Entry, KeepsPlace, NotStaged, Stage

NOTHING_STAGED = "Nothing is staged"

TOLD_SECONDS = 60.0
"""For so long it is told what has passed."""

FormOf = Callable[[Instrument], OrderForm | None]


class Typing(enum.Enum):
    """What the figures typed are."""

    QUANTITY = "Quantity"
    DISPLAY = "Iceberg shows"
    PRESET = "Preset"


class Hand:
    """`revision` moves with everything that the ladder shows of it."""

    def __init__(
        self, market: MarketState, presets: Sequence[Quantity], pair_presets: Sequence[Quantity] = PAIR_PRESETS
    ) -> None:
        self._market = market
        self.key: ContractKey | None = None
        self.place: FlexFilter = ALL
        """Country and location that a flexibility book is narrowed to."""
        self._presets = {False: tuple(presets), True: tuple(pair_presets)}
        self.stage: Stage | None = None
        self.entry: Entry | None = None
        self.typing = Typing.QUANTITY
        self.preset = 0
        """The preset that is being typed, from 0."""
        self.notice = ""
        """Why the last act did nothing, or what it wants to be asked again; or, with `informed`, what has passed."""
        self.informed = False
        self._told_since: float | None = None
        self._lasts: float | None = None
        self.drag: tuple[Order, int] | None = None
        """The own order that is being dragged, and the slot it is over."""
        self.form_of: FormOf | None = None
        """Which form an order of a contract has: what its terms go round."""
        self.keeps_place: KeepsPlace | None = None
        """The venue's rule of what an amendment does to an order's place."""
        self.sight: Sight | None = None
        """The frame on the screen."""
        self.armed = True
        """Whether what is staged can be sent; the bar says so where it can't."""
        self.revision = 0
        self._next = {pairs: each[2] for pairs, each in self._presets.items()}
        self._selected: str | None = None

    # What it holds

    @property
    def of_pair(self) -> bool:
        """Whether a currency pair is in hand, whose quantities are of another kind, and which has stops."""
        return self.key in self._market.pairs

    @property
    def of_flex(self) -> bool:
        """Whether a flexibility book is in hand: its orders are put together in their ticket, quantity and all."""
        return is_flex(self._market.instrument(self.key))

    @property
    def presets(self) -> tuple[Quantity, ...]:
        return self._presets[self.of_pair]

    @property
    def all_presets(self) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
        """Those of contracts, and those of currency pairs."""
        return self._presets[False], self._presets[True]

    def take_presets(self, of_contracts: Sequence[Quantity], of_pairs: Sequence[Quantity]) -> None:
        self._presets = {False: tuple(of_contracts), True: tuple(of_pairs)}

    @property
    def quantity(self) -> Quantity:
        """What the next stage will be for."""
        return self._next[self.of_pair]

    @property
    def selected(self) -> Order | None:
        """The selected own order, as long as anything can come of it."""
        if self.key is None or self._selected is None:
            return None
        order = self._market.blotter.get(self.key.connection, self._selected)
        return order if order is not None and stands_on(self.key, order) and not order.status.over else None

    @property
    def amended(self) -> Order | None:
        """The order that the stage would amend, as it stands."""
        stage = self.stage
        if stage is None or stage.order is None:
            return None
        return self._market.blotter.get(stage.order.connection, stage.order.client_id)

    def preview(self, now: UtcNs) -> str:
        """What the stage says, with the day of a delivery that is not today's; empty without one."""
        if self.stage is None:
            return ""
        contract = self._contract()
        return staging.preview(self.stage, contract, self.amended, self.keeps_place, dated_title(contract, now))

    @property
    def foretold(self) -> bool | None:
        """Whether the amendment that is staged keeps the order's place; None where nothing is foretold."""
        stage, order = self.stage, self.amended
        return None if stage is None or order is None else staging.foretold(stage, order, self.keeps_place)

    def new_place(self) -> str:
        """Where the staged order comes to stand, by the book as it is now; empty where it keeps its place, waits for a
        price to be reached, or nothing is known."""
        stage, order = self.stage, self.amended
        book = None if stage is None else book_of(self._market, stage.key, self.place)
        if stage is None or book is None or book.fault is not None or stage.is_stop:
            return ""
        if stage.order is not None and (order is None or self.foretold is not False):
            return ""
        return staging.new_place(stage, order, book, self._contract().spec)

    @property
    def overtaken(self) -> bool:
        """Whether the market came to the staged price: it would trade at once, and was not put there to take."""
        stage = self.stage
        book = None if stage is None else book_of(self._market, stage.key, self.place)
        if stage is None or book is None or stage.is_stop:
            return False
        opposite = book.side(stage.side.other).best
        taken = stage.reference is not None and stage.reference.side is stage.side.other
        return reaches(stage.side, stage.price, opposite) and not taken

    @property
    def seen(self) -> Seen | None:
        """What was on the screen, and was foretold, for the intent that the stage becomes."""
        return None if self.sight is None else msgspec.structs.replace(self.sight.seen, keeps_place=self.foretold)

    def say(self, words: str, informed: bool = False, lasts: float | None = None) -> None:
        """`lasts` so many seconds; without it until the next act, and what has passed for `TOLD_SECONDS`."""
        self.notice, self.informed, self._told_since = words, informed, None
        self._lasts = TOLD_SECONDS if informed else lasts
        self.revision += 1

    def look(self, now: float) -> None:
        """Time passes, in monotonic seconds."""
        if not self.notice or self._lasts is None:
            return
        if self._told_since is None:
            self._told_since = now
        elif now - self._told_since >= self._lasts:
            self.say("")

    def arm(self, armed: bool) -> None:
        """What was said of sending while it could not be sent is no longer so; what else was said stays."""
        if armed != self.armed:
            self.armed = armed
            self.revision += 1
            if self._lasts is not None and not self.informed:
                self.say("")

    def next_act(self) -> None:
        """The trader goes on: he knows what has passed."""
        if self.notice and self.informed:
            self.say("")

    # Staging

    def stage_best(self, side: Side, take: bool) -> None:
        contract, book = self._ground()
        stage = staging.at_best(contract, book, side, self._fitting(contract), take)
        changed = best_changed(self._sight(), book, side.other if take else side, contract.spec)
        if changed:
            raise NotStaged(changed)
        self._put(stage)

    def stage_at(self, side: Side, price: Price) -> None:
        contract, book = self._ground()
        self._put(staging.at_price(contract, book, side, price, self._fitting(contract)))

    def stop_at(self, side: Side, price: Price) -> None:
        contract, book = self._ground()
        self._put(staging.stop_at(contract, book, side, price, self._fitting(contract)))

    def stage_amendment(self, order: Order | None, price: Price | None = None) -> None:
        """The order's change, to another price or yet to be said."""
        if order is None:
            raise NotStaged("No own order is selected")
        contract, book = self._ground()
        stage = staging.amendment(contract, book, order)
        self._put(stage if price is None else staging.moved(stage, price, contract.spec.tick))
        self.select(order)

    def nudge_price(self, ticks: int) -> None:
        stage = self._stage()
        self._put(staging.with_price(stage, ticks, self._contract().spec.tick))

    def cycle_terms(self) -> None:
        form = None if self.form_of is None else self.form_of(self._contract())
        if form is None:
            raise NotStaged("This contract's orders have no terms to go round")
        self._put(staging.next_terms(self._stage(), form))

    def drop(self) -> None:
        """Gives up what is dragged, else what is typed, else what is staged."""
        if self.drag is not None:
            self.drag = None
        elif self.entry is not None:
            self.entry = None
        else:
            self.stage = None
        self.say("")

    def take(self) -> Command:
        """Hands the stage over as a command and clears it. Raises `NotStaged` when it must not go as it stands."""
        if self.entry is not None:
            raise NotStaged("Not sent: a quantity is being typed")
        stage = self._stage()
        why = why_no_orders(self._market, self.key)
        if why:
            raise NotStaged(f"Not sent: {why}")
        try:
            command = staging.to_command(stage, self.amended)
        except NotStaged as refused:
            raise NotStaged(f"Not sent: {refused}") from refused
        if self._sight().stage != stage:
            raise NotStaged("Not sent: the preview was not on the screen yet, ask again")
        contract, book = self._ground()
        changed = reach_changed(self._sight(), book, stage, contract.spec)
        if changed:
            raise NotStaged(f"Not sent: {changed}")
        self.stage = None
        self.say("")
        return command

    def put(self, stage: Stage) -> None:
        """Stages what was made elsewhere. Raises `NotStaged` when it is of another contract."""
        if stage.key != self.key:
            raise NotStaged("Not staged: the order is of another contract")
        self._put(stage)

    # Quantities

    def nudge_quantity(self, steps: int) -> None:
        self._quantity_is_said_here()
        now = self.stage.quantity if self.stage is not None else self.quantity
        self._set_quantity(staging.nudged_quantity(now, steps, self._contract().spec.step))

    def use_preset(self, index: int) -> None:
        """Counted from 0."""
        self._quantity_is_said_here()
        if not 0 <= index < len(self.presets):
            raise NotStaged(f"There is no preset quantity {index + 1}")
        self._set_quantity(staging.on_step(self.presets[index], self._contract().spec.step))

    def begin(self, typing: Typing, preset: int = 0) -> None:
        """What is typed from now on is this."""
        self._contract()
        self._quantity_is_said_here()
        if typing is Typing.DISPLAY:
            staging.with_display(self._stage(), None)  # an amendment refuses
        self.typing, self.preset, self.entry = typing, preset, Entry()
        self.say("")

    def type(self, characters: str) -> None:
        if self.entry is not None:
            self.entry = self.entry.typed(characters)
            self.say("")

    def end(self) -> None:
        """Takes what was typed; no figures at all end an iceberg. What is refused stays to be mended."""
        if self.entry is None:
            return
        spec = self._contract().spec
        if self.typing is Typing.DISPLAY:
            display = self.entry.read(spec) if self.entry.text else None
            self._put(staging.with_display(self._stage(), display))
        elif self.entry.text:
            quantity = self.entry.read(spec)
            if self.typing is Typing.PRESET:
                before, after = self.presets[: self.preset], self.presets[self.preset + 1 :]
                self._presets[self.of_pair] = (*before, quantity, *after)
            else:
                self._set_quantity(quantity)
        self.entry = None
        self.say("")

    # Own orders

    def select(self, order: Order | None) -> None:
        self._selected = None if order is None else order.client_id
        self.revision += 1

    def select_next(self, step: int) -> None:
        """The next own order down the ladder (step 1) or up (-1), round and round."""
        orders = down_the_ladder(own_alive_on(self._market, self.key)) if self.key is not None else []
        if not orders:
            raise NotStaged("No own orders of this contract")
        names = [order.client_id for order in orders]
        first = 0 if step > 0 else -1
        place = names.index(self._selected) + step if self._selected in names else first
        self.select(orders[place % len(orders)])
        self.say("")

    # Another contract

    def follow(self, key: ContractKey | None) -> None:
        """Another contract: the stage is dropped, as is everything that belonged to the old one."""
        if key == self.key:
            return
        self.key, self.stage, self.entry, self.drag, self._selected = key, None, None, None, None
        self.say("")

    def hop(self, key: ContractKey) -> None:
        """Another contract, the stage going along as far from its best price; raises `NotStaged` where it can't, and
        between currency pairs, where a distance means nothing."""
        stage, here = self.stage, self._market.instrument(self.key)
        self.follow(key)
        if stage is None:
            return
        if isinstance(here, CurrencyPair):
            raise NotStaged(f"The stage was dropped: a price of {here.name} says nothing of another pair")
        why = why_no_orders(self._market, key)
        if why:
            raise NotStaged(f"The stage was dropped: {why}")
        self._put(staging.hopped(stage, self._contract(), book_of(self._market, key, self.place)))

    # Within

    def _put(self, stage: Stage) -> None:
        if isinstance(stage.terms, FlexTerms):
            raise MadeInTicket(stage)
        self.stage = stage
        self.say("")

    def _stage(self) -> Stage:
        if self.stage is None:
            raise NotStaged(NOTHING_STAGED)
        return self.stage

    def _sight(self) -> Sight:
        if self.sight is None or self.sight.key != self.key:
            raise NotStaged("The contract is not on the screen yet: press again")
        return self.sight

    def _contract(self) -> Instrument:
        contract = self._market.instrument(self.key)
        if contract is None:
            raise NotStaged("No contract is chosen")
        return contract

    def _ground(self) -> tuple[Instrument, BookView]:
        """The contract and its live book; a book that is not live takes no new orders."""
        contract = self._contract()
        why = why_no_orders(self._market, contract.key)
        book = book_of(self._market, contract.key, self.place)
        if why or book is None:
            raise NotStaged(f"Nothing is staged: {why or 'nothing was quoted yet'}")
        return contract, book

    def _fitting(self, contract: Instrument) -> Quantity:
        return staging.on_step(self.quantity, contract.spec.step)

    def _quantity_is_said_here(self) -> None:
        if self.of_flex:
            raise NotStaged("Power is said in the ticket: the ladder shows the book")

    def _set_quantity(self, quantity: Quantity) -> None:
        """An amendment's quantity is its own; that of a new order is the next one's too."""
        if self.stage is not None:
            self.stage = staging.with_quantity(self.stage, quantity)
        if self.stage is None or self.stage.order is None:
            self._next[self.of_pair] = quantity
        self.say("")


def down_the_ladder(orders: Sequence[Order]) -> list[Order]:
    """By where they wait, the highest first; those of one price as they were first heard of. One of none comes last."""
    return sorted(orders, key=lambda order: (order.waits_at is None, -(order.waits_at or 0)))
