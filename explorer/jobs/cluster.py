"""Where queued runs train: on this machine, or on a Ray cluster whose nodes share the checkpoints folder."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from explorer.errors import UserError
from explorer.runs import Run, checkpoints_folder
from explorer.runs.folder import write_atomically
from explorer.runs.owners import check_host

FILE = ".cluster.json"
PATIENCE_SECONDS = 3.0  # with a machine that does not answer


@dataclass(frozen=True)
class ClusterSetting:
    """A Ray cluster, and what a run asks of it: one GPU where there is one, else so many CPUs.

    `address` is what `ray.init` takes: HOST:PORT of the head node, or `auto` on a node of the cluster. The number of
    CPUs is the number of threads, so it decides the last bits of a run's numbers. Raises UserError if `address` cannot
    be one, or there is no CPU.
    """

    address: str
    cpus: int = 2

    def __post_init__(self) -> None:
        host, _, port = self.address.rpartition(":")
        if self.address != "auto" and not (host and port.isdecimal() and "//" not in host):
            raise UserError(
                f"Cluster address '{self.address}' cannot be read: give HOST:PORT of the head node, "
                "for example 10.0.0.5:6379, or auto on a node of the cluster."
            )
        if self.cpus < 1:
            raise UserError(f"{self.cpus} CPUs per run are too few: give 1 or more.")


def setting(folder: Path | str | None = None) -> ClusterSetting | None:
    """The cluster to which the runs of a checkpoints folder go; None: they train on this machine."""
    try:
        return ClusterSetting(**json.loads((checkpoints_folder(folder) / FILE).read_bytes()))
    except FileNotFoundError:
        return None


def keep_setting(chosen: ClusterSetting | None) -> None:
    """Send queued runs to a cluster from now on; None: train them on this machine. Raises UserError unless the host
    acts, for it holds for everybody's."""
    check_host("choose where runs train")
    file = checkpoints_folder(None) / FILE
    if chosen is None:
        file.unlink(missing_ok=True)
        return
    require_ray()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, json.dumps(asdict(chosen)).encode())


def target(run: Run, default: ClusterSetting | None) -> ClusterSetting | None:
    """Where a run trains or will: on the cluster it was sent to, else where `setting` of its folder says."""
    sent = run.record.cluster
    return ClusterSetting(sent.address, sent.cpus) if sent else default


def lock_name(address: str) -> str:
    """Of the file that one dispatcher for this cluster and folder holds."""
    return f".dispatcher-{sha256(address.encode()).hexdigest()[:8]}.lock"


def somebody_answers(address: str) -> bool:
    """Whether a machine listens there. Ray itself would try for minutes before it says no."""
    if address == "auto":
        return True  # Ray finds out where
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), PATIENCE_SECONDS):
            return True
    except OSError:
        return False


def quiet_ray() -> None:
    """Before Ray is imported: what it would do of its own."""
    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"  # nodes have an environment; a task must not build another
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # hides the GPUs of tasks that ask for none


def require_ray() -> None:
    """Raises UserError if the extra that talks to clusters is not installed."""
    if find_spec("ray") is None:
        raise UserError("A cluster needs Ray, which is not installed: run `uv sync --extra cluster` on every node.")
