"""What errors of PyTorch, NumPy and Python usually mean in an answer to an exercise."""

import re

ERRORS = {
    r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\).* in nn.Linear": (
        "the linear layer: its input size is {2}, but it receives {1}. Follow one example through the layers "
        "and count what is left of it; the batch axis stays when you flatten"
    ),
    r"mat1 and mat2|inconsistent tensor size|not aligned|core dimension": (
        "the two factors of the product: the last axis of the first must fit the first axis of the second. "
        "Is a transpose missing, or one too many?"
    ),
    r"same device|on cuda|on cpu": "where the tensors are: model and batch must be on the same device",
    r"required \"forward\"": "the name of the method that computes: PyTorch looks for `forward`",
    r"not implemented for 'Long'": "the loss: the outputs of the network come first, then the labels",
    r"between 0 and 1": (
        "the loss: this one takes probabilities, but the network gives logits; there is another for these"
    ),
    r"instances of '(dict|list|tuple|type|function)'": (
        "what is given as a number: it is of type {0}. Settings in a dictionary need `**` before its name"
    ),
    r"(division|modulo) by zero": "what it is divided by. If that is an argument: were the arguments in their order?",
    r"not a file in the archive": "the names of the arrays: the cell that looks into the file has printed them",
    r"expected scalar type Long|Long but got|to be Long|class probabilities|not implemented for 'Int'": (
        "the type of the labels: class labels are int64, not floats"
    ),
    r"can't be cast to the desired output type Long": "the type of the targets: this loss takes floats",
    r"does not require grad": (
        "where the gradient record was lost: under no_grad, or by item or detach before the backward pass"
    ),
    r"that requires grad": "the gradient record: detach from it before you change or convert the numbers",
    r"modified by an inplace operation": "an operation that changes a tensor in place (its name ends with _)",
    r"view size is not compatible": "`view`: it needs numbers that lie in order; `reshape` or `flatten` does not",
    r"positional argument": "the arguments of that call: how many, and in which order?",
    r"is not defined|not associated with a value": (
        "the name: is it spelt right, and was its cell run? What belongs to an object needs `self.` before it"
    ),
    r"'([\w.]+)' object has no attribute '(\w+)'": (
        "what stands before `.{1}`, of type {0}: is it what you expect there, and is {1} spelt right?"
    ),
    r"not a Module subclass": "the brackets: with them a layer is made, without them you hand over its class",
    r"[Bb]ool(ean)? value of Tensor|truth value of an array": (
        "`if`, `and` or `or` with a whole tensor, which holds many answers: count them with `sum`, join them "
        "with `&`. A loss that is a class must be made first, with brackets of its own"
    ),
    r"only (length-1|0-dimensional|size-1) array|cannot be converted to Scalar": (
        "a function that takes one number: those of `math` and `item` do, those of NumPy and PyTorch take arrays"
    ),
    r"'(?:int|float)' object is not iterable": (
        "a number where a list is expected: `append` adds one number to a list, `+=` adds a whole list"
    ),
    r"for \^|bitwise_xor": "`^`: in Python a power is written `**`",
    r"operand type.*'tuple'|return_types|tuple\.__format__|concatenate tuple": (
        "a function that gives back several things at once: take the one that you need, by name, index or unpacking"
    ),
    r"to unpack": "what is unpacked: how many things are there, and how are they grouped?",
    r"subscript.*einsum|einsum": "the letters of einsum: one for each axis of each tensor",
    r"cannot reshape|is invalid for input of size": (
        "the reshape: its sizes must multiply to the count of numbers there. A fixed size suits one input only, "
        "−1 stands for whatever is left"
    ),
    r"Dimension out of range": "`dim`: the tensor has fewer axes than that. Is it the one that you mean?",
    r"too many indices": (
        "the brackets: more indices than the tensor has axes. Is it the one that you mean? (`sort` gives two)"
    ),
    r"zero-dimensional tensor": "`torch.cat`, which joins tensors, not numbers: is a `:` missing in a slice?",
    r"only integer tensors of a single element": (
        "tensors where numbers are expected: `torch.cat` joins tensors, and an index is one whole number"
    ),
    r"lengths differ": "inputs and targets: do both belong to the same examples?",
    r"spatial dimensions|tensor expected for input": (
        "the axes of what goes in: images are (N, channels, height, width). Does anything come after "
        "flatten that needs these?"
    ),
    r"shape of the mask": "the condition in the brackets: it must be as long as the tensor that it selects from",
    r"out of bounds|out of range": "the index: in which list was it counted, and in which is it used?",
    r"same number of dimensions": "an axis of length 1 that is missing, or one too many, in one of the tensors",
    r"Expected .* input, but got|expected input.* to have (\d+) channels|[Gg]iven groups": (
        "the shape of what goes into the layer: batch, channels, then the axes along which it slides"
    ),
    r"size of tensor|shape mismatch|could not be broadcast|same (as input )?(size|shape)|do(es not|esn't) match": (
        "the shapes on both sides: are there a `dim`, a transpose or a reshape too many or too few?"
    ),
    r"(?i)pool|output size is too small|kernel size can't be greater": (
        "padding, stride and pooling: the window is larger than what is left of the input"
    ),
}


def hint_for(error):
    """Return what the message of an error usually means here; None if it is not known."""
    for pattern, hint in ERRORS.items():
        if found := re.search(pattern, error):
            return hint.format(*found.groups()) if "{" in hint else hint
    return None
