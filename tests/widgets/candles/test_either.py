"""One dock for trades of a contract and candles of a pair: the one that fits is shown, and has the keys."""

import pytest

from app.candle_acts import chart_acts
from app.gallery.market import Exhibit
from protocols.market.instruments import ContractKey
from tests.widgets.desk import DARK, LIGHT, show
from widgets.candles import CandleChart
from widgets.candles.either import ContractChart
from widgets.price_chart import PriceChart
from widgets.theme import Theme


@pytest.fixture
def shown(qtbot):
    exhibit = Exhibit().fill()
    parts = exhibit.market, exhibit.clock, exhibit.group, DARK
    chart = ContractChart(
        exhibit.market,
        exhibit.group,
        DARK,
        lambda theme: PriceChart(exhibit.market, exhibit.clock, exhibit.group, theme),
        CandleChart(*parts, lambda query: "nothing is connected"),
    )
    show(qtbot, chart)
    yield exhibit, chart
    chart.release()


def pair(exhibit: Exhibit) -> ContractKey:
    return exhibit.quote("EURUSD", "1.08412", "1.08416")


def test_the_chart_that_fits_is_shown_and_keeps_the_keys(shown) -> None:
    exhibit, chart = shown
    chart.setFocus()
    assert not chart.of_pair and chart.trades.plot.hasFocus()
    exhibit.group.choose(pair(exhibit))
    assert chart.of_pair and chart.candles.canvas.hasFocus()
    exhibit.group.choose(exhibit.key)
    assert not chart.of_pair and chart.trades.plot.hasFocus()


def test_following_is_for_both_and_the_rest_says_that_it_is_for_pairs(shown) -> None:
    exhibit, chart = shown
    said: list[str] = []
    acts = {act.name: act for act in chart_acts(lambda: chart, said.append)}
    acts["chart.follow"].run()
    acts["chart.zoom_in"].run()
    assert said == ["The chart of a contract has no candles: choose a currency pair"]
    exhibit.group.choose(pair(exhibit))
    acts["chart.zoom_in"].run()
    assert len(said) == 1


def test_the_chart_of_trades_is_made_when_it_is_first_seen(qtbot) -> None:
    exhibit = Exhibit().fill()
    made: list[PriceChart] = []

    def make(theme: Theme) -> PriceChart:
        made.append(PriceChart(exhibit.market, exhibit.clock, exhibit.group, theme))
        return made[-1]

    candles = CandleChart(exhibit.market, exhibit.clock, exhibit.group, DARK, lambda query: "nothing is connected")
    chart = ContractChart(exhibit.market, exhibit.group, DARK, make, candles)
    chart.set_theme(LIGHT)
    exhibit.group.choose(pair(exhibit))
    exhibit.group.choose(exhibit.key)
    assert not made and chart.state()["trades"] == {}
    show(qtbot, chart)
    assert chart.currentWidget() is chart.trades and made == [chart.trades]
    assert chart.trades.plot.backgroundBrush().color() == LIGHT.surface
    chart.release()


def test_its_state_holds_both(shown) -> None:
    exhibit, chart = shown
    exhibit.group.choose(pair(exhibit))
    chart.candles.choose_interval("4h")
    kept = chart.state()
    chart.candles.choose_interval("1m")
    chart.restore(kept)
    assert chart.candles.interval == "4h"
    chart.restore({})
    assert chart.candles.interval == "4h"


def test_looks_go_to_both(shown) -> None:
    _, chart = shown
    chart.set_theme(LIGHT)
    chart.set_compact(True)
    assert "shows all" in chart.trades.plot.toolTip()
