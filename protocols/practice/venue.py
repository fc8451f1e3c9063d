"""The practice venue as one object: markets, gateway and HTTP answers. Sans-IO, for a server or for tests."""

import hmac
import random
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from protocols.eznergy import codec, messages
from protocols.market.times import Instant, utc_text
from protocols.practice import companions, urn
from protocols.practice.acttrader.fx_venue import PATHS as FX_PATHS
from protocols.practice.acttrader.fx_venue import FxVenue
from protocols.practice.asks import Refused
from protocols.practice.exchange import Exchange, Exchanges
from protocols.practice.eznergy_gateway import EznergyGateway
from protocols.practice.faults import FaultRefused, changed
from protocols.practice.glocalflex.flex_venue import PATHS as FLEX_PATHS
from protocols.practice.glocalflex.flex_venue import Account, Asked, FlexVenue, path_of
from protocols.practice.m7.rulebook import M7
from protocols.practice.market import Market
from protocols.practice.npid.rulebook import NPID
from protocols.practice.office import Office
from protocols.practice.replies import Answer
from protocols.practice.settings import PracticeSettings
from protocols.practice.sockets import Frame, HangUp, Socket
from protocols.practice.spoiling import Spoiler
from protocols.practice.tokens import Tokens, Unauthorised
from protocols.practice.truth import Truth, UnknownTruth


class Venue:
    """`sockets` take the WebSockets' frames, by path; `http` everything else."""

    def __init__(self, settings: PracticeSettings, now: Instant, secret: bytes) -> None:
        self.settings = settings
        self.truth = Truth()
        start = now.utc if settings.start is None else settings.start
        self._exchanges = Exchanges(start, settings)
        self._rng = random.Random(f"http {settings.fault_seed}")
        self._spoiler = Spoiler(random.Random(f"spoiling {settings.fault_seed}"))
        self._tokens = Tokens(secret, settings.token_lifetime)
        self.gateway = EznergyGateway(
            self._exchanges,
            self.truth,
            self._tokens,
            settings,
            random.Random(settings.fault_seed),
            self._spoiler,
        )
        self._fx = FxVenue(settings.fx, settings.seed, settings.fault_seed)
        account = Account(settings.username, settings.password, secret, settings.token_lifetime)
        self._flex = FlexVenue(settings.flex, account, settings.seed, settings.fault_seed)
        self.sockets: dict[str, Socket] = {"/ws": self.gateway, **self._fx.sockets, **self._flex.sockets}
        self._routes: dict[str, dict[str, Callable[[Mapping[str, str], bytes, Instant], Answer]]] = {
            "/api/auth": {"POST": self._authenticate},
            "/truth": {"GET": self._tell_truth},
            "/practice/faults": {"GET": self._tell_faults, "POST": self._set_faults},
            "/practice/orders": {"GET": self._tell_orders},
            "/practice/trade": {"POST": self._trade},
            "/practice/health": {"GET": self._tell_health},
        }

    def exchange(self, scope: str, now: Instant) -> Exchange:
        """The scope's exchange, which is opened if it isn't yet."""
        return self._exchanges.open(scope, now.utc)

    @property
    def market(self) -> Market:
        """M7's."""
        return self._exchanges.opened[M7.scope].market

    @property
    def office(self) -> Office:
        """M7's."""
        return self._exchanges.opened[M7.scope].office

    def openings(self) -> list[Callable[[Instant], object]]:
        """What opens each market that waits for being asked for; those whose clients are impatient come first."""
        return [self._fx.floor, self._flex.floor, lambda now: self.exchange(NPID.scope, now)]

    @property
    def paths(self) -> dict[str, list[str]]:
        """The paths that `http` answers, with their methods."""
        return {path: list(methods) for path, methods in self._routes.items()} | FX_PATHS | FLEX_PATHS

    def tick(self, now: Instant) -> None:
        """Time passes: every 20 to 50 ms."""
        self.gateway.tick(now)
        self._fx.tick(now)
        self._flex.tick(now)

    def outgoing(self) -> list[Frame | HangUp]:
        """Takes what is to be sent and which connections are to end, in order."""
        return [*self.gateway.outgoing(), *self._fx.outgoing(), *self._flex.outgoing()]

    def http(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes,
        now: Instant,
        bearer: str = "",
        content_type: str = "",
    ) -> Answer:
        """Answers one HTTP request; `bearer` is the token it carries. 404 and 405 for what isn't there."""
        flex = path_of(path)
        if flex is not None:
            if method not in FLEX_PATHS[flex]:
                return _refusal(405, f"{path} takes {' and '.join(FLEX_PATHS[flex])}")
            return self._flex.answer(Asked(method, flex, body, content_type, bearer), now)
        methods = FX_PATHS.get(path) or self._routes.get(path)
        busy = self.gateway.faults.too_many_requests
        if busy and path.startswith("/api/") and self._rng.random() < busy:
            return _refusal(429, "too many requests")
        if methods is None and path.startswith("/api/"):
            return self._companion(method, path, bearer, now)
        if methods is None:
            return _refusal(404, f"nothing at {path}")
        if method not in methods:
            return _refusal(405, f"{path} takes {' and '.join(methods)}")
        if path in FX_PATHS:
            return Answer(*self._fx.answer(method, path, query, body, now))
        return self._routes[path][method](query, body, now)

    def _authenticate(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        try:
            given = codec.decode_one(messages.Credentials, body)
        except codec.Unreadable:
            return _refusal(400, "username and password, as a JSON object")
        known = hmac.compare_digest(given.username.encode(), self.settings.username.encode())
        fits = hmac.compare_digest(given.password.encode(), self.settings.password.encode())
        if not (known and fits):
            return _refusal(401, "wrong username or password")
        return _json(messages.Token(token=self._tokens.make(given.username, now.utc)))

    def _companion(self, method: str, path: str, bearer: str, now: Instant) -> Answer:
        """A channel's REST companion (protocol page, section 2)."""
        try:
            self.gateway.admit(bearer, now)
            channel = companions.channel_at(path)
        except Unauthorised as error:
            return _refusal(401, str(error))
        except urn.NotAChannel as error:
            return _refusal(404, str(error))
        if method != "GET":
            return _refusal(405, f"{path} takes GET")
        if channel.contract_code != self.settings.contract_code:
            return _refusal(403, "another customer's contract code")
        rows = companions.listed(self.exchange(channel.scope, now), channel, now.utc)
        return Answer(200, codec.encode(self._spoiler.spoil(rows, self.gateway.faults)))

    def _tell_truth(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        channel = query.get("channel")
        if channel is None:
            return _refusal(422, "channel: missing")
        numbers: dict[str, int | None] = {"sequence": None, "subscription": None}
        for name in numbers:
            text = query.get(name)
            if text is None:
                continue
            if not (text.isascii() and text.isdigit() and len(text) < 16):
                return _refusal(422, f"{name}: not a number")
            numbers[name] = int(text)
        try:
            return _json(self.truth.answer(channel, numbers["sequence"], numbers["subscription"]))
        except UnknownTruth as error:
            return _refusal(404, str(error))

    def _tell_faults(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        return _json(self.gateway.faults)

    def _set_faults(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        try:
            self.gateway.faults = changed(self.gateway.faults, body)
        except FaultRefused as error:
            return _refusal(422, str(error))
        return _json(self.gateway.faults)

    def _tell_orders(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        scope = query.get("scope", M7.scope)
        if scope not in urn.EXCHANGES:
            return _refusal(422, f"scope: {' or '.join(urn.EXCHANGES)}")
        return _json(self.exchange(scope, now).orders.received())

    def _trade(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        """Somebody trades aggressively: makes the fills that a test asks for."""
        try:
            wanted = codec.decode_one(companions.Aggression, body)
            market = self.exchange(wanted.scope, now).market
            return _json(self.gateway.act(lambda: companions.aggress(market, wanted), now, wanted.scope))
        except (codec.Unreadable, Refused) as error:
            return _refusal(422, str(error))

    def _tell_health(self, query: Mapping[str, str], body: bytes, now: Instant) -> Answer:
        market = self.market
        return _json(
            {
                "status": "ok",
                "now": utc_text(now.utc),
                "market_time": utc_text(market.now),
                "market_start": utc_text(market.start),
                "events": market.number,
                "contracts": len(market.listings),
                "clients": self.gateway.clients,
                "seed": self.settings.seed,
                "scopes": {
                    scope: {
                        "market_time": utc_text(exchange.market.now),
                        "market_start": utc_text(exchange.market.start),
                        "events": exchange.market.number,
                        "contracts": len(exchange.market.listings),
                    }
                    for scope, exchange in self._exchanges.opened.items()
                },
            }
        )


def build(settings: PracticeSettings, clock: Callable[[], Instant], secret: bytes | None = None) -> Venue:
    """A venue in memory, its market starting at `settings.start` or now. `secret` signs tokens; fresh by default."""
    return Venue(settings, clock(), secrets.token_bytes(32) if secret is None else secret)


def _json(value: Any) -> Answer:
    return Answer(200, msgspec.json.encode(value))


def _refusal(status: int, message: str) -> Answer:
    return Answer(status, msgspec.json.encode({"message": message}))
