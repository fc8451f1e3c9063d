"""The acts of the pair's ticket: how it is opened, and that each does its own thing and only there."""

import pytest

from app.commands import Registry, Scope
from app.keys import read_keymap
from app.oco_acts import oco_acts
from app.resources import keymap
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.values import Side
from tests.app.hands import order


class Port:
    """Notes what the ticket is asked, and what becomes of group and focus."""

    def __init__(self, here: str | None, selected: list[Order]) -> None:
        self.notes: list[object] = []
        self._selected = selected
        self.here = here

    def brings_into_sight(self) -> bool:
        return True

    def selected(self) -> list[Order]:
        return self._selected

    def __getattr__(self, name: str) -> object:
        return lambda *arguments: self.notes.append((name, *arguments))

    def acts(self, there: bool = True) -> Registry:
        return Registry(
            oco_acts(
                lambda: self if there else None,  # type: ignore[arg-type, return-value]
                lambda: self,
                lambda: self.here,
                lambda key: self.notes.append(("choose", key)),
                lambda dock: self.notes.append(("focus", dock)),
            )
        )


ONE, OTHER = (ContractKey("FX", "FX", name) for name in ("EURUSD", "GBPUSD"))


@pytest.mark.parametrize(
    ("here", "keys", "chosen"),
    [
        ("orders", [ONE, ONE], [("choose", ONE)]),
        ("orders", [ONE, OTHER], []),
        ("orders", [], []),
        ("ladder", [ONE], []),
        ("ticket", [ONE], []),
        (None, [ONE], []),
    ],
)
def test_it_opens_from_anywhere_and_from_the_blotter_for_what_is_selected(
    here: str | None, keys: list[ContractKey], chosen: list[object]
) -> None:
    port = Port(here, [order(key, f"o{number}") for number, key in enumerate(keys)])
    port.acts().run("window.oco")
    assert port.notes == [*chosen, ("focus", "oco")]


def test_each_act_asks_one_thing_of_the_ticket_and_has_its_key() -> None:
    port, keys = Port("oco", []), read_keymap(keymap(), "default.toml")
    registry = port.acts()
    for act in registry:
        if act.scope is Scope.OCO:
            assert act.trading and keys.keys[act.name]
            registry.run(act.name)
    assert len(port.notes) == sum(act.scope is Scope.OCO for act in registry)
    assert ("stage", Side.SELL) in port.notes and ("nudge_price", -10) in port.notes
    nobody = Port("oco", [])
    for act in nobody.acts(there=False):
        if act.scope is Scope.OCO:
            act.run()
    assert nobody.notes == []
