"""The gallery: every scene can be painted, no two look the same, and the same pictures come each time."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from app.gallery.catalogue import catalogue
from app.gallery.pictures import Picture, contact_sheet, paint, write
from app.gallery.scenes import Scene
from tests.widgets.desk import DARK, LIGHT
from widgets.theme import Theme

EVERY = catalogue()


def painted(scene: Scene, theme: Theme = DARK) -> Picture:
    (picture,) = paint(scene, theme, (1,))
    return picture


def pixels(picture: Picture) -> bytes:
    return bytes(picture.image.constBits())


def test_scenes_have_names_of_their_own_and_can_be_chosen() -> None:
    assert len({scene.slug for scene in EVERY}) == len(EVERY)
    assert {scene.widget for scene in catalogue("ladder")} == {"Ladder"}
    assert catalogue("no such widget") == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("widget", sorted({scene.widget for scene in EVERY}))
def test_each_state_looks_like_no_other(widget: str) -> None:
    looks = defaultdict(list)
    for scene in catalogue(widget):
        if scene.widget == widget:
            looks[pixels(painted(scene))].append(scene.state)
    assert [states for states in looks.values() if len(states) > 1] == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("slug", ["ladder-own-orders", "trade-tape-live", "contract-areas-stale", "price-chart-live"])
def test_the_same_picture_comes_each_time_and_another_in_the_other_theme(slug: str) -> None:
    scene = next(scene for scene in EVERY if scene.slug == slug)
    assert pixels(painted(scene)) == pixels(painted(scene))
    assert pixels(painted(scene, LIGHT)) != pixels(painted(scene))


@pytest.mark.usefixtures("qapp")
def test_pictures_sheets_and_a_page_that_needs_nothing_else_are_written(tmp_path: Path) -> None:
    pictures = [picture for theme in (DARK, LIGHT) for scene in catalogue("lamps") for picture in paint(scene, theme)]
    fine = {picture.scale: picture.image.size() for picture in pictures if picture.scene.slug == "lamps-live"}
    assert fine[2] == 2 * fine[1]
    written = write(pictures, (DARK, LIGHT), tmp_path)
    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()}
    assert {"sheet-dark.png", "sheet-light.png", "lamps-down-light@2x.png"} <= {path.name for path in written}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(picture.file in page for picture in pictures if picture.scale == 2)
    assert "//" not in page, "nothing comes from elsewhere"


@pytest.mark.usefixtures("qapp")
def test_a_sheet_holds_every_picture_side_by_side() -> None:
    pictures = [painted(scene) for scene in catalogue("lamps")]
    sheet = contact_sheet(pictures, DARK)
    assert sheet.height() >= max(picture.size[1] for picture in pictures)
    assert sheet.pixelColor(0, 0) == DARK.surface_sunken


def test_what_can_not_be_written_is_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    for folder, status in ((in_the_way, 2), (tmp_path / "new", 0)):
        command = [sys.executable, "-m", "app", "gallery", "--only", "band", "--folder", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status, done.stderr
        assert ("Traceback" in done.stderr) is False
    assert (tmp_path / "new" / "index.html").is_file()
