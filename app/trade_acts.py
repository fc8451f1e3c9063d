"""The acts of the trade tape and of own trades: which are shown, how, and into a file."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu
from widgets.sheet import Sheet


class TapePort(Protocol):
    """What keys ask of the tape."""

    def begin_filter(self) -> object: ...
    def toggle_linked(self) -> object: ...
    def toggle_merged(self) -> object: ...
    def open_sizes(self) -> object: ...
    def sheet(self) -> Sheet: ...


class OwnTradesPort(Protocol):
    """What keys ask of the own trades."""

    def begin_filter(self) -> object: ...
    def toggle_by_contract(self) -> object: ...
    def toggle_linked(self) -> object: ...
    def sheet(self) -> Sheet: ...


def tape_acts(tape: TapePort, export: Callable[[Sheet], object]) -> list[Act]:
    """`export` puts a table into a file."""
    return [
        Act("tape.filter", "Filter the trade tape", tape.begin_filter, Menu.VIEW),
        Act("tape.linked", "Only the link group's trades", tape.toggle_linked, Menu.VIEW),
        Act("tape.merge", "Merge equal trades on the tape", tape.toggle_merged, Menu.VIEW),
        Act("tape.sizes", "Sizes on the trade tape…", tape.open_sizes, Menu.VIEW),
        Act("tape.export", "Export the trade tape…", lambda: export(tape.sheet()), Menu.VIEW),
    ]


def own_trade_acts(widget: Callable[[], OwnTradesPort | None], export: Callable[[Sheet], object]) -> list[Act]:
    """`widget` gives the one that the keys are for, None while there is none; `export` puts a table into a file."""

    def act(name: str, title: str, run: Callable[[OwnTradesPort], object]) -> Act:
        def on_widget() -> None:
            shown = widget()
            if shown is not None:
                run(shown)

        return Act(f"own_trades.{name}", title, on_widget, Menu.VIEW, offered=lambda: widget() is not None)

    return [
        act("filter", "Filter the own trades", lambda own: own.begin_filter()),
        act("by_contract", "Own trades by contract, or one by one", lambda own: own.toggle_by_contract()),
        act("linked", "Only the link group's own trades", lambda own: own.toggle_linked()),
        act("export", "Export the own trades…", lambda own: export(own.sheet())),
    ]
