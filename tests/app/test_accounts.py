"""Whose orders a window sends is named: in its title, its status line, and on its lamps."""

from pathlib import Path

import pytest

from app.connection_acts import NoConnections
from app.connections import ConnectionSettings
from app.desk import Desk as AppDesk
from app.main_window import MainWindow
from protocols.market.events import ConnectionChanged, ConnectionStatus
from protocols.session import ConnectionReport, Tls
from tests.widgets.desk import DARK, M7, Desk

USERS = {M7: "desk.trader", "Nord Pool": "desk.trader", "FX": "700100"}


class Connections(NoConnections):
    """Settings of the connections in `USERS`."""

    def settings_of(self, name: str) -> ConnectionSettings | None:
        if name not in USERS:
            return None
        return ConnectionSettings(
            name, "eznergy", "m7", f"{name[:2].lower()}.example", Tls(True, Path("/")), "", "", (), (), USERS[name]
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def window_of(qtbot, desk: Desk, *, practice: bool) -> MainWindow:
    app_desk = AppDesk()
    app_desk.market = desk.market
    for name in (M7, "FX"):
        report = ConnectionReport(name, "eznergy", ConnectionStatus.LIVE, "", 3, 0, "", None, [])
        app_desk.add(lambda report=report: report)
    window = MainWindow(app_desk, desk.clock, DARK, practice=practice, connections=Connections)
    qtbot.addWidget(window)
    window.show()
    desk.beat()
    return window


def connect(desk: Desk, name: str) -> None:
    desk.market.apply(ConnectionChanged(name, ConnectionStatus.LIVE, "", desk.clock.now))
    desk.beat()


def test_a_live_window_names_the_users_in_title_and_status_line(qtbot, desk: Desk) -> None:
    window = window_of(qtbot, desk, practice=False)
    assert window.windowTitle() == "desk.trader (EPEX M7) — Quarterdeck"
    assert window.status.account.whole_text == "Account desk.trader" and window.status.account.isVisible()
    connect(desk, "Nord Pool")
    connect(desk, "FX")
    connect(desk, "of nobody")
    assert window.windowTitle() == "desk.trader (EPEX M7, Nord Pool), 700100 (FX) — Quarterdeck"
    assert window.status.account.whole_text == "Accounts desk.trader, 700100"
    assert window.status.account.accessibleName() == "Accounts desk.trader, 700100"
    assert "FX: User 700100 at fx.example" in window.status.account.toolTip()
    assert "of nobody" not in window.status.account.toolTip()
    assert "User 700100 at fx.example" in window.lamps.tip("FX").splitlines()
    window.dispose()


def test_a_practice_window_says_practice_instead(qtbot, desk: Desk) -> None:
    window = window_of(qtbot, desk, practice=True)
    assert window.windowTitle() == "PRACTICE — Quarterdeck"
    assert not window.status.account.isVisible()
    assert "PRACTICE: user desk.trader at ep.example" in window.lamps.tip(M7).splitlines()
    window.dispose()
