"""The checks of *Inside a CNN* accept right answers and say what is wrong with others."""

import torch
import torch.nn.functional as F
from torch import nn

from answers import Exercise, LabChecks

PAGE = "inside_a_cnn"


def libraries():
    return {"torch": torch, "nn": nn, "F": F}


CNN = Exercise(
    page=PAGE,
    cell="cnn",
    check="check-cnn",
    given=libraries,
    right={
        "solution": [],
        "forward on its own": [("        a2 = self.activations(x)[-1]\n        return self.linear(F.max_pool2d(a2, 2).flatten(1))", "        x = F.max_pool2d(F.relu(self.conv1(x)), 2)\n        x = F.max_pool2d(F.relu(self.conv2(x)), 2)\n        return self.linear(torch.flatten(x, 1))")],
        "a list, pooling before ReLU": [("F.max_pool2d(a1, 2)", "F.relu(F.max_pool2d(z1, 2))"), ("return z1, a1, z2, torch.relu(z2)", "return [z1, a1, z2, z2.clamp(min=0)]")],
        "same, double": [("out_1, kernel_size=5, padding=2)", 'out_1, kernel_size=5, padding="same", dtype=torch.double)'),
                         ("out_2, kernel_size=5, padding=2)", 'out_2, kernel_size=5, padding="same", dtype=torch.double)'), ("* 7 * 7, 10)", "* 7 * 7, 10, dtype=torch.double)")],
        "lazy": [("self.linear =", "self.pool = nn.MaxPool2d(2)\n        self.linear ="), ("F.max_pool2d(a2, 2)", "self.pool(a2)")],
    },
    wrong={
        "no padding": ([("out_1, kernel_size=5, padding=2", "out_1, kernel_size=5")], "padding and kernel size"),
        "no pooling between": ([("self.conv2(F.max_pool2d(a1, 2))", "self.conv2(a1)")], "once between the convolutions"),
        "ReLU in place": ([("torch.relu(z1)", "torch.relu_(z1)")], "in place"),
        "z1 goes on": ([("F.max_pool2d(a1, 2)", "F.max_pool2d(z1, 2)")], "gets z1, not a1"),
        "no ReLU": ([("a1 = torch.relu(z1)", "a1 = z1")], "ReLU: it is missing"),
        "mean pooling": ([("F.max_pool2d(a1, 2)", "F.avg_pool2d(a1, 2)")], "mean of each block"),
        "softmax": ([(".flatten(1))", ".flatten(1)).softmax(1)")], "a softmax there comes too early"),
        "no pooling at the end": ([("F.max_pool2d(a2, 2)", "a2")], "linear layer"),
        "z2 pooled": ([("return z1, a1, z2, torch.relu(z2)", "return z1, a1, F.max_pool2d(z2, 2), torch.relu(F.max_pool2d(z2, 2))")], "before a pooling"),
        "order": ([("return z1, a1, z2, torch.relu(z2)", "return a1, z1, z2, torch.relu(z2)")], "Look at"),
        "two": ([("return z1, a1, z2, torch.relu(z2)", "return z1, z2")], "4 things"),
        "names": ([("self.conv1 =", "self.first = self.Conv1 =")], "a layer called conv1"),
        "fixed channels": ([("nn.Conv2d(1, out_1", "nn.Conv2d(1, 16"), ("nn.Conv2d(out_1", "nn.Conv2d(16")], "numbers of channels"),
        "logits ReLU": ([(".flatten(1))", ".flatten(1)).relu()")], "need no ReLU"),
        "zeros": ([("        return self.linear(", "        return 0 * self.linear(")], "every number is 0"),
        "stub": ([("        z1 = ", "        raise NotImplementedError\n        z1 = ")], "still open"),
        "stub at first": ([("        self.conv1 =", "        raise NotImplementedError\n        self.conv1 =")], "still open"),
        "no return": ([("        return z1, a1", "        z1, a1")], "return"),
        'layers after ReLU': ([('        self.conv1 = nn.Conv2d(1, out_1, kernel_size=5, padding=2)', '        self.conv1 = nn.Sequential(nn.Conv2d(1, out_1, kernel_size=5, padding=2), nn.ReLU())')], 'that layer alone'),
        'a1 pooled': ([('        a1 = torch.relu(z1)\n        z2 = self.conv2(F.max_pool2d(a1, 2))', '        a1 = F.max_pool2d(torch.relu(z1), 2)\n        z2 = self.conv2(a1)')], 'before a pooling'),
        'attribute': ([('self.conv1(x)', 'self.conv_1(x)')], 'conv_1 spelt right'),
        'pooling without a size': ([('F.max_pool2d(a1, 2)', 'F.max_pool2d(a1)')], 'arguments of that call'),
        "view": ([("F.max_pool2d(a2, 2).flatten(1)", "F.max_pool2d(a2, 2).view(len(x), -1)")], "`view`"),
    },
    equivalent=("-1 → 1", "1 → 2"),
    every=2,
)  # fmt: skip

SNAPSHOT = Exercise(
    page=PAGE,
    cell="snapshot",
    check="check-snapshot",
    given=libraries,
    functions=("snapshot",),
    right={
        "solution": [],
        "deep copy": [("{name: parameter.detach().clone() for name, parameter in model.named_parameters()}", "__import__('copy').deepcopy(model.state_dict())")],
        "in a loop": [("return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}", "kept = {}\n    for name, parameter in model.named_parameters():\n        kept[name] = parameter.data.clone()\n    return kept")],
        "tensor": [("parameter.detach().clone()", "torch.tensor(parameter.tolist())")],
        "other order": [("parameter.detach().clone()", "parameter.clone().detach()")],
    },
    wrong={
        "no clone": ([(".clone()", "")], "What makes a copy"),
        "no detach": ([(".detach()", "")], "gradient record"),
        "state dict": ([("{name: parameter.detach().clone() for name, parameter in model.named_parameters()}", "model.state_dict()")], "What makes a copy"),
        "list": ([("{name: parameter.detach().clone() for name, parameter in model.named_parameters()}", "[p.detach().clone() for p in model.parameters()]")], "a dictionary"),
        "numbers as names": ([("{name: parameter.detach().clone() for name, parameter in model.named_parameters()}", "{i: p.detach().clone() for i, p in enumerate(model.parameters())}")], "the names"),
        "weights only": ([("model.named_parameters()}", "model.named_parameters() if 'weight' in name}")], "the names"),
        "zeros": ([("parameter.detach().clone()", "torch.zeros_like(parameter).detach()")], "every number is 0"),
        "arrays": ([(".clone()", ".numpy().copy()")], "as a tensor"),
        "the model": ([("{name: parameter.detach().clone() for name, parameter in model.named_parameters()}", "model")], "a dictionary"),
        "changes the model": ([("    return {", "    kept = {n: p.detach().clone() for n, p in model.named_parameters()}\n    for p in model.parameters(): p.data.zero_()\n    return kept\n    return {")], "untouched"),
        "stub": ([("    return {", "    raise NotImplementedError\n    return {")], "still open"),
        "no return": ([("    return {", "    {")], "return"),
        'copy of the dictionary': ([('{name: parameter.detach().clone() for name, parameter in model.named_parameters()}', 'model.state_dict().copy()')], 'What makes a copy'),
        'clone without brackets': ([('.clone()', '.clone')], 'the brackets'),
    },
)  # fmt: skip

COSINE = Exercise(
    page=PAGE,
    cell="cosine",
    check="check-cosine",
    given=libraries,
    functions=("cosine",),
    right={
        "solution": [],
        "library": [("((a * b).sum() / (a.norm() * b.norm())).item()", "F.cosine_similarity(a.flatten(), b.flatten(), dim=0).item()")],
        "formula": [("((a * b).sum() / (a.norm() * b.norm())).item()", "float((a * b).sum() / ((a**2).sum() * (b**2).sum()) ** 0.5)")],
        "numpy": [("((a * b).sum() / (a.norm() * b.norm())).item()", "(lambda u, v: (u @ v) / (u @ u) ** 0.5 / (v @ v) ** 0.5)(a.flatten().double().numpy(), b.flatten().double().numpy())")],
    },
    wrong={
        "tensor": ([(".item()", "")], "takes the number out"),
        "no division": ([(" / (a.norm() * b.norm())", "")], "it is missing"),
        "no root": ([("(a.norm() * b.norm())", "((a**2).sum() * (b**2).sum())")], "the root"),
        "one length": ([("(a.norm() * b.norm())", "a.norm()")], "not by one"),
        "one length twice": ([("(a.norm() * b.norm())", "(a.norm() * a.norm())")], "square of one"),
        "absolute": ([("(a * b).sum()", "(a * b).sum().abs()")], "opposite"),
        "mean": ([("(a * b).sum()", "(a * b).mean()")], "mean in place of sum"),
        "brackets": ([("(a.norm() * b.norm())", "a.norm() * b.norm()")], "term by term"),
        "along one axis": ([("((a * b).sum() / (a.norm() * b.norm())).item()", "F.cosine_similarity(a, b, dim=-1).mean().item()")], "one long vector"),
        "one": ([("return ((a", "return 1.0 or ((a")], "term by term"),
        "stub": ([("    return ((", "    raise NotImplementedError\n    return ((")], "still open"),
        'library': ([('((a * b).sum() / (a.norm() * b.norm())).item()', 'F.cosine_similarity(a, b)')], 'one number is asked for'),
        'only along one': ([('(a * b).sum()', '(a * b).sum(0)')], 'takes one number'),
        "view": ([("(a * b).sum()", "a.view(-1) @ b.view(-1)")], "`view`"),
    },
)  # fmt: skip

MISTAKES = Exercise(
    page=PAGE,
    cell="surest-mistakes",
    check="check-surest-mistakes",
    given=libraries,
    functions=("surest_mistakes",),
    right={
        "solution": [],
        "where, flip": [("torch.nonzero(predictions != labels)[:, 0]", "torch.where(predictions != labels)[0]"), ("argsort(descending=True)", "argsort().flip(0)")],
        "sort all, then choose": [("    return wrong[confidences[wrong].argsort(descending=True)]", "    order = confidences.argsort(descending=True)\n    return order[(predictions != labels)[order]]")],
        "a list": [("    return wrong[confidences[wrong].argsort(descending=True)]", "    return sorted(wrong.tolist(), key=lambda i: -confidences[i])")],
        "negated": [("confidences[wrong].argsort(descending=True)", "(-confidences[wrong]).argsort()")],
    },
    wrong={
        "reversed": ([("descending=True", "descending=False")], "most confident mistake comes first"),
        "places": ([("wrong[confidences[wrong].argsort(descending=True)]", "confidences[wrong].argsort(descending=True)")], "shorter list"),
        "correct ones": ([("!=", "==")], "read correctly"),
        "order of the images": ([("wrong[confidences[wrong].argsort(descending=True)]", "wrong")], "order of the images"),
        "all": ([("torch.nonzero(predictions != labels)[:, 0]", "torch.arange(len(labels))")], "all of them"),
        "confidences": ([("wrong[confidences[wrong].argsort(descending=True)]", "confidences[wrong].sort(descending=True).values")], "confidences, not indices"),
        "two axes": ([("[:, 0]\n", "\n"), ("wrong[confidences[wrong].argsort(descending=True)]", "wrong")], "in one axis"),
        "mask": ([("wrong[confidences[wrong].argsort(descending=True)]", "predictions != labels")], "two steps"),
        "zeros": ([("return wrong[", "return 0 * wrong[")], "two steps"),
        "stub": ([("    wrong =", "    raise NotImplementedError\n    wrong =")], "still open"),
        "no return": ([("    return wrong", "    wrong")], "return"),
        'confidences not narrowed': ([('confidences[wrong].argsort', 'confidences.argsort')], 'in which is it used'),
        'times': ([('confidences[wrong].argsort(descending=True)', 'confidences[wrong].sort(descending=True)')], 'more indices'),
    },
)  # fmt: skip

CONFUSION = Exercise(
    page=PAGE,
    cell="confusion",
    check="check-confusion",
    given=libraries,
    functions=("confusion",),
    right={
        "solution": [],
        "bincount": [("    table = torch.zeros(10, 10, dtype=torch.int64)\n", "    return torch.bincount(10 * labels + predictions, minlength=100).view(10, 10)\n    table = torch.zeros(10, 10, dtype=torch.int64)\n")],
        "accumulated": [("    table = torch.zeros(10, 10, dtype=torch.int64)\n", "    table = torch.zeros(10, 10, dtype=torch.int64)\n    return table.index_put((labels, predictions), torch.tensor(1), accumulate=True)\n")],
        "one-hot product": [("    table = torch.zeros(10, 10, dtype=torch.int64)\n", "    return F.one_hot(labels, 10).T @ F.one_hot(predictions, 10)\n    table = torch.zeros(10, 10, dtype=torch.int64)\n")],
        "int32": [("dtype=torch.int64", "dtype=torch.int32")],
    },
    wrong={
        "transposed": ([("table[i, j]", "table[j, i]")], "transposed"),
        "once": ([("+= 1", "= 1")], "however often"),
        "indexing at once": ([("    for i, j", "    table[labels, predictions] += 1\n    return table\n    for i, j")], "however often"),
        "fractions": ([("    return table", "    return table / len(labels)")], "fractions"),
        "rows": ([("    return table", "    return table / table.sum(1, keepdim=True).clamp(min=1)")], "fractions of each row"),
        "mistakes only": ([("        table[i, j] += 1", "        table[i, j] += i != j")], "right answers are counted, too"),
        "ones": ([("torch.zeros(", "torch.ones(")], "should be zeros"),
        "floats": ([(", dtype=torch.int64", "")], "counts are int64"),
        "zeros": ([("        table[i, j] += 1", "        pass")], "every number is 0"),
        "flat": ([("    return table", "    return table.flatten()")], "laid out"),
        "stub": ([("    table = ", "    raise NotImplementedError\n    table = ")], "still open"),
        'percent': ([('    return table', '    return 100 * table / len(labels)')], 'percentages'),
        'list': ([('torch.zeros(10, 10, dtype=torch.int64)', '[[0] * 10] * 10'), ('table[i, j] += 1', 'table[i][j] += 1')], 'one and the same list'),
    },
    equivalent=("zip(labels.tolist(), predictions.tolist(), strict=True) → zip(labels.tolist(), predictions.tolist())", "True → False",
                "labels.tolist() → labels", "predictions.tolist() → predictions"),
)  # fmt: skip

OCCLUSION = Exercise(
    page=PAGE,
    cell="occlusion",
    check="check-occlusion",
    given=libraries,
    functions=("cover", "occlusion_map"),
    right={
        "solution": [],
        "stacked": [("    starts = range(0, 28 - size + 1, step)\n", "    starts = range(0, 28 - size + 1, step)\n    mask = torch.ones(28, 28)\n    def one(t, l):\n        m = mask.clone()\n        m[t : t + size, l : l + size] = 0\n        return image * m\n    return torch.stack([one(t, l) for t in starts for l in starts])\n")],
        "one at a time": [("    with torch.no_grad():\n", "    with torch.no_grad():\n        margin = lambda x: (lambda z: z[0, label] - z[0, prediction])(model(x[None]))\n        copies = cover(image, size, step)\n        return torch.tensor([margin(c) - margin(image) for c in copies]).view(int(len(copies) ** 0.5), -1)\n")],
        "last row": [("torch.cat([image[None], cover(image, size, step)])", "torch.cat([cover(image, size, step), image[None]])"), ("margin[1:] - margin[0]", "margin[:-1] - margin[-1]")],
        "detached": [("with torch.no_grad():", "if True:"), ("margin = logits", "logits = logits.detach()\n    margin = logits")],
    },
    wrong={
        "changes the image": ([("copies[k, :, top", "image[:, top"), ("left : left + size] = 0", "left : left + size] = 0; copies[k] = image")], "cut out of the image"),
        "one memory": ([("image.repeat(len(starts) ** 2, 1, 1, 1)", "image.clone()[None].expand(len(starts) ** 2, 1, 28, 28)")], "one and the same memory"),
        "by columns": ([("(top, left) for top in starts for left in starts", "(top, left) for left in starts for top in starts")], "row by row"),
        "last place": ([("range(0, 28 - size + 1, step)\n    copies", "range(0, 28 - size, step)\n    copies")], "copies for squares"),
        "ones": ([("left : left + size] = 0", "left : left + size] = 1")], "background is 0"),
        "nothing covered": ([("left : left + size] = 0", "left : left + size] += 0")], "nothing is covered"),
        "square of 6": ([("top : top + size, left : left + size", "top : top + 6, left : left + 6")], "`size` rows"),
        "sign": ([("margin[1:] - margin[0]", "margin[0] - margin[1:]")], "the sign"),
        "exchanged": ([(".reshape(side, side)", ".reshape(side, side).T")], "rows and columns"),
        "not subtracted": ([("(margin[1:] - margin[0])", "margin[1:]")], "not subtracted"),
        "label only": ([("logits[:, label] - logits[:, prediction]", "logits[:, label]")], "logit of the prediction"),
        "prediction only": ([("logits[:, label] - logits[:, prediction]", "-logits[:, prediction]")], "logit of the label"),
        "probabilities": ([("    margin =", "    logits = logits.softmax(1)\n    margin =")], "not probabilities"),
        "gradient": ([("with torch.no_grad():", "if True:")], "gradient record"),
        "flat": ([(".reshape(side, side)", "")], "laid out"),
        "default squares": ([("cover(image, size, step)", "cover(image)")], "Look at"),
        "stub": ([("    with torch.no_grad():", "    raise NotImplementedError\n    with torch.no_grad():")], "occlusion_map"),
        "first stub": ([("    copies = image", "    raise NotImplementedError\n    copies = image")], "cover"),
        'counter stuck': ([('copies[k, :, top', 'copies[0, :, top')], 'the counter'),
        'image not in a batch': ([('torch.cat([image[None], cover', 'torch.cat([image, cover')], 'length 1'),
        'fixed map': ([('.reshape(side, side)', '.reshape(12, 12)')], 'the reshape'),
        'absolute': ([('(margin[1:] - margin[0])', '(margin[1:] - margin[0]).abs()')], 'no absolute values'),
        'step ignored': ([('range(0, 28 - size + 1, step)\n    copies', 'range(0, 28 - size + 1, 2)\n    copies')], '`size` and `step`'),
        'mean value': ([('left : left + size] = 0', 'left : left + size] = image.mean()')], 'background is 0'),
    },
    every=2,
)  # fmt: skip

FEATURES = Exercise(
    page=PAGE,
    cell="features",
    check="check-features",
    given=libraries,
    functions=("features",),
    right={
        "solution": [],
        "all at once": [("images.split(1000)", "[images]")],
        "from activations": [("                x = F.max_pool2d(torch.relu(conv(x)), 2)", "                x = torch.relu(F.max_pool2d(conv(x), 2))")],
        "by activations": [("    rows = []", "    with torch.no_grad():\n        parts = images, *(F.max_pool2d(a, 2) for a in model.activations(images)[1::2])\n        return parts[blocks].flatten(1)\n    rows = []")],
        "chunks": [("images.split(1000)", "images.chunk(7)")],
    },
    wrong={
        "no ReLU": ([("torch.relu(conv(x))", "conv(x)")], "ReLU: it is missing"),
        "no pooling": ([("F.max_pool2d(torch.relu(conv(x)), 2)", "torch.relu(conv(x))")], "the pooling"),
        "one block too many": ([("[:blocks]", "[:blocks + 1]")], "one too many"),
        "one block too few": ([("[:blocks]", "[:max(0, blocks - 1)]")], "one too few"),
        "gradient": ([("with torch.no_grad()", "with torch.enable_grad()")], "gradient record"),
        "last batch only": ([("torch.cat(rows)", "rows[-1]")], "all batches"),
        "first batch only": ([("torch.cat(rows)", "rows[0]")], "all batches"),
        "not flat": ([("x.flatten(1)", "x")], "laid out"),
        "backwards": ([("torch.cat(rows)", "torch.cat(rows[::-1])")], "order of the batches"),
        "zeros": ([("x.flatten(1)", "0 * x.flatten(1)")], "every number is 0"),
        "a list": ([("torch.cat(rows)", "rows")], "as a tensor"),
        "stub": ([("    rows = []", "    raise NotImplementedError\n    rows = []")], "still open"),
        "all blocks": ([("[:blocks]", "")], "whatever is asked for"),
        'flatten all': ([('x.flatten(1)', 'x.flatten()')], 'keeps the first axis'),
        'stack': ([('torch.cat(rows)', 'torch.stack(rows)')], 'one row for each image'),
        "view": ([("x.flatten(1)", "x.view(len(x), -1)")], "`view`"),
    },
    equivalent=("1000 → 1001",),
    every=2,
)  # fmt: skip


class TestInsideACNN(LabChecks):
    exercises = (CNN, SNAPSHOT, COSINE, MISTAKES, CONFUSION, OCCLUSION, FEATURES)
