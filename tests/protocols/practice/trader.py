"""A trader at the practice venue, in memory: asks, and tells as a story what he is told."""

import itertools
import json
import uuid
from decimal import Decimal
from typing import Any

from protocols.market.values import Side, plain_text
from protocols.practice.listing import Listing

AREA = "DE-AMPRION"
GUID = "6395d740-6e55-11e8-b566-0800200c9a66"
_clients = itertools.count(100)
_guids = itertools.count(1)


def urn(resource: str, area: str = AREA, product: str = "", scope: str = "m7") -> str:
    tail = f":{product}" if product else ""
    return f"urn:ez-api:EZ4a26927fea:{scope}:{resource}:{GUID}:{area}{tail}"


def new_guid() -> str:
    return str(uuid.UUID(int=next(_guids), version=4))


class Trader:
    """One connection that follows the private channels of its areas. `story` names venue identifiers A, B, ..."""

    def __init__(self, rig: Any, *areas: str, scope: str = "m7") -> None:
        self.rig = rig
        self.scope = scope
        self.exchange = rig.venue.exchange(scope, rig.now)
        # What a creation must say to be of an ordinary limit order that stays.
        npid = {"type": "Limit", "timeInForce": "GoodForSession", "executionRestriction": "None"}
        self.plain = npid if scope == "npid" else {}
        self.areas = areas or (AREA,)
        self.orders: dict[str, tuple[int | str, int]] = {}
        """Identifier and revision to act on, by client identifier."""
        self.trades: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []
        self._names: dict[str, str] = {}
        self.connect()
        self.trades.clear()

    def connect(self) -> list[dict[str, Any]]:
        """Anew; returns the orders of the snapshots."""
        self.client = next(_clients)
        self.rig.connect(self.client)
        for area in self.areas:
            for resource in ("private_orders", "private_trades"):
                self.rig.subscribe(urn(resource, area, scope=self.scope), self.client)
        events = [event for event in self.take() if event["channel"].split(":")[4] == "private_orders"]
        return [order for event in events for order in event["data"]]

    def leave(self) -> None:
        self.rig.gateway.disconnected(self.client)

    def market(self) -> Listing:
        """A contract in trading, another one each time, whose book was emptied: what happens in it is the test's doing
        alone. The earliest to close is not among them."""
        market = self.exchange.market
        listing: Listing = next(
            listing
            for listing in itertools.islice(market.listings.values(), 3, None)
            if AREA in listing.contract.zone.areas and listing.trading and listing.contract not in self.rig.used
        )
        self.rig.used.add(listing.contract)

        def empty() -> None:
            for side in Side:
                for order in listing.book.orders(side):
                    market.cancel(listing, order.identifier)

        self.rig.gateway.act(empty, self.rig.now, self.scope)
        return listing

    # Asking

    def wish(self, listing: Listing, **fields: Any) -> dict[str, Any]:
        """The order of a creation: 5 MW at 40, bought, unless it is said otherwise; None leaves a field out."""
        area = fields.pop("area", AREA)
        order = {
            "clientIdentifier": new_guid(),
            "state": "Active",
            "contractArea": {"deliveryArea": area, "identifier": listing.contract.identifier(area)},
            "direction": "Buy",
            "quantity": 5,
            "price": 40,
            **self.plain,
        } | fields
        return {name: value for name, value in order.items() if value is not None}

    def request(
        self, kind: str, *orders: dict[str, Any], area: str = AREA, correlation: str = "k"
    ) -> list[dict[str, Any]]:
        """Sends a batch; returns the reports on orders that came of it, with `correlation` where they carry one."""
        self.rig.send(
            {
                "type": "request",
                "channel": urn("private_orders", area, scope=self.scope),
                "correlation": correlation,
                "data": json.dumps({"type": kind, "orders": list(orders)}),
            },
            self.client,
        )
        return self.reports()

    def create(self, listing: Listing, **fields: Any) -> str:
        """Its client identifier."""
        order = self.wish(listing, **fields)
        self.request("Creation", order, area=order["contractArea"]["deliveryArea"])
        return str(order["clientIdentifier"])

    def on(self, client_id: str, **fields: Any) -> dict[str, Any]:
        """What names an order, and what shall become of it."""
        identifier, revision = self.orders.get(client_id, (1, 1))
        order = {"clientIdentifier": client_id, "identifier": identifier, "revisionNumber": revision} | fields
        return {name: value for name, value in order.items() if value is not None}

    def others(self, listing: Listing, side: str, price: Any, quantity: Any, rest: bool = False) -> None:
        """Somebody else trades; with `rest` he leaves an order there."""
        if rest:
            self.rig.gateway.act(
                lambda: self.exchange.market.insert(
                    listing,
                    Side(side),
                    int(Decimal(str(price)) * 10**9),
                    int(Decimal(str(quantity)) * 10**9),
                    area=AREA,
                    owner="others",
                ),
                self.rig.now,
                self.scope,
            )
            return
        body = {"area": AREA, "contract_id": listing.contract.identifier(AREA), "side": side, "scope": self.scope}
        answer = self.rig.http("POST", "/practice/trade", body=body | {"price": price, "quantity": quantity})
        assert answer.status == 200, answer.body

    # Being told

    def take(self) -> list[dict[str, Any]]:
        """The events since the last look; trades, errors and the orders' versions are noted."""
        events = []
        for message in self.rig.take(self.client):
            if message["type"] == "error":
                self.errors.append(message["data"])
            if message["type"] != "event":
                continue
            events.append(message)
            rows = message["data"] if isinstance(message["data"], list) else [message["data"]]
            resource = message["channel"].split(":")[4]
            if resource == "private_trades":
                self.trades += rows
            for row in rows if resource == "private_orders" else ():
                if row["state"] in ("Active", "Hibernated"):
                    identifier = row["identifier"]
                    named = int(identifier) if self.scope == "m7" else identifier
                    self.orders[row["clientIdentifier"]] = (named, int(row["revisionNumber"]))
        return events

    def reports(self) -> list[dict[str, Any]]:
        """Reports on orders since the last look, one by one."""
        return [
            event["data"] | ({"correlation": event["correlation"]} if "correlation" in event else {})
            for event in self.take()
            if event["channel"].split(":")[4] == "private_orders" and isinstance(event["data"], dict)
        ]

    def story(self, reports: list[dict[str, Any]]) -> list[str]:
        """`A1 Active/AddedByUser 5@40`: identifier and revision, state and action, remaining quantity and price."""
        told = []
        for row in reports:
            name = "-"
            if "identifier" in row:
                known = self._names
                name = known.setdefault(row["identifier"], chr(ord("A") + len(known))) + row["revisionNumber"]
            told.append(f"{name} {row['state']}/{row['action']} {row.get('quantity')}@{row.get('price')}")
        return told

    def shown(self, listing: Listing) -> list[str]:
        """The whole public book: `Buy 5@40`."""
        return [
            f"{side.value} {plain_text(order.quantity)}@{plain_text(order.price)}"
            for side in Side
            for order in listing.book.orders(side)
        ]
