"""The flexibility market once somebody has asked for it: exchange, gateway, and what is answered over HTTP. Sans-IO."""

import random

import msgspec

from protocols.glocalflex import codec, messages
from protocols.market.times import Instant
from protocols.practice.faults import FaultRefused, changed
from protocols.practice.glocalflex import grants, requests, truth
from protocols.practice.glocalflex.exchange import Exchange
from protocols.practice.glocalflex.gateway import FlexGateway
from protocols.practice.glocalflex.grants import GrantRefused, Grants
from protocols.practice.glocalflex.publisher import Publisher
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.replies import Answer


class Floor:
    """`gateway` takes connections and orders, the rest is answered here. Call `advance` before either."""

    def __init__(self, settings: FlexSettings, access: Grants, seed: int, fault_seed: int, now: Instant) -> None:
        rng = random.Random(f"flex faults {fault_seed}")
        self._grants = access
        self.exchange = Exchange(seed, now.utc, settings, rng)
        publisher = Publisher(self.exchange.book, settings.book_every, rng)
        self.gateway = FlexGateway(self.exchange, access, publisher)
        access.last(settings.faults.token_lifetime)

    def advance(self, now: Instant) -> None:
        """Lets the market go on until `now`, and tells what happened."""
        self.exchange.advance(now)
        self.gateway.report()

    def token(self, content_type: str, body: bytes, now: Instant) -> Answer:
        """`POST /auth/oauth/v2/token`."""
        faults = self.exchange.faults
        try:
            fields = grants.read_form(content_type, body)
            kind = grants.kind_of(fields)
            refused = faults.refuse_refresh if kind == messages.REFRESH_GRANT else faults.refuse_password
            if self.exchange.happens(refused):
                raise GrantRefused("invalid_grant", "refused on purpose")
            return grants.granted(self._grants.grant(kind, fields, now.utc))
        except GrantRefused as error:
            return grants.refusal(error)

    def busy(self) -> Answer | None:
        """429 where the switch wants one, else None."""
        faults = self.exchange.faults
        if not self.exchange.happens(faults.too_many_requests):
            return None
        headers = (("Retry-After", str(faults.retry_after)),) if faults.retry_after else ()
        return Answer(429, codec.encode({"detail": "Too many requests"}), headers)

    def tell_truth(self) -> Answer:
        """`GET /truth/flex`."""
        return _done(truth.tell(self.exchange))

    def tell_faults(self) -> Answer:
        """`GET /practice/flex/faults`."""
        return _done(self.exchange.faults)

    def set_faults(self, body: bytes) -> Answer:
        """`POST /practice/flex/faults`: sets the switches that it names."""
        try:
            faults = changed(self.exchange.faults, body)
        except FaultRefused as error:
            return _refusal(str(error))
        self.exchange.turn(faults)
        self._grants.last(faults.token_lifetime)
        return _done(faults)

    def enter(self, body: bytes) -> Answer:
        """`POST /practice/flex/order`: somebody else places an order, written as at the venue; it matches at once."""
        try:
            asked = requests.read_order(body, self.exchange.now)
        except requests.Invalid as invalid:
            return _refusal(str(invalid))
        self.exchange.enter(asked.terms)
        self.gateway.report()
        return _done({"revision": self.exchange.book.revision})

    def cancel(self, body: bytes) -> Answer:
        """`POST /practice/flex/cancel` with an `order_id`: the venue's operator ends an order of the user's."""
        try:
            asked = codec.decode_one(_Cancellation, body)
        except codec.Unreadable as error:
            return _refusal(str(error))
        if not self.exchange.cancel(asked.order_id):
            return _refusal("order_id: unknown, or ended")
        self.gateway.report()
        return _done({"order_id": asked.order_id})

    def revoke(self, body: bytes) -> Answer:
        """`POST /practice/flex/revoke`: no access token is good any more; with `refresh` no refresh token either."""
        try:
            asked = codec.decode_one(_Revocation, body or b"{}")
        except codec.Unreadable as error:
            return _refusal(str(error))
        self._grants.revoke(refresh=asked.refresh)
        return _done({"refresh": asked.refresh})


class _Cancellation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: str


class _Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    refresh: bool = False


def _done(value: object) -> Answer:
    return Answer(200, codec.encode(value))


def _refusal(message: str) -> Answer:
    return Answer(422, codec.encode({"message": message}))
