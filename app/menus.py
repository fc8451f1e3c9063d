"""The menu bar, read from the registry: every act that is offered, with its keys written behind it, not bound."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from app.commands import Act, Menu, Registry, Scope

SECTIONS = {
    Scope.LADDER: "On the ladder",
    Scope.ORDERS: "On the orders widget",
    Scope.TICKET: "On the ticket",
    Scope.TAPE: "On the trade tape",
    Scope.OWN_TRADES: "On the own trades",
    Scope.TICKER: "On the flexibility tape",
    Scope.CONTRACTS: "On the flexibility contracts",
    Scope.PANEL: "On the contract areas",
    Scope.CHART: "On the chart",
}
"""What stands above the acts of one kind of widget, in a menu that has those of several: their keys are the same."""


class Menus:
    """One menu per `Menu`, filled as it opens, so that titles, ticks and what is offered are as they are then."""

    def __init__(self, bar: QMenuBar, registry: Registry, invoke: Callable[[str], object]) -> None:
        self._registry = registry
        self._invoke = invoke
        self.menus: dict[Menu, QMenu] = {}
        for kind in Menu:
            menu = self.menus[kind] = bar.addMenu(kind.value)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(lambda kind=kind: self.fill(kind))
            self.fill(kind)

    def fill(self, kind: Menu) -> list[QAction]:
        """The menu's actions as they are now."""
        menu = self.menus[kind]
        menu.clear()
        acts = [act for act in self._registry if act.menu is kind and act.offered()]
        several = len({act.scope for act in acts}) > 1
        before: tuple[Scope | None, str] = None, ""
        for act in acts:
            if several and act.scope is not before[0] and act.scope in SECTIONS:
                menu.addSection(SECTIONS[act.scope])
            elif before not in ((None, ""), (act.scope, act.group)):
                menu.addSeparator()
            before = act.scope, act.group
            self._add(menu, act)
        return menu.actions()

    def _add(self, menu: QMenu, act: Act) -> None:
        action = menu.addAction(self._registry.key_texts.entry(act.words, act.name))
        action.setObjectName(act.name)
        action.setToolTip(self._registry.tip(act.name))
        if act.checked is not None:
            action.setCheckable(True)
            action.setChecked(act.checked())
        action.triggered.connect(lambda _=False, name=act.name: self._invoke(name))
