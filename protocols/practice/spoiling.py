"""Events on the wire, and as careless servers write them: what `faults` says of names, identifiers and times."""

import random
import re
from decimal import Decimal
from typing import Any

import msgspec

from protocols.eznergy import codec, messages
from protocols.practice.faults import Faults

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d+))?Z", re.ASCII)
_LONG_FRACTION = 12


class Spoiler:
    """Changes what is told, never what is meant, but for `odd_dates`. `rng` decides which."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def event(self, envelope: messages.Envelope, payload: messages.Payload, faults: Faults) -> bytes:
        """A frame: `data` is a string that holds JSON, as section 3 asks, but where `inline_data` strikes."""
        inner = codec.encode(self.spoil(payload, faults))
        envelope.data = msgspec.Raw(inner if self._happens(faults.inline_data) else codec.encode(inner.decode()))
        return codec.encode(envelope)

    def spoil(self, payload: messages.Payload, faults: Faults) -> messages.Payload:
        """The payload with what its faults leave of it; the payload itself, when there are none."""
        if not faults.spoils:
            return payload
        return self._spoiled(msgspec.to_builtins(payload, builtin_types=(Decimal,)), faults)

    def _spoiled(self, value: Any, faults: Faults) -> Any:
        if isinstance(value, list):
            return [self._spoiled(item, faults) for item in value]
        if isinstance(value, dict):
            if "deliveryArea" in value:
                self._spoil_contract(value, faults)
            return {name: self._spoiled(item, faults) for name, item in value.items()}
        if isinstance(value, str):
            return self._time(value, faults)
        return value

    def _spoil_contract(self, area: dict[str, Any], faults: Faults) -> None:
        if "contractName" in area and self._happens(faults.pad_names):
            area["contractName"] += "   "
        if "deliveryStart" in area and self._happens(faults.omit_identifiers):
            area.pop("identifier", None)
        product = area.get("product")
        if isinstance(product, dict) and "type" in product and self._happens(faults.market_type):
            product["marketType"] = product.pop("type")

    def _time(self, text: str, faults: Faults) -> str:
        match = _TIME.fullmatch(text)
        if match is None:
            return text
        minute, second, fraction = match.group(1), match.group(2), match.group(3) or ""
        if self._happens(faults.odd_dates):
            return f"{minute}.{second}Z"
        if second == "00" and not fraction and self._happens(faults.short_dates):
            return f"{minute}Z"
        if self._happens(faults.long_fractions):
            return f"{minute}:{second}.{fraction:0<{_LONG_FRACTION}}Z"
        return text

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self._rng.random() < chance
