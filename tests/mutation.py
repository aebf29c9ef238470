"""Wrong answers made systematically: one small change at a time in the solution of an exercise."""

import ast
import copy

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Gt: ast.Lt,
    ast.Lt: ast.Gt,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitAnd: ast.BitOr,
}
STRINGS = {"sum": "mean", "full": "valid", "bilinear": "area", "adam": "sgd"}


def mutants(source, lines):
    """Yield (description, source) for every single change within the given line numbers."""
    tree = ast.parse(source)
    formatted = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    for number, node in enumerate(ast.walk(tree)):
        if getattr(node, "lineno", None) not in lines or node in formatted:
            continue
        for before, changed in changes(node):
            mutant = copy.deepcopy(tree)
            replace(mutant, number, changed)
            yield f"{before} → {text(changed)}", ast.unparse(ast.fix_missing_locations(mutant))


def changes(node):
    """Yield (text before, node after) for the small changes that a node admits."""
    for changed in [*statements(node), *constants(node), *operations(node), *calls(node)]:
        yield text(node), changed


def text(node):
    """Return a node as source on one line, shortened in the middle."""
    line = " ".join(ast.unparse(node).split())
    return line if len(line) <= 120 else f"{line[:90]}…{line[-29:]}"


def statements(node):
    """Yield nothing in place of a statement."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return):
        yield ast.Pass()


def constants(node):
    """Yield other constants: one more, half as much again, the opposite, another word."""
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, float):
        yield ast.Constant(1.5 * node.value + 0.25)
    elif node.value in STRINGS:
        yield ast.Constant(STRINGS[node.value])


def operations(node):
    """Yield other operators, and operands in the other order where that matters."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
            yield ast.BinOp(node.right, node.op, node.left)
        if type(node.op) in OPERATORS:
            yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        yield ast.Compare(node.left, [OPERATORS[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OPERATORS[type(node.op)](), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        yield node.operand


def calls(node):
    """Yield calls that are left out, lose an option, or get their arguments in the other order."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Attribute) and not is_module(node.func.value):
        yield node.func.value
    elif node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if len(node.args) >= 2:
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    for option in node.keywords:
        if option.arg:
            yield ast.Call(node.func, node.args, [k for k in node.keywords if k is not option])


def is_module(node):
    """Return whether a node is a library's name, such as ``torch`` or ``torch.optim``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("torch", "np", "nn", "F")


def replace(tree, number, changed):
    """Put ``changed`` in the place of the node with this number in the order of ``ast.walk``."""
    target = next(node for i, node in enumerate(ast.walk(tree)) if i == number)
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, changed)
            elif isinstance(value, list) and any(item is target for item in value):
                setattr(parent, field, [changed if item is target else item for item in value])
