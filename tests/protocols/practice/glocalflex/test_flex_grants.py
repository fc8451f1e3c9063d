"""The token endpoint, and what tokens open."""

from collections.abc import Callable

import pytest

from protocols.practice.sockets import HangUp
from protocols.practice.tokens import Unauthorised
from tests.protocols.practice.glocalflex.flex_rig import FlexRig, read

FORM = b"client_id=glocalflexmarket_public_api&grant_type=password&username=trader&password=practice"


def test_a_password_gives_tokens_and_a_renewal_others(rig: FlexRig) -> None:
    first = read(rig.grant().body)
    assert set(first) >= {"access_token", "refresh_token", "expires_in", "token_type"}
    assert first["expires_in"] == 3_600
    rig.elapsed += 3_000
    second = read(rig.grant(grant_type="refresh_token", refresh_token=first["refresh_token"]).body)
    assert second["access_token"] != first["access_token"]
    rig.elapsed += 1_000
    assert rig.place(bearer=first["access_token"]).status == 401
    assert rig.place(bearer=second["access_token"]).status == 200


@pytest.mark.parametrize("path", ["/auth/oauth/v2/token", "/auth/oauth/v2/token/"])
def test_a_slash_more_or_less_is_the_same(rig: FlexRig, path: str) -> None:
    body = {"client_id": "glocalflexmarket_public_api", "grant_type": "password"}
    assert rig.ask("POST", path, body | {"username": "trader", "password": "practice"}, form=True).status == 200


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"password": "wrong"}, 400, "invalid_grant"),
        ({"username": "somebody"}, 400, "invalid_grant"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"password": ""}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "nonsense"}, 400, "invalid_grant"),
    ],
)
def test_what_is_refused_is_told_as_oauth_does(rig: FlexRig, fields: dict[str, str], status: int, error: str) -> None:
    answer = rig.grant(**fields)
    assert (answer.status, read(answer.body)["error"]) == (status, error)
    assert "practice" not in answer.body.decode(), "no password comes back"


def test_an_access_token_renews_nothing_and_a_refresh_token_opens_nothing(rig: FlexRig) -> None:
    tokens = read(rig.grant().body)
    refused = rig.grant(grant_type="refresh_token", refresh_token=tokens["access_token"])
    assert read(refused.body)["error"] == "invalid_grant"
    assert rig.place(bearer=tokens["refresh_token"]).status == 401


def test_only_a_form_is_read(rig: FlexRig) -> None:
    fields = {"client_id": "glocalflexmarket_public_api", "grant_type": "password", "username": "trader"}
    answer = rig.ask("POST", "/auth/oauth/v2/token", fields | {"password": "practice"})
    assert (answer.status, read(answer.body)["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("endpoint", ["trade", "orderbook", "ticker", "trade/", "orderbook/", "ticker/"])
def test_every_socket_asks_for_a_good_token_and_begins_with_the_control_message(rig: FlexRig, endpoint: str) -> None:
    for bearer in ("", "nonsense"):
        with pytest.raises(Unauthorised):
            rig.connect(endpoint, bearer)
    first, *_ = rig.connect(endpoint).take()
    assert first == {
        "type": "control",
        "status": "success",
        "data": {"message": "Connected to the WebSocket API"},
    }


def test_market_data_can_be_open_to_all_clients(rig: FlexRig) -> None:
    rig.turn(open_market_data=True)
    for endpoint in ("orderbook", "ticker"):
        assert rig.connect(endpoint, "").take("control")
    with pytest.raises(Unauthorised):
        rig.connect("trade", "")


def test_without_a_token_an_order_is_refused_as_a_whole(rig: FlexRig) -> None:
    answer = rig.place(bearer="")
    assert answer.status == 401
    assert ("WWW-Authenticate", "Bearer") in answer.headers
    assert rig.truth()["arrivals"] == rig.truth()["orders"] == []


def test_tokens_can_be_short_and_open_sockets_end_with_them_where_that_is_asked_for(
    flex_rig: Callable[..., FlexRig],
) -> None:
    rig = flex_rig(faults={"token_lifetime": 90})
    tokens = read(rig.grant().body)
    assert tokens["expires_in"] == 90
    trade = rig.connect("trade", tokens["access_token"])
    rig.pass_time(100, step=1)
    assert not any(isinstance(sent, HangUp) for sent in rig.inbox(trade.number)), "the pages don't say that it ends"
    rig.turn(close_expired=True)
    rig.pass_time(1)
    (ended,) = rig.inbox(trade.number)
    assert isinstance(ended, HangUp) and ended.code == 1008


def test_tokens_can_be_revoked_in_mid_session(rig: FlexRig) -> None:
    tokens = read(rig.grant().body)
    assert rig.ask("POST", "/practice/flex/revoke").status == 200
    assert rig.place(bearer=tokens["access_token"]).status == 401
    renewed = rig.grant(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert rig.place(bearer=read(renewed.body)["access_token"]).status == 200
    assert rig.ask("POST", "/practice/flex/revoke", {"refresh": True}).status == 200
    refused = rig.grant(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert read(refused.body)["error"] == "invalid_grant"
    assert rig.place().status == 200, "the password still opens"


def test_renewals_and_passwords_can_be_refused(rig: FlexRig) -> None:
    refresh = read(rig.grant().body)["refresh_token"]
    rig.turn(refuse_refresh=1.0)
    assert rig.grant(grant_type="refresh_token", refresh_token=refresh).status == 400
    assert rig.grant().status == 200
    rig.turn(refuse_refresh=0.0, refuse_password=1.0)
    assert rig.grant(grant_type="refresh_token", refresh_token=refresh).status == 200
    assert rig.grant().status == 400


def test_busy_says_when_to_come_again(rig: FlexRig) -> None:
    token = rig.token()
    rig.turn(too_many_requests=1.0, retry_after=7)
    for answer in (rig.grant(), rig.place(bearer=token)):
        assert answer.status == 429 and ("Retry-After", "7") in answer.headers
    rig.turn(retry_after=0)
    assert rig.grant().headers == ()
    assert rig.truth()["arrivals"] == []
