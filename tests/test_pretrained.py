"""AlexNet: where its weights come from, that they are named, and that nothing is fetched behind one's back."""

import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time

import pytest
import torch
from safetensors import safe_open

from course_utils import _alexnet, _download, pretrained
from course_utils import _alexnet_sources as sources
from course_utils._download import DownloadError, download
from course_utils.data import photo
from course_utils.pretrained import WeightsUnavailable, load_alexnet, load_alexnet_features, standardize

SHAPES = {name: tuple(value.shape) for name, value in _alexnet.architecture().state_dict().items()}


def official_looking(seed=0):
    """Return a state dict with the official file's names and shapes; its classifier takes no room."""
    features = _alexnet.untrained_features(seed).state_dict()
    state = {f"features.{name}": value for name, value in features.items()}
    for name in SHAPES.keys() - state.keys():
        state[name] = torch.full((1,), 1e-3).expand(SHAPES[name])
    return state


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Point torch's hub at an empty folder, forget earlier downloads, hide a compact copy."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(sources, "_failed", [])
    monkeypatch.setattr(sources, "COMPACT", tmp_path / "official-features.safetensors")
    return tmp_path / "hub" / "checkpoints" / "alexnet-owt-7be5be79.pth"


@pytest.fixture
def official(hub):
    hub.parent.mkdir(parents=True)
    torch.save(official_looking(), hub)
    return hub


@pytest.fixture
def online(monkeypatch):
    """Lift the ban on downloads."""
    monkeypatch.delenv("COURSE_STATIC")
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)


@pytest.fixture
def no_download(monkeypatch):
    monkeypatch.setattr(sources, "download", lambda *a, **k: pytest.fail("a download was tried"))


# --- the stand-in ---


def test_the_stand_in_fits_torchvision_s_features_and_has_no_classifier(hub):
    from torchvision.models import AlexNet, alexnet

    model = load_alexnet("standin")
    assert isinstance(model, AlexNet) and not model.training
    assert not model.is_official and "stand-in" in model.weights_name
    alexnet(weights=None).features.load_state_dict(model.features.state_dict(), strict=True)
    with pytest.raises(RuntimeError, match="no classifier.*official"):
        model(torch.zeros(1, 3, 64, 64))


def test_the_stand_in_is_small_half_precision_and_says_how_it_was_made():
    assert _alexnet.STANDIN.stat().st_size <= 5.2e6
    with safe_open(_alexnet.STANDIN, "pt") as file:
        assert {file.get_tensor(name).dtype for name in file.keys()} == {torch.float16}  # noqa: SIM118
        metadata = file.metadata()
    assert metadata["made_by"] == "tools/train_standin.py"
    assert {"method", "pictures", "pictures_sha256", "settings", "licence"} <= metadata.keys()


def test_features_of_the_lecture_s_photograph_have_its_shapes():
    features = load_alexnet_features("standin")
    with torch.no_grad():
        image = standardize(photo("chelsea", 631))[None]
        assert features[0](image).shape == (1, 64, 157, 157)
        assert features(image).shape == (1, 256, 18, 18)


def test_the_stand_in_is_no_random_network():
    features, image = load_alexnet_features("standin"), standardize(photo("coffee", 224))[None]
    with torch.no_grad():
        for layer in features:
            image = layer(image)
            assert torch.isfinite(image).all()
    assert (image > 0).any(dim=(0, 2, 3)).float().mean() > 0.5  # most channels answer to something


# --- the order of sources ---


def test_auto_takes_the_official_file_in_torch_s_cache_first(official, no_download):
    model = load_alexnet()
    assert model.is_official and "official" in model.weights_name
    assert torch.equal(model.features[0].weight, official_looking()["features.0.weight"])
    assert model(torch.zeros(1, 3, 64, 64)).shape == (1, 1000)


def test_auto_takes_the_compact_copy_next(hub, no_download):
    state = _alexnet.part(official_looking(1), "features")
    _alexnet.write_features(sources.COMPACT, state, {"name": "official"})
    model = load_alexnet()
    assert model.is_official and "features only" in model.weights_name
    assert torch.equal(model.features[0].weight, state["0.weight"].half().float())
    with pytest.raises(RuntimeError, match="no classifier"):
        model(torch.zeros(1, 3, 64, 64))


@pytest.mark.parametrize("variable", ["COURSE_OFFLINE", "COURSE_STATIC"])
def test_auto_falls_back_to_the_stand_in_without_a_word_where_downloads_are_forbidden(
    hub, online, no_download, monkeypatch, capsys, variable
):
    monkeypatch.setenv(variable, "1")
    assert not load_alexnet().is_official
    assert capsys.readouterr() == ("", "")


def test_auto_downloads_where_it_may(hub, online, monkeypatch):
    asked = []

    def fetched(url, target, **options):
        asked.append((url, options["sha256_prefix"], options["patience"]))
        target.parent.mkdir(parents=True)
        torch.save(official_looking(), target)

    monkeypatch.setattr(sources, "download", fetched)
    assert load_alexnet().is_official and load_alexnet().is_official
    assert asked == [(_alexnet.OFFICIAL_URL, "7be5be79", sources.PATIENCE)]


@pytest.mark.parametrize("error", [DownloadError("no answer"), PermissionError("read-only")])
def test_auto_tries_a_download_that_fails_once_and_quietly(hub, online, monkeypatch, capsys, error):
    tried = []

    def refuse(*_, **__):
        tried.append(1)
        raise error

    monkeypatch.setattr(sources, "download", refuse)
    assert not load_alexnet().is_official and not load_alexnet_features().is_official
    assert tried == [1] and capsys.readouterr() == ("", "")


def test_without_a_network_auto_takes_seconds_at_most(hub, online, monkeypatch):
    monkeypatch.setattr(sources, "OFFICIAL_URL", "http://127.0.0.1:9/alexnet.pth")  # nobody listens there
    start = time.perf_counter()
    assert not load_alexnet().is_official
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_auto_passes_over_a_damaged_official_file_and_says_so(hub, capsys, content):
    hub.parent.mkdir(parents=True)
    if content is None:
        torch.save({"features.0.weight": torch.zeros(64, 3, 11, 12)}, hub)
    else:
        hub.write_bytes(content)
    assert not load_alexnet().is_official
    assert str(hub) in capsys.readouterr().out


def test_a_damaged_stand_in_is_an_error_that_names_the_file(tmp_path, hub, monkeypatch):
    broken = tmp_path / "standin.safetensors"
    broken.write_bytes(b"not weights")
    monkeypatch.setattr(sources, "STANDIN", broken)
    with pytest.raises(ValueError, match=r"standin\.safetensors cannot be read"):
        load_alexnet("standin")


# --- asking for the official weights by name ---


def test_official_where_it_is_forbidden_says_what_to_do(hub, no_download):
    with pytest.raises(WeightsUnavailable, match=r"COURSE_OFFLINE.*alexnet-owt-7be5be79\.pth"):
        load_alexnet("official")


def test_official_without_a_network_says_what_to_do(hub, online, monkeypatch):
    monkeypatch.setattr(sources, "OFFICIAL_URL", "http://127.0.0.1:9/alexnet.pth")
    with pytest.raises(WeightsUnavailable, match=r"could not be fetched.*weights=\"auto\""):
        load_alexnet("official")


def test_official_that_cannot_be_written_names_torch_home(hub, online, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(sources, "download", refuse)
    with pytest.raises(WeightsUnavailable, match="TORCH_HOME"):
        load_alexnet("official")


def test_official_from_the_cache_answers_with_a_thousand_classes(official, no_download):
    model = load_alexnet("official")
    assert model.is_official and model(torch.zeros(2, 3, 64, 64)).shape == (2, 1000)


def test_other_names_are_refused():
    with pytest.raises(
        ValueError, match="weights must be one of 'auto', 'official', 'standin', not 'imagenet'"
    ):
        load_alexnet("imagenet")


# --- untrained, standardize ---


def test_untrained_features_are_torchvision_s_and_leave_the_random_state_alone():
    from torchvision.models import alexnet

    torch.manual_seed(5)
    before = torch.get_rng_state()
    features = pretrained.untrained_features(seed=3)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(3)
    assert torch.equal(features[0].weight, alexnet(weights=None).features[0].weight)


def test_standardize_is_torchvision_s_normalize():
    from torchvision.transforms.v2 import Normalize

    images = torch.rand(2, 3, 5, 7)
    expected = Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))(images)
    torch.testing.assert_close(standardize(images), expected)
    torch.testing.assert_close(standardize(images[0]), expected[0])


@pytest.mark.parametrize("shape", [(1, 5, 5), (2, 1, 5, 5), (5, 3)])
def test_standardize_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match=r"\(N, 3, H, W\)"):
        standardize(torch.zeros(shape))


# --- the download, against a server of our own ---

CONTENT = bytes(i * i % 251 for i in range(700_000))
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()[:8]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/missing":
            return self.send_error(404)
        if self.path == "/silent":
            return self.server.released.wait(10)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        try:
            if self.path == "/short":
                self.wfile.write(CONTENT[:300_000])
            elif self.path in ("/slow", "/stalled"):
                self.wfile.write(CONTENT[:300_000])
                self.wfile.flush()
                self.server.released.wait(10)
            else:
                self.wfile.write(CONTENT)
        except OSError:
            pass

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.released = True, threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.released.set()
        server.shutdown()


def test_a_download_arrives_whole(server, tmp_path):
    target = tmp_path / "deep" / "file.bin"
    download(f"{server}/file", target, sha256_prefix=CHECKSUM, progress=False)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("missing", {}, "cannot open .*Not Found"),
        ("short", {}, "cut after 300000 of 700000|connection broke"),
        ("file", {"sha256_prefix": "00000000"}, f"SHA-256 starts {CHECKSUM}, expected 00000000"),
        ("silent", {"connect": 0.3}, "no answer .* within 0.3 seconds"),
        ("stalled", {"stalled": 0.3}, "connection broke: .*timed out"),
    ],
)
def test_a_download_that_fails_leaves_nothing_behind(server, tmp_path, path, options, message):
    options = {"sha256_prefix": CHECKSUM} | options
    with pytest.raises(DownloadError, match=message):
        download(f"{server}/{path}", tmp_path / "file.bin", progress=False, **options)
    assert not list(tmp_path.iterdir())


def test_a_download_that_would_outlast_the_patience_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_download, "CHUNK", 1000)
    with pytest.raises(DownloadError, match="too slow: 1 MB would take"):
        download(
            f"{server}/file", tmp_path / "file.bin", sha256_prefix=CHECKSUM, patience=1e-6, progress=False
        )
    assert not list(tmp_path.iterdir())


def test_an_older_file_stays_until_the_new_one_is_right(server, tmp_path):
    target = tmp_path / "file.bin"
    target.write_bytes(b"old")
    with pytest.raises(DownloadError):
        download(f"{server}/short", target, sha256_prefix=CHECKSUM, progress=False)
    assert target.read_bytes() == b"old"


# --- make alexnet ---


def make_alexnet(out, home, **environment):
    command = [sys.executable, "tools/make_alexnet.py", "--out", str(out)]
    environment = (
        os.environ | {"TORCH_HOME": str(home), "PYTHONPATH": ".", "OMP_NUM_THREADS": "1"} | environment
    )
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=_alexnet.ASSETS.parents[1]
    )


def test_make_alexnet_writes_a_compact_copy_and_tells_how_far_it_is_off(official, tmp_path):
    out = tmp_path / "made.safetensors"
    done = make_alexnet(out, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "largest difference" in done.stdout and out.stat().st_size <= 5.2e6
    state, metadata = _alexnet.read_features(out)
    assert torch.equal(state["10.weight"], official_looking()["features.10.weight"].half().float())
    assert metadata["source"] == _alexnet.OFFICIAL_URL and "BSD-3" in metadata["licence"]


def test_make_alexnet_without_the_weights_fails_in_one_sentence(tmp_path):
    done = make_alexnet(tmp_path / "made.safetensors", tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("make alexnet: the official weights are not in")
    assert "Traceback" not in done.stderr


def test_write_features_refuses_other_shapes(tmp_path):
    state = _alexnet.untrained_features().state_dict()
    state["0.weight"] = torch.zeros(64, 3, 7, 7)
    with pytest.raises(ValueError, match=r"0\.weight is \(64, 3, 7, 7\), expected \(64, 3, 11, 11\)"):
        _alexnet.write_features(tmp_path / "x.safetensors", state, {})
