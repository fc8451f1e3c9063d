"""The ticket of a pair of orders of which one cancels the other, under a trader's hands. It sends nothing by itself.

Keys are commands elsewhere, which call the methods here. What the fields say is the pair; the acts write into them.
"""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from protocols.market import forms
from protocols.market.commands import PlaceOco
from protocols.market.events import Quote
from protocols.market.instruments import CurrencyPair
from protocols.market.pair_book import PairBook, PairName
from protocols.market.state import MarketState
from protocols.market.values import Price, Side, plain_text
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.oco import hand
from widgets.oco.draft import Draft
from widgets.oco.hand import NotPlaced, Texts
from widgets.oco.placing import Distances, distances_of, read_pips
from widgets.oco.view import KEPT, PairFormOf, PairView
from widgets.theme import Theme
from widgets.ticket.beside import quotes_words
from widgets.ticket.findings import Finding, Level
from widgets.ticket.search import Find


class OcoTicket(PairView):
    """A pair for the link group's currency pair. Enter asks to send, Esc empties.

    Who receives `submit_requested` answers before it returns: `taken`, or `show_findings` with what stands against it.
    A pair that had to be confirmed, and was, is asked for again by the same signal, with `confirmed`.
    """

    submit_requested = Signal(object)
    """PlaceOco: to be checked, and sent when armed."""
    cancel_requested = Signal(object)
    """A list with the order that lives though its brother does not."""
    refused = Signal(str)
    """Why an act did nothing, in words; the line below the ladder says it too."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        form_of: PairFormOf,
        find: Find,
        pairs: PairBook,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(market, clock, group, theme, form_of, find, pairs, parent)
        self.confirmed = False
        """Whether the pair that is asked for was asked about, and the question was on the screen long enough."""
        self.ladder.leg_chosen.connect(self.choose_leg)
        self.ladder.leg_moved.connect(self.move_leg)
        self.notice.keep.clicked.connect(self.keep_distances)
        self.foot.clear.clicked.connect(self.clear)
        self.foot.send.clicked.connect(self.submit)
        self.outcome.cancel_requested.connect(lambda order: self.cancel_requested.emit([order]))

    @property
    def question(self) -> tuple[Finding, ...]:
        """What is on the screen against the pair, or to be confirmed."""
        return self._question.findings if self._question.shown else ()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget: how its pairs begin, never a pair."""
        far = {name: plain_text(pips) for name, pips in self.distances._asdict().items()}
        return {"distances": far, "texts": self._kept()}

    def restore(self, state: dict[str, Any]) -> None:
        """What can't be read is left as it is."""
        far = dict(state.get("distances") or {})
        self.distances = Distances(
            *(read_pips(far.get(name), known) for name, known in self.distances._asdict().items())
        )
        self.notice.show_distances(self.distances)
        texts = {name: str(text) for name, text in dict(state.get("texts") or {}).items()}
        self._begins = self._kept() | {name: text for name, text in texts.items() if name in KEPT}
        self._write_all(self._begins)

    # Putting a pair together

    def stage(self, side: Side) -> None:
        """Both legs beside the quote, as far from it as pairs begin."""

        def placed() -> Texts:
            draft, pair, quote = self._on_quote()
            return hand.both_placed(side, draft, quote, pair, self.distances)

        self._try(lambda: self._write(placed()))

    def move_leg(self, number: int, price: Price) -> None:
        """To a price of the ladder, which is one of the quote's: a stale one places nothing."""

        def moved() -> Texts:
            draft, pair, _ = self._on_quote()
            return hand.moved(number, price, draft, pair)

        self._active = number
        self._try(lambda: self._write(moved()))

    def nudge_price(self, ticks: int) -> None:
        """Moves the active leg."""

        def nudged() -> Texts:
            draft, pair, _ = self._on_quote()
            return hand.nudged_leg(self._active, ticks, draft, pair)

        self._try(lambda: self._write(nudged()))

    def nudge_quantity(self, steps: int) -> None:
        self._try(lambda: self._write(hand.more(steps, *self._at_hand())))

    def choose_leg(self, number: int) -> None:
        """Keys move this leg from now on."""
        self._active = number
        self._look(anyway=True)

    def other_leg(self) -> None:
        self.choose_leg(3 - self._active)

    def change_stop_kind(self) -> None:
        """Stop or stop limit, for the stop leg."""
        self._try(lambda: self._write(hand.stop_kind_changed(self._active, self._at_hand()[0])))

    def cycle_terms(self) -> None:
        """The next time in force."""
        row = self.fields.rows.get(forms.TIME_IN_FORCE)
        if row is not None:
            words = [choice.value for choice in row.field.choices]
            now = row.editor.text()
            row.editor.set_text(words[(words.index(now) + 1) % len(words)] if now in words else words[0])

    def fit(self) -> None:
        """Both legs and the market into sight."""
        self.ladder.fit(*self._to_be_seen())

    def begin_search(self) -> None:
        self.search.begin()

    def keep_distances(self) -> None:
        """Pairs begin as far from the quote as these legs are, from now on."""

        def keep() -> None:
            draft, pair, quote = self._on_quote()
            if draft.side is None:
                raise NotPlaced("Nothing is kept: no pair is placed")
            self.distances = distances_of(draft.side, draft.legs, quote, pair, self.distances)
            self.notice.show_distances(self.distances)

        self._try(keep)

    @property
    def can_drop(self) -> bool:
        """Whether there is anything that Esc would take away."""
        return self.ladder.dragging or self._question.shown or self.fields.texts() != self._fresh

    def drop(self) -> None:
        """Gives up what is dragged, else what is asked, else everything that was filled in."""
        if self.ladder.give_up_drag():
            return
        if self._question.shown:
            self._question.withdraw()
            self._look(anyway=True)
        else:
            self.clear()

    def clear(self) -> None:
        """Side, prices and terms as at first; quantity and types of legs stay."""
        self._write_all(self._kept())
        self.notice.refuse("")
        self._focus_ladder()

    # Sending it

    def submit(self) -> None:
        """Asks for the pair to be sent, or shows why it can't be. A question has to be seen before it is confirmed."""
        command = self._command()
        if command is None:
            return
        question, now = self._question, self._clock.now.monotonic
        self.confirmed = question.may_be_confirmed and question.confirms(command, now)
        if self.ladder.dragging:
            self._refuse("Not sent: a leg is in hand. Let it go first, or give it up with Esc")
        elif not self.ladder.shows_legs:
            self._refuse("Not sent: the legs are not on the screen yet. Press again")
        elif hidden := question.hidden(command):
            self.show_findings(hidden)
        elif question.shown and question.may_be_confirmed and not self.confirmed:
            self._refuse("Not sent: the question came up just now. Read it, and press again")
        else:
            self.notice.refuse("")
            self.submit_requested.emit(command)

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """What stands against the pair that was asked for: beside its field, and what is to be confirmed above the
        buttons as well, all of it."""
        command = None if self.draft is None else self.draft.command
        if command is None:
            return
        found = tuple(findings)
        self._question.ask(command, found)
        self.fields.show_findings(found)
        asks = self._question.may_be_confirmed
        self.foot.ask(found if asks else [each for each in found if not self._beside(each)], asks)
        blocked = [each.field for each in found if each.level is Level.BLOCK and self._beside(each)]
        if blocked:
            self.fields.focus_on(blocked[0])

    def taken(self, name: PairName) -> None:
        """The pair is on its way: the ticket is emptied, and shows what becomes of it."""
        self._sent = name
        self._question.forget()
        self._pairs.look()
        self.clear()

    def cancel_survivor(self) -> None:
        """Asks for the end of the leg that lives alone."""
        if not self.outcome.cancel_survivor():
            self._refuse("Nothing to cancel: no leg lives without the other")

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the fields leave: where the ladder has the focus, named acts come first."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.isAutoRepeat():
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.drop()
        else:
            event.ignore()

    # Within

    def _at_hand(self) -> tuple[Draft, CurrencyPair]:
        """Raises `NotPlaced` without a currency pair that takes pairs of orders."""
        if self.draft is None or self._pair is None:
            raise NotPlaced(self._no_pair())
        return self.draft, self._pair

    def _on_quote(self) -> tuple[Draft, CurrencyPair, Quote]:
        """Likewise, and without a live quote: nothing is placed by a stale one."""
        draft, pair = self._at_hand()
        quote = self._quote()
        if quote is None:
            words = quotes_words(self._market, pair.key)
            raise NotPlaced(f"Nothing is placed: {words}. Prices can be typed in full")
        return draft, pair, quote

    def _no_pair(self) -> str:
        chosen = self._market.instrument(self._group.contract)
        if chosen is None:
            return "Choose a currency pair first"
        if self._pair is None:
            return f"{chosen.title} is no currency pair: choose one first"
        return f"No pairs of orders are placed for {chosen.title}"

    def _try(self, act: Callable[[], object]) -> None:
        """Does it, or says why not."""
        try:
            act()
        except NotPlaced as why:
            self._refuse(str(why))
        else:
            self.notice.refuse("")
            self._look(anyway=True)
            self.ladder.keep_in_sight(*self._to_be_seen())

    def _refuse(self, why: str) -> None:
        self.notice.refuse(why)
        self.refused.emit(why)

    def _command(self) -> PlaceOco | None:
        """The pair; or None, and the problems are at their fields with the focus on the first."""
        self._look(anyway=True)
        if self.draft is None:
            self._refuse(self._no_pair())
            return None
        if self.draft.command is not None:
            return self.draft.command
        self._question.withdraw()
        self.fields.touch_all()
        self._look(anyway=True)
        self.fields.focus_on(next(name for name in self.fields.rows if name in self.draft.checked.problems))
        return None

    def _beside(self, finding: Finding) -> bool:
        return self.fields.shows(finding.field)
