"""`study` and `studies`: a question, its runs, several at once, and what they show."""

import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli.cluster import DEFAULT_CPUS, Cluster, Cpus, cluster_setting, follow
from explorer.cli.common import Checkpoints, Data, ImageSize, SkipDamaged, print_report, whole_number
from explorer.cli.side_by_side import Loaded, Workers, get_ready, number_of_workers, side_by_side
from explorer.cli.train import settings, train_with_bar
from explorer.cli.training_flags import training_flag
from explorer.errors import UserError, unknown

if TYPE_CHECKING:
    from explorer.data import Dataset
    from explorer.jobs.cluster import ClusterSetting
    from explorer.runs import Run, RunConfig
    from explorer.studies import PlannedRun, Study

Name = Annotated[str, typer.Argument(metavar="NAME", help="A study's name, as `studies` prints it.")]
Whole: dict[str, Any] = {"metavar": "N", "show_default": False}


def studies() -> None:
    """List the studies, and the question that each answers."""
    from explorer.studies import STUDIES

    for name, study in STUDIES.items():
        print(f"{name:24s} {study.question} Varies: {', '.join(variant.name for variant in study.variants)}.")


def study(
    name: Name,
    dataset: Annotated[str, typer.Option(help="A data set's name, or folder:PATH.")] = "digits",
    quick: Annotated[bool, typer.Option("--quick", help="A size that takes minutes, on digits.")] = False,
    epochs: Annotated[str | None, typer.Option("--epochs", **Whole, help="Default: the study's own.")] = None,
    seeds: Annotated[str | None, typer.Option("--seeds", **Whole, help="Number of runs of each variant.")] = None,
    model: Annotated[str | None, typer.Option(help="Another base model, if the study has one.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="KEY=A,B", help="For your-own: an axis and its values; give it once or twice."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="An option for all networks of the study that have it; may be repeated."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="NAME", help="For transfer: a run, a published model, or a data set to pretrain on."
        ),
    ] = None,
    fraction: Annotated[str | None, training_flag("fraction")] = None,
    device: Annotated[str, training_flag("device")] = "auto",
    image_size: ImageSize = "32",
    skip_damaged: SkipDamaged = False,
    workers: Workers = None,
    cluster: Cluster = None,
    cluster_cpus: Cpus = DEFAULT_CPUS,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> int:
    """Train the runs of a study, small ones side by side, and report the findings. Finished runs are reused."""
    from explorer.runs.check import check
    from explorer.studies import plan_runs, sources, with_options, with_source
    from explorer.studies.plan import ASKED_ABOVE

    setting, at_once = cluster_setting(cluster, cluster_cpus), number_of_workers(workers)
    get_ready(at_once)
    chosen = with_options(_chosen(name, model, vary), settings(set_ or []))
    if source:
        chosen = with_source(chosen, source, checkpoints)
    plan = plan_runs(
        chosen,
        dataset,
        quick,
        seeds=None if seeds is None else whole_number("seeds", seeds),
        epochs=None if epochs is None else whole_number("epochs", epochs),
        image_size=whole_number("image_size", image_size),
        skip_damaged=skip_damaged,
        fraction=fraction,
        device=device,
    )
    before = sources(plan)
    for planned in (*before, *plan):
        check(planned.config)
    print(f"{chosen.question} {len(plan)} runs on {dataset}.")
    if len(plan) > ASKED_ABOVE and sys.stdin.isatty():  # the author of a script has decided already
        typer.confirm("Train this many?", abort=True)
    if quick and chosen.quick.note:
        print(f"Quick size: {chosen.quick.note}")
    train_all = partial(_train_all, chosen=chosen, setting=setting, at_once=at_once, checkpoints=checkpoints, data=data)
    ended = _train_plan(before, plan, train_all)
    if not ended:
        return 1
    for planned, run in zip(plan, ended, strict=True):
        print(f"{run.id:36s} {planned.variant:20s} seed {planned.config.training.seed}  {_result(run)}")
    from explorer.insights.findings.study import of_variants
    from explorer.insights.findings.trial import trial_of

    trials = [trial_of(run, planned.variant) for planned, run in zip(plan, ended, strict=True) if run.epochs_done]
    for finding in of_variants(trials, chosen.name):
        print(f"· {finding.sentence}")
    print(f"For their rules and numbers: python -m explorer findings --study {chosen.name}")
    return int(any(run.status != "finished" for run in ended))


def _train_plan(
    before: "list[PlannedRun]", plan: "list[PlannedRun]", train_all: "Callable[[list[PlannedRun]], list[Run]]"
) -> "list[Run]":
    """The runs of a plan as they ended, after the runs that they start from, which are reported; empty if one of those
    has not finished. Runs that start from random weights train beside them."""
    apart = [one for one in plan if before and one.source is None]
    first = train_all([*before, *apart])
    trained, early = first[: len(before)], iter(first[len(before) :])
    for planned, run in zip(before, trained, strict=True):
        print(f"{run.id:36s} {planned.variant:20s} on {planned.config.dataset}  {_result(run)}")
    if any(run.status != "finished" for run in trained):
        return []
    late = iter(train_all([one for one in plan if one not in apart]))
    return [next(early if one in apart else late) for one in plan]


def _train_all(
    planned: "list[PlannedRun]",
    chosen: "Study",
    setting: "ClusterSetting | None",
    at_once: int,
    checkpoints: str | None,
    data: str | None,
) -> "list[Run]":
    """The runs of a plan as they ended: trained here, `at_once` side by side, or on a cluster."""
    from explorer.jobs import check_queue
    from explorer.studies import get_or_create, match_runs, on_other_images

    if setting:
        check_queue(sum(one.run is None for one in match_runs(planned, chosen, checkpoints)), folder=checkpoints)
        taken = [
            get_or_create(source, chosen, checkpoints, status="running")
            for source in match_runs(planned, chosen, checkpoints)
        ]
        return follow(taken, setting, checkpoints, data)
    loaded = _loaded([planned_run.config for planned_run in planned], data)
    today = {data_of: images.fingerprint for data_of, images in loaded.items()}
    for run in on_other_images(planned, chosen, checkpoints, today):
        print(
            f"{run.id} was trained on images of {run.config.dataset} that have changed since: not counted.",
            file=sys.stderr,
        )
    there = match_runs(planned, chosen, checkpoints, today)
    if at_once > 1:
        runs = (get_or_create(planned_run, chosen, checkpoints, status="running") for planned_run in there)
        return side_by_side(runs, at_once, data, Loaded(loaded), _import_findings)
    return [_train(planned_run, chosen, checkpoints, loaded[_data_of(planned_run.config)]) for planned_run in there]


def _import_findings() -> None:
    """Slow imports, about a second, done while the runs train."""
    import scipy.special  # noqa: F401  their tests import it when they compute

    import explorer.insights.findings.study
    import explorer.insights.findings.trial  # noqa: F401


def _loaded(configs: "list[RunConfig]", folder: str | None) -> "dict[tuple[str, int], Dataset]":
    """The data sets of some runs, each once, by name and image size."""
    loaded: dict[tuple[str, int], Dataset] = {}
    for config in configs:
        if _data_of(config) not in loaded:
            data = config.load_data(folder, lambda _, text: print(text, file=sys.stderr))
            print_report(data)
            loaded[_data_of(config)] = data
    return loaded


def _data_of(config: "RunConfig") -> tuple[str, int]:
    return config.dataset, config.image_size


def _chosen(name: str, model: str | None, vary: list[str] | None) -> "Study":
    """The study with the changes given on the command line."""
    from explorer.studies import STUDIES, axis_values, with_model, your_own

    if name not in STUDIES:
        raise unknown("study", name, STUDIES)
    chosen = STUDIES[name]
    if not vary:
        return with_model(chosen, model) if model else chosen
    if name != "your-own":
        raise UserError(f"--vary is for the study your-own only: {name} has fixed variants.")
    base = model or chosen.base
    axes = {}
    for axis in vary:
        key, _, values = axis.partition("=")
        axes[key] = axis_values(base, key, values)
    return your_own(chosen, base, {}, chosen.training, axes)


def _train(planned: "PlannedRun", chosen: "Study", checkpoints: str | None, loaded: "Dataset") -> "Run":
    """The run as it ended; a finished run stays unchanged, and after a failure the others still get their turn."""
    from explorer.studies import get_or_create

    run = get_or_create(planned, chosen, checkpoints, status="running")
    if run.status == "finished":
        print(f"{run.id}: already finished", file=sys.stderr)
        return run
    try:
        return train_with_bar(run, loaded)
    except Exception:  # noqa: BLE001  whatever fails in one run, the study goes on with the next
        traceback.print_exc()  # the run records it, too
        return run.reload()


def _result(run: "Run") -> str:
    if run.status != "finished":
        return f"{run.status}: {run.reason}"
    return f"test accuracy {run.test_accuracy:.1%} in {run.record.training_seconds:.1f} s"
