"""The token: asked for with the password, renewed a minute before it ends, asked for again where that fails. Sans-IO.

off -> asking -> granted -> asking ...      refused: the venue does not want this user or password; asking again with
        ^ `-> waiting <-'                   them would lock the account, so nothing is asked until `start`
"""

import enum
import random
from collections.abc import Callable

import msgspec

from protocols.backoff import BackOff
from protocols.glocalflex import messages
from protocols.glocalflex.codec import Unreadable, decode_one, form
from protocols.glocalflex.settings import Settings
from protocols.market.times import Instant
from protocols.secret import Secret
from protocols.session import BodyKind, Call, CallFailed, CallId, Outgoing, Reply

RENEW_SECONDS = 60.0
"""How long before its end a token is renewed; one that is good for less than twice that, at half its time."""
FRESH_SECONDS = 30.0
"""A token that is refused so soon is no old one: another is asked for at once, and then not so soon again."""
REFUSED_AGAIN_SECONDS = 60.0
UNTOLD_SECONDS = 300.0
"""How long a token is taken to be good where the venue does not say."""
LONGEST_SECONDS = 30 * 24 * 3600.0
RETRY_AFTER_CAP = 3600.0
BACK_OFF_FIRST, BACK_OFF_CAP = 0.5, 10.0


class Phase(enum.Enum):
    """Where the token stands."""

    OFF = "off"
    ASKING = "asking"
    GRANTED = "granted"
    WAITING = "waiting"
    REFUSED = "refused"


class _Token(msgspec.Struct, frozen=True):
    """A token, the one that renews it, and until when it is good and when to renew it, in monotonic seconds."""

    access: Secret
    refresh: Secret | None
    until: float
    renew_at: float


class Access:
    """One connection's. `out` takes its calls, `new_call` numbers them."""

    def __init__(
        self, settings: Settings, randomness: random.Random, out: list[Outgoing], new_call: Callable[[], CallId]
    ) -> None:
        self._settings = settings
        self._back_off = BackOff(BACK_OFF_FIRST, BACK_OFF_CAP, randomness)
        self._out = out
        self._new_call = new_call
        self._call: CallId | None = None
        self._renewing = False
        self._token: _Token | None = None
        self._granted_at = float("-inf")
        self._again = False
        self._retry_at = 0.0
        self.phase = Phase.OFF
        self.reason = ""
        """Why there is no good token, or none to come, in words for the trader; empty when all is well."""
        self.grants = self.renewals = self.refusals = self.slow_downs = 0
        """Counters since start: tokens had, those that a renewal brought, 400s, 401s and 403s, 429s."""

    @property
    def may_trade(self) -> bool:
        """Whether orders may be sent: there is a token, and the last try to renew it did not fail."""
        return self._token is not None and not self.reason

    def token(self, now: Instant) -> Secret | None:
        """What the next handshake or call carries; None when there is none that is still good."""
        return self._token.access if self._token is not None and now.monotonic < self._token.until else None

    def start(self, now: Instant) -> None:
        """From off or refused; harmless otherwise."""
        if self.phase in (Phase.OFF, Phase.REFUSED):
            self.reason = "asking for a token"
            self._ask_with_password()

    def stop(self) -> None:
        """Forgets the token and asks for none."""
        self.phase, self.reason = Phase.OFF, ""
        self._token, self._call = None, None

    def tick(self, now: Instant) -> None:
        """Renews in time, and tries again when it has waited long enough."""
        if self.phase is Phase.WAITING and now.monotonic >= self._retry_at:
            self._ask_with_password()
        elif self.phase is Phase.GRANTED and self._token is not None and now.monotonic >= self._token.renew_at:
            self._renew()

    def unauthorised(self, token: Secret | None, now: Instant) -> None:
        """The venue refused a token (401, 403): it is not used again, and another is asked for."""
        self.refusals += 1
        if self._token is None or token != self._token.access:
            return  # an old one: there is a newer, or it is being asked for
        self.reason = "the venue refused the token: renewing it"
        fresh = now.monotonic < self._granted_at + FRESH_SECONDS
        if self.phase is Phase.GRANTED:
            if fresh and self._again:
                self._wait("the venue refuses one fresh token after the other", now, REFUSED_AGAIN_SECONDS)
            else:
                self._again = fresh
                self._renew()
        self._token = None

    def answered(self, call: CallId, reply: Reply | CallFailed, now: Instant) -> bool:
        """Takes an answer; False where it is to another call."""
        if call != self._call:
            return False
        self._call = None
        match reply:
            case Reply(status=200):
                problem = self._take(reply.body, now)
            case _:
                problem = self._words(reply)
        if problem:
            self._failed(problem, reply, now)
        return True

    # Within

    def _ask_with_password(self) -> None:
        self._renewing = False
        fields = {"username": self._settings.user, "password": self._settings.password.reveal()}
        self._ask(messages.PASSWORD_GRANT, fields)

    def _renew(self) -> None:
        token = self._token
        if token is None or token.refresh is None:
            self._ask_with_password()
            return
        self._renewing = True
        self._ask(messages.REFRESH_GRANT, {"refresh_token": token.refresh.reveal()})

    def _ask(self, grant: str, fields: dict[str, str]) -> None:
        self.phase = Phase.ASKING
        self._call = self._new_call()
        body = form({"client_id": messages.CLIENT_ID, "grant_type": grant, **fields})
        self._out.append(Call(self._call, "POST", self._settings.token_url, Secret(body), None, BodyKind.FORM))

    def _take(self, body: bytes, now: Instant) -> str:
        """Takes a token; what is wrong with the answer, in words that quote nothing of it, otherwise."""
        try:
            told = decode_one(messages.TokenReply, body)
        except Unreadable:
            return "the venue's answer to the question for a token was unreadable"
        if not told.access_token:
            return "the venue's answer to the question for a token had none"
        seconds = UNTOLD_SECONDS if told.expires_in is None else _seconds(told)
        if seconds <= 0:
            return "the venue's token has ended already"
        refresh = None if not told.refresh_token else Secret(told.refresh_token)
        kept = self._token.refresh if refresh is None and self._renewing and self._token is not None else refresh
        renew_in = max(seconds - RENEW_SECONDS, seconds / 2)
        self._token = _Token(Secret(told.access_token), kept, now.monotonic + seconds, now.monotonic + renew_in)
        self._granted_at = now.monotonic
        self.phase, self.reason = Phase.GRANTED, ""
        self.grants += 1
        self.renewals += self._renewing
        self._back_off.reset()
        return ""

    def _failed(self, problem: str, reply: Reply | CallFailed, now: Instant) -> None:
        slow_down = isinstance(reply, Reply) and reply.status == 429
        if self._renewing and not slow_down:
            self.reason = f"the token could not be renewed ({problem}): asking with the password"
            self._ask_with_password()
            return
        if isinstance(reply, Reply) and reply.status in (400, 401, 403):
            self.refusals += 1
            self.phase, self._token = Phase.REFUSED, None
            self.reason = problem
        elif isinstance(reply, Reply) and slow_down:
            self.slow_downs += 1
            least = self._back_off.longest() if reply.retry_after is None else min(reply.retry_after, RETRY_AFTER_CAP)
            self._wait(problem, now, least)
        else:
            self._wait(problem, now, 0.0)

    def _wait(self, problem: str, now: Instant, at_least: float) -> None:
        self.phase = Phase.WAITING
        self.reason = problem
        self._retry_at = now.monotonic + max(self._back_off.delay(), at_least)

    def _words(self, reply: Reply | CallFailed) -> str:
        if isinstance(reply, CallFailed):
            return f"no token: {reply.reason}"
        if reply.status in (400, 401, 403) and not self._renewing:
            return (
                f"the venue refused the user name or the password of {self._settings.user!r}"
                f" ({reply.status}{_oauth_words(reply)})"
            )
        if reply.status == 429:
            return "the venue asks to slow down (429) when asked for a token"
        return f"the venue answered {reply.status} when asked for a token"


def _seconds(told: messages.TokenReply) -> float:
    """Within reason, whatever number the venue wrote."""
    value = told.expires_in
    if value is None or not value.is_finite() or value <= 0:
        return 0.0
    return LONGEST_SECONDS if value > LONGEST_SECONDS else float(value)


def _oauth_words(reply: Reply) -> str:
    """OAuth's word for it: a code such as `invalid_grant`, never free text, which could quote what was sent."""
    try:
        code = decode_one(messages.TokenRefusal, reply.body).error
    except Unreadable:
        return ""
    known = ("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "unsupported_grant_type")
    return f", {code}" if code in known else ""
