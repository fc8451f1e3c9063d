"""The acts of the trade tape and of own trades: which are shown, how, and into a file."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu
from widgets.sheet import Sheet


class TapePort(Protocol):
    """What keys ask of the tape."""

    def toggle_linked(self) -> object: ...


class OwnTradesPort(Protocol):
    """What keys ask of the own trades."""

    def begin_filter(self) -> object: ...
    def toggle_by_contract(self) -> object: ...
    def toggle_linked(self) -> object: ...
    def sheet(self) -> Sheet: ...


def tape_acts(tape: TapePort) -> list[Act]:
    return [Act("tape.linked", "Only the link group's trades", tape.toggle_linked, Menu.VIEW)]


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
