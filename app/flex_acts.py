"""The acts of flexibility: the ladder's filter and list of orders, its tape, its contracts."""

from collections.abc import Callable
from typing import Protocol, cast

from app.commands import Act, Menu, Scope


class FlexLadderPort(Protocol):
    """What keys ask of a ladder that shows a flexibility book; another says why not."""

    def begin_filter(self) -> object: ...
    def list_orders(self) -> object: ...


class TickerPort(Protocol):
    """What keys ask of the flexibility tape."""

    def begin_filter(self) -> object: ...
    def next_kind(self) -> object: ...
    def toggle_linked(self) -> object: ...


class ContractsPort(Protocol):
    """What keys ask of the flexibility contracts."""

    def begin_filter(self) -> object: ...


def flex_acts(ladder: FlexLadderPort, docked: Callable[[Scope], object | None]) -> list[Act]:
    """`docked` gives the widget of a kind that the keys are for, None while there is none."""

    def ticker(name: str, title: str, run: Callable[[TickerPort], object]) -> Act:
        def on_ticker() -> None:
            shown = cast(TickerPort | None, docked(Scope.TICKER))
            if shown is not None:
                run(shown)

        return Act(f"ticker.{name}", title, on_ticker, Menu.VIEW, offered=lambda: docked(Scope.TICKER) is not None)

    def filter_contracts() -> None:
        shown = cast(ContractsPort | None, docked(Scope.CONTRACTS))
        if shown is not None:
            shown.begin_filter()

    return [
        Act("ladder.filter", "Filter the flexibility book", ladder.begin_filter, Menu.LADDER, "flex"),
        Act("ladder.orders", "Orders of the flexibility book one by one", ladder.list_orders, Menu.LADDER, "flex"),
        ticker("filter", "Filter the flexibility tape", lambda shown: shown.begin_filter()),
        ticker("kind", "Trades, expiries or both on the flexibility tape", lambda shown: shown.next_kind()),
        ticker("linked", "Only the link group's window on the tape", lambda shown: shown.toggle_linked()),
        Act(
            "contracts.filter",
            "Filter the flexibility contracts",
            filter_contracts,
            Menu.VIEW,
            offered=lambda: docked(Scope.CONTRACTS) is not None,
        ),
    ]
