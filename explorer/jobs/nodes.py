"""What a Ray cluster has, found out by a separate process: `python -m explorer.jobs.nodes ADDRESS` prints it as
JSON."""

import json
import logging
import subprocess
import sys

from explorer.errors import UserError
from explorer.jobs.cluster import quiet_ray, somebody_answers

PATIENCE_SECONDS = 40  # Ray itself would wait longer for an address where nobody answers


def query(address: str) -> list[dict[str, float]]:
    """The live nodes of a cluster, each as {"CPU": …, "GPU": …}. Raises UserError if nobody answers at that address."""
    nobody = (
        f"No Ray cluster responds at {address}: start its head with `ray start --head` and give the HOST:PORT that it "
        f"prints."
    )
    if not somebody_answers(address):
        raise UserError(nobody)
    command = [sys.executable, "-m", "explorer.jobs.nodes", address]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
        return json.loads(done.stdout.splitlines()[-1])
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise UserError(nobody) from None


def main(address: str) -> None:
    """Print what `query` reads, in a process that can be killed: Ray waits long for an address where nobody answers."""
    quiet_ray()
    import ray

    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    print(json.dumps([{name: node.get(name, 0) for name in ("CPU", "GPU")} for node in alive]))


if __name__ == "__main__":
    main(sys.argv[1])
