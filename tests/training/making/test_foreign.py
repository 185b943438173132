"""Pictures that are no MR are what their names say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from pydicom import dcmread
from pydicom.data import get_testdata_file

from napari_mrseq.errors import MrseqError
from napari_mrseq.training.making.foreign import COLLECTED, SIZE, collected
from napari_mrseq.training.making.tomography import (
    HEAD,
    Tomogram,
    ct_slice,
    dicom_ct,
    head_ct,
    radiograph,
    scintigram,
)
from napari_mrseq.training.making.ultrasound import ultrasound


def body(tissue: float = 40.0) -> Tomogram:
    """A cylinder of tissue with a rod of bone along its axis."""
    y, x = np.mgrid[-1:1:96j, -1:1:96j]
    plane = np.where(np.hypot(x, y) < 0.8, tissue, -1000.0)
    plane[np.hypot(x, y) < 0.15] = 900.0
    return Tomogram("body", plane[None].repeat(80, axis=0), (1.5, 1.5, 1.5))


@pytest.mark.skipif(not HEAD.is_file(), reason="Debian's invesalius-examples is not installed")
def test_the_head_lies_head_first_with_bone_around_its_brain():
    ct = head_ct()
    middle = ct.values[len(ct.values) // 2]
    assert (middle > 300).mean() > 0.02
    assert -50 < np.median(middle[100:156, 100:156]) < 100
    # The crown is smaller than the skull's base.
    assert (ct.values[2] > -200).sum() < (middle > -200).sum()


def test_a_folder_of_ct_slices_is_read_in_hounsfield_units_and_from_the_head_down(tmp_path: Path):
    file = dcmread(get_testdata_file("CT_small.dcm"))
    x, y, z = file.ImagePositionPatient
    for number in range(3):
        file.ImagePositionPatient = [x, y, z + 5 * number]
        file.PixelData = (file.pixel_array + number).tobytes()
        file.save_as(tmp_path / f"{number}.dcm")
    ct = dicom_ct(tmp_path, "chest")
    assert ct.values.shape == (3, 128, 128)
    assert ct.steps == pytest.approx((5, *file.PixelSpacing))
    assert ct.values[0].mean() > ct.values[1].mean() > ct.values[2].mean()
    assert -1024 <= ct.values.min() < -800
    assert 200 < ct.values.max() < 3000


def test_a_folder_without_ct_is_named(tmp_path: Path):
    with pytest.raises(MrseqError, match=tmp_path.name):
        dicom_ct(tmp_path, "chest")


@pytest.mark.parametrize("make", [ct_slice, radiograph, scintigram])
def test_what_is_made_of_a_ct_lies_between_black_and_white_and_comes_again(make):
    first, again = (
        [make(body(), rng) for _ in range(6)]
        for rng in (np.random.default_rng(0), np.random.default_rng(0))
    )
    for picture, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(picture, same)
        assert picture.min() >= 0
        assert picture.max() <= 1
    assert max(picture.std() for picture in first) > 0.1


def test_bone_absorbs_most_in_a_radiograph():
    picture = radiograph(body(), np.random.default_rng(0))
    middle = picture[len(picture) // 2]
    assert middle.argmax() == pytest.approx(len(middle) / 2, abs=3)
    assert middle[2] < 0.1


def test_ultrasound_is_speckle_in_a_fan_on_black():
    rng = np.random.default_rng(0)
    pictures = [ultrasound(rng) for _ in range(20)]
    for picture in pictures:
        assert picture.shape == (SIZE, SIZE)
        assert 0 <= picture.min() < 0.01
        assert 0.5 < picture.max() <= 1
        assert 0.2 < (picture < 0.01).mean() < 0.98


def test_a_collection_gives_grey_pictures_up_to_its_share_and_no_icons(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (100, 400, 3), dtype=np.uint8)
    for number in range(COLLECTED + 5):
        Image.fromarray(noise).save(tmp_path / f"{number:02}.png")
    Image.fromarray(noise[:20, :20]).save(tmp_path / "icon.png")
    Image.new("RGB", (200, 200), "red").save(tmp_path / "flat.png")
    pictures = list(collected(tmp_path, "*.png", np.random.default_rng(1)))
    assert [picture.shape for picture in pictures] == [(SIZE // 4, SIZE)] * COLLECTED


def test_a_cut_out_lies_on_black_or_white(tmp_path):
    disc = Image.new("LA", (100, 100), (128, 0))
    ImageDraw.Draw(disc).ellipse((20, 20, 80, 80), fill=(128, 255))
    for number in range(12):
        disc.save(tmp_path / f"{number}.png")
    pictures = list(collected(tmp_path, "*.png", np.random.default_rng(0)))
    assert {picture[0, 0] for picture in pictures} == {0, 255}
    assert {picture[50, 50] for picture in pictures} == {128}


def test_a_package_that_is_not_installed_gives_no_pictures(tmp_path):
    assert not list(collected(tmp_path / "missing", "*.png", np.random.default_rng(0)))
