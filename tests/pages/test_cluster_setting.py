"""The Train page's setting that sends runs to a cluster: what cannot be one is said, and nothing is kept."""

import pytest

from explorer.jobs.cluster import ClusterSetting, keep_setting, setting

from .conftest import as_read, open_page

pytest.importorskip("ray", reason="Ray is not installed: `uv sync --extra cluster` brings it")


def connect(app, address: str):
    next(box for box in app.text_input if box.label == "Address of the cluster").set_value(address)
    return next(button for button in app.button if button.label == "Use the cluster").click().run()


@pytest.mark.parametrize(("address", "said"), [("nonsense", "HOST:PORT"), ("127.0.0.1:1", "No Ray cluster responds")])
def test_what_is_no_cluster_is_said(address, said, checkpoints):
    app = connect(open_page("pages/train/train.py"), address)
    assert not app.exception, app.exception
    assert any(said in as_read(error.value) for error in app.error), [error.value for error in app.error]
    assert setting() is None


def test_one_goes_back_to_this_machine(checkpoints):
    keep_setting(ClusterSetting("10.0.0.5:6379"))
    app = open_page("pages/train/train.py")
    assert "Runs train on the Ray cluster at 10.0.0.5:6379" in [box.label for box in app.expander]
    next(button for button in app.button if button.label == "Use this machine").click().run()
    assert setting() is None
    assert "Runs train on this machine" in [box.label for box in app.expander]


def test_where_the_host_lists_clusters_a_visitor_only_chooses(checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_CLUSTERS", "10.0.0.5:6379 10.0.0.6:6379")
    app = open_page("pages/train/train.py")
    assert not [box for box in app.text_input if box.label == "Address of the cluster"]
    (box,) = [box for box in app.selectbox if box.label == "Address of the cluster"]
    assert box.options == ["10.0.0.5:6379", "10.0.0.6:6379"]
