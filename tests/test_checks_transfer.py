"""The checks of *AlexNet features for a task of your own* accept right answers and say what is wrong with others."""

import functools

import torch
import torch.nn.functional as F
from torch import nn

from answers import Exercise, LabChecks
from course_utils.pretrained import standardize
from course_utils.training import accuracy, fit
from pages import run_cells

PAGE = "transfer"
LAYERS = {"pool 1": 2, "pool 2": 5, "conv 3": 7, "conv 4": 9, "conv 5": 11}


@functools.cache
def tiles():
    """Return 600 small tiles: the class shows a little, and in colour more."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(4).repeat_interleave(150)
    color = torch.rand(600, 3, 8, 8, generator=generator)
    color += 0.1 * torch.randn(4, 3, 1, 1, generator=generator)[labels]
    order = torch.stack([150 * k + torch.randperm(150, generator=generator) for k in range(4)])
    return color, labels, order


def names():
    color, labels, order = tiles()
    train, validation, test = (part.flatten() for part in order.split((75, 25, 50), dim=1))
    libraries = {
        "torch": torch,
        "nn": nn,
        "F": F,
        "fit": fit,
        "accuracy": accuracy,
        "standardize": standardize,
    }
    data = {"labels": labels, "train": train, "validation": validation, "test": test}
    return (
        libraries | data | {"color_tiles": color, "tiles": color.mean(1, keepdim=True).expand(-1, 3, -1, -1)}
    )


def represent(features, images, layer):
    """Stand in for the features: noise, and the class as clearly as the network and the images have it."""
    labels = tiles()[1]
    noise = torch.randn(len(images), 8, generator=torch.Generator().manual_seed(layer))
    clear = {"trained": 0.7 + 0.04 * layer, "untrained": 0.6}[features] + 0.5 * (
        images[:, 0] != images[:, 1]
    ).any()
    return torch.cat([noise, clear * F.one_hot(labels[: len(images)], 4)], dim=1)


def nearest_mean_accuracy(values, n, seed, judged_on):
    """Stand in for the classifier: the class whose mean is nearest, of training tiles drawn with the seed."""
    labels, train = names()["labels"], names()["train"]
    mixed = train[torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))]
    few = torch.stack([mixed[labels[mixed] == k][:n] for k in range(4)])  # (4, n)
    found = torch.cdist(values[judged_on].float(), values[few].mean(1).float()).argmin(1)
    return (found == labels[judged_on]).float().mean().item()


def later_names():
    found = names() | {
        "represent": represent,
        "trained": "trained",
        "untrained": "untrained",
        "layers": LAYERS,
    }
    found["few_shot_accuracy"] = nearest_mean_accuracy
    return run_cells(f"solutions/{PAGE}", ["exercise-draw-few", "mean-accuracy"], **found)


def three_ways_names():
    return later_names() | {"best": "conv 5"}


@functools.cache
def curve_names():
    return run_cells(f"solutions/{PAGE}", ["exercise-three-ways", "exercise-curves"], **three_ways_names())


def with_curves():
    return dict(curve_names())


def only_ways():
    found = dict(curve_names())
    found["three_ways"] = None
    return found


REPRESENT = Exercise(
    page=PAGE,
    cell="exercise-represent",
    check="check-represent",
    given=names,
    functions=("represent",),
    right={
        "solution": [],
        "other enlargement": [('mode="bilinear"', 'mode="bicubic"')],
        "layer by layer": [("    maps = features[: layer + 1](standardize(large))", "    maps = standardize(large)\n    for part in list(features)[: layer + 1]:\n        maps = part(maps)")],
        "detached": [("@torch.no_grad()\n", ""), (".flatten(1)", ".flatten(1).detach()")],
        "average pooling": [("F.adaptive_avg_pool2d(maps, 2)", "nn.AdaptiveAvgPool2d((2, 2))(maps)")],
    },
    wrong={
        "not standardized": ([("standardize(large)", "large")], "standardization"),
        "not enlarged": ([('    large = F.interpolate(images, (96, 96), mode="bilinear")', "    large = images")], "not enlarged"),
        "layer left out": ([("layer + 1", "layer")], "itself is left out"),
        "layer too far": ([("layer + 1", "layer + 2")], "one layer too far"),
        "largest": ([("adaptive_avg", "adaptive_max")], "not the average"),
        "gradient": ([("@torch.no_grad()\n", "")], "gradient record"),
        "whole image": ([("F.adaptive_avg_pool2d(maps, 2).flatten(1)", "maps.mean((2, 3))")], "whole image"),
        "not averaged": ([("F.adaptive_avg_pool2d(maps, 2)", "maps")], "not averaged"),
        "four by four": ([("(maps, 2)", "(maps, 4)")], "two by two"),
        "channels last": ([(".flatten(1)", ".permute(0, 2, 3, 1).flatten(1)")], "channels first"),
        "not flat": ([(".flatten(1)", "")], "laid out"),
        "zeros": ([("    return F", "    return 0 * F")], "every number is 0"),
        "stub": ([("    large =", "    raise NotImplementedError\n    large =")], "still open"),
        "no return": ([("    return F", "    F")], "return"),
        "None": ("represent = None", "still open"),
        "the notebook's network": ("trained = nn.Sequential(nn.Conv2d(3, 5, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(5, 2, 3), nn.ReLU())\ndef represent(features, images, layer):\n    with torch.no_grad():\n        maps = trained[: layer + 1](standardize(F.interpolate(images, (96, 96), mode='bilinear')))\n    return F.adaptive_avg_pool2d(maps, 2).flatten(1)", "not `trained`"),
        'whole network': ([('features[: layer + 1]', 'features')], 'the whole network'),
        'size of 224': ([('(96, 96)', '(224, 224)')], 'the size: 96'),
        'pool of two': ([('F.adaptive_avg_pool2d(maps, 2)', 'F.avg_pool2d(maps, 2)')], '`adaptive`'),
        'one image': ([('images, (96', 'images[0], (96')], 'the axes of what goes in'),
    },
    equivalent=("F.interpolate(images, (96, 96), mode='bilinear') → F.interpolate(images, (96, 96))", "'bilinear' → 'area'"),
)  # fmt: skip

DRAW = Exercise(
    page=PAGE,
    cell="exercise-draw-few",
    check="check-draw-few",
    given=names,
    functions=("draw_few",),
    right={
        "solution": [],
        "global seed": [("    order = torch.randperm(len(candidates), generator=torch.Generator().manual_seed(seed))", "    torch.manual_seed(seed)\n    order = torch.randperm(len(candidates))")],
        "a shuffle for each class": [("    mixed = candidates[order]\n", "    g = torch.Generator().manual_seed(seed)\n    own = [candidates[labels[candidates] == k] for k in range(4)]\n    return torch.cat([c[torch.randperm(len(c), generator=g)[:n]] for c in own])\n    mixed = candidates[order]\n")],
        "numpy": [("    mixed = candidates[order]\n", "    import numpy as np\n    rng = np.random.default_rng(seed)\n    return torch.from_numpy(np.concatenate([rng.choice(candidates[labels[candidates] == k].numpy(), n, replace=False) for k in range(4)]))\n    mixed = candidates[order]\n")],
        "sorted": [("    return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])", "    return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)]).sort().values")],
    },
    wrong={
        "not shuffled": ([("mixed = candidates[order]", "mixed = candidates")], "always the same tiles"),
        "no seed": ([(", generator=torch.Generator().manual_seed(seed)", "")], "is the seed used"),
        "fixed seed": ([("manual_seed(seed)", "manual_seed(0)")], "always the same tiles"),
        "n in all": ([("return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])", "return mixed[:n]")], "not n in all"),
        "places": ([("mixed = candidates[order]", "mixed = order")], "places within"),
        "all tiles": ([("torch.randperm(len(candidates)", "torch.randperm(600"), ("mixed = candidates[order]", "mixed = order")], "where you draw from"),
        "class ignored": ([("torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])", "mixed[: 4 * n]")], "class by class"),
        "three classes": ([("range(4)", "range(3)")], "of each class"),
        "with putting back": ([("torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])", "torch.cat([mixed[labels[mixed] == k][:1].repeat(n) for k in range(4)])")], "without putting back"),
        "stacked": ([("torch.cat(", "torch.stack(")], "in one axis"),
        "list": ([("return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])", "return [mixed[labels[mixed] == k][:n] for k in range(4)]")], "as a tensor"),
        "stub": ([("    order =", "    raise NotImplementedError\n    order =")], "still open"),
        "no return": ([("    return torch", "    torch")], "return"),
        'only the last class': ([('    return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])', '    for k in range(4):\n        few = mixed[labels[mixed] == k][:n]\n    return few')], 'only one class'),
        'same places': ([('[:n] for k', '[n] for k')], 'torch.cat'),
        'append': ([('    return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])', '    few = []\n    for k in range(4):\n        few.append(mixed[labels[mixed] == k][:n])\n    return torch.tensor(few)')], 'joins tensors'),
        'randint': ([('    mixed = candidates[order]\n    return torch.cat([mixed[labels[mixed] == k][:n] for k in range(4)])', '    torch.manual_seed(seed)\n    own = [candidates[labels[candidates] == k] for k in range(4)]\n    return torch.cat([c[torch.randint(len(c), (n,))] for c in own])')], 'without putting back'),
    },
    equivalent=("4 → 5",),  # a fifth class that no tile has
)  # fmt: skip

FEW = Exercise(
    page=PAGE,
    cell="exercise-few-shot-accuracy",
    check="check-few-shot-accuracy",
    given=lambda: run_cells(f"solutions/{PAGE}", ["exercise-draw-few"], **names()),
    functions=("few_shot_accuracy",),
    right={
        "solution": [],
        "columns scaled": [("values[train].std()", "values[train].std(0)")],
        "a loop of one's own": [("    fit(classifier, (scaled[few], labels[few]), **settings)\n", "    opt = torch.optim.Adam(classifier.parameters(), lr=0.02)\n    for _ in range(100):\n        opt.zero_grad()\n        F.cross_entropy(classifier(scaled[few]), labels[few]).backward()\n        opt.step()\n")],
        "counted": [("return accuracy(classifier, (scaled[judged_on], labels[judged_on]))", "return (classifier(scaled[judged_on]).argmax(1) == labels[judged_on]).float().mean()")],
    },
    wrong={
        "trained on the test": ([("    few = draw_few(train, n, seed)", "    few = judged_on")], "training on the test set"),
        "drawn from the test": ([("draw_few(train,", "draw_few(judged_on,")], "Look at"),
        "no scale": ([("scaled = (values - values[train].mean(0)) / values[train].std()", "scaled = values")], "common scale"),
        "no mean": ([("(values - values[train].mean(0))", "values")], "common scale"),
        "no deviation": ([(" / values[train].std()", "")], "common scale"),
        "scale of all": ([("values[train].mean(0)", "values.mean(0)"), ("values[train].std()", "values.std()")], "not of all"),
        "percent": ([("return accuracy(", "return 100 * accuracy(")], "not percent"),
        "other labels": ([("labels[few])", "labels[few.flip(0)])")], "Look at"),
        "all training tiles": ([("draw_few(train, n, seed)", "draw_few(train, 40, seed)")], "tiles a class"),
        "same draw": ([("draw_few(train, n, seed)", "draw_few(train, n, 0)")], "last argument"),
        "no seed": ([("    torch.manual_seed(seed)\n", "")], "the classifier's start"),
        "judged on all": ([("(scaled[judged_on], labels[judged_on])", "(scaled, labels)")], "judge on"),
        "judged on the drawn": ([("(scaled[judged_on], labels[judged_on])", "(scaled[few], labels[few])")], "training on the test set"),
        "not trained": ([("    fit(classifier, (scaled[few], labels[few]), **settings)\n", "")], "trained on"),
        "stub": ([("    scaled =", "    raise NotImplementedError\n    scaled =")], "still open"),
        "history": ([("    fit(classifier", "    return fit(classifier")], "as a number"),
        'judged unscaled': ([('(scaled[judged_on], labels', '(values[judged_on], labels')], 'to judge on'),
        'all labels': ([('(scaled[few], labels[few])', '(scaled[few], labels)')], 'same examples'),
        'softmax': ([('torch.nn.Linear(values.shape[1], 4)', 'torch.nn.Sequential(torch.nn.Linear(values.shape[1], 4), torch.nn.Softmax(1))')], 'no Softmax'),
    },
    every=5,
    equivalent=(
        "4 → 5",  # a fifth class that is never right, or a batch that is larger than the draw
        "dict(epochs=100, batch_size=4 * n, optimizer='adam', lr=0.01, progress=False) → dict(epochs=100, optimizer='adam', lr=0.01, progress=False)",
    ),
)  # fmt: skip

CHOOSE = Exercise(
    page=PAGE,
    cell="exercise-choose-layer",
    check="check-choose-layer",
    given=later_names,
    right={
        "solution": [],
        "comprehension": [("for name, layer in layers.items():\n    scores[name] = mean_accuracy(represent(trained, tiles, layer), 10, validation)", "scores = {k: mean_accuracy(represent(trained, tiles, v), 10, validation) for k, v in layers.items()}")],
        "sorted": [("max(scores, key=scores.get)", "sorted(scores, key=lambda k: scores[k])[-1]")],
        "other order": [("layers.items():", "reversed(layers.items()):")],
    },
    wrong={
        "test tiles": ([("10, validation)", "10, test)")], "these are the test tiles"),
        "training tiles": ([("10, validation)", "10, train)")], "these are the train tiles"),
        "other count": ([("10, validation", "20, validation")], "number of labels"),
        "untrained": ([("represent(trained", "represent(untrained")], "the calls"),
        "one layer": ([("represent(trained, tiles, layer)", "represent(trained, tiles, 11)")], "the calls"),
        "worst": ([("max(scores", "min(scores")], "largest score"),
        "the score": ([("max(scores, key=scores.get)", "max(scores.values())")], "one of the names"),
        "the number": ([("max(scores, key=scores.get)", "layers[max(scores, key=scores.get)]")], "one of the names"),
        "one missing": ([("layers.items():", "list(layers.items())[:4]:")], "a score for each"),
        "empty": ("scores, best = {}, None\nlayers = " + repr(LAYERS), "none yet"),
        "zeros": ([("mean_accuracy(represent(trained, tiles, layer), 10, validation)", "0.0")], "the calls"),
        "made up": ([("mean_accuracy(represent(trained, tiles, layer), 10, validation)", "{2: 0.49, 5: 0.56, 7: 0.6, 9: 0.59, 11: 0.61}[layer]")], "the calls"),
        'list': ([('scores = {}', 'scores = []'), ('scores[name] =', 'scores +='), ('mean_accuracy(represent(trained, tiles, layer), 10, validation)', '[mean_accuracy(represent(trained, tiles, layer), 10, validation)]'), ('best = max(scores, key=scores.get)', "best = 'pool 1'"), ('print({name: round(score, 2) for name, score in scores.items()}, "best:", best)', '')], 'which is given'),
        'max of names': ([('max(scores, key=scores.get)', 'max(scores)')], 'largest score'),
    },
    every=3,
)  # fmt: skip

WAYS = Exercise(
    page=PAGE,
    cell="exercise-three-ways",
    check="check-curves",
    given=lambda: with_curves(),
    functions=("three_ways",),
    right={
        "solution": [],
        "dict": [('"pixels": images.flatten(1),', '"pixels": images.reshape(len(images), -1),')],
        "zip": [("    layer = layers[best]\n", "    nets = {'untrained features': untrained, 'trained features': trained}\n    return {'pixels': images.flatten(1)} | {k: represent(net, images, layers[best]) for k, net in nets.items()}\n    layer = layers[best]\n")],
        "double": [("images.flatten(1)", "images.flatten(1).double()")],
    },
    wrong={
        "exchanged": ([("represent(untrained, images", "represent(kept, images"), ("represent(trained, images", "represent(untrained, images"), ("represent(kept, images", "represent(trained, images")], "exchanged"),
        "trained twice": ([("represent(untrained", "represent(trained")], "used twice"),
        "not flat": ([("images.flatten(1)", "images")], "pixels"),
        "all tiles": ([("images.flatten(1)", "tiles.flatten(1)")], "pixels"),
        "another layer": ([("layer = layers[best]", "layer = 2 if best != 'pool 1' else 5")], "your best one"),
        "order": ([('        "pixels": images.flatten(1),\n', ""), ('"trained features": represent(trained, images, layer),', '"trained features": represent(trained, images, layer), "pixels": images.flatten(1),')], "in this order"),
        "names": ([('"pixels"', '"pixel"')], "in this order"),
        "two": ([('        "pixels": images.flatten(1),\n', "")], "in this order"),
        "the name of the layer": ([("layers[best]", "best")], "Look at"),
        "a list": ([("    return {", "    return [images.flatten(1)]\n    return {")], "a dictionary"),
        "stub": ([("    layer = ", "    raise NotImplementedError\n    layer = ")], "still open"),
        'grey tiles of the notebook': ([('represent(trained, images, layer)', 'represent(trained, tiles, layer)')], 'the images'),
        'first layer': ([('layers[best]', '2')], 'your best one'),
    },
)  # fmt: skip

CURVES = Exercise(
    page=PAGE,
    cell="exercise-curves",
    check="check-curves",
    given=with_curves,
    right={
        "solution": [],
        "comprehension": [("for name, values in three_ways(tiles).items():\n    curves[name] = [mean_accuracy(values, n, test) for n in shots]", "curves = {k: tuple(mean_accuracy(v, n, test) for n in shots) for k, v in three_ways(tiles).items()}")],
        "append": [("    curves[name] = [mean_accuracy(values, n, test) for n in shots]", "    curves[name] = []\n    for n in shots:\n        curves[name].append(mean_accuracy(values, n, test))")],
        "map": [("[mean_accuracy(values, n, test) for n in shots]", "list(map(lambda n: mean_accuracy(values, n, test), shots))")],
    },
    wrong={
        "validation": ([("n, test)", "n, validation)")], "these are the validation tiles"),
        "training": ([("n, test)", "n, train)")], "these are the train tiles"),
        "one number": ([("[mean_accuracy(values, n, test) for n in shots]", "mean_accuracy(values, 10, test)"), ("*(f\"{value:.2f}\" for value in values)", "values")], "each number of labels"),
        "five": ([("for n in shots]", "for n in shots[1:]]")], "each number of labels"),
        "same count": ([("mean_accuracy(values, n, test)", "mean_accuracy(values, 3, test)")], "number of labels"),
        "backwards": ([("for n in shots]", "for n in shots][::-1]")], "Look at"),
        "order": ([("three_ways(tiles).items()", "reversed(three_ways(tiles).items())")], "in this order"),
        "empty": ("curves = {}", "none yet"),
        "zeros": ([("mean_accuracy(values, n, test)", "0.0")], "the calls"),
        "percent": ([("[mean_accuracy(values, n, test)", "[100 * mean_accuracy(values, n, test)")], "fractions"),
        'colour': ([('three_ways(tiles)', 'three_ways(color_tiles)')], 'the calls'),
    },
    every=4,
)  # fmt: skip

COLOR = Exercise(
    page=PAGE,
    cell="exercise-color",
    check="check-color",
    given=with_curves,
    right={
        "solution": [],
        "comprehension": [("for name, values in three_ways(color_tiles).items():\n    color_scores[name] = mean_accuracy(values, 10, test)", "color_scores = {k: mean_accuracy(v, 10, test) for k, v in three_ways(color_tiles).items()}")],
        "keyword": [("mean_accuracy(values, 10, test)", "mean_accuracy(values, n=10, judged_on=test)")],
        "floats": [("mean_accuracy(values, 10, test)", "float(mean_accuracy(values, 10, test))")],
    },
    wrong={
        "grey": ([("three_ways(color_tiles)", "three_ways(tiles)")], "those of the grey ones"),
        "validation": ([("10, test)", "10, validation)")], "these are the validation tiles"),
        "training": ([("10, test)", "10, train)")], "these are the train tiles"),
        "20 labels": ([("10, test)", "20, test)")], "number of labels"),
        "order": ([("three_ways(color_tiles).items()", "reversed(three_ways(color_tiles).items())")], "in this order"),
        "zeros": ([("mean_accuracy(values, 10, test)", "0.0")], "Look at"),
        "made up": ([("mean_accuracy(values, 10, test)", "0.99")], "Look at"),
        "empty": ("color_scores = {}", "none yet"),
        "pixels three times": ([("mean_accuracy(values, 10, test)", "mean_accuracy(color_tiles.flatten(1), 10, test)")], "Look at"),
        "two": ([("three_ways(color_tiles).items()", "list(three_ways(color_tiles).items())[1:]")], "in this order"),
        'lists': ([('mean_accuracy(values, 10, test)', '[mean_accuracy(values, 10, test)]'), ('print("colour:", {name: round(score, 2) for name, score in color_scores.items()})', '')], 'one number is asked for'),
        'last only': ([('    color_scores[name] = mean_accuracy(values, 10, test)', '    color_scores = {name: mean_accuracy(values, 10, test)}')], 'in this order'),
    },
    every=2,
)  # fmt: skip


class TestTransfer(LabChecks):
    exercises = (REPRESENT, DRAW, FEW, CHOOSE, WAYS, CURVES, COLOR)
