"""The acts of the tape, own trades and positions: which are shown, how, and into a file; and the orders into a file."""

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from app.commands import Act, Menu, Scope
from widgets.sheet import Sheet

Port = TypeVar("Port")


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


class PositionsPort(Protocol):
    """What keys ask of the positions."""

    def begin_filter(self) -> object: ...
    def toggle_open(self) -> object: ...
    def dismiss(self) -> object: ...
    def sheet(self) -> Sheet: ...


class OrdersSheetPort(Protocol):
    """What is asked of the orders widget."""

    def sheet(self) -> Sheet: ...


def table_acts(
    tape: TapePort, docked: Callable[[Scope], object | None], export: Callable[[Sheet], object]
) -> list[Act]:
    """`docked` gives the widget of a kind that the keys are for, None while there is none; `export` puts a table into
    a file."""

    def orders() -> OrdersSheetPort | None:
        return cast(OrdersSheetPort | None, docked(Scope.ORDERS))

    def own_trades() -> OwnTradesPort | None:
        return cast(OwnTradesPort | None, docked(Scope.OWN_TRADES))

    def positions() -> PositionsPort | None:
        return cast(PositionsPort | None, docked(Scope.POSITIONS))

    return [
        *tape_acts(tape, export),
        _act(orders, "orders.export", "Export the orders…", lambda shown: export(shown.sheet())),
        *own_trade_acts(own_trades, export),
        *position_acts(positions, export),
    ]


def tape_acts(tape: TapePort, export: Callable[[Sheet], object]) -> list[Act]:
    """`export` puts a table into a file."""
    return [
        Act("tape.filter", "Filter the trade tape", tape.begin_filter, Menu.VIEW),
        Act("tape.linked", "Only the link group's trades", tape.toggle_linked, Menu.VIEW),
        Act("tape.merge", "Merge equal trades on the tape", tape.toggle_merged, Menu.VIEW),
        Act("tape.sizes", "Sizes on the trade tape…", tape.open_sizes, Menu.VIEW),
        Act("tape.export", "Export the trade tape…", lambda: export(tape.sheet()), Menu.VIEW),
    ]


def own_trade_acts(own: Callable[[], OwnTradesPort | None], export: Callable[[Sheet], object]) -> list[Act]:
    """`own` gives the widget that the keys are for, None while there is none."""
    return [
        _act(own, "own_trades.filter", "Filter the own trades", lambda shown: shown.begin_filter()),
        _act(
            own,
            "own_trades.by_contract",
            "Own trades by contract, or one by one",
            lambda shown: shown.toggle_by_contract(),
        ),
        _act(own, "own_trades.linked", "Only the link group's own trades", lambda shown: shown.toggle_linked()),
        _act(own, "own_trades.export", "Export the own trades…", lambda shown: export(shown.sheet())),
    ]


def position_acts(held: Callable[[], PositionsPort | None], export: Callable[[Sheet], object]) -> list[Act]:
    """`held` gives the widget that the keys are for, None while there is none."""
    return [
        _act(held, "positions.filter", "Filter the positions", lambda shown: shown.begin_filter()),
        _act(held, "positions.open", "Only open positions, or flat ones too", lambda shown: shown.toggle_open()),
        _act(held, "positions.dismiss", "Dismiss the marked unmatched execution", lambda shown: shown.dismiss()),
        _act(held, "positions.export", "Export the positions…", lambda shown: export(shown.sheet())),
    ]


def _act(widget: Callable[[], Port | None], name: str, title: str, run: Callable[[Port], object]) -> Act:
    """Does it to the widget, if there is one."""

    def on_widget() -> None:
        shown = widget()
        if shown is not None:
            run(shown)

    return Act(name, title, on_widget, Menu.VIEW, offered=lambda: widget() is not None)
