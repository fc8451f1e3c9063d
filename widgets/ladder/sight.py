"""What the trader had before his eyes, in numbers: an act by key is held where that is no longer so. No Qt."""

from typing import NamedTuple

from protocols.market.commands import Seen
from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.values import Price, Side
from widgets.books import BEST, BookView, reaches
from widgets.fx_staging import sets_off
from widgets.staging import Stage, price_text

_NONE = {Side.BUY: "no bids", Side.SELL: "no asks"}


class Sight(NamedTuple):
    """The frame on the screen: its stamp, the best prices in it, and what its preview said."""

    key: ContractKey
    seen: Seen
    bid: Price | None
    ask: Price | None
    stage: Stage | None

    def best(self, side: Side) -> Price | None:
        return self.bid if side is Side.BUY else self.ask


def best_changed(sight: Sight, book: BookView, side: Side, spec: InstrumentSpec) -> str:
    """What became of a side's best price since the frame; empty when it is the same."""
    seen, now = sight.best(side), book.side(side).best
    if seen == now:
        return ""
    was = f"The {BEST[side]} was {price_text(seen, spec)}" if seen is not None else f"There were {_NONE[side]}"
    return f"{was}, {_is_now(now, side, 'is', spec)} now: press again to stage"


def reach_changed(sight: Sight, book: BookView, stage: Stage, spec: InstrumentSpec) -> str:
    """Whether an order at its price has come to trade at once, or no longer does, since the frame; empty if not."""
    side, price = stage.side, stage.price
    before, after = sight.best(side.other), book.side(side.other).best
    if stage.is_stop:
        reached = sets_off(side, price, sight.bid, sight.ask)
        reaching = sets_off(side, price, book.bids.best, book.asks.best)
    else:
        reached, reaching = reaches(side, price, before), reaches(side, price, after)
    if reached == reaching:
        return ""
    does = "set off at once" if reaching and stage.is_stop else "trade at once" if reaching else "rest"
    return f"it would {does} now, {_is_now(after, side.other, 'the ' + BEST[side.other] + ' is', spec)}: ask again"


def _is_now(price: Price | None, side: Side, verb: str, spec: InstrumentSpec) -> str:
    return f"there are {_NONE[side]}" if price is None else f"{verb} {price_text(price, spec)}"
