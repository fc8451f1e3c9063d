"""Writing the connections file: only what was chosen changes, whole or not at all, and never over another's change."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connections import ConnectionsRefused
from app.connections_file import ConnectionsFile, FileChanged, NotSaved, with_choices
from app.dialects import DIALECTS
from app.fx_connections import FxConnectionSettings
from app.practice_file import practice_file
from app.toml_lists import UnknownLayout, rewritten

TEXT = """\
# The desk's connections.
[[connection]]
name = "EPEX M7"            # the first
venue = "eznergy"
scope = "m7"
host = "127.0.0.1:8765"
tls = false
contract = "EZ4a26927fea"
client_guid = '6395d740-6e55-11e8-b566-0800200c9a66'
areas = [
    "DE-AMPRION",   # ours
    "FR-RTE",       # theirs
    # for later: "AT-APG"
]
products = ["QuarterHour", "Hour"]
user = "trader"


[[connection]]  # the second
name="Test"
venue="eznergy"
scope="test"
host="127.0.0.1:8765"
tls=false
contract="any"
user="trader"
"""
AREAS = tuple(DIALECTS["eznergy", "m7"]["areas"].names)
PRODUCTS = tuple(DIALECTS["eznergy", "m7"]["products"].names)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "connections.toml"
    path.write_bytes(TEXT.encode())
    return path


def _save(path: Path, **lists: list[str]) -> None:
    file = ConnectionsFile(path)
    file.save({"EPEX M7": lists}, file.read())


def test_only_the_lists_change_and_comments_stay(path: Path) -> None:
    _save(path, areas=["DE-AMPRION", "NL-TENNET"])
    assert path.read_text() == TEXT.replace('    "FR-RTE",       # theirs\n', '    "NL-TENNET",\n')


def test_what_is_saved_is_what_is_read(path: Path) -> None:
    file = ConnectionsFile(path)
    saved = file.save({"EPEX M7": {"products": ["HalfHour"]}, "Test": {"channels": ["normal"]}}, file.read())
    assert saved == file.read()
    first, second = saved.connections
    assert (first.areas, first.products) == (("DE-AMPRION", "FR-RTE"), ("HalfHour",))
    assert second.channels == ("normal",)


def test_a_list_that_was_left_out_is_written(path: Path) -> None:
    file = ConnectionsFile(path)
    file.save({"Test": {"channels": ["normal", "disorder"]}}, file.read())
    assert path.read_text() == TEXT + 'channels = ["normal", "disorder"]\n'


def test_the_ends_of_lines_stay(path: Path) -> None:
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    _save(path, areas=["DE-AMPRION", "NL-TENNET"], products=["Hour"])
    expected = TEXT.replace('    "FR-RTE",       # theirs\n', '    "NL-TENNET",\n').replace('"QuarterHour", ', "")
    assert path.read_bytes().decode() == expected.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ('["A", "B", "C"]', ["A", "C"], '["A", "C"]'),
        ('["A", "B", "C"]', ["B"], '["B"]'),
        ('["A"]', ["A", "X", "Y"], '["A", "X", "Y"]'),
        ('["A"]', ["X"], '["X"]'),
        ("[]", ["X"], '["X"]'),
        ('["A",\n  "B"]', ["A", "B", "X"], '["A",\n  "B",\n  "X"]'),
        ('[\n  "A", # a\n  "B" # b\n]', ["A", "B", "X"], '[\n  "A", # a\n  "B", # b\n  "X"\n]'),
        ('[\n  "A", # a\n  "B", # b\n]', ["B", "X"], '[\n  "B", # b\n  "X",\n]'),
        ('[ "A", # a\n  "B" , ]', ["A"], '[ "A", # a\n   ]'),
        ('["A" # a\n]', ["A", "X"], '["A", # a\n    "X"\n]'),
        ("[\n  # none yet\n]", ["X"], '[\n  # none yet\n    "X"\n]'),
        ("['A', \"B\"]", ["A", "X"], "['A', \"X\"]"),
    ],
)
def test_a_list_is_changed_as_a_person_would(text: str, names: list[str], expected: str) -> None:
    assert rewritten(text, names) == expected


@pytest.mark.parametrize("text", ['["A", 1]', '["""A"""]', '[["A"]]', '"A"'])
def test_a_list_of_something_else_is_left_to_people(text: str) -> None:
    with pytest.raises(UnknownLayout):
        rewritten(text, ["A"])


LAYOUTS = (
    *("[{}]", "[ {} , ]", "[\n  {},\n]", "[\n  # first\n  {}  # last\n]", "[{}, # end\n]", "[\n {}\n # end\n]"),
    *("[ # top\n {} # x\n ]", "[#\n{}#\n,#\n]", "[\r\n  {}  # last\r\n]"),
)
BETWEEN = (",", ", ", ",\n    ", ", # a comment\n  ", "\n  , ", " # c\n , ", " # c\n , # d\n  ", ",\r\n ")


@given(
    before=st.lists(st.sampled_from(AREAS), min_size=1, unique=True),
    chosen=st.lists(st.sampled_from(AREAS), min_size=1, unique=True),
    layout=st.sampled_from(LAYOUTS),
    between=st.sampled_from(BETWEEN),
)
def test_whatever_the_list_looks_like_it_says_what_was_chosen(
    before: list[str], chosen: list[str], layout: str, between: str
) -> None:
    start, end = TEXT.index("areas ="), TEXT.index("products")
    array = layout.replace("{}", between.join(f'"{area}"' for area in before))
    text = f"{TEXT[:start]}areas = {array}\n{TEXT[end:]}"
    meant = tomllib.loads(text)
    kept = [area for area in before if area in chosen]
    meant["connection"][0]["areas"] = kept + [area for area in chosen if area not in before]
    changed = with_choices(text, {"EPEX M7": {"areas": chosen}})
    assert tomllib.loads(changed) == meant
    assert changed.count("#") == text.count("#") or set(before) - set(chosen)


def test_a_file_that_changed_meanwhile_is_left_alone(path: Path) -> None:
    file = ConnectionsFile(path)
    basis = file.read()
    path.write_bytes(TEXT.encode() + b"# somebody was here\n")
    with pytest.raises(FileChanged):
        file.save({"EPEX M7": {"areas": ["AT-APG"]}}, basis)
    assert path.read_bytes() == TEXT.encode() + b"# somebody was here\n"
    path.unlink()
    with pytest.raises(NotSaved, match="can't be written: No such file"):
        file.save({"EPEX M7": {"areas": ["AT-APG"]}}, basis)
    assert not path.exists()


def test_what_the_reader_would_refuse_is_not_written(path: Path) -> None:
    with pytest.raises(NotSaved, match="areas: must be a list of text"):
        _save(path, areas=[])
    with pytest.raises(NotSaved, match="areas: 'nowhere' not known"):
        _save(path, areas=["nowhere"])
    assert path.read_text() == TEXT


def test_a_read_only_file_stays_as_it_is(path: Path) -> None:
    path.chmod(0o440)
    with pytest.raises(NotSaved, match=r"connections\.toml can't be written: it is read-only"):
        _save(path, areas=["AT-APG"])
    assert path.read_text() == TEXT


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(NotSaved, match="can't be written: No space left on device"):
        _save(path, areas=["AT-APG"])
    assert path.read_text() == TEXT
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_stays(path: Path, mode: int) -> None:
    path.chmod(mode)
    _save(path, areas=["AT-APG"])
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    _save(link, areas=["AT-APG"])
    assert link.is_symlink()
    assert '"AT-APG"\n]' in path.read_text()


def test_a_missing_file_is_told_where_there_is_nothing_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(ConnectionsRefused, match="can't be read: No such file"):
        ConnectionsFile(tmp_path / "missing.toml").read()


def test_practice_begins_with_what_is_shipped_and_keeps_choices_in_the_profile(tmp_path: Path) -> None:
    file = practice_file(tmp_path, 4711)
    shipped = file.read()
    assert [settings.scope for settings in shipped.connections] == ["m7", "later", "flexibility", "npid"]
    assert {(settings.host, settings.tls.enabled) for settings in shipped.connections} == {("127.0.0.1:4711", False)}
    saved, *untouched = file.save({"Practice": {"areas": ["AT-APG"]}}, shipped).connections
    assert (saved.areas, saved.host) == (("AT-APG",), "127.0.0.1:4711")
    assert tuple(untouched) == shipped.connections[1:]
    written = tmp_path / "practice.toml"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert "4711" not in written.read_text()
    again, *_ = practice_file(tmp_path, 4712).read().connections
    assert (again.areas, again.host) == (("AT-APG",), "127.0.0.1:4712")


def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    file = practice_file(tmp_path, 4711)
    shipped = file.read()
    (tmp_path / "practice.toml").write_text("# another desk's\n")
    with pytest.raises(FileChanged):
        file.save({"Practice": {"areas": ["AT-APG"]}}, shipped)


@pytest.mark.parametrize(
    "line", ['host = "m7.example.com"\ntls = true', 'host = "m7.example.com"', 'host = "127.0.0.1:1"']
)
def test_practice_is_never_anywhere_else(tmp_path: Path, line: str) -> None:
    written = tmp_path / "practice.toml"
    practice = practice_file(tmp_path, 4711)
    text = practice.read().content.decode()
    tls = "tls = false\n" if "tls" not in line and "127" in line else ""
    written.write_text(text.replace('host = "127.0.0.1"\ntls = false\n', f"{line}\n{tls}"))
    with pytest.raises(ConnectionsRefused, match=r"Practice: host: must be 127\.0\.0\.1"):
        practice.read()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ws://127.0.0.1/acttrader/chart", "wss://charts.example.com"),
        ("ws://127.0.0.1/acttrader/orders", "wss://fx.example.com/orders"),
        ("ws://127.0.0.1/acttrader/orders", "ws://127.0.0.1:1/acttrader/orders"),
    ],
)
def test_practice_fx_is_never_anywhere_else(tmp_path: Path, before: str, after: str) -> None:
    practice = practice_file(tmp_path, 4711)
    text = practice.read().content.decode()
    (tmp_path / "practice.toml").write_text(text.replace(before, after))
    with pytest.raises(ConnectionsRefused, match=r"Practice FX: orders_url, chart_url: must be 127\.0\.0\.1"):
        practice.read()


def test_practice_flex_is_never_anywhere_else(tmp_path: Path) -> None:
    practice = practice_file(tmp_path, 4711)
    before, after = practice.read().content.decode().split('name = "Practice Flex"')
    elsewhere = after.replace('"127.0.0.1"\ntls = false', '"test.glocalflexmarket.com"')
    (tmp_path / "practice.toml").write_text(f'{before}name = "Practice Flex"{elsewhere}')
    with pytest.raises(ConnectionsRefused, match=r"Practice Flex: host: must be 127\.0\.0\.1"):
        practice.read()


def test_practice_fx_has_its_orders_and_its_quotes_at_the_venues_port(tmp_path: Path) -> None:
    fx = practice_file(tmp_path, 4711).read().connections[1]
    assert isinstance(fx, FxConnectionSettings)
    assert fx.orders_url == "ws://127.0.0.1:4711/acttrader/orders"
    assert fx.chart_url == "ws://127.0.0.1:4711/acttrader/chart/ws"
    assert not fx.has_password
    assert {"EURUSD", "GBPUSD", "USDJPY", "EURGBP"} <= set(fx.symbols)
