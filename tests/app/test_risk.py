"""The risk check, by tables: what blocks, what asks, what passes, and the numbers in the words."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.limits import Collar, Level, Limits, Most, Range, shipped_limits
from app.risk import PASSED, Assessment, check
from protocols.market.commands import CancelOrder, Command, PowerTerms, SetOrderActive
from protocols.market.events import ClockCompared, ConnectionStatus, ContractLost, Event, Feed, Freshness
from protocols.market.order_events import OrderEvent, RequestDoubted
from protocols.market.orders import VenueState
from protocols.market.state import MarketState
from protocols.market.times import SECOND, UtcNs
from protocols.market.values import SCALE, Price, Side
from tests.app import trading_desk as td
from tests.app.trading_desk import KEY, M7, NOW, amend, book, channel, information, own_trade, place, working

NO_LIMIT = Most(None, None)
LIMITS = Limits(
    price_warn=Range(td.price("-100"), td.price("200")),
    price_block=Range(td.price("-500"), td.price("1000")),
    through_warn=Collar(td.price("5"), 10 * SCALE),
    through_block=Collar(td.price("20"), 50 * SCALE),
    away_warn=Collar(td.price("50"), 100 * SCALE),
    away_block=None,
    quantity=Most(td.quantity("50"), td.quantity("100")),
    notional=NO_LIMIT,
    open_orders=Most(3, 5),
    position=Most(td.quantity("60"), td.quantity("150")),
    restrictions=("None", "FillOrKill"),
    validities=("GoodForSession", "GoodUntilDate"),
)
OURS = {"c-1", "c-2", "c-3", "c-4", "c-5", "c-6"}
PAST, FUTURE = UtcNs(NOW.utc - 1), UtcNs(NOW.utc + SECOND)


def market(*events: Event | OrderEvent, without: type | None = None) -> MarketState:
    state = MarketState(OURS.__contains__)
    for event in (*td.market_open(), *events):
        if without is None or type(event) is not without:
            state.apply(event)
    return state


def judge(command: Command, *events: Event | OrderEvent, limits: Limits = LIMITS) -> Assessment:
    return check(command, market(*events), limits, NOW.utc)


def found(assessment: Assessment) -> list[tuple[str, str, str]]:
    return [(finding.level.value, finding.rule, finding.field) for finding in assessment.findings]


def changed(**values: object) -> Limits:
    return msgspec.structs.replace(LIMITS, **values)


def test_a_plain_order_in_an_open_market_passes() -> None:
    assert judge(place()) == PASSED
    assert not PASSED.blocked and not PASSED.asks and PASSED.verdict == "passed"


CONTRACT_LOST = ContractLost(Feed.ORDER_BOOKS.name, Feed.ORDER_BOOKS, KEY, "the snapshot leaves it out")


@pytest.mark.parametrize(
    ("event", "rule", "words"),
    [
        (td.connection(ConnectionStatus.DOWN, "no heartbeat"), "connection", "EPEX M7 is down; no heartbeat"),
        (td.connection(ConnectionStatus.OFF), "connection", "EPEX M7 is off"),
        (channel(Feed.ORDER_BOOKS, Freshness.STALE, "link lost"), "book", "Order book: stale; link lost"),
        (channel(Feed.ORDER_BOOKS, Freshness.RESYNCHRONISING), "book", "Order book: resynchronising"),
        (CONTRACT_LOST, "book", "the snapshot leaves it out"),
        (book("39", "38"), "book", "crossed"),
        (td.phase(state="Hibernated"), "phase", "the contract is Hibernated, Continuous"),
        (td.phase(name="Closed"), "phase", "the contract is Active, Closed"),
        (td.phase(name=""), "phase", "no phase"),
        (channel(Feed.AREA_STATES, Freshness.STALE, "link lost"), "phase", "not known; link lost"),
    ],
)
def test_what_must_not_be_traded_now_blocks(event: Event, rule: str, words: str) -> None:
    for command in (place(), amend("c-1", size="5"), SetOrderActive(M7, "c-1", True)):
        assessment = judge(command, *working("c-1"), event)
        assert assessment.blocked
        assert ("block", rule, "") in found(assessment)
        assert words in assessment.words
    for command in (CancelOrder(M7, "c-1"), CancelOrder(M7, "unknown"), SetOrderActive(M7, "c-1", False)):
        assert judge(command, *working("c-1"), event) == PASSED


def test_a_channel_that_does_not_matter_stops_nothing() -> None:
    down = [td.connection(ConnectionStatus.RESYNCHRONISING, "1 of 6"), channel(Feed.TRADES, Freshness.STALE)]
    assert judge(place(), *down) == PASSED


def test_a_phase_that_should_be_over_by_our_own_clock_asks() -> None:
    assert found(judge(place(), td.phase(end=PAST))) == [("warn", "phase", "")]
    assert judge(place(), td.phase(end=None)) == PASSED


@pytest.mark.parametrize(
    ("ahead", "end", "warns"), [(3, NOW.utc + 2 * SECOND, True), (-3, NOW.utc - 2 * SECOND, False)]
)
def test_when_a_phase_ends_is_judged_by_the_venues_clock(ahead: int, end: int, warns: bool) -> None:
    assessment = judge(place(), td.phase(end=UtcNs(end)), ClockCompared(M7, ahead * SECOND, NOW))
    assert found(assessment) == ([("warn", "phase", "")] if warns else [])


def test_nothing_known_at_all_blocks() -> None:
    assessment = check(place(), MarketState(), LIMITS, NOW.utc)
    assert {finding.rule for finding in assessment.findings} == {"connection", "book", "phase", "contract"}
    assert assessment.verdict == "blocked"


ICE = PowerTerms(display_quantity=td.quantity("2"))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (place(at="38.405"), ("block", "tick", "price")),
        (place(size="10.05"), ("block", "step", "quantity")),
        (place(size="0"), ("block", "step", "quantity")),
        (place(size="-1"), ("block", "step", "quantity")),
        (place(terms=PowerTerms(restriction="AllOrNone")), ("block", "restriction", "restriction")),
        (place(terms=PowerTerms(validity="Forever")), ("block", "validity", "validity")),
        (place(terms=PowerTerms(validity="GoodUntilDate")), ("block", "validity", "validity_until")),
        (
            place(terms=PowerTerms(validity="GoodUntilDate", validity_until=NOW.utc)),
            ("block", "validity", "validity_until"),
        ),
        (place(terms=PowerTerms(validity="GoodUntilDate", validity_until=FUTURE)), None),
        (place(terms=ICE), None),
        (place(size="2", terms=ICE), ("block", "iceberg", "display_quantity")),
        (place(size="1", terms=ICE), ("block", "iceberg", "display_quantity")),
        (place(terms=PowerTerms(display_quantity=td.quantity("0"))), ("block", "iceberg", "display_quantity")),
        (place(terms=PowerTerms(display_quantity=td.quantity("2.05"))), ("block", "iceberg", "display_quantity")),
        (place(terms=PowerTerms(price_delta=Price(0))), ("block", "iceberg", "price_delta")),
        (
            place(terms=msgspec.structs.replace(ICE, price_delta=td.price("-0.005"))),
            ("block", "iceberg", "price_delta"),
        ),
        (place(terms=msgspec.structs.replace(ICE, price_delta=td.price("0.1"))), ("block", "iceberg", "price_delta")),
        (place(terms=msgspec.structs.replace(ICE, price_delta=td.price("-0.1"))), None),
        (
            place(Side.SELL, terms=msgspec.structs.replace(ICE, price_delta=td.price("-0.1"))),
            ("block", "iceberg", "price_delta"),
        ),
        # mid 38.40: 10 % is less than 5.00, 50 % is 19.20 and less than 20.00
        (place(at="43.40"), None),
        (place(at="43.41"), ("warn", "collar", "price")),
        (place(at="58.40"), ("warn", "collar", "price")),
        (place(at="58.41"), ("block", "collar", "price")),
        (place(Side.SELL, at="33.40"), None),
        (place(Side.SELL, at="33.39"), ("warn", "collar", "price")),
        (place(Side.SELL, at="18.39"), ("block", "collar", "price")),
        # away from the market an order only waits
        (place(at="-11.60"), None),
        (place(at="-11.61"), ("warn", "collar", "price")),
        (place(Side.SELL, at="88.41"), ("warn", "collar", "price")),
        (place(size="50"), None),
        (place(size="50.1"), ("warn", "quantity", "quantity")),
        (place(size="100.1"), ("block", "quantity", "quantity")),
    ],
)
def test_what_an_order_says(command: Command, expected: tuple[str, str, str] | None) -> None:
    limits = changed(position=NO_LIMIT)
    assert found(judge(command, limits=limits)) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("command", "resting", "crosses"),
    [
        (place(Side.BUY, at="38.40"), working("c-1", Side.SELL, at="38.40"), True),
        (place(Side.BUY, at="38.39"), working("c-1", Side.SELL, at="38.40"), False),
        (place(Side.SELL, at="38.40"), working("c-1", Side.BUY, at="38.40"), True),
        (place(Side.SELL, at="38.41"), working("c-1", Side.BUY, at="38.40"), False),
        (place(Side.BUY, at="38.40"), working("c-1", Side.BUY, at="38.40"), False),
        (place(Side.BUY, at="38.40"), working("c-1", Side.SELL, at="38.40", state=VenueState.HIBERNATED), False),
        (amend("c-2", at="38.40"), [*working("c-1", Side.SELL, at="38.40"), *working("c-2", at="38.00")], True),
        (amend("c-2", size="4"), [*working("c-1", Side.SELL, at="38.40"), *working("c-2", at="38.00")], False),
    ],
)
def test_an_order_that_would_trade_with_an_own_one_asks(command, resting, crosses) -> None:
    assert found(judge(command, *resting)) == ([("warn", "own order", "price")] if crosses else [])


def test_an_amendment_that_is_on_its_way_counts_with_both_prices() -> None:
    """The own sell order stands at 38.60 and was asked to go to 38.30: until the venue answers it may be at either."""
    moving = amend("c-1", at="38.30")
    state = market(*working("c-1", Side.SELL, at="38.60"), td.intended(moving, "c-1"))
    intent_id = state.blotter.get(M7, "c-1").intent_id
    words = check(place(at="38.40"), state, LIMITS, NOW.utc, {intent_id: moving}).words
    assert words == "Price 38.40 would trade with an own sell order at 38.30"
    assert check(place(at="38.29"), state, LIMITS, NOW.utc, {intent_id: moving}) == PASSED


def test_an_order_that_was_asked_to_wake_up_is_crossed_as_if_it_were_awake() -> None:
    asleep = working("c-1", Side.SELL, at="38.40", state=VenueState.HIBERNATED)
    assert judge(place(at="38.40"), *asleep, td.intended(SetOrderActive(M7, "c-1", False), "c-1")) == PASSED
    words = judge(place(at="38.40"), *asleep, td.intended(SetOrderActive(M7, "c-1", True), "c-1")).words
    assert words == "Price 38.40 would trade with an own sell order at 38.40"


def test_words_carry_the_numbers() -> None:
    words = judge(place(at="58.41", size="100.1"), limits=changed(position=NO_LIMIT)).words
    assert words == (
        "Price 58.41 EUR/MWh is 20.01 above the mid of 38.40: more than 20.00; Quantity 100.1 MW is above 100.0"
    )


@pytest.mark.parametrize(
    ("events", "bought_at", "expected"),
    [
        ([book("38.20", None), information("30", "20", "10")], "35.01", "the last of 30.00"),
        ([book(None, "38.60"), information(None, "20", "10")], "25.01", "the VWAP of 20.00"),
        ([book(None, None), information(None, None, "10")], "15.01", "the day-ahead of 10.00"),
        ([book(None, None), information("-2")], "3.01", "5.01 above the last of -2.00"),
        ([book(None, None), information("100")], "110.01", "10.01 above the last of 100.00: more than 10.00"),
    ],
)
def test_the_market_is_mid_else_last_else_vwap_else_day_ahead(
    events: list[Event], bought_at: str, expected: str
) -> None:
    assessment = judge(place(at=bought_at), *events)
    assert found(assessment) == [("warn", "collar", "price")]
    assert expected in assessment.words
    just_within = td.price(bought_at) - SCALE // 100
    assert judge(msgspec.structs.replace(place(), price=Price(just_within)), *events) == PASSED


def test_without_any_market_absolute_limits_apply_and_it_must_be_confirmed() -> None:
    stale = [information("38"), channel(Feed.MARKET_INFORMATION, Freshness.STALE)]
    for events in ([book(None, None)], [book("38.20", None), *stale]):
        assert found(judge(place(), *events)) == [("warn", "no market", "price")]
        assert judge(place(), *events).asks
        assert found(judge(place(at="200.01"), *events)) == [("warn", "price", "price"), ("warn", "no market", "price")]
        assert judge(place(at="1000.01"), *events).blocked
        assert judge(place(at="-500.01"), *events).blocked
        assert not judge(place(at="1000"), *events).blocked


@pytest.mark.parametrize(
    ("size", "at", "expected"),
    # 15 minutes: a quarter of the quantity is the energy
    [("10", "38.40", []), ("10.1", "38.40", ["warn"]), ("10", "-38.40", []), ("10.1", "-38.40", ["warn"])],
)
def test_notional_is_quantity_times_price_times_hours(size: str, at: str, expected: list[str]) -> None:
    limits = changed(notional=Most(96 * SCALE, 1_000 * SCALE))
    assessment = judge(place(Side.BUY, size, at), book(at, None), information(at), limits=limits)
    assert [finding.level.value for finding in assessment.findings] == expected
    if expected:
        assert assessment.words == "Notional 96.96 EUR is above 96"


def test_open_orders_count_what_lives_or_may_live() -> None:
    doubted = td.intended(place(), "c-2")
    doubt = RequestDoubted(M7, "c-2", doubted.intent.intent_id, "link lost", NOW)
    living = [*working("c-1"), doubted, doubt]
    assert judge(place(), *living) == PASSED
    one_more = [*living, *working("c-3", state=VenueState.HIBERNATED)]
    assert found(judge(place(), *one_more)) == [("warn", "open orders", "")]
    colleague = td.report("somebody")
    dead = [*working("c-4"), td.report("c-4", VenueState.CANCELLED, revision=2)]
    assert found(judge(place(), *living, colleague, *dead)) == []
    many = [event for client_id in sorted(OURS)[:5] for event in working(client_id)]
    assert ("block", "open orders", "") in found(judge(place(), *many))
    assert "open orders" not in [rule for _, rule, _ in found(judge(amend("c-1", size="5"), *many))]


@pytest.mark.parametrize(
    ("events", "command", "expected"),
    [
        ([], place(size="50"), []),
        ([own_trade(Side.BUY, "50")], place(size="10"), []),
        ([own_trade(Side.BUY, "50")], place(size="10.1"), ["warn"]),
        ([own_trade(Side.BUY, "50")], place(Side.SELL, "50"), []),
        ([own_trade(Side.SELL, "50")], place(Side.SELL, "10.1"), ["warn"]),
        ([*working("c-1", left="30"), *working("c-2", left="20")], place(size="10.1"), ["warn"]),
        # what the other side works doesn't help in the worst case
        ([*working("c-1", left="50"), *working("c-2", Side.SELL, "50", at="39")], place(size="10.1"), ["warn"]),
        ([own_trade(Side.BUY, "110"), *working("c-1", left="40")], place(size="0.1"), ["block"]),
        # an amendment replaces what the order was
        ([*working("c-1", left="50")], amend("c-1", size="50"), []),
        ([*working("c-1", left="50"), *working("c-2", left="10")], amend("c-2", size="10.1"), ["warn"]),
        ([*working("c-1", left="50"), *working("c-2", left="11")], amend("c-2", at="38.41"), ["warn"]),
        ([*working("c-1", left="50"), *working("c-2", left="11")], SetOrderActive(M7, "c-2", True), ["warn"]),
        # what is filled of an order counts as the trade
        ([own_trade(Side.BUY, "20"), *working("c-1", left="30", initial="50")], place(size="10"), []),
    ],
)
def test_position_is_the_worst_case(events: list[Event], command: Command, expected: list[str]) -> None:
    assessment = judge(command, *events)
    assert [(finding.level.value, finding.rule) for finding in assessment.findings] == [
        (level, "position") for level in expected
    ]


def test_an_amendment_on_its_way_counts_as_the_larger() -> None:
    larger, smaller = amend("c-1", size="55"), amend("c-1", size="1")
    for asked, left, expected in (
        (larger, "10", ["position"]),
        (smaller, "10", []),
        (smaller, "55", ["position"]),
    ):
        state = market(*working("c-1", left=left), td.intended(asked, "c-1"))
        intent_id = state.blotter.rows()[0].intent_id
        assert intent_id is not None
        assessment = check(place(), state, LIMITS, NOW.utc, {intent_id: asked})
        assert [finding.rule for finding in assessment.findings] == expected


def test_position_words_carry_their_parts() -> None:
    words = judge(place(Side.SELL, "30"), own_trade(Side.SELL, "20"), *working("c-1", Side.SELL, "10.5")).words
    assert words == "Position could become 60.5 MW short (net -20.0, working 10.5, this 30.0): more than 60.0"


def test_a_position_that_is_not_sure_asks() -> None:
    assessment = judge(place(), channel(Feed.OWN_TRADES, Freshness.STALE, "link lost"))
    assert found(assessment) == [("warn", "own trades", "quantity")]
    assert assessment.words.endswith("stale, so it may be another; link lost")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (amend("c-9", size="1"), "Order: it is not known here"),
        (amend("colleague", size="1"), "Order: it is a colleague's, not ours"),
        (SetOrderActive(M7, "colleague", True), "Order: it is a colleague's, not ours"),
    ],
)
def test_only_own_known_orders_are_amended(command: Command, words: str) -> None:
    assessment = judge(command, td.report("colleague"))
    assert assessment.blocked and assessment.words == words


def test_an_amendment_is_judged_as_the_order_it_makes() -> None:
    living = working("c-1", terms=ICE, left="10")
    assert judge(amend("c-1", size="2.1"), *living) == PASSED
    assert found(judge(amend("c-1", size="2"), *living)) == [("block", "iceberg", "display_quantity")]
    assert found(judge(amend("c-1", at="43.41"), *living)) == [("warn", "collar", "price")]
    assert found(judge(amend("c-1", at="38.405"), *living)) == [("block", "tick", "price")]
    # what is left of an iceberg may be less than it shows: its price can be amended all the same
    rest = working("c-1", terms=ICE, left="1", initial="10")
    assert judge(amend("c-1", at="38.41"), *rest) == PASSED


PRICES = st.integers(-600 * 100, 1_100 * 100).map(lambda cents: Price(cents * SCALE // 100))
SIZES = st.integers(1, 3_000).map(lambda tenths: tenths * SCALE // 10)


@given(PRICES, SIZES, st.sampled_from(Side), st.integers(-2_000, 2_000))
def test_what_passes_is_within_every_limit(at: Price, size: int, side: Side, net: int) -> None:
    """Computed the other way round: from the order, not from the check."""
    trade = own_trade(Side.BUY if net > 0 else Side.SELL, str(abs(net) / 10))
    state = market(*([trade] if net else []))
    command = msgspec.structs.replace(place(side), price=at, quantity=size)
    assessment = check(command, state, LIMITS, NOW.utc)
    sign = 1 if side is Side.BUY else -1
    through = sign * (at - td.price("38.40"))
    worst = sign * net * SCALE // 10 + size
    blocked = (
        not -500 * SCALE <= at <= 1_000 * SCALE or through > 20 * SCALE or size > 100 * SCALE or worst > 150 * SCALE
    )
    asks = (
        not -100 * SCALE <= at <= 200 * SCALE
        or through > 5 * SCALE
        or -through > 50 * SCALE
        or size > 50 * SCALE
        or worst > 60 * SCALE
    )
    assert assessment.blocked == blocked
    assert bool(assessment.findings) == (asks or blocked)
    assert assessment.asks == (asks and not blocked)
    levels = [finding.level for finding in assessment.findings]
    assert levels == sorted(levels, key=lambda level: level is not Level.BLOCK), "blocking first"


def test_shipped_limits_are_read_and_sane() -> None:
    limits = shipped_limits()
    assert check(place(), market(), limits, NOW.utc) == PASSED
    assert check(place(size="1000"), market(), limits, NOW.utc).blocked
    assert set(limits.restrictions) >= {"None", "ImmediateOrCancel", "FillOrKill", "AllOrNone"}
