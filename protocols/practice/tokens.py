"""Bearer tokens: JSON Web Tokens signed with HS256, made and checked with the standard library."""

import base64
import binascii
import hashlib
import hmac

import msgspec

from protocols.market.times import MINUTE, SECOND, UtcNs

_HEADER = {"alg": "HS256", "typ": "JWT"}
LONGEST_NOTICE = 5 * MINUTE


class Unauthorised(ValueError):
    """The token is missing, malformed, forged or expired."""


class _Claims(msgspec.Struct):
    sub: str
    iat: int
    exp: int
    jti: str


_claims = msgspec.json.Decoder(_Claims)


class Tokens:
    """Makes and checks tokens. `secret` is the process's own; `lifetime` in seconds, whole ones on the wire."""

    def __init__(self, secret: bytes, lifetime: int) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._made = 0

    @property
    def notice(self) -> int:
        """How long before its expiry a token is renewed, in ns: 5 minutes, or a fifth of a short lifetime."""
        return min(LONGEST_NOTICE, self._lifetime * SECOND // 5)

    def make(self, user: str, now: UtcNs) -> str:
        """A fresh token, good from now on."""
        self._made += 1
        issued = now // SECOND
        claims = _Claims(sub=user, iat=issued, exp=issued + self._lifetime, jti=str(self._made))
        signed = _text(msgspec.json.encode(_HEADER)) + "." + _text(msgspec.json.encode(claims))
        return signed + "." + _text(self._signature(signed))

    def expiry(self, token: str, now: UtcNs) -> UtcNs:
        """When a token expires. Raises `Unauthorised` unless it is ours and still good."""
        signed, _, signature = token.rpartition(".")
        try:
            given = _bytes(signature)
            claims = _claims.decode(_bytes(signed.partition(".")[2]))
        except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
            raise Unauthorised("malformed token") from error
        if not hmac.compare_digest(given, self._signature(signed)):
            raise Unauthorised("forged token")
        expires = UtcNs(claims.exp * SECOND)
        if now >= expires:
            raise Unauthorised("expired token")
        return expires

    def user(self, token: str) -> str:
        """Whose a token is that `expiry` has accepted."""
        return _claims.decode(_bytes(token.split(".")[1])).sub

    def _signature(self, signed: str) -> bytes:
        return hmac.new(self._secret, signed.encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
