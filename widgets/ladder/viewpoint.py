"""Where one ladder looks. Its axis changes here and nowhere else: by the trader's act, or by a first book."""

from protocols.market.events import MarketInformation
from protocols.market.instruments import CurrencyPair, Instrument, InstrumentSpec
from protocols.market.values import Price, Side
from widgets.books import BookView
from widgets.ladder.axis import (
    Axis,
    BucketAxis,
    centred_buckets,
    centred_levels,
    coarser,
    finer,
    fitting_bucket,
)


class Viewpoint:
    """The axis of the contract on show, None until it had a book."""

    def __init__(self) -> None:
        self.axis: Axis | None = None
        self._chosen: int | None = None
        self._provisional = True
        self._slots = 0

    @property
    def bucket_by_hand(self) -> bool:
        """Whether the trader chose the bucket: recentring keeps it until `fit` or another contract."""
        return self._chosen is not None

    def forget(self) -> None:
        """Another contract: its first book decides."""
        self.axis = None
        self._chosen = None
        self._provisional = True

    def settle(
        self,
        book: BookView,
        spec: InstrumentSpec,
        slots: int,
        collapsed: bool,
        known: MarketInformation | None,
        usual: int | None = None,
    ) -> None:
        """Called before each frame. Centres once, on the contract's first orders; an empty book lends its axis from
        the last or average price until then. When the ladder has grown, its middle row stays its middle.
        """
        if slots <= 0:
            return
        if self.axis is None or (self._provisional and (len(book.bids) or len(book.asks))):
            self.recentre(book, spec, slots, collapsed, known, usual)
        elif slots != self._slots:
            self.axis = self.axis.scrolled(self._slots // 2 - slots // 2, slots)
        self._slots = slots

    def recentre(
        self,
        book: BookView,
        spec: InstrumentSpec,
        slots: int,
        collapsed: bool,
        known: MarketInformation | None,
        usual: int | None = None,
    ) -> None:
        """The market in the middle; with buckets also their width, unless the trader chose it: `usual`, or what the
        book's levels ask for."""
        bids = [level.price for level in book.bids.levels()]
        asks = [level.price for level in book.asks.levels()]
        self._provisional = not bids and not asks
        self._slots = slots
        if self._provisional:
            reference = _reference(known)
            self.axis = None if reference is None else centred_buckets(spec.tick, [reference], [], slots)
        elif collapsed:
            self.axis = centred_levels(bids, asks, slots)
        else:
            bucket = self._chosen or usual or fitting_bucket(bids, asks, spec.tick, slots)
            self.axis = centred_buckets(bucket, bids, asks, slots)

    def fit(self) -> None:
        """The next recentring chooses the bucket anew."""
        self._chosen = None

    def scroll(self, rows: int, slots: int) -> None:
        if self.axis is not None:
            self.axis = self.axis.scrolled(rows, slots)

    def show_at(self, side: Side, price: Price, slot: int, slots: int) -> None:
        """Puts the row in which a side's level counts at a slot."""
        if self.axis is not None:
            self.scroll(self.axis.place(side, price).slot - slot, slots)

    def change_bucket(self, wider: bool, spec: InstrumentSpec, slots: int) -> None:
        """One step wider or narrower, the middle of the view staying; rows of single levels have no bucket."""
        if isinstance(self.axis, BucketAxis):
            step = coarser if wider else finer
            self._chosen = step(self.axis.bucket, spec.tick)
            self.axis = self.axis.with_bucket(self._chosen, slots)


def usual_bucket(contract: Instrument) -> int | None:
    """A pip, which is what pairs are thought of in; of a book its levels decide."""
    return contract.pip if isinstance(contract, CurrencyPair) else None


def _reference(known: MarketInformation | None) -> Price | None:
    """Where an empty book's axis goes."""
    if known is None:
        return None
    prices = (known.last_price, known.vwap, known.day_ahead)
    return next((price for price in prices if price is not None), None)
