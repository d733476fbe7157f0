"""What the runs of one study show, for each size of it and each data set separately."""

from dataclasses import replace

from explorer.insights.findings.collect import findings
from explorer.insights.findings.finding import Finding
from explorer.insights.findings.nothing_found import expected_first
from explorer.insights.findings.transfer import transfer_findings
from explorer.insights.findings.transfer_gains import results_of
from explorer.insights.findings.trial import Trial, trial_of
from explorer.insights.findings.variants import by_variant
from explorer.insights.grouping import sizes
from explorer.runs import Run
from explorer.studies.catalogue import STUDIES
from explorer.studies.plan import SOURCE_NAME
from explorer.studies.transfer import TRANSFER

# Shares of the images do not compete, nor do ways to start at different shares.
NOT_OF_TRANSFERS = ("test accuracy", "validation accuracy", "speed", "ahead")


def of_study(runs: list[Run], study: str) -> list[Finding]:
    """The findings of the runs of this study that have finished an epoch, separately for each size and data set, which
    are named."""
    begun = [run for run in runs if run.epochs_done and run.variant_in(study) != SOURCE_NAME]
    found = []
    for name, part in sizes(begun, study):
        of_part = of_variants([trial_of(run, run.variant_in(study)) for run in part], study)
        found += [replace(finding, sentence=f"{name}: {finding.sentence}") for finding in of_part] if name else of_part
    return found


def of_variants(trials: list[Trial], study: str) -> list[Finding]:
    """The findings of a study's runs at one size; their labels are its variants. First what the study expects."""
    found = findings(trials)
    if study != TRANSFER.name:
        expects = STUDIES[study].expects if study in STUDIES else ()
        return expected_first(found, expects, by_variant(trials)) if trials else found
    return [
        *transfer_findings(results_of(trials)),
        *(finding for finding in found if finding.kind not in NOT_OF_TRANSFERS),
    ]
