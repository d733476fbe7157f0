"""Runs: one model trained once on one data set with one config. A run *is* a folder; every page is a view over runs.

Importing this does not import torch or pandas; `load_model`, `epochs` and friends do when they are called.
"""

from explorer.runs.checkpoint import Checkpoint, WeightsSource, epochs_of, find_source, load_model
from explorer.runs.config import RunConfig
from explorer.runs.folder import ACTIVE, Run, checkpoints_folder
from explorer.runs.history import epochs
from explorer.runs.steps_file import StepHistory, WeightStats, steps, weight_stats
from explorer.runs.store import create, find, list_runs, sample_runs
from explorer.runs.weights import saved_epochs

__all__ = [
    "ACTIVE",
    "Checkpoint",
    "Run",
    "RunConfig",
    "StepHistory",
    "WeightStats",
    "WeightsSource",
    "checkpoints_folder",
    "create",
    "epochs",
    "epochs_of",
    "find",
    "find_source",
    "list_runs",
    "load_model",
    "sample_runs",
    "saved_epochs",
    "steps",
    "weight_stats",
]
