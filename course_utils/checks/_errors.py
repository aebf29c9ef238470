"""What errors of Python usually mean in an answer to an exercise; those of PyTorch are in `_shapes`."""

import re

from course_utils.checks._shapes import SHAPES_AND_TYPES

ERRORS = {
    r"not a file in the archive": "the names of the arrays: the cell that looks into the file has printed them",
    r"'(?:builtin_function_or_method|method|function)' (?:and|object is not (?:iter|subscript))|"
    r"and '(?:builtin_function_or_method|method)'": (
        "the brackets after a function's name: without them it is not called, and you calculate with the function"
    ),
    r"'_apply'|missing 1 required positional argument: 'self'": (
        "the brackets after a class's name: with them a network or layer is made, without them it is the class"
    ),
    r"before Module\.__init__": "the first line of `__init__`, which is given: `super().__init__()` must come first",
    r"module '([\w.]+)' has no attribute '(\w+)'": (
        "the name {1}: is it spelt as in the text, capitals included, and does it belong to {0}?"
    ),
    r"No module named '([\w.]+)'": "the import: the course does without {0}; is there a way with PyTorch alone?",
    r"KeyError: ": "the name in the square brackets: is it one of the dictionary's, letter by letter?",
    r"'tuple' object is not callable": (
        "the comma at the end of a line: it makes a tuple of what stands before it"
    ),
    r"'(\w+)' object is not callable": (
        "the round brackets: what stands before them is of type {0} and cannot be called. Should they be "
        "square ones, or does one name stand for two things?"
    ),
    r"'DataLoader' object is not subscriptable": (
        "the loop: a loader has no places that could be numbered; `for` takes one batch after the other from it"
    ),
    r"'(Spy|Tiny|Sequential|CNN)' object is not iterable": (
        "what is handed over there: the network itself, where its `parameters()` are expected"
    ),
    r"'(?!int|float)(\w+)' object is not iterable": (
        "the loop: what it goes through is a single thing, of type {0}, not a list of several"
    ),
    r"'(?:int|float)' object has no attribute 'append'": (
        "`append`: it is for lists; to a number one adds with `+=`"
    ),
    r"'(?:int|float)' object has no attribute '(\w+)'": (
        "what stands before `.{0}`: a plain number, not a tensor. Did `item` or `len` come too early, or is it "
        "the number that `enumerate` gives?"
    ),
    r"'bool' object has no attribute '(\w+)'": (
        "the comparison before `.{0}`: it gives one True or False, not one for each example. Are both sides "
        "tensors? (`max` over an axis gives two things, the values and their places)"
    ),
    r"'NoneType' object has no attribute '(\w+)'": (
        "what stands before `.{0}`: it is None. `print`, and what changes a list in place, such as `append`, "
        "give None back; and so does a function without `return`"
    ),
    r"compiled with CUDA|No CUDA GPUs|NVIDIA driver": (
        "`cuda`: this machine has no GPU. `device` knows what there is, and `.to(device)` works on both"
    ),
    r"cannot access local variable|referenced before assignment": (
        "the name: in this function it has no value yet when that line is reached. Does it need a start before "
        "the loop, or is it spelt differently there?"
    ),
    r"instances of '(dict|list|tuple|type|function)'": (
        "what is given as a number: it is of type {0}. Settings in a dictionary need `**` before its name"
    ),
    r"(division|modulo) by zero": "what it is divided by. If that is an argument: were the arguments in their order?",
    r"positional argument": (
        "the arguments of that call: how many, and in which order? (The first line of a method begins with `self`)"
    ),
    r"is not defined": (
        "the name: is it spelt right, and was the cell run that makes or imports it? What belongs to an object "
        "needs `self.` before it"
    ),
    r"'([\w.]+)' object has no attribute '(\w+)'": (
        "what stands before `.{1}`, of type {0}: is it what you expect there, and is {1} spelt right?"
    ),
    r"not a Module subclass": "the brackets: with them a layer is made, without them you hand over its class",
    r"'(?:int|float)' object is not iterable": (
        "a number where a list is expected: `append` adds one number to a list, `+=` adds a whole list"
    ),
    r"for \^|bitwise_xor": "`^`: in Python a power is written `**`",
    r"operand type.*'tuple'|return_types|tuple\.__format__|concatenate tuple": (
        "a function that gives back several things at once: take the one that you need, by name, index or unpacking"
    ),
    r"to unpack": "what is unpacked: how many things are there, and how are they grouped?",
}


def hint_for(error):
    """Return what the message of an error usually means here; None if it is not known."""
    for pattern, hint in (ERRORS | SHAPES_AND_TYPES).items():
        if found := re.search(pattern, error):
            return hint.format(*found.groups()) if "{" in hint else hint
    return None
