"""One way through: a module imports only what stands left of it, without circles, and streamlit stays in ui, pages and
the frame."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORDER = ["text", "errors", "options", "data", "models", "training", "runs", "jobs"]
ORDER += ["studies", "samples", "insights", "charts", "ui"]
# The command line is a page in a terminal: it stands beside ui and may import everything but ui.
SCREENS = {"ui": {"streamlit"}, "cli": {"typer"}}
FILES = sorted((ROOT / "explorer").rglob("*.py"))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT / "explorer").parts[0].removesuffix(".py")


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Dotted names of everything imported anywhere in a file, inside functions too: `from a import b` is a.b."""
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(names)


def allowed(layer: str) -> set[str]:
    if layer in ("cli", "__main__"):
        return {*ORDER, "cli", "__version__"} - {"ui"}
    if layer == "__init__":
        return set()
    return {*ORDER[: ORDER.index(layer) + 1], "__version__"}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in turn, the first one again at the end; empty if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def graph_of(files: list[Path]) -> dict[str, set[str]]:
    """Module → the modules it imports; a name of a package that is no module stands for the package."""
    modules = {module_of(path) for path in files}
    return {
        module_of(path): {name if name in modules else name.rpartition(".")[0] for name in imports(path)} & modules
        for path in files
    }


def test_imports_point_left() -> None:
    wrong = {}
    for path in FILES:
        inside = {name.split(".")[1] for name in imports(path) if name.startswith("explorer.")}
        if too_far := inside - allowed(layer_of(path)):
            wrong[module_of(path)] = sorted(too_far)
    assert not wrong, "these import what stands right of them"


def test_screens_stay_at_the_edge() -> None:
    wrong = {}
    for path in FILES:
        roots = {name.split(".")[0] for name in imports(path)}
        for layer, libraries in SCREENS.items():
            if layer_of(path) != layer and roots & libraries:
                wrong[module_of(path)] = sorted(roots & libraries)
    assert not wrong, "only their own layer may import these"


def test_no_module_imports_itself_through_others() -> None:
    assert circle(graph_of(FILES)) == []


def test_the_test_sees_a_wrong_import(tmp_path: Path) -> None:
    """The checks would notice: a data module that imports training inside a function, and two that need each other."""
    file = tmp_path / "wrong.py"
    file.write_text("def f():\n    from explorer import training\n    import streamlit.web\n")
    assert imports(file) == ("explorer.training", "streamlit.web")
    assert "training" not in allowed("data")
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
