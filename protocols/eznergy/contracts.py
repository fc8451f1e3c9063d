"""The contracts of one connection: three ways of describing one on the wire, one `PowerContract` here."""

from collections.abc import Callable
from typing import Any

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable
from protocols.eznergy.dialects import M7
from protocols.market.events import ContractListed
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.times import HOUR, TimeRefused, UtcNs, utc_from_text

CAPACITY = 50_000
"""Descriptions known at most. Over it those of deliveries `KEPT` before the newest are forgotten; where that frees
nothing, new ones are refused."""

KEPT = 48 * HOUR
"""How long after the newest known delivery an older one is kept at least."""

_Period = tuple[str, UtcNs, UtcNs, str]
"""Area, start, end, and the market type or the name."""
_Wire = tuple[object, ...]


class ContractDirectory:
    """Resolves every `contractArea` of a connection to one contract.

    The venue's identifier may be absent (section 6): the contract is then found by area, start, end and market type,
    and where a contract switched between Local and Xbid, by its name in place of the market type. A contract keeps the
    key under which it was first seen, whatever becomes of its description: book, orders and positions stay with it.
    """

    def __init__(self, connection: str, spec_of: Callable[[str], InstrumentSpec], scope: str = M7) -> None:
        self._connection = connection
        self._scope = scope
        self._spec_of = spec_of
        self._by_wire: dict[_Wire, PowerContract] = {}
        self._by_identifier: dict[tuple[str, str], PowerContract] = {}
        self._by_period: dict[_Period, PowerContract] = {}
        self._by_name: dict[_Period, PowerContract] = {}
        self._by_key: dict[ContractKey, PowerContract] = {}
        self._listed: list[ContractListed] = []

    def listed(self) -> list[ContractListed]:
        """Takes the contracts that were new or described anew since the last call."""
        listed, self._listed = self._listed, []
        return listed

    def get(self, key: ContractKey) -> PowerContract | None:
        """The contract of a key that was handed out."""
        return self._by_key.get(key)

    def resolve(self, area: messages.ContractArea, *, current: bool = True) -> PowerContract:
        """The contract that the wire object describes. Raises `Unreadable` when it describes none.

        `current` is False for what may name a contract as it was once, such as a trade: a known contract is not
        described anew by that.
        """
        granularity, market_type = _product_of(area)
        wire = (
            area.identifier,
            area.delivery_area,
            area.contract_name,
            area.delivery_start,
            area.delivery_end,
            granularity,
            market_type,
        )
        known = self._by_wire.get(wire)
        if known is not None and (not current or self._by_key.get(known.key) is known):
            return known
        if not current and (known := self._identified(area)) is not None:
            return known
        contract = self._describe(area, granularity, market_type)
        if len(self._by_wire) >= CAPACITY:
            self._forget_delivered()
            if len(self._by_wire) >= CAPACITY:
                raise Unreadable(f"contractArea: more than {CAPACITY} contracts")
        self._by_wire[wire] = contract
        return contract

    def find(self, area: messages.ContractArea) -> PowerContract | None:
        """Like `resolve`, for an object that may not be whole: the contract it names, if that is known already."""
        known = self._identified(area)
        if known is not None:
            return known
        try:
            return self.resolve(area)
        except Unreadable:
            return None

    def _identified(self, area: messages.ContractArea) -> PowerContract | None:
        """The known contract that the object names by the venue's own identifier."""
        if area.identifier is None:
            return None
        return self._by_identifier.get((area.delivery_area, str(area.identifier)))

    def _forget_delivered(self) -> None:
        tables: tuple[dict[Any, PowerContract], ...] = (
            self._by_wire,
            self._by_identifier,
            self._by_period,
            self._by_name,
            self._by_key,
        )
        newest = max(contract.delivery_end for contract in self._by_wire.values())
        for table in tables:
            for name, contract in list(table.items()):
                if contract.delivery_end < newest - KEPT:
                    del table[name]

    def _describe(self, area: messages.ContractArea, granularity: str, market_type: str) -> PowerContract:
        identifier = None if area.identifier is None else str(area.identifier)
        known = self._identified(area)
        start = _time_of("deliveryStart", area.delivery_start, known.delivery_start if known else None)
        end = _time_of("deliveryEnd", area.delivery_end, known.delivery_end if known else None)
        if end <= start:
            raise Unreadable("contractArea: deliveryEnd is not after deliveryStart")
        name = (area.contract_name or (known.name if known else "")).strip()
        period = (area.delivery_area, start, end, market_type or (known.market_type if known else ""))
        named = (area.delivery_area, start, end, name)
        if known is None:
            known = self._by_period.get(period) or (self._by_name.get(named) if name else None)
            if known is not None and identifier and known.venue_id and known.venue_id != identifier:
                known = None  # two contracts of the venue over one period
        contract = PowerContract(
            key=known.key
            if known
            else ContractKey(
                self._connection,
                area.delivery_area,
                identifier
                or "|".join((area.delivery_area, area.delivery_start or "", area.delivery_end or "", market_type)),
            ),
            venue_id=identifier or (known.venue_id if known else None),
            name=name or (known.name if known else ""),
            product=granularity or (known.product if known else ""),
            market_type=period[3],
            delivery_start=start,
            delivery_end=end,
            spec=self._spec_of(area.delivery_area),
            scope=self._scope,
        )
        if known is not None and (known.delivery_start, known.delivery_end) != (start, end):
            self._forget_period(known)
        if contract == known and self._by_key.get(contract.key) is known:
            return known
        self._remember(contract, period, named)
        self._listed.append(ContractListed(contract))
        return contract

    def _remember(self, contract: PowerContract, period: _Period, named: _Period) -> None:
        for table, name in ((self._by_period, period), (self._by_name, named)):
            known = table.get(name)
            # Of two over one period, the one that the venue identifies is the one that others are told from.
            if known is None or known.key == contract.key or contract.venue_id is not None:
                table[name] = contract
        if contract.venue_id is not None:
            self._by_identifier[contract.area, contract.venue_id] = contract
        self._by_key[contract.key] = contract

    def _forget_period(self, moved: PowerContract) -> None:
        """The contract was moved: its old period no longer leads to it."""
        tables: tuple[dict[Any, PowerContract], ...] = (self._by_period, self._by_name, self._by_wire)
        for table in tables:
            for name in [name for name, contract in table.items() if contract.key == moved.key]:
                del table[name]


def _product_of(area: messages.ContractArea) -> tuple[str, str]:
    """Granularity and market type: `product.type`, `product.marketType`, and NPID's flat `product` and `type`."""
    product = area.product
    if isinstance(product, messages.Product):
        return product.granularity or product.name or "", product.type or product.market_type or area.type or ""
    return product or "", area.type or ""


def _time_of(field: str, text: str | None, known: UtcNs | None) -> UtcNs:
    if text is None:
        if known is None:
            raise Unreadable(f"contractArea: {field} is missing")
        return known
    try:
        return utc_from_text(text)
    except TimeRefused as error:
        raise Unreadable(f"contractArea: {field}: {error}") from error
