"""Does it help to start from a pretrained network? Ways to start × shares of the training images."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.data import is_folder, source_of
from explorer.errors import UserError
from explorer.runs import find_source
from explorer.runs.wording import share_of_images, way_to_start
from explorer.studies.study import SOURCE, Size, Study, Variant
from explorer.training.config import SCRATCH

# The head begins at random if the classes are new, so it learns faster than trained layers. From scratch it does so as
# well: body and head have the same two rates however they start, so that only the start differs.
RATES = {"learning_rate": 0.003, "head_learning_rate": 0.01}
WAYS_TO_START = (SCRATCH, "frozen", "last-1", "all")
# Where the source is trained: first, data that need no download.
SOURCES = {
    "mnist": "digits",
    "cifar10": "shapes",
    "fashion-mnist": "mnist",
    "shapes": "digits",
    "shapes-shortcut": "digits",
    "": "shapes",
}

# The fewer images, the more often each is seen: on digits all shares then take about the same number of steps, whereas
# equal epochs would starve the smallest share (one step an epoch). At one share, all ways to start take the same steps.
SHARES: dict[str, dict[str, Any]] = {
    share_of_images(share.get("fraction", 1.0)): share
    for share in ({"fraction": 0.01, "passes": 30}, {"fraction": 0.1, "passes": 6}, {})
}


def _variant(training: dict[str, Any]) -> Variant:
    trainable, fraction = training.get("tune", SCRATCH), training.get("fraction", 1.0)
    return Variant(f"{way_to_start(trainable)} {share_of_images(fraction)}", training=training)


def _variants(ways: tuple[str, ...]) -> tuple[Variant, ...]:
    starts = [{} if trainable == SCRATCH else {"source": SOURCE, "tune": trainable} for trainable in ways]
    return tuple(_variant({**start, **share}) for start in starts for share in SHARES.values())


TRANSFER = Study(
    name="transfer",
    question="Does it help to start from a pretrained network?",
    axis="where the weights come from, and the share of the training images",
    variants=_variants(WAYS_TO_START),
    full=Size(epochs=10, seeds=3, source_epochs=10),
    quick=Size(
        epochs=4,
        seeds=3,
        variants=_variants((SCRATCH, "frozen", "all")),
        source_epochs=4,
        note="Without the variant that trains only the last block.",
    ),
    lab="mnist",
    hint="Look at the smallest share of the images, where pretraining has most room to help.",
    source="Yosinski et al. 2014, How transferable are features in deep neural networks?",
    model="simple_cnn",
    training=RATES,
    sources=SOURCES,
    on_card="shares",
)


def with_source(study: Study, source: str, folder: Path | str | None = None) -> Study:
    """The study with another source: a data set on which a network is trained first, or the id of a run or published
    model, whose network becomes the base.

    Raises UserError if the study has no source, or if there is no such run.
    """
    if not study.sources:
        raise UserError(f"Study {study.name} starts from random weights, so it has no source: leave out '{source}'.")
    if source_of(source) or is_folder(source):
        return replace(study, sources={"": source})
    pretrained = find_source(source, folder)
    quick = replace(study.quick, variants=_started(study.quick.variants, pretrained.id))
    changes = {"model": pretrained.config.model, "options": dict(pretrained.config.options), "quick": quick}
    return replace(study, variants=_started(study.variants, pretrained.id), **changes)


def _started(variants: tuple[Variant, ...], run_id: str) -> tuple[Variant, ...]:
    return tuple(
        replace(variant, training={**variant.training, "source": run_id}) if variant.training.get("source") else variant
        for variant in variants
    )


def with_blocks(study: Study, blocks: int) -> Study:
    """The study in which, at both sizes, the last `blocks` blocks learn together with the head; with 0 it has no such
    variant."""
    quick = replace(study.quick, variants=_with_blocks(study.quick.variants, blocks))
    return replace(study, variants=_with_blocks(study.variants, blocks), quick=quick)


def _with_blocks(variants: tuple[Variant, ...], blocks: int) -> tuple[Variant, ...]:
    others = tuple(variant for variant in variants if not variant.training.get("tune", "").startswith("last-"))
    frozen = [variant for variant in others if variant.training.get("tune") == "frozen"]
    tuned = tuple(_variant({**variant.training, "tune": f"last-{blocks}"}) for variant in frozen if blocks)
    behind = others.index(frozen[-1]) + 1
    return (*others[:behind], *tuned, *others[behind:])
