"""Contracts: what came of matched orders of ours, how far their verification and their settlement are. A fold."""

import msgspec

from protocols.market.flex_events import FlexContract, FlexContractReported
from protocols.market.times import Instant, UtcNs


class ContractStep(msgspec.Struct, frozen=True):
    """How far a contract was, in the venue's word, when the venue says that was, and when it came."""

    word: str
    told_at: UtcNs | None
    at: Instant


class FlexContractView(msgspec.Struct, frozen=True):
    """A contract as it stands: what each message told last, and every word for how far it was (`status`, or else the
    finer ones), each once, in the order in which they came."""

    contract: FlexContract
    steps: tuple[ContractStep, ...]


class FlexContracts:
    """Every contract known, in the order in which they were first heard of. `revision` counts all changes."""

    def __init__(self) -> None:
        self._views: dict[tuple[str, str], FlexContractView] = {}
        self.revision = 0

    def __len__(self) -> int:
        return len(self._views)

    def rows(self) -> list[FlexContractView]:
        return list(self._views.values())

    def get(self, connection: str, identifier: str) -> FlexContractView | None:
        return self._views.get((connection, identifier))

    def of_order(self, connection: str, venue_id: str) -> list[FlexContractView]:
        """The contracts that an order led to, oldest first: a purchase may be filled by several sellers."""
        return [
            view
            for view in self._views.values()
            if view.contract.connection == connection and venue_id in view.contract.order_ids
        ]

    def apply(self, event: FlexContractReported) -> None:
        """Folds one report. What a message leaves out stays as it was; an older message adds its step and changes
        nothing else."""
        told, name = event.contract, (event.contract.connection, event.contract.identifier)
        known = self._views.get(name)
        steps = _with_steps(() if known is None else known.steps, told, event.at)
        contract = told if known is None else _merged(known.contract, told)
        if known is None or (contract, steps) != (known.contract, known.steps):
            self._views[name] = FlexContractView(contract, steps)
            self.revision += 1


def _with_steps(steps: tuple[ContractStep, ...], told: FlexContract, at: Instant) -> tuple[ContractStep, ...]:
    known = {step.word for step in steps}
    words = dict.fromkeys(filter(None, (told.status,) if told.status else (told.verification, told.settlement)))
    return (*steps, *(ContractStep(word, told.told_at, at) for word in words if word not in known))


def _merged(known: FlexContract, told: FlexContract) -> FlexContract:
    newer, older = (known, told) if (told.told_at or 0) < (known.told_at or 0) else (told, known)
    kept = {
        name: getattr(older, name)
        for name in FlexContract.__struct_fields__
        if getattr(newer, name) in (None, "", ()) and getattr(older, name) not in (None, "", ())
    }
    return msgspec.structs.replace(newer, **kept)
