"""Studies: a question, one varied axis, several seeds, and the runs that answer it.

STUDIES is plain data. `plan_runs` turns a study into run configs; `submit` queues the missing runs, so that an
interrupted study continues. explorer.insights.findings measures what the runs show.
"""

from explorer.studies.catalogue import STUDIES
from explorer.studies.plan import (
    PlannedRun,
    StudyRun,
    bases,
    existing,
    get_or_create,
    match_runs,
    on_other_images,
    plan_runs,
    sources,
    submit,
    taken,
    with_model,
)
from explorer.studies.shared_options import shared_options, with_options
from explorer.studies.study import Size, Study, Variant
from explorer.studies.transfer import with_source
from explorer.studies.your_own import axis_values, your_own

__all__ = [
    "STUDIES",
    "PlannedRun",
    "Size",
    "Study",
    "StudyRun",
    "Variant",
    "axis_values",
    "bases",
    "existing",
    "get_or_create",
    "match_runs",
    "on_other_images",
    "plan_runs",
    "shared_options",
    "sources",
    "submit",
    "taken",
    "with_model",
    "with_options",
    "with_source",
    "your_own",
]
