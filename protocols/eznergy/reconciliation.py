"""Orders in doubt that a snapshot left out are asked for over REST: a snapshot covers 24 h only (section 8)."""

from collections.abc import Callable

from protocols.eznergy.channels import PRIVATE_ORDERS, Settings
from protocols.eznergy.codec import Unreadable
from protocols.eznergy.notices import Notices
from protocols.market.times import Instant
from protocols.secret import Secret
from protocols.session import Call, CallFailed, CallId, Reply


class Reconciliation:
    """Makes the calls and takes their answers. `take` folds a list of orders that came for a channel."""

    def __init__(self, settings: Settings, take: Callable[[str, bytes, Instant], None], notices: Notices) -> None:
        path = f"{settings.contract}/{settings.scope}/{PRIVATE_ORDERS}/{settings.client_guid}"
        self._url = f"{settings.api_url}/{path}"
        self._take = take
        self._notices = notices
        self._asked: dict[CallId, str] = {}

    def ask(self, call: CallId, area: str, channel: str, token: Secret | None) -> Call:
        """The call for an area's orders: the REST companion of its channel (section 2)."""
        self._asked[call] = channel
        return Call(call, "GET", f"{self._url}/{area}", None, token)

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> None:
        """Takes an answer; one to another call is none of ours."""
        channel = self._asked.pop(call, None)
        if channel is None:
            return
        problem = reply.reason if isinstance(reply, CallFailed) else f"the venue answered {reply.status}"
        if isinstance(reply, Reply) and reply.status == 200:
            try:
                self._take(channel, reply.body, now)
                return
            except Unreadable as error:
                problem = str(error)
        self._notices.error(f"orders in doubt could not be asked for: {problem}")
