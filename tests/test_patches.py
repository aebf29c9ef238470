"""Receptive fields and strongest patches, against what autograd and made-up images say."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.patches import receptive_field, strongest_patches
from course_utils.pretrained import untrained_features


@pytest.mark.parametrize(
    ("layer", "size", "stride"),
    [(0, 11, 4), (2, 19, 8), (3, 51, 8), (6, 99, 16), (8, 131, 16), (10, 163, 16)],
)
def test_receptive_fields_of_alexnet(layer, size, stride):
    field = receptive_field(untrained_features(), layer)
    assert (field.size, field.stride) == (size, stride)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_the_receptive_field_is_where_the_gradient_is(layers):
    features = nn.Sequential(*(nn.Conv2d(1, 1, k, s, p) for k, s, p in layers))
    for layer in features:
        nn.init.ones_(layer.weight)
    x = torch.ones(1, 1, 90, 90, requires_grad=True)
    y = features(x)
    i = y.shape[2] // 2  # in the middle: near the border a unit may see padding instead
    y[0, 0, i, i].backward()
    reached = x.grad[0, 0].abs().sum(1).nonzero()[:, 0].tolist()
    field = receptive_field(features, len(layers) - 1)
    first = field.first + i * field.stride
    assert (reached[0], reached[-1]) == (first, first + field.size - 1)


def bright_corner():
    images = torch.zeros(2, 3, 32, 32)
    images[1, 0, 20:24, 8:12] = 1  # a red square in the second image
    return images


def test_the_strongest_patch_is_where_the_pattern_is():
    features = nn.Sequential(nn.Conv2d(3, 2, 4, stride=2, bias=False))
    nn.init.zeros_(features[0].weight)
    features[0].weight.data[1, 0] = 1
    patches, values = strongest_patches(features, bright_corner(), 0, [1, 0], n=2)
    assert patches.shape == (2, 2, 3, 4, 4) and values.shape == (2, 2)
    assert values[0, 0] == 16 and patches[0, 0, 0].min() == 1
    assert values[0, 0] >= values[0, 1]


def test_units_that_see_beyond_the_border_take_no_part():
    features = nn.Sequential(nn.Conv2d(3, 1, 3, padding=1, bias=False))
    nn.init.ones_(features[0].weight)
    images = torch.zeros(1, 3, 8, 8)
    images[0, :, 0, 0] = 1  # the unit at (0, 0) sees it too, and one row and column of padding
    patches, values = strongest_patches(features, images, 0, [0], n=1)
    assert values.item() == 3 and torch.equal(patches[0, 0], images[0, :, :3, :3])


def test_wrong_arguments_are_named():
    features = untrained_features()
    with pytest.raises(ValueError, match="layer must be at most 12"):
        receptive_field(features, 13)
    with pytest.raises(TypeError, match="Linear"):
        receptive_field(nn.Sequential(nn.Linear(3, 3)), 0)
    with pytest.raises(ValueError, match="images must have shape"):
        strongest_patches(features, torch.zeros(3, 64, 64), 2, [0])
    with pytest.raises(ValueError, match="images must be at least 163 pixels"):
        strongest_patches(features, torch.zeros(1, 3, 128, 200), 11, [0])
    with pytest.raises(ValueError, match="n must be at most 2"):
        strongest_patches(features[:3], torch.zeros(1, 3, 64, 64), 2, [0], n=3)
