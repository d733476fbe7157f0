"""One way through: a module imports only what stands left of it, and streamlit stays in ui, pages and the frame."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ["errors", "data", "models", "training", "runs", "jobs", "studies", "insights", "charts", "report", "ui"]
# The command line is a page in a terminal: it stands beside ui and may import everything but ui.
SCREENS = {"ui": {"streamlit"}, "cli": {"typer"}}
FILES = sorted((ROOT / "explorer").rglob("*.py"))


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "explorer").parts
    return parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Dotted names of everything imported anywhere in a file, inside functions too."""
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            # `from explorer import runs` imports the layer runs.
            names += [f"{node.module}.{a.name}" for a in node.names] if node.module == "explorer" else [node.module]
    return names


def allowed(layer: str) -> set[str]:
    if layer in ("cli", "__main__"):
        return {*ORDER, "cli", "__version__"} - {"ui"}
    if layer == "__init__":
        return set()
    return {*ORDER[: ORDER.index(layer) + 1], "__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_left(path: Path) -> None:
    inside = {name.split(".")[1] for name in imports(path) if name.startswith("explorer.")}
    wrong = inside - allowed(layer_of(path))
    assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}, which stand right of it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_screens_stay_at_the_edge(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    for layer, libraries in SCREENS.items():
        if layer_of(path) != layer:
            assert not roots & libraries, f"{path.relative_to(ROOT)} imports {roots & libraries}; only {layer} may"


def test_the_test_sees_a_wrong_import(tmp_path: Path) -> None:
    """The check would notice: a data module that imports training inside a function."""
    file = tmp_path / "wrong.py"
    file.write_text("def f():\n    from explorer import training\n    import streamlit.web\n")
    assert imports(file) == ["explorer.training", "streamlit.web"]
    assert "training" not in allowed("data")
