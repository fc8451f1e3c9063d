"""The acts of the contract areas: which rows, which columns, and what the ribbon's colours mean."""

from typing import Protocol

from app.commands import Act, Menu


class PanelPort(Protocol):
    """What keys ask of the panel."""

    @property
    def ribbon_shown(self) -> bool: ...

    def begin_filter(self) -> object: ...
    def choose_columns(self) -> object: ...
    def next_ribbon_mode(self) -> object: ...
    def toggle_ribbon(self) -> object: ...


def panel_acts(panel: PanelPort) -> list[Act]:
    return [
        Act("panel.filter", "Filter the contracts", panel.begin_filter, Menu.VIEW),
        Act("panel.columns", "Columns of the contract areas…", panel.choose_columns, Menu.VIEW),
        Act("panel.ribbon", "Delivery ribbon by position, price or state", panel.next_ribbon_mode, Menu.VIEW),
        Act(
            "panel.ribbon_shown",
            "Show the delivery ribbon",
            panel.toggle_ribbon,
            Menu.VIEW,
            checked=lambda: panel.ribbon_shown,
        ),
    ]
