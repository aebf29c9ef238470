"""The tools that made the stand-in weights, without training."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import standin_drawings as drawings
import standin_images
import standin_network as network
import standin_tasks as tasks
import standin_views
import train_standin as training


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


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_both_heads_teach_the_first_layer(precision):
    torch.manual_seed(0)
    net, heads = network.training_network(), [network.projection_head(256), network.projection_head(192)]
    loss, last = training.loss_of(torch.randn(8, 3, 48, 48), net, heads, precision)
    assert loss.dtype == torch.float32 and 0 < last.item() < 20
    for head in heads:
        (gradient,) = torch.autograd.grad(loss, head[0].weight, retain_graph=True)
        assert gradient.abs().sum() > 0
    loss.backward()
    assert all(p.grad.abs().sum() > 0 for p in net.parameters())


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


def test_the_first_layer_starts_from_filters_for_light_and_filters_for_colour():
    from course_utils.filters import color_share

    generator = torch.Generator().manual_seed(0)
    filters = network.first_layer(torch.randn(400, 3, 11, 11, generator=generator), greys=5, colors=3)
    assert filters.shape == (8, 3, 11, 11)
    torch.testing.assert_close(filters.flatten(1).norm(dim=1), torch.ones(8))
    assert color_share(filters[:5]).max() < 1e-6 and color_share(filters[5:]).min() > 0.9


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


@pytest.fixture(scope="module")
def pyramids():
    return [standin_images.pyramid(picture())], [standin_images.pyramid(picture(240, 240))]


def test_a_batch_depends_on_seed_and_step_alone(pyramids):
    first, again = (standin_views.batch(pyramids, 6, 48, 0, 7) for _ in range(2))
    assert first.shape == (12, 3, 48, 48) and torch.equal(first, again)
    assert not torch.equal(first, standin_views.batch(pyramids, 6, 48, 0, 8))


def test_a_run_that_goes_on_sees_the_batches_it_would_have_seen(pyramids):
    whole = standin_views.Batches(pyramids, 3, 0, 0, 3, lambda step, steps: 16 * (step + 1))
    rest = standin_views.Batches(pyramids, 3, 0, 1, 3, lambda step, steps: 16 * (step + 1))
    assert [len(whole), len(rest)] == [3, 2] and rest[1].shape == (6, 3, 48, 48)
    assert all(torch.equal(a, b) for a, b in zip(list(whole)[1:], rest, strict=True))


def test_colours_stay_in_range_and_plain_grey_pictures_stay_grey_up_to_a_tint():
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(40, 1, 8, 8, generator=generator).expand(-1, 3, -1, -1).contiguous()
    changed = standin_views.change_colors(x, generator)
    assert changed.min() >= 0 and changed.max() <= 1 and changed.shape == x.shape


def test_the_learning_rate_rises_stays_and_falls_to_zero():
    rates = [training.learning_rate(step, 4000) for step in range(4000)]
    assert rates[0] < 0.01 and rates[1000] == 1.0 and rates[-1] < 0.001
    assert rates[training.WARM_UP :] == sorted(rates[training.WARM_UP :], reverse=True)


def test_views_grow_while_the_learning_rate_falls():
    sizes = [training.view_size(step, 4000) for step in range(4000)]
    assert sizes == sorted(sizes) and set(sizes) == {48, 64, 96}
    falling = [training.learning_rate(step, 4000) < 1 for step in range(training.WARM_UP, 4000)]
    assert all(later for size, later in zip(sizes[training.WARM_UP :], falling, strict=True) if size > 64)
    assert max(sizes[:2400]) == 48 and not any(falling[: 2400 - training.WARM_UP])


def options(folder, steps):
    return SimpleNamespace(steps=steps, pairs=4, seed=0, device="cpu", workers=0, precision="float32",
                           checkpoint=folder / "standin.pt")  # fmt: skip


def test_a_run_that_was_stopped_ends_like_one_that_was_not(pyramids, tmp_path, monkeypatch):
    first = network.training_network()[0].weight.detach()
    monkeypatch.setattr(training, "first_filters", lambda *_: first)
    (tmp_path / "stopped").mkdir()
    training.train(pyramids, options(tmp_path / "stopped", 2))
    again, _ = training.train(pyramids, options(tmp_path / "stopped", 4))
    whole, seconds = training.train(pyramids, options(tmp_path, 4))
    assert seconds > 0 and not torch.equal(whole[0].weight, first)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


def test_made_images_have_colour_and_edges():
    rng = np.random.default_rng(0)
    for make in (drawings.dead_leaves, drawings.pen_strokes):
        pixels = np.asarray(make(rng, size=128))
        assert pixels.shape == (128, 128, 3) and pixels.std() > 10


def test_a_glyph_written_twice_is_more_alike_than_two_glyphs():
    rng = np.random.default_rng(0)
    ink = np.array([[drawings.write_glyph(g, rng, 0.12, 32) for _ in range(2)] for g in
                    (drawings.glyph(rng) for _ in range(30))])  # fmt: skip
    flat = (ink - ink.mean((0, 1))).reshape(60, -1)
    alike = np.corrcoef(flat).reshape(30, 2, 30, 2)[:, 0, :, 1]
    assert np.diag(alike).mean() > alike[~np.eye(30, dtype=bool)].mean() + 0.15


def test_relatives_of_a_glyph_share_all_strokes_but_one():
    rng = np.random.default_rng(1)
    first = next(g for g in (drawings.glyph(rng) for _ in range(50)) if len(g) == 3)
    other = drawings.glyph(rng, first)
    assert [a is b for a, b in zip(first, other, strict=True)].count(False) == 1


def test_glyphs_come_in_pairs_of_the_same_two_colours():
    views = drawings.glyph_pairs(np.random.default_rng(2), 7, 32)
    assert views.shape == (2, 7, 32, 32, 3) and views.dtype == np.uint8
    assert (views[0, :, 0, 0] == views[1, :, 0, 0]).all()  # the corner shows the ground
    assert (views.std((2, 3)).max(-1) > 1).all()


def test_the_curve_goes_through_the_points_of_a_stroke():
    points = np.array([[0, 0], [1, 1], [2, 0.5], [3, 2]])
    curve = drawings.smooth(points, each=6)
    np.testing.assert_allclose(curve[[0, 7, 14, 20]], points, atol=1e-12)


# --- the tasks that features are measured on ---


def test_no_picture_is_trained_on_and_measured_with():
    def names(held_out):
        return [n for _, *groups in standin_images.PICTURES.values() for n in groups[held_out].split()]

    trained, held_out = set(names(0)), set(names(1))
    validated = " ".join(standin_images.VALIDATION)
    assert len(held_out) == 9 and not trained & held_out
    assert not [name for name in trained | held_out if name in validated]


def test_training_and_test_crops_come_from_different_blocks(tmp_path):
    rng = np.random.default_rng(0)
    for name in "ab":
        pixels = np.zeros((660, 880, 3), np.uint8)
        for row in range(3):
            for column in range(4):  # the chessboard, in red
                pixels[220 * row : 220 * (row + 1), 220 * column : 220 * (column + 1), 0] = 255 * (
                    (row + column) % 2
                )
        pixels[..., 1] = rng.integers(0, 256, (660, 880))
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    images, labels, sides = tasks.crops([tmp_path / "a.png", tmp_path / "b.png"], each=5)
    assert images.shape == (20, 3, 96, 96) and labels.tolist() == 10 * [0] + 10 * [1]
    assert torch.equal(images[:, 0].mean((1, 2)), sides.float())


def test_normalized_grey_takes_colour_brightness_and_contrast_away():
    images = 0.4 + 0.2 * torch.rand(3, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    grey = tasks.normalized_grey(images)
    assert torch.equal(grey[:, 0], grey[:, 2])
    torch.testing.assert_close(grey.mean((1, 2, 3)), torch.full((3,), 0.5), atol=0.01, rtol=0)
    torch.testing.assert_close(grey.std((2, 3))[:, 0], torch.full((3,), 0.2), atol=0.02, rtol=0)
