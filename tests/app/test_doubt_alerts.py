"""Own orders in doubt: told once they have lasted, in a line that says what to do and goes when nothing is in doubt."""

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QVBoxLayout, QWidget

from app.doubt_alerts import AT_MOST, NAMED, SETTLES_WITHIN, DoubtAlerts
from app.trading import TO_READ
from protocols.market.commands import CancelOrder, Intent, PlaceOrder
from protocols.market.events import ConnectionChanged, ConnectionStatus
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderDecided, OrderIntended, RequestDoubted
from protocols.market.orders import Decision, Order, OrderStatus
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import Side
from tests.support.fx import order
from tests.support.fx_paired import FxPaired
from tests.widgets.desk import DARK, M7, NOON, Desk, price, quantity, show
from widgets.notices import NoticeBar

AREA = "DE-AMPRION"
KEYS = {"orders.ask": "A", "orders.decide": "D"}


class Watched:
    """A live market of one contract, and the bar that alerts stand in; `asked` is what the venue was asked about."""

    def __init__(self, bar: NoticeBar) -> None:
        self.desk = Desk(AREA)
        self.key = self.desk.contract(AREA, "00-01_XB", UtcNs(NOON + HOUR))
        self.bar, self.window = bar, bar.window()
        self.asked: list[Order] = []
        self.alerts = DoubtAlerts(self.desk.market, bar, self.asked.append, lambda act: KEYS.get(act, ""))
        self._made = 0

    def doubt(self, much: str = "5", key: ContractKey | None = None) -> Intent:
        """An order that was sent and not answered."""
        self._made += 1
        name = f"o{self._made}"
        placed = PlaceOrder(key or self.key, Side.SELL, quantity(much), price("60"))
        intent = Intent(name, name, placed, self.desk.clock.now)
        self.desk.market.apply(OrderIntended(intent))
        self._lose(intent)
        return intent

    def cancel(self, intent: Intent) -> None:
        """Asks for its cancellation, and that is not answered."""
        again = Intent(f"x{intent.client_id}", intent.client_id, CancelOrder(M7, intent.client_id), self.desk.clock.now)
        self.desk.market.apply(OrderIntended(again))
        self._lose(again)

    def _lose(self, intent: Intent) -> None:
        lost = RequestDoubted(M7, intent.client_id, intent.intent_id, "no answer", self.desk.clock.now)
        self.desk.market.apply(lost)

    def decide(self, intent: Intent) -> None:
        """Somebody knows that it never arrived."""
        now = self.desk.clock.now
        decided = OrderDecided(M7, intent.client_id, intent.intent_id, Decision.NEVER_ARRIVED, "by hand", now)
        self.desk.market.apply(decided)

    def connection(self, status: ConnectionStatus) -> None:
        self.desk.market.apply(ConnectionChanged(M7, status, "", self.desk.clock.now))

    def look(self, seconds: float = 0.0) -> list[str]:
        """So much later, in ticks; then what stands in the bar."""
        for _ in range(round(seconds * 10)):
            self.desk.beat(0.1)
            self.alerts.look(self.desk.clock.now)
        self.alerts.look(self.desk.clock.now)
        return self.bar.texts()

    def dismiss(self) -> None:
        QApplication.processEvents()
        [button] = [each for each in self.bar.findChildren(QToolButton) if each.isVisible()]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def watched(qtbot) -> Watched:
    window = QWidget()
    column = QVBoxLayout(window)
    bar = NoticeBar(DARK)
    column.addWidget(bar)
    column.addStretch(1)
    show(qtbot, window, 900, 200)
    return Watched(bar)


def test_a_doubt_that_lasts_is_told_with_what_to_do_and_logged(watched: Watched, caplog) -> None:
    watched.look()
    watched.doubt()
    assert watched.look(SETTLES_WITHIN - 0.2) == []
    with caplog.at_level(logging.INFO, "quarterdeck"):
        assert watched.look(0.4) == [
            "In doubt: SELL 5.0 MW 00-01_XB DE-AMPRION at 60.00 (EPEX M7), which may live at the venue. "
            "Choose it in Orders: A asks the venue, D records what you know"
        ]
        watched.look(60)
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert "SELL 5.0 MW 00-01_XB" in caplog.text


def test_what_the_venues_next_word_settles_is_not_told(watched: Watched) -> None:
    intent = watched.doubt()
    watched.look(SETTLES_WITHIN - 1)
    watched.decide(intent)
    assert watched.look(SETTLES_WITHIN + AT_MOST) == []


def test_several_are_one_line_that_shrinks_and_goes_by_itself(watched: Watched, caplog) -> None:
    intents = [watched.doubt(str(number)) for number in range(1, NAMED + 2)]
    [words] = watched.look(SETTLES_WITHIN + 0.2)
    assert words.startswith(f"{NAMED + 1} orders are in doubt, which may live at the venue: SELL 1.0 MW")
    assert "; 1 more. Choose one in Orders: A asks" in words
    watched.decide(intents[0])
    [words] = watched.look(0.1)
    assert (
        words.startswith(f"{NAMED} orders are in doubt, which may live at the venue: SELL 2.0 MW")
        and "more" not in words
    )
    with caplog.at_level(logging.INFO, "quarterdeck"):
        for intent in intents[1:]:
            watched.decide(intent)
        assert watched.look(0.1) == []
    assert "no longer in doubt: order o2 of EPEX M7 is not sent" in caplog.text


def test_what_was_dismissed_is_not_said_again_and_a_new_doubt_is(watched: Watched) -> None:
    first = watched.doubt("1")
    watched.look(SETTLES_WITHIN + TO_READ + 0.2)
    watched.dismiss()
    assert watched.look(60) == []
    watched.doubt("2")
    [words] = watched.look(SETTLES_WITHIN + TO_READ + 0.2)
    assert words.startswith("In doubt: SELL 2.0 MW")
    watched.dismiss()
    watched.cancel(first)
    watched.doubt("3")
    [words] = watched.look(SETTLES_WITHIN + 0.2)
    assert words.startswith("2 orders are in doubt: SELL 1.0 MW")
    assert "whose cancel request was not answered; SELL 3.0" in words


def test_a_connection_that_is_away_gets_more_time_but_no_hours(watched: Watched) -> None:
    watched.doubt()
    watched.connection(ConnectionStatus.DOWN)
    assert watched.look(AT_MOST - 1) == []
    watched.connection(ConnectionStatus.LIVE)
    watched.look(0.5)
    watched.connection(ConnectionStatus.DOWN)
    [words] = watched.look(1)
    assert words.startswith("In doubt: SELL 5.0 MW")


def test_its_button_asks_the_venue_once_an_area(watched: Watched) -> None:
    french = watched.desk.contract("FR-RTE", "00-01_XB", UtcNs(NOON + HOUR))
    for key in (watched.key, watched.key, french):
        watched.doubt(key=key)
    watched.look(SETTLES_WITHIN + 0.2)
    line = next(iter(watched.bar._lines.values()))
    assert line.offered is not None
    QTest.mouseClick(line.offered, Qt.MouseButton.LeftButton)
    assert [each.key.area for each in watched.asked] == [AREA, "FR-RTE"]
    assert len(watched.look(1)) == 1, "asking dismisses nothing"


class Joined(FxPaired):
    """A desk and the practice venue, looked at ten times a second; `said` is what was alerted at any time."""

    def boot(self) -> None:
        super().boot()
        self.bar = NoticeBar(DARK)
        self.said: list[str] = []
        self._alerts = DoubtAlerts(self.desk.market, self.bar, lambda _order: None, lambda act: KEYS.get(act, ""))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            super().run(0.1)
            self._alerts.look(self.now)
            self.said += [words for words in self.bar.texts() if words not in self.said]


@pytest.fixture
def joined(qtbot, tmp_path: Path) -> Joined:
    joined = Joined(tmp_path)
    joined.run(1)
    return joined


def test_a_reconnect_that_settles_the_doubt_alerts_nobody(joined: Joined) -> None:
    joined.turn(lose_answer=1.0)
    name = joined.submit(order())
    joined.run(0.5)
    joined.cut()
    assert joined.status(name) == "in doubt"
    joined.turn()
    joined.run(20)
    assert joined.status(name) == "working"
    assert joined.said == []


def test_a_request_that_got_lost_is_told_until_it_is_known_what_became_of_it(joined: Joined) -> None:
    joined.turn(lose_request=1.0)
    name = joined.submit(order())
    joined.run(30)
    known = joined.desk.market.blotter.get("FX", name)
    assert known is not None
    assert (known.status is OrderStatus.IN_DOUBT) is bool(joined.bar.texts())
    assert joined.said and "which may live at the venue" in joined.said[0]


def test_another_order_in_doubt_brings_the_alert_above_older_ones(watched: Watched) -> None:
    watched.look()
    watched.doubt("5")
    watched.look(SETTLES_WITHIN + 0.4)
    for words in ("A pair is broken", "A gate closes"):
        watched.bar.alert(words)
    watched.doubt("7")
    watched.look(SETTLES_WITHIN + 0.4)
    assert "7.0 MW" in watched.bar.texts()[0]


def test_a_name_that_nobody_can_have_read_survives_a_dismissal(watched: Watched) -> None:
    watched.look()
    watched.doubt("5")
    watched.look(SETTLES_WITHIN + 0.4)
    watched.look(1.0)
    watched.doubt("7")
    watched.look(SETTLES_WITHIN + 0.4)
    watched.dismiss()
    (said,) = watched.look(0.2)
    assert "7.0 MW" in said and "5.0 MW" not in said
    watched.look(1.0)
    watched.dismiss()
    assert watched.look(60) == []
