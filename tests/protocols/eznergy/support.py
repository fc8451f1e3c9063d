"""A session on virtual time, and a venue's half of the conversation written by hand."""

import json
import random
from collections.abc import Callable
from typing import Any

import msgspec

from protocols.eznergy.channels import Settings, channels_of
from protocols.eznergy.session import EzNergySession
from protocols.market.events import Event
from protocols.market.instruments import InstrumentSpec
from protocols.market.state import MarketState
from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text, utc_text
from protocols.market.values import SCALE, Price, Quantity
from protocols.secret import Secret
from protocols.session import Call, CallFailed, Close, Closed, Frame, Open, Outgoing, Reply, Send

GUID = "6395d740-6e55-11e8-b566-0800200c9a66"
BOOKS = f"urn:ez-api:EZ4a26927fea:m7:public_order_books:{GUID}:FR-RTE:QuarterHour"
INFORMATION = f"urn:ez-api:EZ4a26927fea:m7:market_information:{GUID}:FR-RTE:QuarterHour"
TRADES = f"urn:ez-api:EZ4a26927fea:m7:public_trades:{GUID}:FR-RTE"
STATES = f"urn:ez-api:EZ4a26927fea:m7:contract_area_states:{GUID}:FR-RTE"
ORDERS = f"urn:ez-api:EZ4a26927fea:m7:private_orders:{GUID}:FR-RTE"
OWN_TRADES = f"urn:ez-api:EZ4a26927fea:m7:private_trades:{GUID}:FR-RTE"
ALL = (BOOKS, INFORMATION, TRADES, STATES, ORDERS, OWN_TRADES)

SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
SETTINGS = Settings(
    name="EPEX M7",
    ws_url="ws://127.0.0.1:8765/ws",
    api_url="http://127.0.0.1:8765/api",
    contract="EZ4a26927fea",
    client_guid=GUID,
    scope="m7",
    areas=("FR-RTE",),
    products=("QuarterHour",),
    user="trader",
    password=Secret("planted-password"),
)
START = utc_from_text("2026-11-21T12:00:00Z")


def contract(name: str = "15Q4", identifier: str | None = "FR-RTE-1022776") -> dict[str, Any]:
    """A contractArea as M7 writes it."""
    fields: dict[str, Any] = {
        "deliveryArea": "FR-RTE",
        "contractName": name,
        "deliveryStart": "2026-11-21T14:45:00Z",
        "deliveryEnd": "2026-11-21T15:00:00Z",
        "product": {"name": "Intraday_Quarter", "granularity": "QuarterHour", "type": "Local"},
    }
    if identifier is not None:
        fields["identifier"] = identifier
    return fields


def book(
    bids: list[tuple[Any, Any, Any]], asks: list[tuple[Any, Any, Any]], *, delta: bool = False, **more: Any
) -> dict[str, Any]:
    """A PublicOrderBook; orders are (identifier, price, quantity)."""

    def orders(entries: list[tuple[Any, Any, Any]]) -> list[dict[str, Any]]:
        return [
            {"identifier": name, "price": price, "quantity": quantity, "entryDate": "2026-11-21T11:00:00Z"}
            for name, price, quantity in entries
        ]

    return {
        "isDelta": delta,
        "revisionNumber": 1,
        "contractArea": contract(),
        "buyOrders": orders(bids),
        "sellOrders": orders(asks),
        **more,
    }


BASE = book([(1, 38.4, 12.5), (2, 38.3, 5)], [(3, 38.6, 7)])
"""A snapshot's only book."""


class Conversation:
    """Drives one session; what it sends is in `sent`, what it says is folded into `market`."""

    def __init__(
        self,
        settings: Settings = SETTINGS,
        is_ours: Callable[[str], bool] = lambda client_id: False,
        sent_before: bool = False,
    ) -> None:
        ids = iter(range(1_000_000))
        self.session = EzNergySession(
            settings, lambda area: SPEC, lambda: f"c-{next(ids)}", random.Random(1), is_ours, sent_before
        )
        self.market = MarketState(is_ours)
        self.events: list[Event] = []
        self.now = Instant(100.0, START)
        self.sent: list[dict[str, Any]] = []
        self.opens: list[Open] = []
        self.calls: list[Call] = []
        self.closes: list[Close] = []
        self.kept: list[Frame] = []

    def crank(self) -> None:
        for wish in self.session.outgoing():
            self._execute(wish)
        self.kept += self.session.kept()
        for event in self.session.events():
            self.events.append(event)
            self.market.apply(event)

    def _execute(self, wish: Outgoing) -> None:
        match wish:
            case Open():
                self.opens.append(wish)
            case Call():
                self.calls.append(wish)
            case Close():
                self.closes.append(wish)
            case Send():
                self.sent.append(json.loads(wish.frame))

    # Steps

    def start(self) -> None:
        self.session.start(self.now)
        self.crank()

    def answer(self, reply: Reply | CallFailed) -> None:
        self.session.answered(self.calls[-1].call_id, reply, self.now)
        self.crank()

    def opened(self) -> None:
        self.session.opened(self.opens[-1].stream, self.now)
        self.crank()

    def closed(self, reason: str = "the link broke", **more: Any) -> None:
        self.session.closed(self.opens[-1].stream, Closed(reason, **more), self.now)
        self.crank()

    def connect(self) -> None:
        """Authenticated and open; subscribes are out."""
        self.start()
        self.answer(Reply(200, b'{"token": "planted-token"}'))
        self.opened()

    def raw(self, frame: bytes) -> None:
        self.session.receive(self.opens[-1].stream, frame, self.now)
        self.crank()

    def say(self, kind: str, **fields: Any) -> None:
        """The venue says something; `data` is encoded twice."""
        if "data" in fields:
            fields["data"] = json.dumps(fields["data"])
        self.raw(json.dumps({"type": kind, **fields}).encode())

    def event(self, channel: str, sequence: int, data: Any, **more: Any) -> None:
        self.say("event", channel=channel, sequence=sequence, data=data, **more)

    def confirm(self, channel: str, kind: str = "subscribed") -> None:
        """Answers our newest request on the channel."""
        ours = [frame for frame in self.sent if frame["channel"] == channel][-1]
        self.say(kind, channel=channel, correlation=ours["correlation"])

    def live(self, *, snapshot: list[dict[str, Any]] | None = None) -> None:
        """Connected, every channel subscribed and with its snapshot."""
        self.connect()
        for channel in ALL:
            self.confirm(channel)
            self.event(channel, 0, (snapshot or []) if channel == BOOKS else [])

    def heartbeat(self, sequences: dict[str, int | None], seconds: int = 5) -> None:
        current = UtcNs(START + int(self.now.monotonic) * SECOND)
        self.say(
            "heartbeat",
            data={
                "current": utc_text(current),
                "next": utc_text(UtcNs(current + seconds * SECOND)),
                "items": [{"channel": channel, "sequence": sequence} for channel, sequence in sequences.items()],
            },
        )

    def wait(self, seconds: float, step: float = 0.1) -> None:
        """Virtual time passes in ticks."""
        until = self.now.monotonic + seconds
        while self.now.monotonic < until:
            self.now = Instant(self.now.monotonic + step, UtcNs(self.now.utc + int(step * SECOND)))
            self.session.tick(self.now)
            self.crank()

    # Looking

    def channel(self, urn: str = BOOKS) -> Any:
        return next(report for report in self.session.report().channels if report.channel == urn)

    def levels(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The book's levels in cents and tenths of a megawatt."""
        (only,) = self.market.books.values()
        bids, asks = (
            [(level.price * 100 // SCALE, level.quantity * 10 // SCALE) for level in side.levels()]
            for side in (only.bids, only.asks)
        )
        return bids, asks

    def standing(self) -> str:
        (key,) = self.market.books
        return self.market.book_standing(key).freshness.value


NPID_SETTINGS = msgspec.structs.replace(
    SETTINGS, name="Nord Pool", scope="npid", areas=("DE-50HERTZ",), products=("P15Min",)
)


class Everything(Conversation):
    """A conversation in which every channel of the settings is live, with an empty snapshot."""

    def __init__(self, settings: Settings, is_ours: Callable[[str], bool] = lambda client_id: False) -> None:
        super().__init__(settings, is_ours)
        self.sequences: dict[str, int] = {}
        self.connect()
        for channel in channels_of(settings):
            self.confirm(channel.urn)
            self.event(channel.urn, 0, [])
            self.sequences[channel.resource] = 0
        self.urns = {channel.resource: channel.urn for channel in channels_of(settings)}

    def tell(self, resource: str, data: Any) -> None:
        """The next event of a resource's channel."""
        self.sequences[resource] += 1
        self.event(self.urns[resource], self.sequences[resource], data)
