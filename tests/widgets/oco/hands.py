"""A pair's ticket under a trader's hands: real keys and clicks, on a market that is filled by hand."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.gallery.market import Exhibit
from app.gallery.oco_scenes import make_oco_ticket, quoted
from protocols.market.commands import OcoLeg, PlaceOco
from protocols.market.orders import Order
from protocols.market.values import Side
from tests.widgets.desk import DARK, press, quantity, show
from tests.widgets.oco.pairs import price

K = Qt.Key


class Hands:
    """EURUSD at 1.08412 to 1.08416 in a ticket that has the keyboard; what it asks for is written down."""

    def __init__(self, qtbot: object) -> None:
        self.exhibit = Exhibit()
        self.ticket = make_oco_ticket(self.exhibit, DARK)
        self.asked: list[PlaceOco] = []
        self.cancelled: list[list[Order]] = []
        self.refused: list[str] = []
        self.ticket.submit_requested.connect(self.asked.append)
        self.ticket.cancel_requested.connect(self.cancelled.append)
        self.ticket.refused.connect(self.refused.append)
        show(qtbot, self.ticket, 480, 860)
        quoted(self.exhibit)
        self.ticket.setFocus()
        self.frame()

    def frame(self, seconds: float = 0.0) -> None:
        self.exhibit.beat(seconds)
        self.ticket.ladder.repaint()

    def stage(self, side: Side = Side.BUY) -> None:
        self.ticket.stage(side)
        self.frame()

    def enter(self) -> None:
        press(self.ticket, K.Key_Return)

    def text(self, name: str) -> str:
        return self.ticket.fields.rows[name].editor.text()

    def type(self, name: str, text: str) -> None:
        """With real keys, over what stands there."""
        editor = self.ticket.fields.rows[name].editor
        assert isinstance(editor, QLineEdit)
        editor.setFocus()
        editor.selectAll()
        press(self.ticket, text)
        self.frame()

    def at(self, row: int, x: int = 200) -> QPoint:
        """A place in a row of the ladder."""
        height = DARK.sizes.row_height
        return QPoint(x, row * height + height // 2)

    def row_of(self, at: str) -> int:
        return next(n for n, row in enumerate(self.ticket.ladder.frame.rows) if row.text == at)

    def read(self) -> None:
        """A frame, and time to look at it."""
        self.frame()
        self.frame(1.0)

    def click(self, row: int) -> None:
        QTest.mouseClick(self.ticket.ladder, Qt.MouseButton.LeftButton, pos=self.at(row))
        self.frame()


def pair(low: str = "1.08216", high: str = "1.08616") -> PlaceOco:
    """What the exhibit's ticket asks for when it is told to buy."""
    exhibit = Exhibit()
    quoted(exhibit)
    assert exhibit.group.contract is not None
    legs = (OcoLeg("LIMIT", price(low)), OcoLeg("STOP", None, price(high)))
    return PlaceOco(exhibit.group.contract, Side.BUY, quantity("50000"), legs, "AON")


def tags(hands: Hands) -> list[str]:
    return [tag.words for tag in hands.ticket.ladder.frame.tags]
