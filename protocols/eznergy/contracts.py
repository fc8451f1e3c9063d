"""The contracts of one connection: three ways of describing one on the wire, one `PowerContract` here."""

from collections.abc import Callable

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable
from protocols.market.events import ContractListed
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.times import TimeRefused, UtcNs, utc_from_text

CAPACITY = 50_000
"""Contracts known at most: a month of all areas. Over it new ones are refused, which is an anomaly and not a crash."""

_Period = tuple[str, UtcNs, UtcNs, str]


class ContractDirectory:
    """Resolves every `contractArea` of a connection to one contract.

    The venue's identifier may be absent (section 6): the contract is then found by area, start, end and market type.
    A contract keeps the key under which it was first seen.
    """

    def __init__(self, connection: str, spec_of: Callable[[str], InstrumentSpec]) -> None:
        self._connection = connection
        self._spec_of = spec_of
        self._by_wire: dict[tuple[object, ...], PowerContract] = {}
        self._by_identifier: dict[tuple[str, str], PowerContract] = {}
        self._by_period: dict[_Period, PowerContract] = {}
        self._listed: list[ContractListed] = []

    def listed(self) -> list[ContractListed]:
        """Takes the contracts that were new or described anew since the last call."""
        listed, self._listed = self._listed, []
        return listed

    def resolve(self, area: messages.ContractArea) -> PowerContract:
        """The contract that the wire object describes. Raises `Unreadable` when it describes none."""
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
        if known is not None:
            return known
        contract = self._describe(area, granularity, market_type)
        if len(self._by_wire) >= CAPACITY:
            raise Unreadable(f"contractArea: more than {CAPACITY} contracts")
        self._by_wire[wire] = contract
        return contract

    def _describe(self, area: messages.ContractArea, granularity: str, market_type: str) -> PowerContract:
        identifier = None if area.identifier is None else str(area.identifier)
        known = None if identifier is None else self._by_identifier.get((area.delivery_area, identifier))
        start = _time_of("deliveryStart", area.delivery_start, known.delivery_start if known else None)
        end = _time_of("deliveryEnd", area.delivery_end, known.delivery_end if known else None)
        if end <= start:
            raise Unreadable("contractArea: deliveryEnd is not after deliveryStart")
        period = (area.delivery_area, start, end, market_type or (known.market_type if known else ""))
        if known is None:
            known = self._by_period.get(period)
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
            name=(area.contract_name or (known.name if known else "")).strip(),
            product=granularity or (known.product if known else ""),
            market_type=period[3],
            delivery_start=start,
            delivery_end=end,
            spec=self._spec_of(area.delivery_area),
        )
        self._by_period.setdefault(period, contract)
        if contract.venue_id is not None:
            self._by_identifier[area.delivery_area, contract.venue_id] = contract
            self._by_period[period] = contract
        if contract != known:
            self._listed.append(ContractListed(contract))
        return contract


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
