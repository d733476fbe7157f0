"""One way through: a module imports only what stands left of it, without circles; streamlit stays in ui, pages and
streamlit_app.py; and no file, function or folder is larger than one can take in."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORDER = ["text", "spreadsheet", "errors", "mode", "options", "data", "models", "training", "runs", "jobs"]
ORDER += ["studies", "samples", "insights", "charts", "lecture", "report", "export", "ui"]
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


def test_what_all_pages_share_is_a_short_list() -> None:
    """Everything else of the pages lies in a folder by page, section or kind."""
    assert len(list((ROOT / "explorer" / "ui").glob("*.py"))) <= 16


def test_no_module_has_a_prefix_in_the_place_of_a_folder() -> None:
    folders = {path.name for path in (ROOT / "explorer" / "ui").rglob("*") if path.is_dir()}
    modules = (ROOT / "explorer" / "ui").rglob("*.py")
    assert [path.name for path in modules if any(path.stem.startswith(f"{folder}_") for folder in folders)] == []


def lines_of(function: ast.FunctionDef) -> int:
    """Of its body, without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


# The training loop is read in one piece: each of its lines acts on what those above it have made.
LONG = {("explorer.training.loop", "fit")}


def test_files_and_functions_are_short() -> None:
    """A file has at most 300 lines, the body of a function at most 45."""
    texts = {module_of(path): path.read_text() for path in FILES}
    assert [module for module, text in texts.items() if text.count("\n") > 300] == []
    functions = [
        (module, node.name)
        for module, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and lines_of(node) > 45
    ]
    assert set(functions) == LONG


def cached(text: str) -> dict[str, int]:
    """The functions that streamlit caches, each with its number of parameters."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return {
        function.name: len(function.args.posonlyargs + function.args.args + function.args.kwonlyargs)
        for function in functions
        if any("cache_" in ast.unparse(decorator) for decorator in function.decorator_list)
    }


def test_what_is_cached_depends_on_few_nouns() -> None:
    """Not on the parts of a noun, of which one is easily forgotten: a key has at most four parts."""
    assert cached("@st.cache_data(ttl=5)\ndef f(a, b, *, c): ...") == {"f": 3}
    found = {module_of(path): cached(text) for path in FILES if "st.cache_" in (text := path.read_text())}
    assert len(found) > 10
    assert {module: of for module, of in found.items() if any(many > 4 for many in of.values())} == {}


def test_the_test_sees_a_wrong_import(tmp_path: Path) -> None:
    """The checks would notice: a data module that imports training inside a function, and two that need each other."""
    file = tmp_path / "wrong.py"
    file.write_text("def f():\n    from explorer import training\n    import streamlit.web\n")
    assert imports(file) == ("explorer.training", "streamlit.web")
    assert "training" not in allowed("data")
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
