"""`--cluster`: runs that train on a Ray cluster, followed from here through their folders."""

import sys
import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from filelock import Timeout

from explorer.errors import UserError

if TYPE_CHECKING:
    from explorer.jobs.cluster import ClusterSetting
    from explorer.runs import Run

Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Train on this Ray cluster: HOST:PORT of its head node, or auto."),
]
Cpus = Annotated[
    str,
    typer.Option("--cluster-cpus", metavar="N", help="CPUs that each run requests from the cluster if it uses no GPU."),
]
DEFAULT_CPUS = "2"
LOOK_SECONDS = 0.5


def cluster_setting(address: str | None, cpus: str) -> "ClusterSetting | None":
    """The setting in `--cluster` and `--cluster-cpus`; None without an address.

    Raises UserError if Ray is not installed here, or if one of the two is not valid.
    """
    from explorer.jobs.cluster import ClusterSetting, require_ray

    if address is None:
        return None
    require_ray()
    if not cpus.isdecimal():
        raise UserError(f"--cluster-cpus '{cpus}' is not possible: give a whole number such as {DEFAULT_CPUS}.")
    return ClusterSetting(address, int(cpus))


def follow(runs: "list[Run]", setting: "ClusterSetting", checkpoints: str | None, data: str | None) -> "list[Run]":
    """Send the runs that nobody trains to the cluster, and wait for all; returns the runs as they ended.

    Ctrl-C stops them.
    """
    from explorer import jobs
    from explorer.runs import ACTIVE

    waiting = [_sent(run, asdict(setting)) for run in runs]
    printed: dict[str, str] = {}
    try:
        while any(run.status in ACTIVE for run in waiting):
            jobs.ensure_worker(checkpoints, data)  # a run that somebody queued for this machine may be among them
            time.sleep(LOOK_SECONDS)
            waiting = [run.reload() for run in waiting]
            print_changes(waiting, printed)
    except KeyboardInterrupt:
        for run in waiting:
            if run.reload().status in ACTIVE:
                jobs.stop(run)
        raise
    return waiting


def _sent(run: "Run", cluster: dict[str, object]) -> "Run":
    """The run, queued for the cluster unless it has ended or another process trains it."""
    from explorer.runs import ACTIVE

    with suppress(Timeout), run.lock().acquire(timeout=0):
        run = run.reload()
        if run.status in ACTIVE and not run.record.cluster:
            return run.change(status="queued", cluster=cluster)
    return run


def print_changes(runs: "list[Run]", printed: dict[str, str]) -> None:
    """Print a line for each change of a run."""
    for run in runs:
        done = f"epoch {run.epochs_done}/{run.config.training.epochs}" if run.epochs_done else run.status
        text = f"{done} {run.reason or run.record.message or ''}".rstrip()
        if printed.get(run.id) != text:
            print(f"{run.id}: {text}", file=sys.stderr)
            printed[run.id] = text
