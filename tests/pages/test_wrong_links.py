"""A link with one wrong part: the page says which part, shows something else, and never fails."""

import pytest

from .conftest import follow, open_page, words

WRONG = "zzz"
BOTH = ["digits-simple_cnn-0001", "digits-residual_cnn-0002"]
IMAGE = {"runs": WRONG, "epoch": "77", "number": "100000", "class": WRONG, "split": "training", "image": "painted"}
# page → parts of its link, each with a value that does not fit; with what else the link has where a part needs it
LINKS: dict[str, dict[str, str]] = {
    "train/train": {
        "data": WRONG,
        "models": WRONG,
        "epochs": "-3",
        "batch_size": "many",
        "learning_rate": "nan",
        "optimizer": "adamm",
        "schedule": "",
        "augment": "perhaps",
        "seed": "1.5",
        "preset": WRONG,
        "simple_cnn.depth": "3",
    },
    "train/perceptron": {
        "points": "XNOR!",
        "neuron-rate": "-1",
        "neuron-epochs": "0",
        "neuron-start": WRONG,
        "points&each": "999999",
        "points&apart": "far",
        "points&cloud": "-1",
    },
    "study/study": {
        "study": WRONG,
        "study-size": "huge",
        "study-seeds-cnn-vs-resnet-quick": "0",
        "study-epochs-cnn-vs-resnet-quick": "1000000",
        "data": WRONG,
    },
    "study/transfer": {
        "networks": WRONG,
        "transfer-size": "huge",
        "transfer-blocks-quick": "few",
        "transfer-seeds-quick": "0",
        "transfer-epochs-quick": "x",
        "transfer-head-rate": "-1",
        "before-digits": WRONG,
    },
    "compare/curves": {
        "runs": WRONG,
        "over": "hours",
        "shown": WRONG,
        "log": WRONG,
        "smoothing-epochs": "7",
        "group": WRONG,
        "inference-batch": "3",
        "present": "maybe",
    },
    "compare/runs": {"order": WRONG, "only-network": WRONG, "only-starred": "perhaps", "archived": "x"},
    "look_inside/architecture": {
        "look-at": WRONG,
        "architectures": WRONG,
        "shape-of": WRONG,
        "architecture-part=receptive field&number": "0",
        "part": WRONG,
        "layer-resnet20": WRONG,
        "residual_cnn.depth": "5",
        "unfolded": "17",
        "part=field&row": "99",
        "part=field&column": "x",
        "part=memory&memory-batch": "3",
    },
    "look_inside/gradients": {"runs": WRONG, "at": "99", "gradients-view": WRONG, "layer-simple_cnn": WRONG},
    "look_inside/filters": {"runs": WRONG, "epoch": "77", "layer-simple_cnn": WRONG, "slice": "99", "by-norm": "x"},
    "look_inside/feature_maps": IMAGE
    | {
        "maps-part": WRONG,
        "layer-simple_cnn": WRONG,
        "tiles": "3",
        "cover": "7",
        f"runs={BOTH[0]}&beside": WRONG,
        "mistakes": "x",
    },
    "look_inside/embedding": {
        "runs": WRONG,
        "epoch": "77",
        "projection": WRONG,
        "points": "3",
        "only-mistakes": "x",
        "layer-simple_cnn": WRONG,
        "projection=t-SNE&perplexity": "1000",
    },
    "explain/saliency": IMAGE
    | {"methods": WRONG, "target": WRONG, "versus": WRONG, "grid": WRONG, "strength": "-1", "colours": WRONG},
    "explain/mistakes": {"runs": WRONG, "of": "training", "epoch": "77", "part": WRONG, "normalised": "x"},
    "explain/checks": IMAGE | {"test": WRONG, "method": WRONG},
}


@pytest.mark.parametrize("page", LINKS)
def test_a_wrong_part_is_named_and_something_else_is_shown(page, with_runs):
    takes_runs = "runs" in LINKS[page] or page.endswith("architecture")
    of_page = {"study": "cnn-vs-resnet"} if page == "study/study" else {"runs": BOTH} if takes_runs else {}
    app = open_page(f"pages/{page}.py", **of_page)
    title, unnamed = app.title[0].value, []
    for part, value in LINKS[page].items():
        with_part, _, key = part.rpartition("&")
        name, _, needed = with_part.partition("=")
        needs = {name: needed or "two clusters"} if name else {}
        follow(app, **of_page | needs | {key: value})
        assert not app.exception, (part, app.exception)
        assert not app.error, (part, [each.value for each in app.error])
        assert app.title[0].value == title
        if not any(f"{left}{value}{right}" in words(app) for left, right in ("“”", "``")):
            unnamed.append(part)
    app.run()
    assert "The link" not in words(app), "said once"
    assert not unnamed
