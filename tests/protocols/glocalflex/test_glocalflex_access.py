"""The token: had by password, renewed in time, and what is said and not sent where that fails."""

from pathlib import Path

import pytest

from tests.support.flex import NAME, FlexDesk, order


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    return FlexDesk(tmp_path)


def denied(desk: FlexDesk) -> str:
    """Why an order is not sent; empty where it is."""
    submission = desk.desk.submit(order())
    return submission.reason if submission.step.value == "denied" else ""


def test_it_is_renewed_a_minute_before_it_ends_and_trading_goes_on_meanwhile(desk: FlexDesk) -> None:
    desk.ready()
    desk.wait(3_539, 1.0)
    assert len(desk.calls) == 1
    desk.wait(2, 0.5)
    assert desk.form() == {
        "client_id": "glocalflexmarket_public_api", "grant_type": "refresh_token", "refresh_token": "refresh-1",
    }  # fmt: skip
    desk.book()
    assert denied(desk) == ""
    assert desk.calls[-1].bearer is not None
    assert desk.calls[-1].bearer.reveal() == "token-1"
    desk.reply({"access_token": "token-2", "expires_in": 3_600}, call=desk.calls[-2])
    assert desk.status == "live"
    desk.submit(order(power="2000"))
    assert desk.calls[-1].bearer.reveal() == "token-2"
    assert desk.session.report().token_refreshes == 1


def test_open_sockets_keep_their_token_and_the_next_handshake_has_the_new_one(desk: FlexDesk) -> None:
    desk.grant(1, seconds=100)
    desk.wait(0.1)
    desk.open()
    desk.wait(51)
    desk.grant(2, seconds=100)
    assert len(desk.opens) == 3
    desk.lose("ticker")
    desk.wait(2)
    assert desk.opens[-1].stream == "ticker-2"
    assert desk.opens[-1].bearer is not None
    assert desk.opens[-1].bearer.reveal() == "token-2"


def test_a_renewal_keeps_the_refresh_token_where_it_brings_no_other(desk: FlexDesk) -> None:
    desk.grant(1, seconds=100)
    desk.wait(51)
    desk.reply({"access_token": "token-2", "expires_in": 100})
    desk.wait(51)
    assert desk.form()["refresh_token"] == "refresh-1"


@pytest.mark.parametrize("status", [400, 401, 500, 502])
def test_a_renewal_that_fails_falls_back_to_the_password(desk: FlexDesk, status: int) -> None:
    desk.ready()
    desk.wait(3_541, 1.0)
    desk.reply({"error": "invalid_grant"}, status)
    assert desk.form()["grant_type"] == "password"
    assert desk.reason.startswith("no orders: the token could not be renewed")
    desk.grant(2)
    desk.wait(0.1)
    assert "no orders" not in desk.reason


def test_where_both_fail_trading_stops_and_the_reason_is_said(desk: FlexDesk) -> None:
    desk.ready()
    desk.wait(3_541, 1.0)
    desk.fail("timed out")
    desk.fail("timed out")
    desk.book()
    assert "timed out" in desk.reason
    assert "timed out" in denied(desk)
    # The sockets still tell: only orders are stopped.
    assert desk.channel("orderbook").status.value == "live"
    desk.wait(1)
    assert desk.form()["grant_type"] == "password"
    desk.grant(3)
    assert denied(desk) == ""


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_password_is_asked_for_and_never_tried_again_by_itself(desk: FlexDesk, status: int) -> None:
    desk.reply({"error": "invalid_grant", "error_description": "for practice"}, status)
    view = desk.desk.market.connections[NAME]
    assert (view.status.value, view.wants_password) == ("down", True)
    assert "invalid_grant" in view.reason
    assert "practice" not in view.reason, "what was sent may be quoted in the venue's text"
    desk.wait(600, 1.0)
    assert len(desk.calls) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "unreadable"),
        (b'{"access_token": ""}', "had none"),
        (b'{"access_token": "x", "expires_in": 0}', "has ended already"),
        (b'{"access_token": "x", "expires_in": -5}', "has ended already"),
        (b'{"access_token": "x", "expires_in": "NaN"}', "has ended already"),
    ],
)
def test_an_answer_that_is_no_token_is_tried_again(desk: FlexDesk, body: bytes, words: str) -> None:
    desk.reply(body)
    assert words in desk.reason
    desk.wait(1)
    assert len(desk.calls) == 2
    desk.ready()


@pytest.mark.parametrize(("seconds", "renewed_after"), [(3_600, 3_540), (200, 140), (100, 50), (10, 5)])
def test_short_tokens_are_renewed_at_half_their_time(desk: FlexDesk, seconds: int, renewed_after: int) -> None:
    desk.grant(1, seconds=seconds)
    desk.wait(renewed_after - 1, 0.5)
    assert len(desk.calls) == 1
    desk.wait(2, 0.5)
    assert len(desk.calls) == 2


def test_the_venue_is_not_asked_sooner_than_it_wants(desk: FlexDesk) -> None:
    desk.reply({}, 429, retry_after=30)
    desk.wait(29)
    assert len(desk.calls) == 1
    desk.wait(2)
    assert len(desk.calls) == 2
    assert desk.session.report().slow_downs == 1


def test_a_renewal_that_comes_too_soon_waits_before_the_password_is_tried(desk: FlexDesk) -> None:
    desk.grant(1, seconds=600)
    desk.wait(541, 1.0)
    assert desk.form()["grant_type"] == "refresh_token"
    asked = len(desk.calls)
    desk.reply({}, 429, retry_after=7)
    desk.wait(6.5)
    assert len(desk.calls) == asked
    assert "slow down (429)" in desk.reason
    desk.wait(1)
    assert desk.form()["grant_type"] == "password"


def test_a_handshake_that_is_refused_renews_the_token_once(desk: FlexDesk) -> None:
    desk.grant()
    desk.wait(40)
    for kind in ("trade", "orderbook", "ticker"):
        desk.refuse(kind, 401)
    assert len(desk.calls) == 2, "one token was refused, three times"
    assert desk.form()["grant_type"] == "refresh_token"
    desk.grant(2)
    desk.wait(0.1)
    assert [wish.bearer.reveal() for wish in desk.opens[-3:] if wish.bearer] == ["token-2"] * 3


def test_fresh_tokens_that_are_refused_do_not_make_a_storm(desk: FlexDesk) -> None:
    desk.grant()
    desk.wait(0.1)
    desk.refuse("trade", 401)
    desk.grant(2)
    desk.wait(0.1)
    desk.refuse("trade", 401)
    asked = len(desk.calls)
    assert "one fresh token after the other" in desk.reason
    desk.wait(59)
    assert len(desk.calls) == asked
    desk.wait(20)
    assert len(desk.calls) == asked + 1


def test_switched_off_it_asks_for_nothing(desk: FlexDesk) -> None:
    desk.ready()
    desk.session.stop(desk.now)
    desk.crank()
    desk.wait(4_000, 5.0)
    assert len(desk.calls) == 1
    assert desk.status == "off"
