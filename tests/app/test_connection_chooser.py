"""From the ticks to the file and to the connection that starts anew."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.connection_chooser import ConnectionChooser, choosable, pairs_menu
from app.connections import ConnectionSettings
from app.connections_file import ConnectionsFile
from app.practice_file import practice_file
from app.resources import practice_connections
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.orders import Order
from protocols.market.values import SCALE, Price, Quantity
from tests.app.hands import order
from tests.widgets.desk import DARK
from widgets.connections.chooser import ChooserDialog

AREAS = ("DE-AMPRION", "DE-TENNET", "FR-RTE", "NL-TENNET")
HEAD, FIRST, *_ = practice_connections().split("[[connection]]")
ONE = f"{HEAD}[[connection]]{FIRST}"
"""What is shipped, as far as its first connection."""


class Lines:
    """Writes down what is connected anew."""

    def __init__(self, *running: ConnectionSettings) -> None:
        self.running = {settings.name: settings for settings in running}
        self.connected: list[ConnectionSettings] = []

    def settings_of(self, name: str) -> ConnectionSettings | None:
        return self.running.get(name)

    async def connect(self, settings: ConnectionSettings) -> None:
        self.connected.append(settings)


def _at_port(settings: ConnectionSettings) -> ConnectionSettings:
    return msgspec.structs.replace(settings, host=f"{settings.host}:4711")


class Choosing:
    """A chooser on a file of one connection, `Practice`, that runs."""

    def __init__(self, qtbot: Any, folder: Path, shipped: str = ONE) -> None:
        self.file = ConnectionsFile(folder / "connections.toml", shipped, _at_port)
        self.listed: list[CurrencyPair] = []
        self.lines = Lines(*self.file.read().connections)
        self.orders: list[Order] = []
        self.said: list[str] = []
        window = QWidget()
        qtbot.addWidget(window)
        window.show()
        self.window = window
        self.chooser = ConnectionChooser(
            window,
            self.lines,
            lambda: self.orders,
            lambda name: self.listed,
            lambda: DARK,
            self.spawn,
            self.said.append,
        )

    def spawn(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run(work)

    @property
    def dialog(self) -> ChooserDialog:
        assert self.chooser.dialog is not None
        return self.chooser.dialog

    def tick(self, row: int, key: str = "areas") -> None:
        """Turns the tick of an area."""
        item = self.dialog.pages.currentWidget().lists[key].items[row]
        on = item.checkState() is Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def own(self, area: str, connection: str = "Practice") -> None:
        own = order(ContractKey(connection, area, "1"), f"c{len(self.orders)}")
        self.orders.append(msgspec.structs.replace(own, connection=connection))


@pytest.fixture
def choosing(qtbot, tmp_path: Path) -> Choosing:
    choosing = Choosing(qtbot, tmp_path)
    choosing.chooser.use(choosing.file)
    choosing.chooser.open()
    return choosing


AT_APG, FR_RTE = 0, 9


def test_areas_and_products_stand_there_by_name(choosing: Choosing) -> None:
    lists = choosing.dialog.pages.currentWidget().lists
    assert [item.text() for item in lists["areas"].items][5] == "DE-AMPRION · Germany, Amprion"
    assert [item.text() for item in lists["products"].items][2] == "QuarterHour · 15 minutes"
    assert lists["areas"].chosen() == ("DE-TENNET", "DE-AMPRION", "FR-RTE", "NL-TENNET")
    assert choosing.dialog.where.text() == f"Kept in {choosing.file.path}"


def test_practice_offers_what_its_venue_has_a_market_in_and_what_was_chosen_all_the_same(tmp_path: Path) -> None:
    file = practice_file(tmp_path, 4711)
    m7, fx, flex, npid = file.read().connections
    elsewhere = msgspec.structs.replace(m7, areas=("AT-APG",))
    areas, products = choosable(elsewhere, file.offered).lists
    assert list(areas.names) == ["AT-APG", "DE-TENNET", "DE-AMPRION", "FR-RTE", "NL-TENNET"]
    assert list(products.names) == ["Hour", "QuarterHour"]
    areas, products = choosable(npid, file.offered).lists
    assert {"DK-DK1", "UK-ELEXON"} <= set(areas.names)
    assert "AT-APG" not in areas.names
    assert list(products.names) == ["P15Min", "P30Min", "P60Min", "Block_2H", "CustomBlock"]
    assert choosable(flex, file.offered).lists == ()
    (pairs,) = choosable(fx, file.offered).lists
    assert (pairs.key, len(pairs.names), len(pairs.chosen)) == ("symbols", 12, 8)
    assert pairs.names["USDJPY"] == "USDJPY · pip 0.01"


def test_saving_writes_the_file_and_connects_anew(choosing: Choosing) -> None:
    choosing.tick(AT_APG)
    choosing.dialog.accept()
    assert choosing.chooser.dialog is None
    (connected,) = choosing.lines.connected
    assert connected.areas == (*AREAS, "AT-APG")
    assert connected.host == "127.0.0.1:4711"
    assert choosing.file.read().connections == (connected,)
    assert choosing.said == [f"Saved in {choosing.file.path}; Practice connects anew"]


def test_a_connection_that_does_not_run_is_saved_and_not_connected(choosing: Choosing) -> None:
    choosing.lines.running.clear()
    choosing.own("FR-RTE")
    choosing.tick(FR_RTE)
    choosing.dialog.accept()
    assert choosing.lines.connected == []
    assert choosing.said == [f"Saved in {choosing.file.path}"]


def test_own_orders_in_an_area_that_is_taken_off_are_asked_about(choosing: Choosing) -> None:
    choosing.own("FR-RTE")
    choosing.own("FR-RTE")
    choosing.own("DE-AMPRION")
    choosing.own("FR-RTE", "Another")
    choosing.tick(FR_RTE)
    choosing.dialog.accept()
    assert choosing.dialog.words.text().startswith("▲ 2 own orders of Practice in FR-RTE are not over.")
    assert (choosing.lines.connected, choosing.file.path.exists()) == ([], False)
    choosing.dialog.accept()
    (connected,) = choosing.lines.connected
    assert connected.areas == ("DE-AMPRION", "DE-TENNET", "NL-TENNET")


def test_an_area_that_is_put_on_asks_nothing(choosing: Choosing) -> None:
    choosing.own("DE-AMPRION")
    choosing.tick(AT_APG)
    choosing.dialog.accept()
    assert len(choosing.lines.connected) == 1


def test_a_file_that_changed_meanwhile_is_not_overwritten_but_read_again(choosing: Choosing) -> None:
    text = choosing.file.read().content.decode().replace('["Hour", "QuarterHour"]', '["HalfHour"]')
    choosing.tick(AT_APG)
    choosing.file.path.write_text(text)
    choosing.dialog.accept()
    assert "The file was changed" in choosing.dialog.words.text()
    assert (choosing.lines.connected, choosing.file.path.read_text()) == ([], text)
    choosing.dialog.reload.click()
    assert choosing.dialog.pages.currentWidget().lists["products"].chosen() == ("HalfHour",)
    choosing.tick(AT_APG)
    choosing.dialog.accept()
    (connected,) = choosing.lines.connected
    assert (connected.products, "AT-APG" in connected.areas) == (("HalfHour",), True)


def test_a_file_that_can_not_be_written_says_so_and_keeps_the_ticks(choosing: Choosing) -> None:
    choosing.file.path.write_bytes(choosing.file.read().content)
    choosing.file.path.chmod(0o400)
    choosing.tick(AT_APG)
    choosing.dialog.accept()
    assert (
        choosing.dialog.words.text() == f"▲ Nothing was saved: {choosing.file.path} can't be written: it is read-only"
    )
    assert "AT-APG" in choosing.dialog.pages.currentWidget().lists["areas"].chosen()
    choosing.file.path.chmod(0o600)
    choosing.dialog.accept()
    assert len(choosing.lines.connected) == 1


def test_a_file_that_can_not_be_read_says_why_and_can_be_read_again(qtbot, tmp_path: Path) -> None:
    choosing = Choosing(qtbot, tmp_path)
    good = choosing.file.read().content
    path = tmp_path / "broken.toml"
    path.write_text("[[connection")
    choosing.chooser.use(ConnectionsFile(path))
    choosing.chooser.open()
    assert "broken.toml: is not TOML" in choosing.dialog.words.text()
    assert not choosing.dialog.save.isEnabled()
    path.write_bytes(good)
    choosing.dialog.reload.click()
    assert (choosing.dialog.words.text(), choosing.dialog.pages.count()) == ("", 1)


def test_it_opens_once_and_at_the_connection_that_was_asked_for(qtbot, tmp_path: Path) -> None:
    choosing = Choosing(qtbot, tmp_path)
    choosing.chooser.open()
    assert (choosing.chooser.dialog, choosing.said) == (None, ["The connections are not known yet"])
    text = choosing.file.read().content.decode()
    table = text[text.index("[[") :]
    choosing.file.path.write_text(text + table.replace('"Practice"', '"Second"'))
    choosing.chooser.use(choosing.file)
    choosing.chooser.open("Second")
    first = choosing.dialog
    assert first.connections.currentItem().text() == "Second"
    choosing.chooser.open()
    assert choosing.dialog is first
    first.reject()
    assert choosing.chooser.dialog is None


def test_nothing_is_sent_to_a_connection_that_did_not_change(choosing: Choosing) -> None:
    second = msgspec.structs.replace(*choosing.lines.running.values(), name="Second")
    choosing.lines.running["Second"] = second
    choosing.tick(AT_APG)
    choosing.dialog.accept()
    assert [settings.name for settings in choosing.lines.connected] == ["Practice"]


# Currency pairs

FX = f"[[connection]]{practice_connections().split('[[connection]]')[2]}"
"""What is shipped of the FX venue."""


def pair(symbol: str) -> CurrencyPair:
    key = ContractKey("Practice FX", "FX", symbol)
    spec = InstrumentSpec(Price(10_000), Quantity(1_000 * SCALE), 5, 0, symbol[-3:], symbol[:3])
    return CurrencyPair(key, symbol, symbol[:3], symbol[-3:], spec, Price(100_000), Quantity(SCALE), "EUR")


@pytest.fixture
def pairs(qtbot, tmp_path: Path) -> Choosing:
    choosing = Choosing(qtbot, tmp_path, FX)
    choosing.listed = [pair("EURSEK"), pair("EURUSD")]
    choosing.chooser.use(choosing.file)
    choosing.chooser.open()
    return choosing


def shown(choosing: Choosing) -> list[str]:
    return [item.text() for item in choosing.dialog.pages.currentWidget().lists["symbols"].items]


def test_pairs_are_those_of_the_venue_and_of_the_table_each_once(pairs: Choosing) -> None:
    names = [text.split(" · ")[0] for text in shown(pairs)]
    assert names == sorted(names)
    assert names.count("EURUSD") == 1
    assert {"EURSEK", "NZDUSD", "GBPJPY"} <= set(names), "listed by the venue, and in the table alone"
    assert "EURSEK · pip and tick assumed" in shown(pairs)


def test_a_pair_is_spelt_as_the_venue_spells_it() -> None:
    names = list(pairs_menu(("USD/JPY",), [pair("EUR/USD")]).names)
    assert {"USD/JPY", "EUR/USD"} <= set(names)
    assert not {"USDJPY", "EURUSD"} & set(names)


def test_pairs_are_kept_in_the_file_and_connected_anew(pairs: Choosing) -> None:
    names = [text.split(" · ")[0] for text in shown(pairs)]
    pairs.tick(names.index("EURSEK"), "symbols")
    pairs.tick(names.index("EURGBP"), "symbols")
    pairs.dialog.accept()
    (connected,) = pairs.lines.connected
    assert connected.symbols == ("EURUSD", "GBPUSD", "USDJPY", "USDCHF", "AUDUSD", "EURJPY", "EURCHF", "EURSEK")
    assert pairs.file.read().connections == (connected,)
    assert "EURGBP" not in pairs.file.path.read_text()


def test_own_orders_in_a_pair_that_is_taken_off_are_asked_about(pairs: Choosing) -> None:
    own = order(ContractKey("Practice FX", "FX", "EURGBP"), "c1")
    pairs.orders.append(msgspec.structs.replace(own, connection="Practice FX"))
    names = [text.split(" · ")[0] for text in shown(pairs)]
    pairs.tick(names.index("EURGBP"), "symbols")
    pairs.dialog.accept()
    assert pairs.lines.connected == []
    assert "1 own order of Practice FX in EURGBP is not over. They can be cancelled" in pairs.dialog.words.text()
    pairs.dialog.accept()
    assert "EURGBP" not in pairs.lines.connected[0].symbols


def test_no_pair_at_all_is_refused(pairs: Choosing) -> None:
    for row, text in enumerate(shown(pairs)):
        if text.split(" · ")[0] in pairs.lines.running["Practice FX"].symbols:
            pairs.tick(row, "symbols")
    assert "Practice FX has no currency pairs: tick at least one" in pairs.dialog.words.text()
    assert not pairs.dialog.save.isEnabled()
