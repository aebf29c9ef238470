"""What errors of PyTorch and NumPy about shapes, types and gradients usually mean in an answer."""

SHAPES_AND_TYPES = {
    r"invalid combination of arguments - got \((\w+)": (
        "what goes into that call: the first thing is of type {0}. Is it what you expect there, were its brackets "
        "written where it was made, and are the settings given by name?"
    ),
    r"must be Tensor, not (\w+)": "what goes into that call: it is of type {0}, and a tensor is expected",
    r"target with class probabilities, got (?:Long|Int)": (
        "what the loss is given: first the logits, one for each class, then the labels. Is there an argmax or a "
        "one-hot code too many?"
    ),
    r"not a valid value for reduction": "`reduction`: its words are 'none', 'mean' and 'sum', in quotation marks",
    r"infer output dtype": (
        "the mean of True and False: PyTorch has none. Count them with `sum`, or make numbers of them first"
    ),
    r"same dtype|should be the same$|weight type|found dtype Double": (
        "the types of the numbers: float32 (Float) and float64 (Double) do not mix. Which line makes the other one?"
    ),
    r"cast to the desired output type Bool": "the type of the tensor: True and False cannot be counted up",
    r"non-empty list of Tensors": (
        "the list that is put together: it is still empty. Is something appended in every case, for few images, too?"
    ),
    r"match except in dimension": (
        "`torch.cat`: it joins along one axis, and all others must agree. Along which one should it be?"
    ),
    r"1D tensors expected": "`dot`: it takes vectors, that is, tensors with one axis",
    r"expected input.* to have (\d+) channels, but got (\d+)": (
        "what goes into the layer: it takes {0} channels, and {1} come in. Is it the layer that you mean, and is "
        "what the layers before it gave back kept under the name that goes on?"
    ),
    r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\).* in nn.Linear": (
        "the linear layer: its input size is {2}, but it receives {1}. Follow one example through the layers "
        "and count what is left of it; the batch axis stays when you flatten"
    ),
    r"mat1 and mat2|inconsistent tensor size|not aligned|core dimension": (
        "the two factors of the product: the last axis of the first must fit the first axis of the second. "
        "Is a transpose missing, or one too many?"
    ),
    r"same device|on cuda|on cpu": "where the tensors are: model and batch must be on the same device",
    r"required \"forward\"": (
        "the method that computes: PyTorch looks for `forward`, indented like `__init__` in the class"
    ),
    r"not implemented for 'Long'": "the loss: the outputs of the network come first, then the labels",
    r"between 0 and 1": (
        "the loss: this one takes probabilities, but the network gives logits; there is another for these"
    ),
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
    r"[Bb]ool(ean)? value of Tensor|truth value of an array": (
        "`if`, `and` or `or` with a whole tensor, which holds many answers: count them with `sum`, join them "
        "with `&`. A loss that is a class must be made first, with brackets of its own"
    ),
    r"only (length-1|0-dimensional|size-1) array|cannot be converted to Scalar": (
        "a function that takes one number: those of `math` and `item` do, those of NumPy and PyTorch take arrays. "
        "Or is there a `sum` missing before it?"
    ),
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
        "tensors where numbers are expected: `torch.cat` joins tensors, and an index into a list or tuple is one "
        "whole number. (`torch.where` gives a tuple)"
    ),
    r"lengths differ|input batch_size": "inputs and targets: do both belong to the same examples, all of them?",
    r"spatial dimensions|tensor expected for input": (
        "the axes of what goes in: images are (N, channels, height, width). Does anything come after "
        "flatten that needs these?"
    ),
    r"out of bounds|out of range": "the index: in which list was it counted, and in which is it used?",
    r"shape of the mask": "the condition in the brackets: it must be as long as the tensor that it selects from",
    r"same number of dimensions": "an axis of length 1 that is missing, or one too many, in one of the tensors",
    r"Expected .* input, but got|expected input.* to have (\d+) channels|[Gg]iven groups": (
        "the shape of what goes into the layer: batch, channels, then the axes along which it slides"
    ),
    r"size of tensor|shape mismatch|could not be broadcast|same (as input )?(size|shape)|do(es not|esn't) match": (
        "the shapes on both sides: are there a `dim`, a transpose, a reshape or a sum too many or too few?"
    ),
    r"(?i)pool\w*\(\)|pad should be|output size is too small|kernel size can't be greater": (
        "padding, stride and pooling: the window is larger than what is left of the input"
    ),
}
