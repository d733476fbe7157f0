"""A Ray cluster on this machine, in a process of its own: a head without CPUs and two nodes with one CPU each.

Prints {"address": …, "nodes": [id, id]}, then kills the node whose id it reads; ends when its input closes.
"""

import json
import os
import sys

from explorer.jobs.cluster import quiet_ray


def main() -> None:
    quiet_ray()
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 (its name); 15 would starve them beside other tests
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    nodes = {node.node_id: node for node in (cluster.add_node(num_cpus=1) for _ in range(2))}
    print(json.dumps({"address": cluster.address, "nodes": list(nodes)}), flush=True)
    for line in sys.stdin:
        cluster.remove_node(nodes[line.strip()], allow_graceful=False)
    cluster.shutdown()


if __name__ == "__main__":
    main()
