"""Jobs: a click writes a queued run, and a worker process takes it. If the server restarts, the run continues."""

from explorer.jobs.bounds import check_queue
from explorer.jobs.once import Submitted, computed_alike, submit_once, submitting, with_free_seed
from explorer.jobs.queue import queue_position, resume, stop, submit, train_further
from explorer.jobs.supervisor import ensure_worker

__all__ = [
    "Submitted",
    "check_queue",
    "computed_alike",
    "ensure_worker",
    "queue_position",
    "resume",
    "stop",
    "submit",
    "submit_once",
    "submitting",
    "train_further",
    "with_free_seed",
]
