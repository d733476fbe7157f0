"""What makes training fast: the recipe of the preset airbench94, less one trick at a time."""

from explorer.studies.presets import PRESETS
from explorer.studies.study import Size, Study, Variant

RECIPE = PRESETS["airbench94"]
# Thirteen batches of 89 make up all digits: after a last batch of few images, Muon's step would be as long as any
# other. With batches this small, a step of the recipe's size would be ten times too long for biases.
SMALL_BATCHES = {"batch_size": 89, "bias_learning_rate": 8.0}


def _without(**sgd: float) -> tuple[Variant, ...]:
    """`sgd`: the settings that SGD needs instead of Muon's, besides a rate that rises first."""
    return (
        Variant("all tricks"),
        Variant("no whitening", {"whitening": False}),
        Variant("no dirac", {"dirac": False}),
        Variant("sgd", training={"optimizer": "sgd", "schedule": "onecycle", **sgd}),
        Variant("no lookahead", training={"lookahead": False}),
        Variant("no smoothing", training={"label_smoothing": 0.0}),
    )


FAST_TRAINING = Study(
    name="fast-training",
    question="What makes training fast?",
    axis="one trick",
    variants=(
        *_without(learning_rate=1.5, momentum=0.85, weight_decay=1e-3),
        Variant("random flips", training={"flips": "random"}),
    ),
    full=Size(epochs=RECIPE.training["epochs"], seeds=3),
    quick=Size(
        epochs=4,
        seeds=3,
        variants=_without(learning_rate=0.1),
        options={"widths": (16, 32, 32)},
        training=SMALL_BATCHES,
        note="A network a quarter as wide, with small batches; flips stay as they are, since digits are not mirrored.",
    ),
    lab="cifar10",
    hint="Each variant lacks one trick: how much accuracy does that cost after equally many epochs? Where images may "
    "be mirrored, the table also has the test accuracy with test-time flips.",
    expects=("test accuracy",),
    source=RECIPE.source,
    model=RECIPE.model,
    training={key: value for key, value in RECIPE.training.items() if key != "epochs"} | {"lookahead": True},
    panels=("accuracy", "loss", "test", "steps", "norms", "time"),
)
