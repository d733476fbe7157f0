"""Runs on a real Ray cluster of two nodes, on this machine: the queue, the folders and the numbers are the same."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from explorer.errors import UserError
from explorer.jobs import dispatcher, ensure_worker, queue_position, stop, submit, supervisor
from explorer.jobs.cluster import ClusterSetting, keep_setting, setting, target
from explorer.jobs.nodes import query
from explorer.runs import RunConfig, create, find, load_model
from explorer.training import TrainConfig
from tests.resumed import history

if find_spec("ray") is None:
    pytest.skip("Ray is not installed: `uv sync --extra cluster` brings it", allow_module_level=True)

import ray

TRAINING = TrainConfig(epochs=25, batch_size=64, augment=True, device="cpu")
CONFIG = RunConfig("digits", "simple_cnn", {"depth": 2, "dropout": 0.2}, TRAINING)
SECONDS = 300  # Ray starts its nodes, and each imports torch


def wait_until(condition) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        ensure_worker()  # what a page does at every look
        time.sleep(0.05)


@dataclass
class Nodes:
    process: subprocess.Popen
    address: str

    def kill(self, node: str) -> None:
        self.process.stdin.write(f"{node}\n")
        self.process.stdin.flush()


@pytest.fixture(scope="module")
def cluster():
    """Two nodes with one CPU each, so that a node trains one run at a time."""
    command = [sys.executable, "-m", "tests.jobs.two_nodes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        lines = (line for line in process.stdout if line.startswith("{"))
        yield Nodes(process, json.loads(next(lines))["address"])
        process.stdin.close()


@pytest.fixture
def served(checkpoints):
    """A checkpoints folder whose processes end with the test."""
    yield checkpoints
    for lock in [lock for lock in supervisor._children if lock.parent == checkpoints.resolve()]:
        process = supervisor._children.pop(lock)
        process.kill()
        process.communicate()


@pytest.mark.parametrize("kind", [ConnectionError, RuntimeError, ray.exceptions.AuthenticationError])
def test_a_cluster_that_refuses_is_a_sentence(kind, monkeypatch):
    """Without its token Ray raises an error of its own kind, where it does not try for minutes."""

    def refuse(**_: object) -> None:
        raise kind("InvalidAuthToken: Authentication token is missing or incorrect")

    monkeypatch.setattr(dispatcher, "somebody_answers", lambda address: True)
    monkeypatch.setattr(ray, "init", refuse)
    assert "may ask for its token" in dispatcher._not_connected(ray, "10.0.0.5:6379")


def test_a_run_whose_node_is_killed_goes_on_elsewhere_with_the_same_history(served, cluster):
    keep_setting(ClusterSetting(cluster.address, cpus=1))
    moved, whole, late = submit(CONFIG), submit(CONFIG), submit(CONFIG)
    wait_until(lambda: find(moved.id).epochs_done >= 2 and find(whole.id).epochs_done >= 1)
    assert find(late.id).status == "queued"
    stop(late)
    assert find(late.id).status == "stopped"

    (first,) = find(moved.id).record.nodes
    cluster.kill(first)
    wait_until(lambda: find(moved.id).status == "finished" and find(whole.id).status == "finished")
    first_again, second = find(moved.id).record.nodes
    assert (first_again, second) == (first, find(whole.id).record.nodes[0])
    assert history(moved) == history(whole)
    assert find(moved.id).record.test == find(whole.id).record.test
    assert find(late.id).status == "stopped"


def test_a_run_that_trains_there_is_stopped_from_here(served, cluster):
    keep_setting(ClusterSetting(cluster.address, cpus=1))
    long = submit(RunConfig("digits", "simple_cnn", {"depth": 2}, TrainConfig(epochs=1000, device="cpu")))
    wait_until(lambda: find(long.id).epochs_done >= 1)
    stop(long)
    wait_until(lambda: find(long.id).status == "stopped")
    load_model(long.id, "last")


def test_a_run_that_fits_no_node_says_so_and_waits(served, cluster):
    run = create(CONFIG).change(cluster={"address": cluster.address, "cpus": 64})
    wait_until(lambda: "64 CPUs" in (find(run.id).record.message or ""))
    assert find(run.id).status == "queued"


def test_a_cluster_that_is_not_there_is_said_and_the_run_waits(served):
    keep_setting(ClusterSetting("127.0.0.1:1"))
    run = submit(CONFIG)
    wait_until(lambda: "cannot be reached" in (find(run.id).record.message or ""))
    assert find(run.id).status == "queued"
    keep_setting(None)
    wait_until(lambda: find(run.id).status == "running")  # this machine takes it


def test_where_a_run_goes(checkpoints):
    here = submit(CONFIG)
    assert target(here, setting()) is None
    there = ClusterSetting("10.0.0.5:6379", cpus=4)
    keep_setting(there)
    assert setting() == there == target(here, setting())
    sent = create(CONFIG).change(cluster={"address": "auto", "cpus": 1})
    assert target(sent, setting()) == ClusterSetting("auto", 1)
    assert (queue_position(here), queue_position(sent)) == (0, 0)
    assert target(sent.requeue(), setting()) == there  # it was sent once; from now on the setting says
    keep_setting(None)
    assert setting() is None


@pytest.mark.parametrize(("address", "cpus"), [("", 1), ("head", 1), ("http://head:80", 1), ("head:", 1), ("auto", 0)])
def test_what_cannot_be_a_cluster_is_said(address, cpus):
    with pytest.raises(UserError, match="give"):
        ClusterSetting(address, cpus)


def test_an_address_where_nobody_answers_is_said_at_once():
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1: start its head"):
        query("127.0.0.1:1")
