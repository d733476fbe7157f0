"""What Home says of the visitor's own runs."""

from types import SimpleNamespace

from explorer.runs.listing import Listing
from explorer.ui.home.questions import NAMED, answer, answer_of


def run(dataset: str, model: str, accuracy: float | None = 0.9, status: str = "finished") -> SimpleNamespace:
    return SimpleNamespace(status=status, test_accuracy=accuracy, config=SimpleNamespace(dataset=dataset, model=model))


def test_the_newest_data_set_with_several_architectures_is_answered_for():
    runs = [run("shapes", "mlp"), run("digits", "mlp", 0.95), run("digits", "vgg11", 0.99), run("digits", "mlp", 0.9)]
    answered = answer([*runs, run("digits", "resnet20", None, "running")])
    assert answered.startswith("Correct on the test images of digits: vgg11 99.0 %, mlp 90.0 % to 95.0 % in 2 runs.\n")
    assert answered.endswith("more than chance.")


def test_nothing_is_said_of_one_architecture_or_of_many():
    assert answer([]) == answer([run("digits", "mlp"), run("digits", "mlp"), run("shapes", "vgg11")]) == ""
    assert answer([run("digits", f"net{n}") for n in range(NAMED + 1)]) == ""


def test_the_answer_is_made_once_while_nothing_changes():
    reads = []

    def read(name: str) -> float:
        reads.append(name)
        return 0.9

    class Counted(SimpleNamespace):
        test_accuracy = property(lambda self: read(self.config.model))

    both = [
        Counted(status="finished", config=SimpleNamespace(dataset="digits", model=model)) for model in ("mlp", "vgg11")
    ]
    runs = Listing((), ())
    vars(runs)["by_status"] = {"finished": both}
    assert answer_of(runs).startswith("Correct on the test images of digits")
    before = len(reads)
    assert answer_of(runs) == answer(both)
    assert len(reads) == 2 * before, "by the second one alone"
