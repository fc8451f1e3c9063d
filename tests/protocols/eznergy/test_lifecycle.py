"""The lifecycle table of section 7 in both scopes: each request, what the venue answers, and what becomes of the order.

And what each scope's request frames say: every default, in the scope's own words.
"""

import json
from typing import Any

import pytest

from protocols.eznergy import messages
from protocols.eznergy.channels import Settings
from protocols.eznergy.codec import Unreadable, envelope
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.dialects import dialect_of
from protocols.eznergy.order_frames import OrderFrames
from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderIntended
from protocols.market.orders import Order
from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side, plain_text
from protocols.session import Denied, Prepared
from tests.protocols.eznergy.support import NPID_SETTINGS, SETTINGS, SPEC, Everything
from tests.protocols.eznergy.test_objects import transcript

SCOPES = {"m7": SETTINGS, "npid": NPID_SETTINGS}
AREAS = {scope: transcript(f"{scope}/contract_area")[0]["data"] for scope in SCOPES}
CLIENT = "0f8fad5b-d9cb-469f-a165-70867728950e"
UNTIL = UtcNs(utc_from_text("2026-11-21T13:00:00Z"))


class Trader(Everything):
    """Sends commands as the desk does, for one order on one contract."""

    def __init__(self, scope: str) -> None:
        self.settings: Settings = SCOPES[scope]
        self.area = {**AREAS[scope], "deliveryArea": self.settings.areas[0]}
        super().__init__(self.settings)
        self.tell("contract_area_states", {"contractArea": self.area, "state": "Active", "tradingPhase": "Continuous"})
        self.key: ContractKey = next(iter(self.market.contracts))
        self._intents = 0

    def place(self, terms: PowerTerms | None = None, active: bool = True) -> PlaceOrder:
        ten, price = Quantity(10 * SCALE), Price(38_400_000_000)
        return PlaceOrder(self.key, Side.BUY, ten, price, terms or PowerTerms(), active)

    def command(self, request: str) -> Command:
        name = (self.settings.name, CLIENT)
        match request:
            case "place":
                return self.place()
            case "amend":
                return AmendOrder(*name, price=Price(40 * SCALE))
            case "cancel":
                return CancelOrder(*name)
            case _:
                return SetOrderActive(*name, request == "activate")

    def prepare(self, command: Command) -> Prepared | Denied:
        self._intents += 1
        return self.session.prepare(Intent(f"intent-{self._intents}", CLIENT, command, self.now), self.now)

    def submit(self, command: Command) -> Prepared:
        prepared = self.prepare(command)
        assert isinstance(prepared, Prepared), prepared
        assert prepared.said == command
        self.market.apply(OrderIntended(prepared.intent))
        self.session.commit(prepared, self.now)
        self.crank()
        return prepared

    def report(self, **fields: Any) -> None:
        plain = {"clientIdentifier": CLIENT, "contractArea": self.area, "direction": "Buy"}
        if self.settings.scope == "npid":
            plain |= {"type": "Limit", "timeInForce": "GoodForSession", "executionRestriction": "None"}
        self.tell("private_orders", {**plain, "price": 38.4, "quantity": 10, "initialQuantity": 10, **fields})

    def wire_orders(self) -> list[dict[str, Any]]:
        """The orders of the newest request."""
        batch = json.loads([frame for frame in self.sent if frame["type"] == "request"][-1]["data"])
        return list(batch["orders"])

    @property
    def order(self) -> Order:
        order = self.market.blotter.get(self.settings.name, CLIENT)
        assert order is not None
        return order


CASES = [(scope, case) for scope in SCOPES for case in transcript(f"{scope}/lifecycle")]


@pytest.mark.parametrize(("scope", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value["name"])
def test_the_lifecycle_table(scope: str, case: dict[str, Any]) -> None:
    trader = Trader(scope)
    if case["before"]:
        trader.submit(trader.command("place"))
        for fields in case["before"]:
            trader.report(**fields)
    trader.submit(trader.command(case["request"]))
    for fields in case["reports"]:
        trader.report(**fields)
    order, ends = trader.order, case["ends"]
    assert order.status.value == ends["status"]
    assert (None if order.request is None else order.request.value) == ends["request"]
    shown = {
        "venue_id": order.venue_id,
        "kept_place": order.kept_place,
        "reason": order.reason,
        "price": plain_text(order.price),
    }
    assert {name: shown[name] for name in shown if name in ends} == {
        name: value for name, value in ends.items() if name in shown
    }
    assert trader.market.blotter.refused == []


# What the frames say


def test_a_plain_order_at_nord_pool_says_every_default_explicitly() -> None:
    """Left out, the venue would take all-or-none, immediate-or-cancel."""
    trader = Trader("npid")
    trader.submit(trader.place())
    assert trader.wire_orders() == [
        {
            "clientIdentifier": CLIENT,
            "state": "Active",
            "type": "Limit",
            "timeInForce": "GoodForSession",
            "executionRestriction": "None",
            "contractArea": {
                "identifier": "DE-50HERTZ-NX_315460",
                "deliveryArea": "DE-50HERTZ",
                "deliveryStart": "2023-02-20T12:30:00Z",
                "deliveryEnd": "2023-02-20T12:45:00Z",
            },
            "quantity": 10,
            "price": 38.4,
            "direction": "Buy",
        }
    ]


def test_an_iceberg_with_a_date_at_nord_pool() -> None:
    trader = Trader("npid")
    terms = PowerTerms("Aon", "GoodToDate", UNTIL, Quantity(2 * SCALE), Price(-SCALE // 2), "wind")
    trader.submit(trader.place(terms, active=False))
    (wire,) = trader.wire_orders()
    assert {name: wire[name] for name in ("type", "state", "timeInForce", "validityDate", "executionRestriction")} == {
        "type": "Iceberg",
        "state": "Hibernated",
        "timeInForce": "GoodToDate",
        "validityDate": "2026-11-21T13:00:00Z",
        "executionRestriction": "Aon",
    }
    assert (wire["icebergDisplayQuantity"], wire["icebergPriceDelta"], wire["comment"]) == (2, -0.5, "wind")


def test_an_iceberg_at_m7_is_one_by_its_fields() -> None:
    trader = Trader("m7")
    trader.submit(trader.place(PowerTerms("None", "GoodUntilDate", UNTIL, Quantity(2 * SCALE))))
    (wire,) = trader.wire_orders()
    assert "type" not in wire and "timeInForce" not in wire
    assert (wire["validityRestriction"], wire["icebergDisplayQuantity"]) == ("GoodUntilDate", 2)


@pytest.mark.parametrize(
    ("scope", "terms", "words"),
    [
        ("npid", PowerTerms("ImmediateOrCancel"), "restriction: 'ImmediateOrCancel'"),
        ("npid", PowerTerms("AllOrNone"), "restriction: 'AllOrNone'"),
        ("npid", PowerTerms(validity="GoodUntilDate", validity_until=UNTIL), "validity: 'GoodUntilDate'"),
        ("npid", PowerTerms(validity="GoodToDate"), "valid until"),
        ("npid", PowerTerms(validity_until=UNTIL), "valid until"),
        ("npid", PowerTerms(kind="UserDefinedBlock"), "type: 'UserDefinedBlock'"),
        ("m7", PowerTerms(validity="ImmediateOrCancel"), "validity: 'ImmediateOrCancel'"),
        ("m7", PowerTerms(validity="GoodUntilDate"), "valid until"),
        ("m7", PowerTerms(kind="Block"), "type: 'Block'"),
    ],
)
def test_words_of_another_scope_are_denied_before_anything_leaves(scope: str, terms: PowerTerms, words: str) -> None:
    trader = Trader(scope)
    denied = trader.prepare(trader.place(terms))
    assert isinstance(denied, Denied)
    assert words in denied.reason


@pytest.mark.parametrize("leave_out", ["timeInForce", "executionRestriction", "type"])
def test_a_frame_that_leaves_a_default_to_the_venue_does_not_say_what_was_meant(leave_out: str) -> None:
    """What the prepared bytes say is compared with what was meant: a forgotten field can't go unnoticed."""
    trader = Trader("npid")
    meant = trader.place()
    trader.submit(meant)
    (wire,) = trader.wire_orders()
    del wire[leave_out]
    frames = OrderFrames(trader.settings.name, directory(trader), dialect_of("npid"))
    frame = envelope(messages.REQUEST, payload={"type": "Creation", "orders": [wire]})
    if leave_out == "type":
        with pytest.raises(Unreadable, match="type None"):
            frames.read(frame)
    else:
        assert frames.read(frame) != meant


def directory(trader: Trader) -> ContractDirectory:
    known = ContractDirectory(trader.settings.name, lambda area: SPEC, trader.settings.scope)
    known.resolve(messages.ContractArea(**{_snake(name): value for name, value in trader.area.items()}))
    return known


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_identifiers_of_digits_stay_text_at_nord_pool_and_are_numbers_at_m7() -> None:
    for scope, expected in (("npid", "0042"), ("m7", 42)):
        trader = Trader(scope)
        trader.submit(trader.place())
        trader.report(state="Active", action="?", identifier=expected, revisionNumber=0 if scope == "npid" else 1)
        trader.submit(trader.command("cancel"))
        (wire,) = trader.wire_orders()
        assert wire["identifier"] == expected
        assert wire["revisionNumber"] == (0 if scope == "npid" else 1), "0 is a revision, not an absent one"


@pytest.mark.parametrize(("scope", "kind"), [("m7", "Block"), ("npid", "UserDefinedBlock")])
def test_a_block_order_is_shown_and_can_be_pulled_and_not_amended(scope: str, kind: str) -> None:
    trader = Trader(scope)
    trader.submit(trader.place())
    trader.report(state="Active", action="?", identifier=9, revisionNumber=1, type=kind)
    assert trader.order.terms.kind == kind
    denied = trader.prepare(trader.command("amend"))
    assert isinstance(denied, Denied) and kind in denied.reason
    trader.submit(trader.command("cancel"))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_switch_between_local_and_xbid_leaves_an_own_order_where_it_is(scope: str) -> None:
    trader = Trader(scope)
    trader.submit(trader.place())
    trader.report(state="Active", action="?", identifier=9, revisionNumber=1)
    other = {**trader.area, "type": "Local", "product": "P15Min"}
    trader.tell("contract_area_states", {"contractArea": other, "state": "Active"})
    assert [order.client_id for order in trader.market.blotter.of_contract(trader.key)] == [CLIENT]
    trader.area = other
    trader.report(state="Inactive", action="?", identifier=9, revisionNumber=2)
    assert trader.order.status.over
    assert len(trader.market.contracts) == 1
