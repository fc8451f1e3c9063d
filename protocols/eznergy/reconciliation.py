"""Orders in doubt, and those that a snapshot left out: asked of the venue, by its whole list over REST.

A snapshot covers 24 h only (section 8): an order that is not in it is not thereby dead, and only what the venue says of
it ends it.

An area at a time: one call outstanding, and not two within `ASK_SECONDS`. A list that was asked for over an earlier
link is older than what was doubted when that link broke, so it is not listened to.
"""

from collections.abc import Callable

import msgspec

from protocols.eznergy.access import RETRY_AFTER_CAP
from protocols.eznergy.channels import PRIVATE_ORDERS, Settings
from protocols.eznergy.codec import Unreadable
from protocols.eznergy.requests import Requests
from protocols.eznergy.translate import Translated
from protocols.market.order_events import OrderReported, OrdersListed
from protocols.market.times import Instant
from protocols.notices import Notices
from protocols.record import Record
from protocols.secret import Secret
from protocols.session import Call, CallFailed, CallId, Reply

ASK_SECONDS = 5.0
SLOW_DOWN_SECONDS = 30.0
"""How long a venue that asks to slow down is left alone, where it does not say how long."""


class _Asked(msgspec.Struct, frozen=True):
    area: str
    channel: str


class Reconciliation:
    """Makes the calls and takes their answers. `take` folds a list of orders that came for a channel, `tell` the event
    that says what came of it; `new_call` numbers calls."""

    def __init__(
        self,
        settings: Settings,
        requests: Requests,
        take: Callable[[str, bytes, Instant], Translated],
        tell: Callable[[OrdersListed], None],
        notices: Notices,
        record: Record,
        new_call: Callable[[], CallId],
    ) -> None:
        path = f"{settings.contract}/{settings.scope}/{PRIVATE_ORDERS}/{settings.client_guid}"
        self._connection = settings.name
        self._url = f"{settings.api_url}/{path}"
        self._requests = requests
        self._take = take
        self._tell = tell
        self._notices = notices
        self._record = record
        self._new_call = new_call
        self._wanted: dict[str, str] = {}
        self._asked: dict[CallId, _Asked] = {}
        self._unheard: dict[CallId, _Asked] = {}
        """Asked over an earlier link: an answer is kept, and says nothing."""
        self._asked_at: dict[str, float] = {}
        self._not_before = float("-inf")
        self.asked = self.failed = self.refused = self.slow_downs = 0
        """Counters since start: lists asked for, not had, refused (401, 403), and put off (429)."""

    def want(self, area: str, channel: str) -> None:
        """The area's list is asked for as soon as it may be."""
        self._wanted[area] = channel

    def ask(self, area: str, channel: str, now: Instant) -> str | None:
        """A person wants it now. Why it is not asked for, in words; None when it is."""
        if any(asked.area == area for asked in self._asked.values()):
            return f"the venue is being asked for the orders of {area}"
        wait = self._wait(area, now)
        if wait > 0:
            return f"the venue was asked for the orders of {area} just now; again in {wait:.0f} s"
        self.want(area, channel)
        return None

    def due(self, token: Secret | None, now: Instant) -> list[Call]:
        """The calls that may be made now: the REST companion of each area's channel (section 2)."""
        calls = []
        for area, channel in list(self._wanted.items()):
            if self._wait(area, now) > 0 or any(asked.area == area for asked in self._asked.values()):
                continue
            del self._wanted[area]
            call = Call(self._new_call(), "GET", f"{self._url}/{area}", None, token)
            self._asked[call.call_id] = _Asked(area, channel)
            self._asked_at[area] = now.monotonic
            self.asked += 1
            self._record.called(channel, call, now)
            calls.append(call)
        return calls

    def link_lost(self) -> None:
        """Nothing is asked any more; the next link's snapshot tells what has to be."""
        self._wanted.clear()
        self._unheard |= self._asked
        self._asked.clear()

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        """Takes an answer; one to another call is none of ours."""
        unheard = self._unheard.pop(call, None)
        if unheard is not None:
            self._record.answered(unheard.channel, reply, now)
        asked = self._asked.pop(call, None)
        if asked is None:
            return
        self._record.answered(asked.channel, reply, now)
        before = self._requests.in_doubt(asked.area)
        problem = self._fold(asked, reply, now)
        left = self._requests.in_doubt(asked.area)
        if problem:
            self.failed += 1
            self._notices.error(f"orders in doubt could not be asked for: {problem}")
        if before or problem:
            # Else it was asked for by itself, in case the snapshot left something out: no news.
            self._tell(OrdersListed(self._connection, asked.area, len(before - left), len(left), problem, now))

    def _fold(self, asked: _Asked, reply: Reply | CallFailed, now: Instant) -> str:
        """What kept the list from being taken whole; empty when nothing did."""
        if isinstance(reply, CallFailed):
            return reply.reason
        if reply.status == 429:
            self._slow_down(asked, reply, now)
        self.refused += reply.status in (401, 403)
        if reply.status != 200:
            return f"the venue answered {reply.status}"
        try:
            translated = self._take(asked.channel, reply.body, now)
        except Unreadable as error:
            return str(error)
        if translated.unreadable:
            return f"a part of the list could not be read: {translated.unreadable}"
        named = {event.report.client_id for event in translated.events if isinstance(event, OrderReported)}
        self._requests.listed(asked.area, named, now)
        left_out = len(self._requests.left_out(asked.area, named))
        if left_out:
            words = f"{left_out} of ours in {asked.area} live as far as we know: shown as they were last reported"
            self._notices.notice("orders not listed", words, now, asked.channel)
        return ""

    def _slow_down(self, asked: _Asked, reply: Reply, now: Instant) -> None:
        """429: asked again by itself, when the venue says so (section 1)."""
        self.slow_downs += 1
        delay = SLOW_DOWN_SECONDS if reply.retry_after is None else min(reply.retry_after, RETRY_AFTER_CAP)
        self._not_before = now.monotonic + delay
        self.want(asked.area, asked.channel)

    def _wait(self, area: str, now: Instant) -> float:
        return max(self._asked_at.get(area, float("-inf")) + ASK_SECONDS, self._not_before) - now.monotonic
