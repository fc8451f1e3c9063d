"""Getting in and staying welcome: the token, how long to wait after a failure, and when to stop trying.

Sections 1 and 8. Decides; the session acts on it.
"""

import random
from collections.abc import Callable

import msgspec

from protocols.backoff import BackOff
from protocols.eznergy import messages
from protocols.eznergy.channels import Settings
from protocols.eznergy.codec import Unreadable, decode_one, encode
from protocols.secret import Secret
from protocols.session import Call, CallFailed, CallId, Closed, Reply

RETRY_AFTER_CAP = 3600.0
BACK_OFF_FIRST = 0.5
BACK_OFF_CAP = 10.0


class Wait(msgspec.Struct, frozen=True):
    """Try again in so many seconds."""

    reason: str
    seconds: float


class Halt(msgspec.Struct, frozen=True):
    """Stop and say so: trying again would do the same, or lock the account."""

    reason: str


class AuthenticateAgain(msgspec.Struct, frozen=True):
    """The token is no good any more: get another one, now."""

    reason: str


class Access:
    """One connection's. `new_call` numbers calls."""

    def __init__(self, settings: Settings, randomness: random.Random, new_call: Callable[[], CallId]) -> None:
        self._settings = settings
        self._back_off = BackOff(BACK_OFF_FIRST, BACK_OFF_CAP, randomness)
        self._new_call = new_call
        self._call: CallId | None = None
        self._fresh = False
        self._again = False
        self.token: Secret | None = None
        self.refreshes = self.refusals = self.slow_downs = 0
        """Counters since start: tokens that the venue sent by itself, 401s and 403s, 429s."""
        self.password_refused = False
        """The venue does not want this user or password: asking again with them would lock the account."""

    def begin(self) -> None:
        """The trader wants it on: what was tried before does not count."""
        self._again = False

    def forget_call(self) -> None:
        """Switched off: an answer that still comes is none of ours."""
        self._call = None

    def authenticate(self) -> Call:
        """The call that asks for a token."""
        self.token = None
        self.password_refused = False
        self._call = self._new_call()
        body = encode(messages.Credentials(self._settings.user, self._settings.password.reveal())).decode()
        return Call(self._call, "POST", f"{self._settings.api_url}/auth", Secret(body))

    def awaits(self, call: CallId) -> bool:
        """Whether this is the call for a token."""
        return call == self._call

    def answered(self, reply: Reply | CallFailed) -> Wait | Halt | None:
        """Takes the answer; None when there is a token now."""
        self._call = None
        if isinstance(reply, CallFailed):
            return self.wait(f"cannot authenticate: {reply.reason}")
        if reply.status == 401:
            self.password_refused = True
            self.refusals += 1
            return Halt(f"the venue refused the user name or the password of {self._settings.user!r}")
        if reply.status == 429:
            return self._slow_down(reply.retry_after)
        if reply.status != 200:
            return self.wait(f"the venue answered {reply.status} when authenticating")
        try:
            self.token = Secret(decode_one(messages.Token, reply.body).token)
        except Unreadable:
            # The text of the error could quote the answer, which holds a token.
            return self.wait("the venue's answer when authenticating was unreadable")
        self._fresh = True
        return None

    def refreshed(self, payload: bytes) -> None:
        """Takes the token that the venue sent by itself. Raises `Unreadable`."""
        self.token = Secret(decode_one(messages.Token, payload).token)
        self.refreshes += 1

    def closed(self, why: Closed) -> Wait | Halt | AuthenticateAgain:
        """What to do now that the socket closed, or never opened."""
        fresh, self._fresh = self._fresh, False
        if why.http_status in (401, 403):
            self.refusals += 1
            if fresh and self._again:
                self.token = None
                return Halt("the venue refused a fresh token: not authorised")
            # Once more, then stop and say so (section 8).
            self._again = True
            return AuthenticateAgain(f"the venue refused the token ({why.http_status}); authenticating again")
        if why.too_large:
            return self.wait(why.reason, self._back_off.longest())
        if why.http_status == 429:
            return self._slow_down(None)
        return self.wait(why.reason)

    def dropped(self, reason: str) -> Wait:
        """We ended the link ourselves."""
        self._fresh = False
        return self.wait(reason)

    def clean(self) -> None:
        """The link has been well for a while."""
        self._back_off.reset()
        self._again = False

    def wait(self, reason: str, at_least: float | None = None) -> Wait:
        return Wait(reason, max(self._back_off.delay(), at_least or 0.0))

    def _slow_down(self, seconds: float | None) -> Wait:
        """429: as long as the venue says, within reason, else as long as we ever wait (section 1)."""
        self.slow_downs += 1
        delay = self._back_off.longest() if seconds is None else min(seconds, RETRY_AFTER_CAP)
        return self.wait(f"the venue asks to slow down (429); trying again in {delay:.0f} s", delay)
