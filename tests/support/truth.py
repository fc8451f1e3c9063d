"""Holds a desk's state file against the practice venue's truth, channel by channel, to the last digit."""

from collections.abc import Callable
from typing import Any

Truth = Callable[[str, int], dict[str, Any]]
"""(channel, sequence) -> what `GET /truth` answers."""

_SCOPE, _RESOURCE = 3, 4
"""Where they stand in `urn:ez-api:<Contract>:<scope>:<resource>:<ClientGuid>:<Area>[:<Product>]`."""


def differences(state: dict[str, Any], truth: Truth) -> list[str]:
    """What differs between every live channel of the state and the truth as of the channel's last sequence."""
    found: list[str] = []
    for channel in filter(_is_urn, live_channels(state)):
        urn = channel["channel"]
        parts = urn.split(":")
        area, product = parts[6], parts[7] if len(parts) > 7 else None
        true = truth(urn, channel["last_sequence"])
        check = _CHECKS[parts[_RESOURCE]]
        found += [
            f"{parts[_SCOPE]} {parts[_RESOURCE]} {area} {product or ''} at {channel['last_sequence']}: {difference}"
            for difference in check(_of_connection(state, channel["connection"]), true, area, product)
        ]
    return found


def live_channels(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [channel for channel in state["channels"] if channel["status"] == "live"]


def crossed_and_live(state: dict[str, Any]) -> list[str]:
    """Live books whose best bid reaches their best ask."""
    return [
        f"{book['contract']} {book['area']}"
        for book in state["books"]
        if book["freshness"] == "live"
        and book["bids"]
        and book["asks"]
        and float(book["bids"][0][0]) >= float(book["asks"][0][0])
    ]


def live_without_channel(state: dict[str, Any]) -> list[str]:
    """Live books that no live channel feeds."""
    fed = {
        (channel["connection"], *channel["channel"].split(":")[6:8])
        for channel in filter(_is_urn, live_channels(state))
        if channel["channel"].split(":")[_RESOURCE] == "public_order_books"
    }
    return [
        f"{book['contract']} {book['area']}"
        for book in state["books"]
        if book["freshness"] == "live" and (book["connection"], book["area"], book["product"]) not in fed
    ]


def _is_urn(channel: dict[str, Any]) -> bool:
    """Whether it is one of the venue's that has this truth; a desk may have others' beside it."""
    return str(channel["channel"]).startswith("urn:ez-api:")


def _of_connection(state: dict[str, Any], name: str) -> dict[str, Any]:
    """What one connection brought: two may have the same area, and number their trades alike."""
    return {
        kind: [row for row in rows if row.get("connection") == name] if isinstance(rows, list) else rows
        for kind, rows in state.items()
    }


def _rows(fields: tuple[str, ...], ours: str, theirs: str) -> Callable[..., list[str]]:
    """A check of rows that a channel's state consists of: the live ones are the true ones, field by field."""

    def check(state: dict[str, Any], true: dict[str, Any], area: str, product: str | None) -> list[str]:
        shown = {
            row["contract_id"]: row
            for row in state[ours]
            if row["area"] == area and product in (None, row["product"]) and row["freshness"] == "live"
        }
        expected = {row["contract_id"]: row for row in true[theirs]}
        found = [f"{name} is live here and unknown there" for name in shown.keys() - expected.keys()]
        found += [f"{name} is not live here" for name in expected.keys() - shown.keys()]
        found += [
            f"{row['contract']}: {field} is {shown[name][field]}, in truth {row[field]}"
            for name, row in expected.items()
            if name in shown
            for field in fields
            if shown[name][field] != row[field]
        ]
        return found

    return check


def _trades(state: dict[str, Any], true: dict[str, Any], area: str, product: str | None) -> list[str]:
    """Every true trade is on the tape; one across areas may be there in a later revision, from the other channel."""
    shown = {trade["id"]: trade for trade in state["trades"]}
    found: list[str] = []
    for trade in true["trades"]:
        ours = shown.get(trade["id"])
        if ours is None or ours["revision"] < trade["revision"]:
            found.append(f"trade {trade['id']} is missing in revision {trade['revision']}")
        elif ours["revision"] == trade["revision"]:
            found += [
                f"trade {trade['id']}: {field} is {ours[field]}, in truth {trade[field]}"
                for field in ("state", "price", "quantity", "executed_at")
                if ours[field] != trade[field]
            ]
    return found


def _orders(state: dict[str, Any], true: dict[str, Any], area: str, product: str | None) -> list[str]:
    """Every order that lives at the venue lives here, at its price."""
    shown = {order["client_id"]: order for order in state["orders"]}
    found: list[str] = []
    for order in true["orders"]:
        if order["state"] not in ("Active", "Hibernated"):
            continue
        ours = shown.get(order["client_id"])
        if ours is None:
            found.append(f"order {order['venue_id']} lives there and is not here")
        elif str(order["venue_id"]) == ours["venue_id"] and ours["price"] != order["price"]:
            found.append(f"order {order['venue_id']}: price is {ours['price']}, in truth {order['price']}")
    return found


def _nothing(state: dict[str, Any], true: dict[str, Any], area: str, product: str | None) -> list[str]:
    """Own trades are not in the state but as `own` on the public ones."""
    return []


_FIGURES = ("last_price", "last_quantity", "last_at", "total_quantity", "high", "low", "direction", "vwap")
_CHECKS: dict[str, Callable[..., list[str]]] = {
    "public_order_books": _rows(("bids", "asks"), "books", "books"),
    "contract_area_states": _rows(("state", "phase", "phase_start", "phase_end"), "area_states", "area_states"),
    "market_information": _rows(_FIGURES, "market_information", "market_information"),
    "public_trades": _trades,
    "private_orders": _orders,
    "private_trades": _nothing,
}
