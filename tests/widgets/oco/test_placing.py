"""Where legs are put and how they are moved, the axis they are drawn on, and what is read of bad texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.gallery.market import Exhibit
from protocols.acttrader.messages import Dialect
from protocols.market import forms
from protocols.market.commands import OcoLeg
from protocols.market.pairs import LIMIT, STOP, STOP_LIMIT, pair_concerns
from protocols.market.pips import Typed, pips_text
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.widgets.oco.pairs import EURUSD, GOOD, LIVE, NOW, USDJPY, draft, form, price, quote
from widgets.delivery import UNIVERSAL
from widgets.oco import hand
from widgets.oco.axis import fitted, resized
from widgets.oco.draft import read_draft
from widgets.oco.frame import Scene, compose, spoken
from widgets.oco.placing import Distances, distances_of, nudged, starting_prices
from widgets.oco.words import Distance, distance_of

TICK = EURUSD.spec.tick


@pytest.mark.parametrize(
    ("side", "kind", "prices"),
    [
        (Side.BUY, LIMIT, ["1.08216"]),
        (Side.BUY, STOP, ["1.08616"]),
        (Side.BUY, STOP_LIMIT, ["1.08616", "1.08636"]),
        (Side.SELL, LIMIT, ["1.08612"]),
        (Side.SELL, STOP, ["1.08212"]),
        (Side.SELL, STOP_LIMIT, ["1.08212", "1.08192"]),
    ],
)
def test_a_pair_begins_20_pips_off_the_price_that_it_deals_at(side: Side, kind: str, prices: list[str]) -> None:
    assert starting_prices(side, kind, LIVE, EURUSD, Distances()) == [price(each) for each in prices]


def test_a_quote_off_the_tick_begins_further_away_never_nearer() -> None:
    odd = quote("149.6004", "149.6051", USDJPY)
    assert starting_prices(Side.BUY, LIMIT, odd, USDJPY, Distances()) == [price("149.405")]
    assert starting_prices(Side.BUY, STOP, odd, USDJPY, Distances()) == [price("149.806")]


@given(
    side=st.sampled_from(Side),
    stop=st.sampled_from((STOP, STOP_LIMIT)),
    bid=st.integers(50_000, 200_000),
    spread=st.integers(0, 300),
    odd=st.integers(0, 9_999),
    pips=st.tuples(*[st.integers(1, 400)] * 3),
)
def test_a_pair_that_was_just_placed_is_unusual_in_nothing(
    side: Side, stop: str, bid: int, spread: int, odd: int, pips: tuple[int, int, int]
) -> None:
    live = LIVE.__class__(EURUSD.key, Price(bid * TICK + odd), Price((bid + spread) * TICK + odd), None, LIVE.received)
    far = Distances(*(each * SCALE for each in pips))
    at = {kind: starting_prices(side, kind, live, EURUSD, far) for kind in (LIMIT, stop)}
    limit = at[stop][1] if stop == STOP_LIMIT else None
    legs = (OcoLeg(LIMIT, at[LIMIT][0]), OcoLeg(stop, limit, at[stop][0]))
    assert all(each % TICK == 0 for prices in at.values() for each in prices)
    pair = draft(GOOD).command
    assert pair is not None
    assert pair_concerns(pair.__class__(EURUSD.key, side, pair.quantity, legs, "AON"), live) == []
    if not odd:
        assert distances_of(side, legs, live, EURUSD, Distances())[:2] == far[:2]


@given(at=st.integers(1, 3 * 10**14), ticks=st.integers(-500, 500).filter(bool))
def test_a_nudge_goes_its_way_onto_the_tick_and_never_to_nothing(at: int, ticks: int) -> None:
    moved = nudged(Price(at), ticks, EURUSD)
    assert moved % TICK == 0
    assert moved >= TICK
    assert moved == TICK or (moved > at) is (ticks > 0)


def test_the_limit_of_a_stop_limit_goes_along_with_its_stop() -> None:
    texts = {**GOOD, "type_2": STOP_LIMIT, "price_2": "1.08636"}
    moved = hand.moved(2, price("1.087"), draft(texts), EURUSD)
    assert moved == {"stop_price_2": "1.08700", "price_2": "1.08720"}


def test_a_leg_without_a_price_can_not_be_nudged_and_says_so() -> None:
    with pytest.raises(hand.NotPlaced, match="Leg 1 has no price yet"):
        hand.nudged_leg(1, 1, draft({forms.SIDE: "Buy"}), EURUSD)


@given(
    prices=st.lists(st.integers(1, 4 * 10**5).map(lambda ticks: Price(ticks * TICK)), min_size=1, max_size=5),
    rows=st.integers(3, 20),
    other=st.integers(3, 20),
)
def test_an_axis_has_all_prices_in_sight_and_each_row_is_its_own_price(
    prices: list[Price], rows: int, other: int
) -> None:
    axis = fitted(prices, TICK, rows)
    assert all(1 <= axis.row(each) <= axis.rows - 2 for each in prices)
    assert int(str(axis.step // TICK)[0]) in (1, 2, 5)
    assert [axis.row(axis.price(row)) for row in range(axis.rows)] == list(range(axis.rows))
    assert resized(axis, other).step == axis.step


def test_the_ladder_s_frame_has_the_market_both_legs_and_arrows_to_what_is_out_of_sight() -> None:
    axis = fitted([price("1.0830"), price("1.0850")], TICK, 9)
    legs = (OcoLeg(LIMIT, price("1.0700")), OcoLeg(STOP, None, price("1.0849")))
    frame = compose(
        Scene(EURUSD, LIVE, True, Side.BUY, legs, 2, (Distance("141.6 p", "below ask"), Distance("43.4 p"))), axis
    )
    assert [row.text for row in frame.rows if row.market] == ["1.08400"]
    assert [(tag.words, tag.active) for tag in frame.tags] == [
        ("1 ▼ LIMIT 1.07000", False),
        ("2 STOP 1.08490", True),
    ]
    assert spoken(frame) == (
        "bid 1.08412  ask 1.08416. leg 1 ▼ LIMIT 1.07000, 141.6 p below ask. leg 2 STOP 1.08490, active, 43.4 p"
    )
    old = compose(Scene(EURUSD, LIVE, False, Side.BUY, legs, 2, (Distance(), Distance())), axis)
    assert spoken(old).startswith("not live: bid 1.08412  ask 1.08416. ")


def test_a_distance_is_told_in_pips_and_in_the_account_s_money_or_as_unknown() -> None:
    exhibit, many = Exhibit(), Quantity(1_500_000 * SCALE)
    market = exhibit.market

    def told(symbol: str, side: Side | None, at: str) -> str:
        bid, ask = ("0.6540", "0.6541") if symbol == "AUDNZD" else ("1.08412", "1.08416")
        key = exhibit.quote(symbol, bid, ask)
        quoted = market.quotes.get(key)
        assert quoted is not None
        return distance_of(market, market.pairs[key], side, price(at), many, quoted).words

    assert told("AUDNZD", Side.SELL, "0.6530") == "10 p below bid   EUR unknown"
    assert told("EURUSD", Side.SELL, "1.08127") == "28.5 p below bid   3\N{NO-BREAK SPACE}943.22 EUR"
    assert told("EURUSD", Side.BUY, "1.08127").startswith("28.9 p below ask ")
    assert told("EURUSD", Side.BUY, "1.08416") == "at the ask"
    # Within the spread: a seller's limit there is not reached yet.
    assert told("EURUSD", Side.SELL, "1.08414").startswith("0.2 p above bid ")
    assert told("EURUSD", None, "1.08127") == "28.5 p below the bid", "nobody knows what it will deal at"


@pytest.mark.parametrize("side", Side)
@given(bid=st.integers(50_000, 200_000), spread=st.integers(0, 300), ticks=st.integers(1, 4_000))
def test_legs_as_far_from_what_they_deal_at_are_told_to_be_as_far_however_wide_the_spread(
    side: Side, bid: int, spread: int, ticks: int
) -> None:
    live = LIVE.__class__(EURUSD.key, Price(bid * TICK), Price((bid + spread) * TICK), None, LIVE.received)
    dealt = live.ask if side is Side.BUY else live.bid
    assert dealt is not None
    market = Exhibit().market
    above, below = (
        distance_of(market, EURUSD, side, Price(dealt + way * ticks * TICK), None, live).words for way in (1, -1)
    )
    assert above.replace("above", "below") == below
    assert below == f"{pips_text(ticks * TICK, EURUSD.pip)} below {'ask' if side is Side.BUY else 'bid'}"


# Bad input: refused at its field, and no pair comes of it

NUMBERS = (
    "text",
    "0",
    "-1",
    "1e999",
    "NaN",
    "inf",
    "9" * 5_000,
    "0." + "1" * 5_000,
    "1,000.5",
    "٣",
    "0x10",
    "--1",
    "1 2",
)
PRICES = (*NUMBERS, "1.082125", "-1.08", "+p", "b--3p", "c+3p", "+1e3p", "+0.03p", "-99999p", "b+", "+12q")
QUANTITIES = (*NUMBERS, "1234", "0k", "-5k", "1.2345k", "1mm", "k", "999999m", "0.0001m")
TIMES = ("text", "25:99", "2020-01-01 10:00", "10:00 yesterday", "-2h", "0m", "1x", "2026-02-30 10:00", "9" * 5_000)
BAD = [
    *(("side", text) for text in ("", "Hold", "BUY", "buy ")),
    *(("quantity", text) for text in ("", *QUANTITIES)),
    *((name, text) for name in ("price_1", "stop_price_2") for text in ("", *PRICES)),
    *(("type_1", text) for text in ("", "MARKET", "TRAILING")),
    *(("time_in_force", text) for text in ("", "TPI", "GTC", "DAY")),
    *(("validity_until", text) for text in TIMES),
    *(("comment_2", text) for text in ("x" * 251, "a\x00b", "a\nb")),
]


@pytest.mark.parametrize(("name", "text"), BAD, ids=lambda value: value[:16])
def test_bad_input_is_refused_at_its_field(name: str, text: str) -> None:
    read = draft({**GOOD, name: text})
    assert read.command is None
    assert name in read.checked.problems
    assert draft(GOOD).command is not None


@pytest.mark.parametrize("text", ["+12p", "b-3p", "a"])
def test_pips_need_a_live_quote(text: str) -> None:
    typed = Typed(NOW, None, "stale quote: no quote for 30 s")
    texts = {**GOOD, "price_1": text}
    read = read_draft(form(), EURUSD, texts, dict.fromkeys(texts, typed), NOW, UNIVERSAL, None)
    assert "stale quote: no quote for 30 s" in read.checked.problems["price_1"]


@settings(max_examples=1_500)
@given(
    name=st.sampled_from(sorted(form().defaults())),
    text=st.one_of(
        st.text(max_size=30),
        st.text(alphabet="0123456789.,+-kmpabhd: ", max_size=12),
        st.floats().map(str),
        st.decimals().map(str),
        st.integers(-(10**25), 10**25).map(str),
    ),
)
def test_whatever_is_typed_a_pair_keeps_the_rules_or_there_is_none(name: str, text: str) -> None:
    read = draft({**GOOD, name: text})
    pair = read.command
    if pair is None:
        assert read.checked.problems
        return
    prices = [each for leg in pair.legs for each in (leg.price, leg.stop_price) if each is not None]
    assert all(each > 0 and each % TICK == 0 for each in prices)
    assert pair.quantity > 0 and pair.quantity % EURUSD.spec.step == 0
    assert pair.until is None or pair.until > NOW
    for leg in pair.legs:
        assert (leg.price is not None) is (leg.type in (LIMIT, STOP_LIMIT))
        assert (leg.stop_price is not None) is (leg.type in (STOP, STOP_LIMIT))
        assert len(leg.note) <= 250


def test_the_seed_dialect_has_no_notes() -> None:
    assert not [name for name in form(EURUSD, Dialect.SEED).defaults() if name.startswith("comment")]
