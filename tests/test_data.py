"""The data: right shapes and values, and sentences where something is wrong."""

import gzip
import hashlib
import os
import stat
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import _files
from course_utils.data import mnist, mnist_tensors, pattern_signals, permute_pixels, photo, spiral


@pytest.mark.parametrize(("train", "count"), [(True, 60_000), (False, 10_000)])
def test_mnist_is_complete(train, count):
    images, labels = mnist_tensors(train)
    assert images.shape == (count, 1, 28, 28) and images.dtype == torch.float32
    assert labels.shape == (count,) and labels.dtype == torch.int64
    assert (images.min(), images.max()) == (0, 1)
    assert labels.unique().tolist() == list(range(10))


def test_mnist_tensors_agree_with_the_transform_of_torchvision():
    from torchvision.transforms import ToTensor

    dataset = mnist(train=False, transform=ToTensor())
    images, labels = mnist_tensors(train=False, n=20)
    for i in range(20):
        image, label = dataset[i]
        assert torch.equal(images[i], image) and labels[i] == label


def test_first_labels_are_those_of_the_original_files():
    assert mnist_tensors(n=5)[1].tolist() == [5, 0, 4, 1, 9]
    assert mnist_tensors(False, n=5)[1].tolist() == [7, 2, 1, 0, 4]


@pytest.mark.parametrize("n", [0, -3, 60_001, 2.5, "10", True])
def test_mnist_tensors_names_a_wrong_n(n):
    with pytest.raises((ValueError, TypeError), match="^n must be"):
        mnist_tensors(n=n)


def test_files_are_unpacked_to_the_folder_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "here"))
    mnist_tensors(False, n=1)
    unpacked = tmp_path / "here" / "MNIST" / "raw"
    assert {p.name: _files.md5(p) for p in unpacked.iterdir()} == _files.MNIST_FILES


@pytest.mark.parametrize("damage", [b"", b"half a fi"])
def test_a_damaged_file_is_unpacked_again(tmp_path, damage):
    name = "t10k-labels-idx1-ubyte"
    (tmp_path / name).write_bytes(damage)
    assert _files.md5(_files.unpack(name, tmp_path)) == _files.MNIST_FILES[name]
    assert [p.name for p in tmp_path.iterdir()] == [name]  # nothing half-written is left


@pytest.mark.parametrize("content", [None, b"not gzip", gzip.compress(b"other data", mtime=0)])
def test_a_damaged_package_says_so(tmp_path, monkeypatch, content):
    monkeypatch.setattr(_files, "ASSETS", tmp_path)
    (tmp_path / "mnist").mkdir()
    if content is not None:
        (tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(OSError, match="t10k-labels-idx1-ubyte.*Reinstall course_utils"):
        _files.unpack("t10k-labels-idx1-ubyte", tmp_path / "cache")
    assert not (tmp_path / "cache" / "t10k-labels-idx1-ubyte").exists()


def test_an_interrupted_write_leaves_nothing(tmp_path):
    def interrupted(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _files.write_atomically(tmp_path / "file", interrupted)
    assert not list(tmp_path.iterdir())


def test_others_may_read_what_is_unpacked(tmp_path):
    _files.write_atomically(tmp_path / "file", lambda file: file.write(b"data"))
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_a_folder_without_permission_is_named(tmp_path):
    locked = tmp_path / "locked"
    if os.geteuid() == 0:  # root may write everywhere, but not below a file
        locked.write_text("a file, not a folder")
    else:
        locked.mkdir()
        locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(PermissionError, match="locked.*COURSE_DATA"):
        _files.unpack("t10k-labels-idx1-ubyte", locked / "MNIST" / "raw")


def test_photographs():
    assert photo("chelsea").shape == (3, 300, 451)
    square = photo("coffee", 64)
    assert square.shape == (3, 64, 64) and square.dtype == torch.float32
    assert 0 <= square.min() < square.max() <= 1
    assert photo("rocket", (40, 90)).shape == (3, 40, 90)


def test_a_square_photograph_is_cropped_not_squeezed():
    whole, square = photo("rocket"), photo("rocket", 427)
    left = (640 - 427) // 2
    assert (whole[:, :, left : left + 427] - square).abs().mean() < 0.01


@pytest.mark.parametrize(("name", "size"), [("dog", None), ("", None), ("coffee", 0), ("coffee", (3, -1))])
def test_photo_names_what_is_wrong(name, size):
    with pytest.raises(ValueError, match="'chelsea'|size must be at least 1"):
        photo(name, size)


def test_pattern_signals_are_those_of_the_source():
    """The draws of lab 9, with NumPy's global generator as written there."""
    np.random.seed(0)
    X, y = torch.zeros(75, 1, 20), torch.zeros(75, 1)
    for i in range(75):
        size = np.random.randint(1, 3)
        start = np.random.randint(0, 20 - size)
        value = np.random.choice([-1.0, -0.5, 0.5, 1.0])
        X[i, 0, start : start + size] = float(value)
        y[i] = float(size == 1 and value == 1)
    signals, targets = pattern_signals()
    assert torch.equal(signals, X) and torch.equal(targets, y)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 50), st.integers(3, 40), st.integers(0, 2**31))
def test_targets_mark_the_pattern_010(n, width, seed):
    signals, targets = pattern_signals(n, width, seed=seed)
    padded = torch.nn.functional.pad(signals[:, 0], (1, 1))
    windows = padded.unfold(1, 3, 1)  # (n, width, 3)
    found = (windows == torch.tensor([0.0, 1.0, 0.0])).all(2).any(1)
    assert torch.equal(found.float(), targets[:, 0])


def test_noise_is_added_after_the_bumps_are_drawn():
    clean, targets = pattern_signals(200, seed=3)
    noisy, same = pattern_signals(200, noise=0.1, seed=3)
    assert torch.equal(targets, same)
    assert 0.09 < (noisy - clean).std() < 0.11


def test_spiral_is_that_of_the_source():
    rng = np.random.RandomState(0)
    X, y = spiral(seed=rng)
    assert X.shape == (300, 2) and y.tolist() == [0] * 100 + [1] * 100 + [2] * 100
    assert np.allclose(np.hypot(*X.T), np.tile(np.linspace(0, 1, 100), 3))
    after = np.random.RandomState(0)
    after.randn(300)
    assert rng.randn() == after.randn()  # exactly the noise was drawn, nothing else


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"width": 2}, {"noise": -1}, {"seed": -1}, {"seed": "x"}, {"n": 1.5}]
)
def test_pattern_signals_name_what_is_wrong(wrong):
    with pytest.raises((ValueError, TypeError), match=f"^{next(iter(wrong))} must be"):
        pattern_signals(**wrong)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_permute_pixels_moves_every_image_alike(n, channels, height, width, seed):
    images = torch.rand(n, channels, height, width)
    moved = permute_pixels(images, seed=seed)
    assert torch.equal(moved.flatten(2).sort(2).values, images.flatten(2).sort(2).values)
    assert torch.equal(permute_pixels(images[:1], seed=seed), moved[:1])
    numbers = torch.arange(height * width).float().reshape(1, 1, height, width)
    order = permute_pixels(numbers, seed=seed).flatten().long()
    assert torch.equal(images.flatten(2)[:, :, order], moved.flatten(2))


def test_permute_pixels_names_a_wrong_shape():
    with pytest.raises(ValueError, match=r"\(N, C, H, W\), not \(28, 28\)"):
        permute_pixels(torch.zeros(28, 28))


def test_importing_the_package_is_cheap_and_quiet():
    code = (
        "import sys, course_utils; loaded = {'torch', 'torchvision', 'matplotlib', 'numpy'} & set(sys.modules);"
        "assert not loaded, loaded"
    )
    root = _files.ASSETS.parents[1]
    result = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=root)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_torchvision_is_importable_beside_any_torch():
    code = "import course_utils, torchvision; from torchvision import datasets, models, transforms; import course_utils"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_a_repaired_import_is_only_a_retry(tmp_path):
    """A torchvision that fails for another reason fails as it would without the course."""
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('something else')\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import course_utils, torchvision"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "RuntimeError: something else" in result.stderr


def test_bundled_checksums_are_those_of_the_original_distribution():
    for name, expected in _files.MNIST_FILES.items():
        content = gzip.decompress((_files.ASSETS / "mnist" / f"{name}.gz").read_bytes())
        assert hashlib.md5(content).hexdigest() == expected
