"""The tools that made the stand-in weights, without training."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

standin_images = pytest.importorskip("standin_images")
import standin_network as network  # noqa: E402
import train_standin as training  # noqa: E402


def statistics(module, generator):
    """Give batch norms the statistics and parameters of a trained network."""
    for layer in (m for m in module.modules() if isinstance(m, nn.BatchNorm2d)):
        for values in (layer.weight.data, layer.bias.data, layer.running_mean):
            values.copy_(torch.randn(values.shape, generator=generator))
        layer.running_var.copy_(torch.rand(layer.running_var.shape, generator=generator) + 0.1)


@pytest.mark.parametrize("bias", [False, True])
def test_a_folded_convolution_equals_convolution_and_batch_norm(bias):
    generator = torch.Generator().manual_seed(1)
    pair = nn.Sequential(nn.Conv2d(3, 5, 3, bias=bias), nn.BatchNorm2d(5)).double().eval()
    statistics(pair, generator)
    weight, offset = network.fold(*pair)
    x = torch.randn(2, 3, 8, 9, generator=generator).double()
    torch.testing.assert_close(nn.functional.conv2d(x, weight, offset), pair(x))


@torch.no_grad()
def test_the_folded_state_is_alexnet_s_and_computes_the_same():
    from torchvision.models import alexnet

    trained = network.training_network().eval()
    statistics(trained, torch.Generator().manual_seed(2))
    features = alexnet(weights=None).features.eval()
    features.load_state_dict(network.folded_state(trained), strict=True)
    x = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(3))
    expected = nn.functional.max_pool2d(trained(x), 3, 2)
    torch.testing.assert_close(features(x), expected, rtol=1e-3, atol=1e-3 * expected.max().item())


def test_the_loss_is_small_when_partners_agree_and_large_when_they_do_not():
    apart = torch.eye(8)
    together = training.nt_xent(torch.cat([apart, apart]))
    assert together < 0.1
    assert training.nt_xent(torch.cat([apart, apart.roll(1, 0)])) > together + 2


def test_the_loss_of_embeddings_that_are_all_alike_is_that_of_guessing():
    assert training.nt_xent(torch.ones(12, 4)) == pytest.approx(np.log(11), abs=1e-4)


def test_kmeans_finds_the_structures_in_the_patches():
    generator = torch.Generator().manual_seed(0)
    edges = torch.ones(2, 3, 11, 11)
    edges[0, :, :5], edges[1, :, :, :5] = -1, -1  # one horizontal, one vertical
    patches = edges[torch.randint(2, (600,), generator=generator)]
    patches = patches + 0.3 * torch.randn(patches.shape, generator=generator)
    filters = network.kmeans_filters(patches, count=2)
    assert filters.shape == (2, 3, 11, 11)
    torch.testing.assert_close(filters.flatten(1).norm(dim=1), torch.ones(2))
    torch.testing.assert_close(filters.mean((1, 2, 3)), torch.zeros(2), atol=1e-6, rtol=0)


def picture(width=300, height=200):
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return Image.fromarray(np.stack([x % 256, y % 256, 0 * x], 2).astype(np.uint8))


def test_cut_takes_the_square_around_a_place():
    crop = standin_images.cut([picture()], 100, 150, 64, 0, 64).astype(float)
    assert crop.shape == (64, 64, 3)
    assert crop[..., 0].mean() == pytest.approx(149.5, abs=1) and crop[..., 1].mean() == pytest.approx(
        99.5, abs=1
    )
    assert np.ptp(crop[0, :, 0]) == pytest.approx(63, abs=1)


def test_cut_stays_inside_the_picture_and_halves_where_the_square_is_large():
    levels = standin_images.pyramid(picture(800, 600))
    assert [level.size for level in levels] == [(800, 600), (400, 300), (200, 150)]
    crop = standin_images.cut(levels, 0, 0, 256, 0.2, 64)
    assert crop[..., 1].max() > 0 and crop.shape == (64, 64, 3)


def test_a_batch_depends_on_seed_and_step_alone():
    pyramids = [standin_images.pyramid(picture())], [standin_images.pyramid(picture(240, 240))]
    first, again = (training.batch(pyramids, 4, 48, 0, 7) for _ in range(2))
    assert first.shape == (8, 3, 48, 48) and torch.equal(first, again)
    assert not torch.equal(first, training.batch(pyramids, 4, 48, 0, 8))


def test_colours_stay_in_range_and_plain_grey_pictures_stay_grey_up_to_a_tint():
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(40, 1, 8, 8, generator=generator).expand(-1, 3, -1, -1).contiguous()
    changed = training.change_colors(x, generator)
    assert changed.min() >= 0 and changed.max() <= 1 and changed.shape == x.shape


def test_the_learning_rate_rises_stays_and_falls_to_zero():
    rates = [training.learning_rate(step, 4000) for step in range(4000)]
    assert rates[0] < 0.01 and rates[1000] == 1.0 and rates[-1] < 0.001
    assert rates[training.WARM_UP :] == sorted(rates[training.WARM_UP :], reverse=True)


def test_made_images_have_colour_and_edges():
    rng = np.random.default_rng(0)
    for make in (standin_images.dead_leaves, standin_images.pen_strokes):
        pixels = np.asarray(make(rng, size=128))
        assert pixels.shape == (128, 128, 3) and pixels.std() > 10
