"""What a table of power trades does not have is named, with where it is instead."""

import pytest

from protocols.market.events import PairListed
from protocols.market.flex import Delivery
from protocols.market.flex_events import FlexMarketListed
from protocols.market.instruments import ContractKey, CurrencyPair, FlexMarket, InstrumentSpec, market_key, window_key
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.widgets.desk import DARK, NOON, Desk, show
from tests.widgets.test_own_trades import trade
from widgets.own_trades import OwnTrades
from widgets.tape import TradeTape

PAIR = ContractKey("FX", "FX", "EURUSD")
BOOK = market_key("Flex")
WINDOW = window_key("Flex", Delivery(UtcNs(NOON), UtcNs(NOON + HOUR)))
FX_SPEC = InstrumentSpec(Price(10_000), Quantity(1_000 * SCALE), 5, 0, "USD", "EUR")
FLEX_SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE), 2, 0, "EUR/kWh", "W")


def pair_listed(desk: Desk) -> None:
    pair = CurrencyPair(PAIR, "EURUSD", "EUR", "USD", FX_SPEC, Price(100_000), Quantity(100_000 * SCALE), "EUR")
    desk.market.apply(PairListed(pair))


def flex_listed(desk: Desk) -> None:
    desk.market.apply(FlexMarketListed(FlexMarket(BOOK, FLEX_SPEC)))


@pytest.fixture
def desk() -> Desk:
    desk = Desk("DE-AMPRION")
    pair_listed(desk)
    flex_listed(desk)
    return desk


@pytest.mark.parametrize(
    ("key", "tape_says", "own_says"),
    [
        (PAIR, "No trades of currency pairs", "Own executions of currency pairs are in the widget Positions"),
        (BOOK, "the widget Flex tape", "the widget Flex contracts"),
        (WINDOW, "the widget Flex tape", "the widget Flex contracts"),
    ],
)
def test_only_the_chosen_one_is_no_broken_feed_where_there_is_no_feed(
    qtbot, desk: Desk, key: ContractKey, tape_says: str, own_says: str
) -> None:
    power = desk.contract("DE-AMPRION", "15Q4")
    desk.group.choose(key)
    for widget, says in ((TradeTape(*desk.parts), tape_says), (OwnTrades(*desk.parts), own_says)):
        show(qtbot, widget)
        assert widget.standing.text == "● live"
        widget.toggle_linked()
        desk.beat()
        assert says in widget.standing.text and says in widget.standing.accessibleName()
        assert "unsynchronised" not in widget.standing.text
        assert says in widget.grid._empty_text
        ground, ink = widget.standing.colours()
        assert (ground, ink) == (DARK.surface, DARK.text_secondary)
        desk.group.choose(power)
        desk.beat()
        assert widget.standing.text == "● live"
        desk.group.choose(key)


def test_totals_of_own_trades_say_what_they_leave_out(qtbot) -> None:
    desk = Desk("DE-AMPRION")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, desk.contract("DE-AMPRION", "15Q4"), Side.BUY, "40.00", "4")
    desk.beat()
    assert "Power only" not in widget.footer.whole_text
    pair_listed(desk)
    desk.beat()
    assert widget.footer.whole_text.endswith("−40.00 EUR   (Power only; FX: Positions)")
    flex_listed(desk)
    desk.beat()
    assert widget.footer.whole_text.endswith("(Power only; FX: Positions, flexibility: Flex contracts)")
