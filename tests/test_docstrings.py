"""What refuses wrong input says when, for whoever calls it: "Raises UserError if …"."""

import ast
from collections.abc import Iterator
from pathlib import Path

from explorer.cli import app

ROOT = Path(__file__).parents[1]
FILES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "explorer").rglob("*.py"))}
# A command's docstring is its help; whatever it raises is printed.
COMMANDS = {f"{each.callback.__module__}.{each.callback.__name__}" for each in app.registered_commands}
Functions = dict[str, ast.FunctionDef]  # "name" or "Class.name" → the function


def error_names(trees) -> set[str]:
    """UserError, the classes below it, and the functions that make one: `raise unknown("model", name, MODELS)`."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    classes = {"UserError"}
    classes |= {c.name for c in nodes if isinstance(c, ast.ClassDef) and "UserError" in map(ast.unparse, c.bases)}
    makers = {
        f.name for f in nodes if isinstance(f, ast.FunctionDef) and f.returns and ast.unparse(f.returns) in classes
    }
    return classes | makers


ERRORS = error_names(FILES.values())


def functions_of(tree: ast.Module) -> Functions:
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        found |= {f"{cls.name}.{node.name}": node for node in cls.body if isinstance(node, ast.FunctionDef)}
    return found


def uncaught(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """All that runs when a function does, but for what stands in a `try` that handles a UserError."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        yield node
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Try) and any(handles(each) for each in node.handlers):
            children = [*node.handlers, *node.orelse, *node.finalbody]
        yield from uncaught(children)


def handles(handler: ast.ExceptHandler) -> bool:
    raised_again = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    caught = ast.unparse(handler.type) if handler.type else "Exception"
    return not raised_again and any(name in caught for name in ("UserError", "ValueError", "Exception"))


def refusing(functions: Functions, errors: set[str]) -> set[str]:
    """Those that raise a UserError, themselves or through private functions of their own file."""
    found: set[str] = set()
    while True:
        more = {name for name in functions.keys() - found if any(refuses(node, name, found, errors)
                for node in uncaught(functions[name].body))}  # fmt: skip
        if not more:
            return found
        found |= more


def refuses(node: ast.AST, within: str, found: set[str], errors: set[str]) -> bool:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return ast.unparse(node.exc.func).rpartition(".")[2] in errors
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    for own in ("self.", "cls."):
        called = called.replace(own, f"{within.partition('.')[0]}.") if called.startswith(own) else called
    return called in found and is_private(called)


def is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split(".")) and not name.endswith("__")


def silent(tree: ast.Module, errors: set[str] = ERRORS) -> set[str]:
    """Public functions, and classes that check themselves, whose docstring does not say that they refuse something."""
    functions = functions_of(tree)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    owners = {}
    for name in refusing(functions, errors):
        cls, _, method = name.rpartition(".")
        owners[cls if method.startswith("__") else name] = classes[cls] if method.startswith("__") else functions[name]
    return {
        name
        for name, node in owners.items()
        if not is_private(name) and "Raises UserError " not in " ".join((ast.get_docstring(node) or "").split())
    }


def test_who_refuses_input_says_when():
    module = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES}
    found = {f"{module[path]}.{name}" for path, tree in FILES.items() for name in silent(tree)}
    assert found - COMMANDS == set()


def test_a_function_that_does_not_say_it_is_found():
    code = '''
class Config:
    """Some values."""
    def __post_init__(self): self._check()
    def _check(self): raise UserError("no")
class Told:
    """Raises UserError if there is none."""
    def __post_init__(self): raise UserError("no")
def direct(): raise unknown("model", "x", [])
def through(): return _private()
def _private(): raise UserError("no")
def told():
    """Raises UserError if there
    is none."""
    _private()
def caught():
    try: _private()
    except UserError: return None
def passed_on():
    try: _private()
    except UserError: raise
def made_later(): return lambda: _private()
'''
    assert silent(ast.parse(code)) == {"Config", "direct", "through", "passed_on"}
