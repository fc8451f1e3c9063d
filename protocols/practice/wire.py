"""Values and contracts as the wire writes them."""

import functools
from decimal import Decimal

from protocols.eznergy import messages
from protocols.market.times import utc_text
from protocols.market.values import plain_text
from protocols.practice.contracts import Contract


@functools.lru_cache(maxsize=4096)
def contract_area(area: str, contract: Contract) -> messages.ContractArea:
    """The contract as the wire describes it in one of its areas. Shared: not to be changed."""
    product = contract.product
    return messages.ContractArea(
        delivery_area=area,
        identifier=contract.identifier(area),
        contract_name=contract.name,
        delivery_start=utc_text(contract.delivery_start),
        delivery_end=utc_text(contract.delivery_end),
        product=messages.Product(name=product.name, granularity=product.granularity, type=product.market_type),
    )


@functools.lru_cache(maxsize=65_536)
def decimal(value: int) -> Decimal:
    """A scaled price or quantity as an exact JSON number."""
    return Decimal(plain_text(value))


def optional_decimal(value: int | None) -> Decimal | None:
    """Like `decimal`; None stays None."""
    return None if value is None else decimal(value)
