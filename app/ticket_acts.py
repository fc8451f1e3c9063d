"""The acts of the order ticket: going there, and finding what it is for. What its Enter does is the ticket's own."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu


class TicketPort(Protocol):
    """What keys ask of the ticket."""

    def begin_search(self) -> object: ...


def ticket_acts(ticket: Callable[[], TicketPort | None], focus: Callable[[str], object]) -> list[Act]:
    """`ticket` gives the one that the keys are for, None while there is none; `focus` goes to a dock by its name."""

    def there() -> bool:
        return ticket() is not None

    def find() -> None:
        shown = ticket()
        if shown is not None:
            shown.begin_search()

    return [
        Act("window.ticket", "Order ticket", lambda: focus("ticket"), Menu.ORDERS, "own", in_text=True, offered=there),
        Act("ticket.find", "Find a contract or a pair for the ticket", find, Menu.ORDERS, "own", offered=there),
    ]
