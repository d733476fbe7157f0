"""The old words of the code do not come back: names are the field's terms, and the screens speak plain English."""

import ast
import io
import re
import tokenize
from pathlib import Path

from tests.docs.documents import DOCUMENTS, ROOT, code, section

# Each had a meaning that only this code knew. Old words that are also plain ones, such as draw or at, are left out.
OLD_NAMES = {
    "told", "said", "asked", "Asked", "seen", "look", "Look", "looks", "Looks", "film", "opened_finding", "as_csv",
    "StopWatch", "Pace", "judged", "Judgement", "Familiar", "answers", "how", "Decided", "decide", "tune", "lend",
    "borrowed", "forget", "pointed", "exciting", "moved", "Listening", "Question", "versus", "Planned", "perform",
    "bury_the_dead", "begin_anew", "take_back", "thin", "ink", "ground",
}  # fmt: skip
OLD_SENTENCES = re.compile(
    r"knows \d+(\.\d+)? %|What else it could be|And not\b|the code lies|How far each layer went|Is its word good|"
    r"for a reason that nobody foresaw|\ba (row|line|column|dot|bar|point|panel) an? [a-z]"
)
# Of docstrings and comments: a condition begins with if, a value is named before it is described.
OLD_ORDER = re.compile(
    r"\bNone (of (a|an|runs|what|one|those)|where)\b|\b(empty|none|NaN) where\b|\bwhere there (is|are) (no|none)\b|"
    r"^(As `|Of (a|an|the|one|what|some|this|each) )|beside each other|telephone|\b(at each|around a|last) look\b"
)
LOG = ROOT / "docs" / "log.md"
FILES = [path for folder in ("explorer", "pages", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
FILES += [ROOT / "streamlit_app.py"]


def stays() -> set[str]:
    """The old words that docs/log.md explains."""
    return {word.removeprefix("--") for word in code(section(LOG.read_text(), "Old words that stay"))}


def names(path: Path) -> set[str]:
    """Of the module, and of what it defines: classes, functions, parameters, variables and fields."""
    found = {path.stem}
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef() | ast.FunctionDef():
                found.add(node.name)
            case ast.arg():
                found.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.Attribute():
                found.add(node.attr)
    return {name.strip("_") for name in found}


def test_no_name_in_the_code_is_an_old_word():
    found = {str(path.relative_to(ROOT)): names(path) & (OLD_NAMES - stays()) for path in FILES}
    assert {path: old for path, old in found.items() if old} == {}


def test_no_screen_or_document_has_an_old_sentence():
    """Keys of dictionaries may: a link of an earlier version still works."""
    found = []
    for path in FILES:
        tree = ast.parse(path.read_text())
        keys = {key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in keys]
        found += [(path.name, text) for text in texts if isinstance(text, str) and OLD_SENTENCES.search(text)]
    found += [
        (path.name, line)
        for path in DOCUMENTS
        if path != LOG
        for line in path.read_text().splitlines()
        if OLD_SENTENCES.search(line)
    ]
    assert found == []


def explanations(path: Path) -> list[str]:
    """The docstrings and comments of a module, each in one line."""
    source = path.read_text()
    texts = [
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    texts += [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]
    return [" ".join(text.split()) for text in texts]


def test_no_docstring_or_comment_has_an_old_order_of_words():
    found = [
        (str(path.relative_to(ROOT)), text[:80])
        for path in FILES
        if "benchmarks" not in path.relative_to(ROOT).parts
        for text in explanations(path)
        if OLD_ORDER.search(text)
    ]
    assert found == []
