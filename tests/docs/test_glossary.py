"""docs/glossary.md: one sentence per term, and every term that a page explains or a study varies is among them."""

import ast
import re
from collections import Counter

import pytest

from explorer.insights.attribution import METHODS
from explorer.insights.findings.finding import KINDS
from explorer.models import MODELS, options
from explorer.options import options_of
from explorer.studies import STUDIES
from explorer.training import TrainConfig
from tests.docs.documents import ROOT

ENTRY = re.compile(r"^- \*\*(.+?)\*\*: (.+?)(?=\n- |\n\n|\Z)", re.DOTALL | re.MULTILINE)
ENTRIES = [(term, " ".join(text.split())) for term, text in ENTRY.findall((ROOT / "docs/glossary.md").read_text())]
EVERYDAY = {"ahead", "speed", "without a number"}  # kinds of findings that are words, not terms
STEM = 5  # letters: "spikes" and "spike" are one term, "diverged" and "divergence"
ELSEWHERE = {  # names that the glossary explains by other words → the entry
    "Class balancing": "Unequal classes",
    "dead ReLU": "Dead unit",
    "bias learning rate": "Learning rate",
    "head learning rate": "Learning rate",
    "test accuracy": "Accuracy",
    "unlearned": "Did not learn",
    "validation accuracy": "Accuracy",
}


def explained() -> dict[str, str]:
    """What the theory of a page prints bold, if it is a term rather than a statement → the page's file."""
    found = {}
    for path in [*(ROOT / "pages").rglob("*.py"), *(ROOT / "explorer/ui").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "theory":
                texts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
                bold = re.findall(r"\*\*([^*]+)\*\*", " ".join(text for text in texts if isinstance(text, str)))
                found |= {term.strip(": "): path.name for term in bold if 0 < len(term.split()) <= 3}
    return found


def missing(terms: list[str]) -> list[str]:
    """The terms of which some part ("deletion and insertion" has two) has no entry with all of its words."""
    entries = [_stems(entry) for entry, _ in ENTRIES]
    return [term for term in terms if not all(any(part <= entry for entry in entries) for part in _parts(term))]


def _parts(term: str) -> list[set[str]]:
    return [_stems(part) for part in ELSEWHERE.get(term, term).split(" and ")]


def _stems(words: str) -> set[str]:
    return {word.removesuffix("s")[:STEM] for word in re.findall(r"\w+|×", words.casefold())}


def test_each_entry_is_one_sentence() -> None:
    assert len(ENTRIES) > 100
    short = r"et al\.|vs\.|0\.\d+|99\.5"
    wrong = [term for term, text in ENTRIES if re.findall(r"[.!?](?= |$)", re.sub(short, "", text)) != ["."]]
    assert wrong == []
    assert [term for term, text in ENTRIES if text.split()[0][0].islower()] == []


def test_no_term_has_two_entries() -> None:
    assert [term for term, n in Counter(term.casefold() for term, _ in ENTRIES).items() if n > 1] == []


def test_the_terms_that_pages_explain_have_an_entry() -> None:
    terms = explained()
    assert len(terms) > 20
    assert {term: terms[term] for term in missing([*terms])} == {}


@pytest.mark.parametrize(
    "terms",
    [
        [method.title for method in METHODS.values()],
        [axis for study in STUDIES.values() for axis in study.axis.split(" and ") if len(axis.split()) <= 3],
        [kind for kind in KINDS if kind not in EVERYDAY],
        [option.label or name.replace("_", " ") for name, option in options_of(TrainConfig()).items()],
        [name.replace("_", " ") for model in MODELS for name in options(model)],
    ],
    ids=["attribution methods", "axes of studies", "kinds of findings", "options of training", "options of models"],
)
def test_names_to_choose_from_have_an_entry(terms: list[str]) -> None:
    assert missing(terms) == []


def test_a_missing_term_would_be_noticed() -> None:
    assert missing(["diverged", "Ridge regression", "loss scale"]) == ["Ridge regression", "loss scale"]


def test_what_is_explained_by_other_words_has_that_entry_and_none_of_its_own() -> None:
    terms = [term for term, _ in ENTRIES]
    assert [entry for entry in ELSEWHERE.values() if entry not in terms] == []
    assert [term for term in ELSEWHERE if any(_stems(term) <= _stems(entry) for entry in terms)] == []
