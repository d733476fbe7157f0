"""What a study expects and no rule has found is denied, with what was measured."""

import pytest

from explorer.insights.findings.collect import findings
from explorer.insights.findings.finding import KINDS
from explorer.insights.findings.nothing_found import NOTHING, expected_first
from explorer.insights.findings.study import of_variants
from explorer.insights.findings.variants import by_variant
from explorer.studies import STUDIES
from tests.insights.planted import falling, flow, overfitted, step_loss, trial

from .test_comparisons import net


def expected(kind, *trials):
    found = expected_first(findings(list(trials)), (kind,), by_variant(list(trials)))
    return [one for one in found if one.kind == kind]


def test_what_studies_ask_after_is_a_kind_of_finding():
    assert {kind for study in STUDIES.values() for kind in study.expects} <= set(KINDS)
    assert set(NOTHING) <= set(KINDS)


def test_no_overfitting_is_said_with_how_far_the_loss_rose():
    [none] = expected("over-fitting", trial(falling(8), label="a"), trial(falling(8), label="b", run="net-2"))
    assert none.sentence == (
        "None of the 2 runs over-fits within 8 epochs, so they cannot show what prevents it: the smoothed "
        "validation loss ends at most 0 % above its lowest."
    )
    rising = [*falling(6), *(falling(6)[-1] * (1 + 0.0001 * step) for step in range(6))]
    [hardly] = expected("over-fitting", trial(rising, label="a"), trial(falling(12), label="b", run="net-2"))
    assert "ends less than 0.1 % above its lowest" in hardly.sentence
    [short] = expected("over-fitting", trial(falling(5), label="a"), trial(falling(5), label="b", run="net-2"))
    assert short.sentence == "5 epochs cannot show over-fitting: the rule needs 8 or more."
    [found] = expected(
        "over-fitting", trial(overfitted(), falling(), label="a"), trial(falling(), label="b", run="net-2")
    )
    assert found.sentence.startswith("a over-fits after epoch 6")


def test_no_degradation_is_said_with_the_losses():
    [none] = expected("degradation", net("20 plain", "resnet20", 0.5), net("56 plain", "resnet56", 0.51))
    assert "After 2 epochs no deeper network fits the training images worse" in none.sentence
    assert "56 plain 0.51, 20 plain 0.5. This does not show what more epochs would give." in none.sentence
    assert expected("degradation", net("a", "mlp", 0.5), net("b", "vgg16", 0.6)) == []


def test_no_divergence_is_said_with_where_the_losses_end():
    [none] = expected(
        "divergence", trial(falling(), steps=step_loss(400, 0), label="a"), trial(falling(), label="b", run="net-2")
    )
    assert none.sentence.startswith("None of the 2 runs diverged: their training losses end at ")
    [found] = expected("divergence", trial([3.0, 5.0], label="a"), trial(falling(), label="b", run="net-2"))
    assert found.sentence.startswith("a diverged")


def test_gradients_that_arrive_are_said_with_their_ratio():
    [none] = expected(
        "gradients", trial(falling(), label="a", flow=flow(0.5)), trial(falling(), label="b", flow=flow(2))
    )
    assert "the ratio of the first layer's gradient norm to the last layer's is 0.5 (a) and 2 (b)" in none.sentence
    [found] = expected("gradients", trial(falling(), label="a", flow=flow(1e-6)))
    assert "vanish" in found.sentence


@pytest.mark.parametrize(("study", "first"), [("regularisation", "over-fitting"), ("learning-rate", "divergence")])
def test_what_a_study_asks_after_comes_first(study, first):
    known = {"data": "d", "test_images": 100}
    trials = [trial(falling(), label=x, run=f"n-{x}", test_accuracy=0.9, **known) for x in ("a", "b")]
    kinds = [one.kind for one in of_variants(trials, study)]
    assert kinds[0] == first
    assert "test accuracy" in kinds
