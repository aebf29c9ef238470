"""The measures on first-layer filters, on filters whose answer is known."""

import math

import pytest
import torch

from course_utils.filters import (
    STRUCTURED,
    band_share,
    color_share,
    noise_filters,
    orientation,
    sort_filters,
)
from course_utils.pretrained import load_alexnet_features

AT = torch.arange(11.0) - 5
Y, X = torch.meshgrid(-AT, AT, indexing="ij")  # y grows upwards, as a reader sees it


def wave(angle, cycles=0.15, phase=0.0, color=(1.0, 1.0, 1.0)):
    """Return a windowed grating (1, 3, 11, 11) whose stripes run at ``angle`` degrees."""
    across = math.radians(angle + 90)
    stripes = torch.cos(2 * math.pi * cycles * (X * math.cos(across) + Y * math.sin(across)) + phase)
    return (stripes * torch.exp(-(X**2 + Y**2) / 18)) * torch.tensor(color).view(1, 3, 1, 1)


def blob(color):
    return torch.exp(-(X**2 + Y**2) / 18) * torch.tensor(color).view(1, 3, 1, 1)


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
@pytest.mark.parametrize("phase", [0.0, math.pi / 2])
def test_gratings_and_edges_lie_in_one_band(angle, phase):
    assert band_share(wave(angle, phase=phase)) > 0.85


def test_blobs_of_colour_lie_in_one_band():
    assert band_share(blob((1.0, -0.5, -0.5))) > 0.85


def test_noise_does_not_and_smoothed_noise_hardly_ever():
    assert band_share(noise_filters(300)).max() < 0.2
    smoothed = band_share(noise_filters(300, smooth=1.0))
    assert 0.3 < smoothed.median() < 0.45
    assert (smoothed > STRUCTURED).float().mean() < 0.01


def test_two_crossed_gratings_are_not_one_band():
    crossed = wave(0, cycles=0.25) + wave(90, cycles=0.25)
    assert band_share(crossed) < STRUCTURED < band_share(wave(0, cycles=0.25))


def test_the_share_does_not_depend_on_scale_or_sign():
    filters = torch.cat([wave(20), noise_filters(3)])
    torch.testing.assert_close(band_share(-7 * filters), band_share(filters))


@pytest.mark.parametrize("angle", [0, 20, 45, 90, 150, 179])
def test_orientation_of_a_grating_is_its_angle(angle):
    found, strength = orientation(wave(angle, cycles=0.2))
    assert abs((found.item() - angle + 90) % 180 - 90) < 3 and strength > 0.9


def test_a_round_blob_has_no_direction():
    assert orientation(blob((1.0, 1.0, 1.0)))[1] < 0.01


def test_colour_share_is_zero_for_grey_and_one_for_pure_differences():
    assert color_share(wave(10)) == pytest.approx(0, abs=1e-6)
    assert color_share(wave(10, color=(1.0, -1.0, 0.0))) == pytest.approx(1)


def test_sort_filters_orders_grey_by_angle_and_colour_by_hue():
    red, green, blue = (2.0, -1.0, -1.0), (-1.0, 2.0, -1.0), (-1.0, -1.0, 2.0)
    filters = torch.cat([wave(100), blob(green), wave(20), blob(red), blob(blue)])
    grey, colored = sort_filters(filters)
    assert grey.tolist() == [2, 0]
    assert colored.tolist() == [4, 3, 1]  # hue from -120 degrees (blue) over 0 (red) to 120 (green)


@pytest.mark.parametrize("shape", [(64, 1, 11, 11), (3, 11, 11), (2, 3, 40, 40)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(N, 3, K, K\)"):
        band_share(torch.zeros(shape))


def test_the_stand_in_s_filters_are_structures():
    filters = load_alexnet_features("standin")[0].weight
    assert (band_share(filters) > STRUCTURED).sum() >= 62
