"""What an act on the ladder of a flexibility window comes to: the ticket, filled with side, price and window. No Qt."""

from widgets.staging import NotStaged, Stage


class MadeInTicket(NotStaged):
    """The order says more than a ladder can: place, expiry, baseline. What was aimed at is in `stage`."""

    def __init__(self, stage: Stage) -> None:
        super().__init__("An order for flexibility says when and where: its ticket has the side and the price")
        self.stage = stage
