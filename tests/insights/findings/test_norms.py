"""When running averages of batch normalisation hide what was learned, it is stated with both figures."""

import pytest

from explorer.insights.findings.norms import lagging_statistics
from explorer.insights.findings.variants import by_variant
from tests.insights.planted import trial


def seeds(label, *pairs):
    """Runs of one variant with these validation accuracies: (recomputed, running)."""
    return [
        trial([0.5], accuracy=[a], running=b, label=label, run=f"x-{label}-{n:04d}") for n, (a, b) in enumerate(pairs)
    ]


def test_both_figures_are_means_over_seeds():
    found = lagging_statistics(
        by_variant(seeds("small", (0.9, 0.88), (0.92, 0.9)) + seeds("large", (0.7, 0.2), (0.6, 0.3)))
    )
    assert "89.0 % instead of 91.0 % (small); 25.0 % instead of 65.0 % (large); means of 2 seeds" in found.sentence
    assert "2 seeds" in found.rule
    assert found.numbers["validation accuracy with running statistics, large"] == pytest.approx(0.25)
    assert len(found.runs) == 4


@pytest.mark.parametrize("running", [0.88, 0.9, 0.95, None])
def test_without_a_gap_nothing_is_said(running):
    assert lagging_statistics(by_variant(seeds("a", (0.9, running)) + seeds("b", (0.9, 0.9)))) is None


def test_a_variant_without_batch_normalisation_has_no_figures():
    found = lagging_statistics(by_variant(seeds("without", (0.9, None)) + seeds("with", (0.9, 0.5), (0.8, None))))
    assert "without" not in found.sentence
    assert "50.0 % instead of 90.0 % (with)" in found.sentence
    assert "1 seed." in found.rule
