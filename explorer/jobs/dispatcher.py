"""The process that sends queued runs to one Ray cluster, and sends a run again when the node that trained it dies.

Started by `supervisor.ensure_worker` as `python -m explorer.jobs.dispatcher CHECKPOINTS DATA ADDRESS`. A task trains
a run with `train_run`, the function that the worker uses, in the run's folder, which all nodes see under one path.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from filelock import FileLock, Timeout

from explorer.errors import UserError
from explorer.jobs.cluster import ClusterSetting, lock_name, quiet_ray, setting, somebody_answers, target
from explorer.jobs.queue import waiting
from explorer.jobs.worker import CachedLoader, without_input
from explorer.runs import ACTIVE, Run, list_runs
from explorer.runs.folder import now, read
from explorer.text import plural

POLL_SECONDS = 0.2
SECONDS_BETWEEN_TRIES = 5.0
RESOURCES = {"num_cpus": "CPU", "num_gpus": "GPU"}  # Ray's option → its name for the resource
LIVES = 4  # a run under which this many nodes died is probably the cause


def main(checkpoints: Path, data_folder: str | None, address: str) -> None:
    """Serve one cluster until nothing is left for it and the process that started this one has gone."""
    try:
        (lock := FileLock(checkpoints / lock_name(address))).acquire(timeout=1)
    except Timeout:
        return  # this cluster already has a dispatcher
    quiet_ray()
    import ray

    orphaned = without_input()
    while problem := _not_connected(ray, address):
        for run, _ in _mine(checkpoints, address):
            _set_message(run, problem)
        if orphaned.wait(SECONDS_BETWEEN_TRIES):
            return
    dispatcher = Dispatcher(ray, checkpoints, _same_everywhere(data_folder), address)
    while checkpoints.is_dir():
        dispatcher.requeue_orphans()
        dispatcher.send_waiting()
        dispatcher.settle_done()
        if orphaned.is_set() and not dispatcher.busy:
            break
    ray.shutdown()
    lock.release()


def _not_connected(ray: ModuleType, address: str) -> str:
    """Connect to the cluster; a sentence that says why that failed, or ""."""
    if not somebody_answers(address):
        return f"The cluster at {address} cannot be reached; trying again."
    package = Path(__file__).resolve().parents[1]
    try:
        # The nodes receive this code; the packages that it needs (torch …) are installed there.
        ray.init(
            address=address,
            log_to_driver=False,
            runtime_env={"py_modules": [str(package)], "env_vars": {"OMP_WAIT_POLICY": "passive"}},
        )
    except (ConnectionError, RuntimeError, ray.exceptions.RayError) as error:
        print(f"{address}: {error}", file=sys.stderr)
        return (
            f"The cluster at {address} answers, but does not let this machine in: it may ask for its token, or have "
            "another version of Ray or Python; trying again."
        )
    return ""


def _same_everywhere(data_folder: str | None) -> str:
    """The data folder as an absolute path, which does not depend on where a process runs."""
    return str(Path(data_folder or os.environ.get("EXPLORER_DATA") or "data").expanduser().resolve())


def _mine(checkpoints: Path, address: str) -> list[tuple[Run, ClusterSetting]]:
    """Queued runs for this cluster, the next one first, each with where it will train."""
    default = setting(checkpoints)
    places = ((run, target(run, default)) for run in waiting(checkpoints))
    return [(run, cluster) for run, cluster in places if cluster and cluster.address == address]


def _set_message(run: Run, message: str) -> None:
    if run.record.message != message:
        with _untrained(run) as run:
            run.change(message=message)


@contextmanager
def _untrained(run: Run) -> Generator[Run]:
    """The run in its current state, locked: nobody trains it inside. Raises Timeout if somebody does, and UserError if
    its folder is gone."""
    with run.lock().acquire(timeout=0):
        yield run.reload()


class Dispatcher:
    """Runs of one checkpoints folder as tasks of one cluster."""

    def __init__(self, ray: ModuleType, checkpoints: Path, data_folder: str, address: str) -> None:
        self._ray, self._checkpoints, self._data, self._address = ray, checkpoints, data_folder, address
        self._sent: dict[Any, Run] = {}  # Ray's reference → the run
        self._lost: Counter[str] = Counter()  # id of a run → number of nodes that died under it
        self._look_for_orphans_at = 0.0
        self._task = ray.remote(max_retries=0)(train_on_node)

    @property
    def busy(self) -> bool:
        """Whether a task runs, or a queued run waits for this cluster."""
        return bool(self._sent or _mine(self._checkpoints, self._address))

    def requeue_orphans(self) -> None:
        """Queue again the runs of an earlier dispatcher, as soon as their tasks have ended."""
        if time.monotonic() < self._look_for_orphans_at:
            return
        self._look_for_orphans_at = time.monotonic() + SECONDS_BETWEEN_TRIES
        sent = {run.id for run in self._sent.values()}
        for run in list_runs(self._checkpoints):
            cluster = run.record.cluster
            if run.status == "running" and cluster and cluster.address == self._address and run.id not in sent:
                with suppress(Timeout, UserError), _untrained(run) as run:
                    if run.status == "running":
                        run.change(
                            status="queued", message="The connection to the cluster was lost; the run continues there."
                        )

    def send_waiting(self) -> None:
        """Hand every queued run that fits some node to Ray, which gives it the first free place."""
        sent = {run.id for run in self._sent.values()}
        for run, cluster in _mine(self._checkpoints, self._address):
            if run.id not in sent:
                with suppress(Timeout, UserError):
                    self._send(run, asdict(cluster))

    def _send(self, run: Run, cluster: dict[str, Any]) -> None:
        wanted = self.wanted(run, cluster["cpus"])
        if not self._fits(wanted):
            has = " and ".join(plural(count, RESOURCES[name]) for name, count in wanted.items())
            _set_message(run, f"Waiting for a node with {has}: the cluster at {self._address} has none.")
            return
        with _untrained(run) as run:
            if run.status != "queued":
                return
            kind, _, path = run.config.dataset.partition(":")
            if kind == "folder" and not Path(path).is_absolute():
                reason = f"The data set '{path}' has no absolute path where every node can find it: give one."
                run.change(status="failed", reason=reason, finished_at=now())
                return
            run = run.change(cluster=cluster, message=None)
        self._sent[self._task.options(**wanted).remote(str(run.path), self._data)] = run

    def settle_done(self) -> None:
        """Handle tasks that have ended; if a node died, its run is queued for another one."""
        if not self._sent:
            time.sleep(POLL_SECONDS)
            return
        done, _ = self._ray.wait(list(self._sent), timeout=POLL_SECONDS)
        for reference in done:
            run = self._sent.pop(reference)
            try:
                self._ray.get(reference)
            except self._ray.exceptions.RayTaskError as error:
                print(error, file=sys.stderr)  # `train_run` has recorded it in the run, unless it never began
                why = (
                    f"The node could not start the run ({type(error.cause).__name__}: {error.cause}): see "
                    f"docs/cluster.md."
                )
                self._end(run, "failed", why)
            except self._ray.exceptions.RayError as error:  # the process or its node died
                self._another_life(run, type(error).__name__)

    def _another_life(self, run: Run, what: str) -> None:
        """Queue a run again whose task ended without a word, in its old place; give up if that happens often."""
        self._lost[run.id] += 1
        if run.stop_requested:
            self._end(run, "stopped", "Stopped on request.")
        elif self._lost[run.id] < LIVES:
            with suppress(UserError), run.lock():
                # A run that has ended did so on purpose, with its folder in order.
                if run.reload().status in ACTIVE:
                    message = (
                        f"Its node was lost ({what}); the run continues on another node from its last complete epoch."
                    )
                    run.change(status="queued", message=message)
        else:
            why = f"{LIVES} nodes were lost during the training ({what}): check their memory, then resume the run."
            self._end(run, "failed", why)

    def _end(self, run: Run, status: str, reason: str) -> None:
        with suppress(UserError), run.lock():
            if run.reload().status in ACTIVE:
                run.change(status=status, reason=reason, finished_at=now())

    def wanted(self, run: Run, cpus: int) -> dict[str, int]:
        """What a run requests from its node, as Ray's options: one GPU if it may use one, else CPUs."""
        device, gpus = run.config.training.device, self._ray.cluster_resources().get("GPU", 0)
        if device == "cuda" or (device == "auto" and gpus):
            return {"num_gpus": 1, "num_cpus": 1}
        return {"num_cpus": cpus}

    def _fits(self, wanted: dict[str, int]) -> bool:
        return any(
            node["Alive"] and all(node["Resources"].get(RESOURCES[key], 0) >= count for key, count in wanted.items())
            for node in self._ray.nodes()
        )


_loader = CachedLoader()  # called once per Ray process, which trains one run after another


def train_on_node(path: str, data_folder: str) -> None:
    """The task: train a run to its end, or continue where another node left it."""
    import ray

    from explorer.jobs.train_run import train_run

    run = read(Path(path))
    with run.lock():  # the process that trained it before may still be ending
        run = run.reload()
        if run.status in ACTIVE:
            run.change(nodes=[*run.record.nodes, ray.get_runtime_context().get_node_id()])
    train_run(run, data_folder, loader=_loader)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3])
