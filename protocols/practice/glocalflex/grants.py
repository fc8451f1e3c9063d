"""The token endpoint: OAuth 2 password and refresh grants (RFC 6749, sections 4.3, 5 and 6), form-encoded."""

import hashlib
import hmac

import msgspec

from protocols.glocalflex import codec, messages
from protocols.market.times import UtcNs
from protocols.practice.replies import Answer
from protocols.practice.tokens import Tokens, Unauthorised

FORM = "application/x-www-form-urlencoded"
REFRESH_LIFETIME = 24 * 3_600
"""Seconds that a refresh token is good for; it may be used more than once."""


class Granted(msgspec.Struct, frozen=True):
    """What a grant is answered with."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int = REFRESH_LIFETIME
    token_type: str = "Bearer"


class GrantRefused(ValueError):
    """A grant that is not given; `code` is OAuth's."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Grants:
    """One account's tokens. `secret` is the process's own, `lifetime` in seconds."""

    def __init__(self, secret: bytes, username: str, password: str, lifetime: int) -> None:
        self._secret = secret
        self._username = username
        self._password = password
        self._usual = self._lifetime = lifetime
        self._revocations = {"access": 0, "refresh": 0}
        self._access = self._tokens("access", lifetime)
        self._refresh = self._tokens("refresh", REFRESH_LIFETIME)

    def expiry(self, bearer: str, now: UtcNs) -> UtcNs:
        """When an access token expires. Raises `Unauthorised` unless it is ours, still good and not revoked."""
        return self._access.expiry(bearer, now)

    def last(self, lifetime: int) -> None:
        """Access tokens are granted for so many seconds from now on; 0 for as long as was chosen at first."""
        lifetime = lifetime or self._usual
        if lifetime != self._lifetime:
            self._lifetime = lifetime
            self._access = self._tokens("access", lifetime)

    def revoke(self, *, refresh: bool) -> None:
        """No access token that was granted before is good any more; with `refresh` no refresh token either."""
        self._revocations["access"] += 1
        self._access = self._tokens("access", self._lifetime)
        if refresh:
            self._revocations["refresh"] += 1
            self._refresh = self._tokens("refresh", REFRESH_LIFETIME)

    def grant(self, kind: str, fields: dict[str, str], now: UtcNs) -> Granted:
        """Checks a request and grants it. Raises `GrantRefused`."""
        if kind == messages.PASSWORD_GRANT:
            user = self._by_password(fields)
        elif kind == messages.REFRESH_GRANT:
            user = self._by_refresh(fields, now)
        else:
            raise GrantRefused("unsupported_grant_type", f"grant_type {kind[:40]!r} is not supported")
        return Granted(self._access.make(user, now), self._refresh.make(user, now), self._lifetime)

    def _by_password(self, fields: dict[str, str]) -> str:
        username, password = _field(fields, "username"), _field(fields, "password")
        known = hmac.compare_digest(username.encode(), self._username.encode())
        fits = hmac.compare_digest(password.encode(), self._password.encode())
        if not (known and fits):
            raise GrantRefused("invalid_grant", "Invalid user credentials")
        return username

    def _by_refresh(self, fields: dict[str, str], now: UtcNs) -> str:
        token = _field(fields, "refresh_token")
        try:
            self._refresh.expiry(token, now)
        except Unauthorised as error:
            raise GrantRefused("invalid_grant", f"refresh token: {error}") from error
        return self._refresh.user(token)

    def _tokens(self, kind: str, lifetime: int) -> Tokens:
        """Tokens for which none is taken of another kind, or from before a revocation."""
        name = f"glocalflex {kind} {self._revocations[kind]}"
        return Tokens(hmac.new(self._secret, name.encode(), hashlib.sha256).digest(), lifetime)


def read_form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form from a client that says who it is. Raises `GrantRefused`."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise GrantRefused("invalid_request", f"the body has to be {FORM}")
    try:
        fields = codec.decode_form(body)
    except codec.Unreadable as error:
        raise GrantRefused("invalid_request", str(error)) from error
    if _field(fields, "client_id") != messages.CLIENT_ID:
        raise GrantRefused("invalid_client", "Invalid client")
    return fields


def kind_of(fields: dict[str, str]) -> str:
    """The grant that is asked for. Raises `GrantRefused`."""
    return _field(fields, "grant_type")


def refusal(refused: GrantRefused) -> Answer:
    """As OAuth answers it (RFC 6749, section 5.2)."""
    status = 401 if refused.code == "invalid_client" else 400
    body = messages.TokenRefusal(error=refused.code, error_description=str(refused))
    return Answer(status, codec.encode(body), (("Cache-Control", "no-store"),))


def granted(answer: Granted) -> Answer:
    """As OAuth answers it (section 5.1)."""
    return Answer(200, codec.encode(answer), (("Cache-Control", "no-store"), ("Pragma", "no-cache")))


def _field(fields: dict[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise GrantRefused("invalid_request", f"Missing parameter: {name}")
    return value
