"""What is traded. Ticks, steps and units come from shipped tables (`resources/instruments`): no venue sends them."""

import msgspec

from protocols.market.flex import AREA, WHOLE_BOOK, Delivery
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity


class InstrumentSpec(msgspec.Struct, frozen=True):
    """How an instrument's numbers are spaced and written.

    `tick` and `step` are in units of 1e-9 of `price_unit` and `quantity_unit`. A venue's price off the tick is shown
    exactly as it came: the spec is for staging and for the ladder's rows, never for rounding what was received.
    """

    tick: Price
    step: Quantity
    price_decimals: int
    quantity_decimals: int
    price_unit: str
    quantity_unit: str


class ContractKey(msgspec.Struct, frozen=True, order=True, gc=False):
    """Names one contract in one delivery area of one connection."""

    connection: str
    area: str
    contract_id: str


class CurrencyPair(msgspec.Struct, frozen=True):
    """Two currencies: quantities in units of `base`, prices in `quote` per unit of it.

    `pip` (1e-9 of the price) is what distances are counted in, `contract_size` (1e-9 units of `base`) one lot.
    `assumed` when no table has the pair: its figures are the usual ones, and may be wrong.
    """

    key: ContractKey
    name: str
    base: str
    quote: str
    spec: InstrumentSpec
    pip: Price
    contract_size: Quantity
    account_currency: str
    assumed: bool = False

    @property
    def title(self) -> str:
        """What it is called where it stands alone."""
        return self.name


class PowerContract(msgspec.Struct, frozen=True):
    """Power to be delivered in `area` between two instants.

    `name` is the exchange's own (`15Q4`, `18-19_XB`), `product` the granularity as the venue spells it
    (`QuarterHour`), `market_type` `Local` or `Xbid`, as it is now. `venue_id` is None where the venue did not name the
    contract: `key.contract_id` then holds area, delivery and the market type under which it was first seen. `scope` is
    the venue's word for the exchange behind it (`m7`, `npid`): order forms and limits go by it.
    """

    key: ContractKey
    venue_id: str | None
    name: str
    product: str
    market_type: str
    delivery_start: UtcNs
    delivery_end: UtcNs
    spec: InstrumentSpec
    scope: str = "m7"

    @property
    def area(self) -> str:
        return self.key.area

    @property
    def title(self) -> str:
        """What it is called where it stands alone: `15Q4 DE-AMPRION`."""
        return f"{self.name} {self.area}"


class FlexMarket(msgspec.Struct, frozen=True):
    """A connection's whole book of flexibility: orders of many delivery windows and places (power in W, EUR/kWh)."""

    key: ContractKey
    spec: InstrumentSpec

    @property
    def name(self) -> str:
        return "Flexibility"

    @property
    def title(self) -> str:
        """What it is called where it stands alone."""
        return f"Flexibility · {self.key.connection}"

    def window(self, delivery: Delivery) -> "FlexWindow":
        """One window of it."""
        return FlexWindow(window_key(self.key.connection, delivery), delivery, self.spec)


class FlexWindow(msgspec.Struct, frozen=True):
    """Flexibility of one delivery window, wherever. What orders are for: those of another window are another good."""

    key: ContractKey
    delivery: Delivery
    spec: InstrumentSpec

    @property
    def name(self) -> str:
        """Short, for beside the delivery period, which tells windows apart."""
        return "Flex"

    @property
    def title(self) -> str:
        """What it is called where it stands alone. In UTC: widgets write its times in market time where they can."""
        return f"Flexibility {self.delivery.text}"


def market_key(connection: str) -> ContractKey:
    """Names the whole book of a connection."""
    return ContractKey(connection, AREA, WHOLE_BOOK)


def window_key(connection: str, delivery: Delivery) -> ContractKey:
    """Names one delivery window of a connection."""
    return ContractKey(connection, AREA, delivery.contract_id)


Instrument = PowerContract | CurrencyPair | FlexMarket | FlexWindow
