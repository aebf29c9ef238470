"""AlexNet's architecture and the files its weights come from."""

from pathlib import Path

import torch
from torch import nn

from course_utils._files import ASSETS

OFFICIAL_URL = "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"
OFFICIAL_SHA256 = "7be5be79"  # first digits, as in the file's name
FOLDER = ASSETS / "alexnet"
COMPACT = FOLDER / "official-features.safetensors"
STANDIN = FOLDER / "standin-features.safetensors"


class MissingClassifier(nn.Module):
    """Stands where AlexNet's classifier would be, and says so when it is called."""

    def forward(self, *_):
        raise RuntimeError(
            "this AlexNet has trained features only, no classifier: use model.features, train a small "
            'classifier of your own on top, or call load_alexnet("official") where there is a network'
        )

    def extra_repr(self):
        return "only the official weights have one"


def architecture():
    """Return torchvision's AlexNet with its layers on the ``meta`` device: shapes without numbers."""
    from torchvision import models

    with torch.device("meta"):
        return models.alexnet(weights=None)


def untrained_features(seed=0):
    """Return AlexNet's convolutional part with the random weights that torchvision starts from.

    The global random state is left as it was.
    """
    features = architecture().features.to_empty(device="cpu")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for layer in features:
            if isinstance(layer, nn.Conv2d):
                layer.reset_parameters()
    return features.eval()


def official_file():
    """Return where torch's hub keeps the official file, whether or not it is there."""
    return Path(torch.hub.get_dir()) / "checkpoints" / OFFICIAL_URL.rsplit("/", 1)[1]


def read_official(path):
    """Return the official state dict; raise ``ValueError`` if the file is damaged or something else."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the loader raises many kinds
        raise ValueError(f"{path} cannot be read ({error}); delete it to fetch it anew") from error
    _check_state(state, architecture().state_dict(), path)
    return state


def read_features(path):
    """Return (state dict in float32, metadata) of a safetensors file with AlexNet's features."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise ValueError(
            f"{path} cannot be read ({error}); reinstall course_utils or make it anew"
        ) from error
    _check_state(state, architecture().features.state_dict(), path)
    return state, metadata


def write_features(path, features_state, metadata):
    """Write AlexNet's features as float16 safetensors with metadata (str to str)."""
    from safetensors.torch import save

    from course_utils._files import write_atomically

    _check_state(features_state, architecture().features.state_dict(), "features_state")
    content = save(
        {name: value.detach().half().contiguous() for name, value in features_state.items()}, metadata
    )
    write_atomically(path, lambda file: file.write(content))


def assemble(features_state, classifier_state=None):
    """Return an AlexNet in evaluation mode with these weights, with or without a classifier."""
    model = architecture()
    model.features.load_state_dict(features_state, strict=True, assign=True)
    if classifier_state is None:
        model.classifier = MissingClassifier()
    else:
        model.classifier.load_state_dict(classifier_state, strict=True, assign=True)
    return model.requires_grad_(True).eval()


def part(state, name):
    """Return the entries of a state dict below ``name``, without that prefix."""
    return {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}


def _check_state(state, expected, source):
    found = {name: tuple(value.shape) for name, value in state.items()} if isinstance(state, dict) else {}
    wanted = {name: tuple(value.shape) for name, value in expected.items()}
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            raise ValueError(
                f"{source} does not hold AlexNet's weights: {name} is {found.get(name, 'missing')}, "
                f"expected {wanted.get(name, 'nothing of that name')}"
            )
