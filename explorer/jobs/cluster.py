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
PATIENCE_SECONDS = 3.0  # to wait for a machine that does not answer


@dataclass(frozen=True)
class ClusterSetting:
    """A Ray cluster, and what a run requests: one GPU if there is one, else this many CPUs.

    `address` is passed to `ray.init`: HOST:PORT of the head node, or `auto` on a node of the cluster. The number of
    CPUs is the number of threads, so it affects the last bits of a run's numbers. Raises UserError if `address` is not
    valid, or if there is no CPU.
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
    """The cluster on which the runs of a checkpoints folder train; None: they train on this machine."""
    try:
        return ClusterSetting(**json.loads((checkpoints_folder(folder) / FILE).read_bytes()))
    except FileNotFoundError:
        return None


def keep_setting(chosen: ClusterSetting | None) -> None:
    """Send queued runs to a cluster from now on; None: train them on this machine. Raises UserError unless the host
    acts, because it applies to everybody's runs."""
    check_host("choose where runs train")
    file = checkpoints_folder(None) / FILE
    if chosen is None:
        file.unlink(missing_ok=True)
        return
    require_ray()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, json.dumps(asdict(chosen)).encode())


def target(run: Run, default: ClusterSetting | None) -> ClusterSetting | None:
    """Where a run trains or will train: on the cluster that it was sent to, else where the `setting` of its folder
    says."""
    sent = run.record.cluster
    return ClusterSetting(sent.address, sent.cpus) if sent else default


def lock_name(address: str) -> str:
    """The name of the file that the dispatcher for this cluster and folder locks."""
    return f".dispatcher-{sha256(address.encode()).hexdigest()[:8]}.lock"


def somebody_answers(address: str) -> bool:
    """Whether a machine listens there. Ray itself would try for minutes before giving up."""
    if address == "auto":
        return True  # Ray finds its address itself
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), PATIENCE_SECONDS):
            return True
    except OSError:
        return False


def quiet_ray() -> None:
    """Called before Ray is imported: turns off what it would do by default."""
    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"  # nodes have an environment; a task must not build another
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # would hide the GPUs from tasks that request none


def require_ray() -> None:
    """Raises UserError if the extra for clusters is not installed."""
    if find_spec("ray") is None:
        raise UserError("A cluster needs Ray, which is not installed: run `uv sync --extra cluster` on every node.")
