"""The ladder's context menu: every act with its key, and what is shown."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from protocols.market.instruments import InstrumentSpec
from protocols.market.orders import Order
from widgets.fx_staging import own_word
from widgets.key_texts import KeyTexts
from widgets.ladder.acts import Act
from widgets.ladder.geometry import Column
from widgets.ladder.options import ALWAYS_SHOWN, Options
from widgets.ladder.own import OwnCell, OwnOrder, own_text
from widgets.staging import price_text, quantity_text, why_not_amended
from widgets.wording import plain_tip

CANCEL, MODIFY = "ladder.cancel", "ladder.amend"

_COLUMNS = {
    Column.OWN_BUY: "Own buy orders",
    Column.OWN_SELL: "Own sell orders",
    Column.TRADED: "Last traded and volume at price",
}


def ladder_menu(
    parent: QWidget,
    options: Options,
    keys: KeyTexts,
    perform: Callable[[Act], None],
    show_column: Callable[[Column, bool], None],
    set_compact: Callable[[bool], None],
    set_flash: Callable[[bool], None],
) -> QMenu:
    """A menu that deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    ticked = {Act.CUMULATIVE: options.cumulative, Act.COLLAPSED: options.collapsed}
    for act in Act:
        action = menu.addAction(keys.entry(act.title, act.registered))
        if act in ticked:
            _tick(action, ticked[act])
        action.triggered.connect(lambda _=False, act=act: perform(act))
    menu.addSeparator()
    for column in Column:
        if column not in ALWAYS_SHOWN:
            action = menu.addAction(_COLUMNS[column])
            _tick(action, column not in options.hidden)
            action.toggled.connect(lambda on, column=column: show_column(column, on))
    menu.addSeparator()
    for title, on, act_on in (
        ("Compact rows", options.compact, set_compact),
        ("Flash on change", options.flash, set_flash),
    ):
        action = menu.addAction(title)
        _tick(action, on)
        action.toggled.connect(act_on)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def own_orders_menu(
    parent: QWidget,
    cell: OwnCell,
    spec: InstrumentSpec,
    keys: KeyTexts,
    selected: str | None,
    cancel: Callable[[Sequence[Order]], None],
    modify: Callable[[Order], None],
) -> QMenu:
    """What can be done with the own orders of a row: cancel each, cancel all, modify each. The keys stand beside what
    they would do: they act on the `selected` order, by its client identifier."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    orders = [own.order for own in cell.orders]
    for own in cell.orders:
        action = menu.addAction(_entry(keys, f"Cancel {_name(own, spec)}", CANCEL, own.order.client_id == selected))
        action.setToolTip(plain_tip(own_text(own, spec)))
        action.triggered.connect(lambda _=False, order=own.order: cancel([order]))
    if len(orders) > 1:
        menu.addAction(f"Cancel these {len(orders)}").triggered.connect(lambda _=False: cancel(orders))
    menu.addSeparator()
    for own in cell.orders:
        order = own.order
        action = menu.addAction(_entry(keys, f"Modify {_name(own, spec)}", MODIFY, order.client_id == selected))
        why = why_not_amended(order)
        action.setEnabled(not why)
        action.setToolTip(plain_tip(why))
        action.triggered.connect(lambda _=False, order=order: modify(order))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _entry(keys: KeyTexts, words: str, act: str, by_key: bool) -> str:
    return keys.entry(words, act) if by_key else words


def _name(own: OwnOrder, spec: InstrumentSpec) -> str:
    """`BUY 10.0 @ 38.40`, `SELL STOP 10000 @ 1.0720`; `BUY 1200 @ 0.212 Sat 15:45–16:00 CET` among other windows."""
    order = own.order
    at = "market" if order.waits_at is None else price_text(order.waits_at, spec)
    side = " ".join(filter(None, (order.side.value.upper(), own_word(order).upper())))
    return " ".join(filter(None, (side, quantity_text(order.remaining, spec), "@", at, own.window)))


def _tick(action: QAction, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)
